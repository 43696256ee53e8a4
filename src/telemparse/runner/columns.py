"""Columns that several tables have: keys, instants and states, spelt once for both databases."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from telemparse.runner.stamps import UtcDateTime
from telemparse.runner.words import Words

__all__ = ["DOCUMENT", "KEY", "id_column", "stamp_column", "state_columns"]

DOCUMENT = JSON().with_variant(JSONB(), "postgresql")
"""Plain values."""
KEY = Uuid(as_uuid=False)
"""One spelling of a key in both dialects and in Python: text with hyphens outside, the native type inside."""


def id_column() -> Column[Any]:
    """Return the column `id`, the primary key."""
    return Column("id", KEY, primary_key=True)


def stamp_column(name: str, *, nullable: bool = False) -> Column[Any]:
    """Return a column for an instant."""
    return Column(name, UtcDateTime, nullable=nullable)


def state_columns(kind: Any, name: str) -> tuple[Column[Any], CheckConstraint]:
    """Return the column `status` and the constraint, under its name, that it holds a word of an enum."""
    words = ", ".join(f"'{state}'" for state in kind)
    return Column("status", Words, nullable=False), CheckConstraint(f"status IN ({words})", name=name)
