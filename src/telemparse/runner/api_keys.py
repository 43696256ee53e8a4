"""API keys: who may come over HTTP, as hashes; the keys themselves are shown once and kept nowhere."""

from __future__ import annotations

import hashlib
import re
import secrets
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import attrs
import sqlalchemy as sa

from telemparse.runner.jobs import new_id
from telemparse.runner.keys import key_in
from telemparse.runner.stamps import utc_now
from telemparse.runner.submissions import Owner, legible
from telemparse.storage.layout import RunPlace

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy import Row

    from telemparse.runner.database import Database
    from telemparse.runner.tables import Tables

__all__ = ["ApiKey", "ApiKeys", "NewApiKey", "key_of_row", "secret_hash"]

_PREFIX = "tp_"
_RANDOM_BYTES = 32
_SECRET = re.compile(r"tp_[A-Za-z0-9_-]{43}")


@attrs.frozen(kw_only=True)
class ApiKey:
    """A key as the database knows it.

    Args:
        id: of the key; no secret.
        owner: whose sessions its bearer sees.
        label: words of whoever made it.
        created_at: when.
        revoked_at: since when it opens nothing, None while it does.
    """

    id: str
    owner: Owner
    label: str
    created_at: dt.datetime
    revoked_at: dt.datetime | None = None


@attrs.frozen(kw_only=True)
class NewApiKey(ApiKey):
    """A key that was just made: the only time that its secret is seen.

    Args:
        secret: `tp_` and 43 characters, what its bearer sends.
    """

    secret: str = attrs.field(repr=False)

    @property
    def key(self) -> ApiKey:
        """The key without its secret."""
        return ApiKey(id=self.id, owner=self.owner, label=self.label, created_at=self.created_at)


@attrs.frozen
class ApiKeys:
    """The API keys of a database. Every method raises DatabaseUnavailable."""

    database: Database

    def create(self, owner: Owner, label: str = "") -> NewApiKey:
        """Make a key and return it with its secret.

        Args:
            owner: whose sessions it opens.
            label: words by which people know it again.

        Raises CallError for an owner whose names cannot be in keys of the store.
        """
        RunPlace(owner.tenant_id, owner.driver_id, "any", "any")
        made = NewApiKey(
            id=new_id(), owner=owner, label=legible(label), created_at=utc_now(),
            secret=_PREFIX + secrets.token_urlsafe(_RANDOM_BYTES),
        )  # fmt: skip
        row = {
            "id": made.id, "key_hash": secret_hash(made.secret), "tenant_id": owner.tenant_id,
            "driver_id": owner.driver_id, "label": made.label, "created_at": made.created_at,
        }  # fmt: skip
        with self.database.transaction() as connection:
            connection.execute(self.database.tables.api_keys.insert(), row)
        return made

    def list(self) -> tuple[ApiKey, ...]:
        """Return all keys, the newest first, also those that were revoked."""
        keys = self.database.tables.api_keys
        with self.database.reading() as connection:
            rows = connection.execute(sa.select(keys).order_by(keys.c.created_at.desc(), keys.c.id)).all()
        return tuple(map(key_of_row, rows))

    def revoke(self, key_id: str) -> bool:
        """Let a key, and whoever is logged in with it, open nothing any more; False where none does."""
        key = key_in(key_id)
        if key is None:
            return False
        tables = self.database.tables
        keys, pages = tables.api_keys, tables.page_sessions
        with self.database.transaction() as connection:
            changed = connection.execute(
                keys.update()
                .where(keys.c.id == key, keys.c.revoked_at.is_(None))
                .values(revoked_at=utc_now())
            )
            connection.execute(pages.delete().where(pages.c.api_key_id == key))
        return bool(changed.rowcount)

    def any(self) -> bool:
        """Tell whether there is a key that opens something."""
        keys = self.database.tables.api_keys.c
        with self.database.reading() as connection:
            return connection.scalar(sa.select(keys.id).where(keys.revoked_at.is_(None)).limit(1)) is not None

    def owner_of(self, secret: str) -> ApiKey | None:
        """Return the key that a secret is, None for what is none or was revoked."""
        # It comes from strangers: what cannot be a secret is not asked for.
        if not _SECRET.fullmatch(secret):
            return None
        with self.database.reading() as connection:
            query = _by_hash(self.database.tables)
            row = connection.execute(query, {"its_hash": secret_hash(secret)}).one_or_none()
        return None if row is None else key_of_row(row)


@lru_cache
def _by_hash(tables: Tables) -> sa.Select[Any]:
    """Return the query of every request, made once: making it takes longer than asking."""
    keys = tables.api_keys.c
    its_hash = sa.bindparam("its_hash", type_=keys.key_hash.type)
    return sa.select(tables.api_keys).where(keys.key_hash == its_hash, keys.revoked_at.is_(None))


def key_of_row(row: Row[Any]) -> ApiKey:
    """Return the key that a row of the table tells of."""
    return ApiKey(
        id=row.id, owner=Owner(row.tenant_id, row.driver_id), label=row.label, created_at=row.created_at,
        revoked_at=row.revoked_at,
    )  # fmt: skip


def secret_hash(secret: str) -> str:
    """Return what stands for a secret in the database; it has 256 random bits, so that one hash will do."""
    return hashlib.sha256(secret.encode()).hexdigest()
