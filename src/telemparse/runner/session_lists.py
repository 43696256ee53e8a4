"""Lists of sessions, page by page: which of them, in which order, and where a page goes on."""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
import uuid
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.errors import CallError
from telemparse.runner.session_rows import sessions_where
from telemparse.runner.sessions import SessionPage

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from telemparse.runner.database import Database
    from telemparse.runner.sessions import Session
    from telemparse.runner.states import SessionState

__all__ = ["SessionFilters", "list_sessions"]

_MOST = 1000
_SEARCH_CHARACTERS = 255
_WILD = re.compile(r"[%_\\]")


def _with_zone(_filters: Any, field: attrs.Attribute[Any], value: dt.datetime | None) -> None:
    if value is not None and value.tzinfo is None:
        raise CallError(f"{field.name} needs a time zone")


@attrs.frozen(kw_only=True)
class SessionFilters:
    """Which sessions; None and empty mean all, of states all but DELETED. See `Pipeline.sessions`."""

    tenant_id: str | None = None
    driver_id: str | None = None
    status: tuple[SessionState, ...] = ()
    track: str | None = None
    begins_after: dt.datetime | None = attrs.field(default=None, validator=_with_zone)
    begins_before: dt.datetime | None = attrs.field(default=None, validator=_with_zone)
    search: str | None = None

    def values(self) -> dict[str, Any]:
        """Return the parameters of `sessions_query` that these filters give."""
        given = attrs.asdict(self, recurse=False, filter=lambda _field, value: value not in (None, "", ()))
        if "search" in given:
            folded = given["search"][:_SEARCH_CHARACTERS].casefold()
            given["search"] = f"%{_WILD.sub(_escaped, folded)}%"
        return given


def list_sessions(
    connection: Connection, database: Database, filters: SessionFilters, *, limit: int, cursor: str | None
) -> SessionPage:
    """Return sessions, the newest first.

    Raises CallError for a limit that is none, and a cursor that was not handed out here.
    """
    if not 1 <= limit <= _MOST:
        raise CallError(f"limit must be 1 to {_MOST}, not {limit!r}")
    values = filters.values()
    shape = {*values, "most"} if filters.status else {*values, "most", "kept"}
    if cursor is not None:
        shape.add("place")
        values["place_created_at"], values["place_id"] = _place(cursor)
    if database.is_postgres:
        # A page wants few rows, and all of them have an index: also where nobody has counted the tables yet.
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    found = sessions_where(connection, database, shape, {**values, "most": limit + 1})
    return SessionPage(
        sessions=found[:limit], cursor=_cursor(found[limit - 1]) if len(found) > limit else None
    )


def _cursor(last: Session) -> str:
    text = json.dumps([last.created_at.isoformat(), last.id])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _place(cursor: str) -> tuple[dt.datetime, str]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        stamp, key = json.loads(text)
        return dt.datetime.fromisoformat(stamp).astimezone(dt.UTC), str(uuid.UUID(key))
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError):
        raise CallError("the cursor is none that was handed out here") from None


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found[0]}"
