"""What the HTTP service keeps: uploads that stand for others, sessions of pages, answers, folded names."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

__all__ = ["branch_labels", "depends_on", "down_revision", "revision", "upgrade"]

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KEY = sa.Uuid(as_uuid=False)
_STAMP = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")
_WORD = sa.Text()
_AT_ONCE = 500


def _column(name: str, kind: Any, *more: sa.schema.SchemaItem, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, *more, **{"nullable": False, **options})


def _index(table: str, name: str, *columns: str, where: str | None = None) -> None:
    condition = None if where is None else sa.text(where)
    op.create_index(name, table, list(columns), postgresql_where=condition, sqlite_where=condition)


def upgrade() -> None:
    """Add the columns, tables and indexes."""
    artifacts, sessions, owner = "telemetry_artifacts", "telemetry_sessions", ("tenant_id", "driver_id")
    op.add_column(artifacts, sa.Column("duplicate_of", _KEY, nullable=True))
    _index(
        artifacts,
        "telemetry_artifacts_open",
        "uploaded_at",
        where="session_id IS NULL AND duplicate_of IS NULL",
    )
    _index(artifacts, "telemetry_artifacts_doubled", "duplicate_of", where="duplicate_of IS NOT NULL")
    op.add_column(sessions, sa.Column("name_folded", _WORD, nullable=True))
    _fold_names()
    _index(sessions, "telemetry_sessions_status", *owner, "status", "created_at", "id")
    _index(sessions, "telemetry_sessions_track", *owner, "track", "created_at", "id")
    _index(sessions, "telemetry_sessions_begun", *owner, "start_time_utc")
    op.create_table(
        "telemetry_page_sessions", sa.Column("token_hash", _WORD, primary_key=True),
        _column("api_key_id", _KEY, sa.ForeignKey("telemetry_api_keys.id")),
        _column("created_at", _STAMP), _column("expires_at", _STAMP),
    )  # fmt: skip
    _index("telemetry_page_sessions", "telemetry_page_sessions_of_key", "api_key_id")
    _index("telemetry_page_sessions", "telemetry_page_sessions_expiry", "expires_at")
    op.create_table(
        "telemetry_idempotency", _column("tenant_id", _WORD), _column("driver_id", _WORD), _column("key", _WORD),
        _column("fingerprint", _WORD), sa.Column("status_code", sa.Integer()), sa.Column("body", _WORD),
        _column("created_at", _STAMP),
        sa.PrimaryKeyConstraint("tenant_id", "driver_id", "key", name="telemetry_idempotency_key"),
    )  # fmt: skip
    _index("telemetry_idempotency", "telemetry_idempotency_age", "created_at")


def _fold_names() -> None:
    """Fill the new column as the code does: what a database knows of letters differs."""
    sessions = sa.table(
        "telemetry_sessions", sa.column("id", _KEY), sa.column("name", _WORD), sa.column("name_folded", _WORD)
    )
    connection = op.get_bind()
    change = sessions.update().where(sessions.c.id == sa.bindparam("its_id", type_=_KEY))
    change = change.values(name_folded=sa.bindparam("folded", type_=_WORD))
    due = sa.select(sessions.c.id, sessions.c.name).where(sessions.c.name_folded.is_(None)).limit(_AT_ONCE)
    while rows := connection.execute(due).all():
        connection.execute(change, [{"its_id": row.id, "folded": row.name.casefold()} for row in rows])
