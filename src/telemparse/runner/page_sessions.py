"""Page sessions: browsers that are logged in with an API key, as hashes of their tokens."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from typing import TYPE_CHECKING

import attrs
import sqlalchemy as sa

from telemparse.errors import CallError
from telemparse.runner.api_keys import key_of_row, secret_hash
from telemparse.runner.stamps import utc_now

if TYPE_CHECKING:
    from telemparse.runner.api_keys import ApiKey
    from telemparse.runner.database import Database

__all__ = ["PageSessions"]

_HALF_A_DAY_S = 12 * 3600.0
_RANDOM_BYTES = 32
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@attrs.frozen
class PageSessions:
    """The page sessions of a database. Every method raises DatabaseUnavailable."""

    database: Database

    def open(self, api_key: ApiKey, lasts_s: float = _HALF_A_DAY_S) -> str:
        """Begin a session and return its token, 43 characters, for a cookie.

        Args:
            api_key: of whoever logs in.
            lasts_s: until it is over.

        Raises CallError for a key that was revoked or is not there.
        """
        token, now = secrets.token_urlsafe(_RANDOM_BYTES), utc_now()
        tables = self.database.tables
        keys, pages = tables.api_keys, tables.page_sessions
        row = {
            "token_hash": secret_hash(token), "api_key_id": api_key.id, "created_at": now,
            "expires_at": now + dt.timedelta(seconds=lasts_s),
        }  # fmt: skip
        # Whoever revokes the key at this moment ends the session too, or comes first.
        known = sa.select(keys.c.id).where(keys.c.id == api_key.id, keys.c.revoked_at.is_(None))
        with self.database.transaction() as connection:
            if connection.scalar(known.with_for_update()) is None:
                raise CallError(f"API key {api_key.id} opens nothing")
            connection.execute(pages.insert(), row)
        return token

    def key_of(self, token: str) -> ApiKey | None:
        """Return the key that a session was opened with; None when either is over."""
        if not _TOKEN.fullmatch(token):
            return None
        tables = self.database.tables
        keys, pages = tables.api_keys, tables.page_sessions
        query = (
            sa.select(keys)
            .join_from(keys, pages, pages.c.api_key_id == keys.c.id)
            .where(
                pages.c.token_hash == secret_hash(token),
                pages.c.expires_at > utc_now(),
                keys.c.revoked_at.is_(None),
            )
        )
        with self.database.reading() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else key_of_row(row)

    def close(self, token: str) -> None:
        """End a session; one that is over is fine."""
        pages = self.database.tables.page_sessions
        with self.database.transaction() as connection:
            connection.execute(pages.delete().where(pages.c.token_hash == secret_hash(token)))

    def sweep(self) -> int:
        """Remove sessions that are over by now; returns how many."""
        pages = self.database.tables.page_sessions
        return self.database.delete_some(pages, pages.c.expires_at <= utc_now())
