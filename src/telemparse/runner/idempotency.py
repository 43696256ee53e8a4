"""Idempotency: a request that comes again under its key is answered as it was the first time."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import attrs
import sqlalchemy as sa

from telemparse.errors import CallError, TelemparseError
from telemparse.model.issues import Issue
from telemparse.runner.stamps import utc_now

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from telemparse.runner.database import Database
    from telemparse.runner.submissions import Owner

__all__ = ["Answer", "Idempotency", "IdempotencyConflict"]

_KEPT = dt.timedelta(hours=24)
_PATIENCE = dt.timedelta(seconds=60)  # then whoever began it has been killed
_KEY_CHARACTERS = 255
_TRIES = 10


@attrs.frozen
class Answer:
    """What was answered: the status code of HTTP, and the body as text."""

    status_code: int
    body: str


class IdempotencyConflict(TelemparseError):  # noqa: N818  (what was found)
    """The key is taken.

    Args:
        code: `IDEMPOTENCY_KEY_REUSED` by another request, or `IDEMPOTENCY_IN_PROGRESS` by the same one.
    """

    def __init__(self, code: str) -> None:
        issue = Issue(code)
        super().__init__(f"{code}: {issue.message}")
        self.code = code
        self.message = issue.message
        self.hint = issue.hint


@attrs.frozen
class Idempotency:
    """The answers that a database keeps, for 24 hours. Every method raises DatabaseUnavailable."""

    database: Database

    def claim(self, owner: Owner, key: str, fingerprint: str) -> Answer | None:
        """Return the answer to a request, or None for whoever is to find it and then calls `keep`.

        Args:
            owner: who asks; keys of different owners have nothing to do with each other.
            key: that the owner chose for the request, 1 to 255 characters.
            fingerprint: digest of the request.

        Raises IdempotencyConflict where another request has the key, or the same one is being answered;
        a claim without an answer for 60 s is taken over. Raises CallError for a key that is none.
        """
        if not 1 <= len(key) <= _KEY_CHARACTERS:
            raise CallError(f"an idempotency key has 1 to {_KEY_CHARACTERS} characters")
        for _try in range(_TRIES):
            with self.database.transaction() as connection:
                if self._insert(connection, owner, key, fingerprint):
                    return None
                found = self._look(connection, owner, key, fingerprint)
            if found is not None:
                return found if isinstance(found, Answer) else None
            # It was given up between the two statements.
        raise IdempotencyConflict("IDEMPOTENCY_IN_PROGRESS")

    def keep(self, owner: Owner, key: str, status_code: int, body: str) -> None:
        """Keep the answer to a claimed request; the first one stays."""
        table = self.database.tables.idempotency
        with self.database.transaction() as connection:
            connection.execute(
                table.update()
                .where(*self._own(owner, key), table.c.status_code.is_(None))
                .values(status_code=status_code, body=body)
            )

    def release(self, owner: Owner, key: str) -> None:
        """Give a claim up that has no answer, so that the request may come again."""
        table = self.database.tables.idempotency
        with self.database.transaction() as connection:
            connection.execute(table.delete().where(*self._own(owner, key), table.c.status_code.is_(None)))

    def sweep(self) -> int:
        """Remove what is older than 24 hours; returns how many answers and claims."""
        table = self.database.tables.idempotency
        return self.database.delete_some(table, table.c.created_at < utc_now() - _KEPT)

    def _own(self, owner: Owner, key: str) -> tuple[ColumnElement[bool], ...]:
        columns = self.database.tables.idempotency.c
        return (
            columns.tenant_id == owner.tenant_id, columns.driver_id == owner.driver_id, columns.key == key,
        )  # fmt: skip

    def _insert(self, connection: Connection, owner: Owner, key: str, fingerprint: str) -> bool:
        if self.database.is_postgres:
            from sqlalchemy.dialects.postgresql import insert
        else:
            from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
        row: dict[str, Any] = {
            "tenant_id": owner.tenant_id, "driver_id": owner.driver_id, "key": key,
            "fingerprint": fingerprint, "created_at": utc_now(),
        }  # fmt: skip
        table = self.database.tables.idempotency
        # Psycopg does not count the rows of an INSERT: what was inserted is asked back.
        added = insert(table).on_conflict_do_nothing().returning(table.c.key)
        return connection.execute(added, row).one_or_none() is not None

    def _look(self, connection: Connection, owner: Owner, key: str, fingerprint: str) -> Answer | bool | None:
        """Return the answer, True for a claim that was taken over, None for one that is gone."""
        table = self.database.tables.idempotency
        own = self._own(owner, key)
        row = connection.execute(sa.select(table).where(*own).with_for_update()).one_or_none()
        if row is None:
            return None
        now = utc_now()
        if row.created_at >= now - _KEPT:
            if row.fingerprint != fingerprint:
                raise IdempotencyConflict("IDEMPOTENCY_KEY_REUSED")
            if row.status_code is not None:
                return Answer(row.status_code, row.body or "")
            if row.created_at >= now - _PATIENCE:
                raise IdempotencyConflict("IDEMPOTENCY_IN_PROGRESS")
        connection.execute(
            table.update()
            .where(*own)
            .values(fingerprint=fingerprint, status_code=None, body=None, created_at=now)
        )
        return True
