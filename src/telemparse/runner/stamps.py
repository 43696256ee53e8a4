"""Instants in the database: UTC with microseconds in both dialects."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import DateTime, TypeDecorator

__all__ = ["UtcDateTime", "utc_from_text", "utc_now", "utc_text"]


class UtcDateTime(TypeDecorator[dt.datetime]):
    """A `timestamptz`; SQLite, which has none, holds UTC as `YYYY-MM-DD HH:MM:SS.ffffff`."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        """Return the column type of a dialect."""
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        """Return what is stored; raises ValueError for an instant without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        value = value.astimezone(dt.UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        """Return a stored instant in UTC."""
        if value is None:
            return None
        return value.astimezone(dt.UTC) if dialect.name == "postgresql" else value.replace(tzinfo=dt.UTC)


def utc_now() -> dt.datetime:
    """Return this instant by this machine's clock: for people, never for who holds a lease."""
    return dt.datetime.now(dt.UTC)


def utc_text(value: dt.datetime) -> str:
    """Return an instant as SQLite holds it; texts sort as the instants do."""
    return value.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def utc_from_text(text: str) -> dt.datetime:
    """Return the instant that SQLite holds."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)
