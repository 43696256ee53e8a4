"""Tables of those who come over HTTP: API keys, sessions of pages, and answers that are given again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, Table

from telemparse.runner.columns import KEY, id_column, stamp_column
from telemparse.runner.words import Words

if TYPE_CHECKING:
    from sqlalchemy import MetaData

__all__ = ["api_keys", "idempotency", "page_sessions"]


def api_keys(metadata: MetaData) -> Table:
    """Return the table of API keys: hashes, never the keys themselves."""
    return Table(
        "telemetry_api_keys", metadata,
        id_column(),
        Column("key_hash", Words, nullable=False, unique=True),
        Column("tenant_id", Words, nullable=False),
        Column("driver_id", Words, nullable=False),
        Column("label", Words, nullable=False),
        stamp_column("created_at"),
        stamp_column("revoked_at", nullable=True),
    )  # fmt: skip


def page_sessions(metadata: MetaData) -> Table:
    """Return the table of browsers that are logged in."""
    return Table(
        "telemetry_page_sessions", metadata,
        Column("token_hash", Words, primary_key=True),
        Column("api_key_id", KEY, ForeignKey("telemetry_api_keys.id"), nullable=False),
        stamp_column("created_at"),
        stamp_column("expires_at"),
        Index("telemetry_page_sessions_of_key", "api_key_id"),
        Index("telemetry_page_sessions_expiry", "expires_at"),
    )  # fmt: skip


def idempotency(metadata: MetaData) -> Table:
    """Return the table of answers to requests that carry an idempotency key."""
    return Table(
        "telemetry_idempotency", metadata,
        Column("tenant_id", Words, nullable=False),
        Column("driver_id", Words, nullable=False),
        Column("key", Words, nullable=False),
        # Digest of the request: another one under the same key is refused.
        Column("fingerprint", Words, nullable=False),
        # Null while somebody is still at it.
        Column("status_code", Integer),
        Column("body", Words),
        stamp_column("created_at"),
        PrimaryKeyConstraint("tenant_id", "driver_id", "key", name="telemetry_idempotency_key"),
        Index("telemetry_idempotency_age", "created_at"),
    )  # fmt: skip
