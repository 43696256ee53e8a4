"""The first tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.postgresql import JSONB

__all__ = ["branch_labels", "depends_on", "down_revision", "revision", "upgrade"]

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_KEY = sa.Uuid(as_uuid=False)
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")
_STAMP = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")
_WORD = sa.Text()
_BIG = sa.BigInteger()


def _column(name: str, kind: Any, *more: sa.schema.SchemaItem, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, *more, **{"nullable": False, **options})


def _maybe(name: str, kind: Any, *more: sa.schema.SchemaItem) -> sa.Column[Any]:
    return sa.Column(name, kind, *more, nullable=True)


def _id() -> sa.Column[Any]:
    return sa.Column("id", _KEY, primary_key=True)


def _owner() -> tuple[sa.Column[Any], sa.Column[Any]]:
    return _column("tenant_id", _WORD), _column("driver_id", _WORD)


def _one_of(name: str, *words: str) -> sa.CheckConstraint:
    quoted = ", ".join(f"'{word}'" for word in words)
    return sa.CheckConstraint(f"status IN ({quoted})", name=name)


def _session() -> sa.ForeignKey:
    return sa.ForeignKey("telemetry_sessions.id")


def _run() -> sa.ForeignKey:
    return sa.ForeignKey("telemetry_processing_runs.id")


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "telemetry_devices", _id(), *_owner(),
        _column("family", _WORD), _column("model", _WORD), _column("serial", _WORD), _column("created_at", _STAMP),
        sa.UniqueConstraint("tenant_id", "driver_id", "family", "model", "serial", name="telemetry_devices_known"),
    )  # fmt: skip
    op.create_table(
        "telemetry_sessions", _id(), *_owner(),
        _column("name", _WORD), _column("status", _WORD),
        _one_of("telemetry_sessions_status", "UPLOADING", "PROCESSING", "READY", "PARTIAL", "FAILED", "DELETED"),
        _maybe("content_key", _WORD), _maybe("track", _WORD),
        _maybe("device_id", _KEY, sa.ForeignKey("telemetry_devices.id")),
        _column("start_time_utc", _STAMP), _column("end_time_utc", _STAMP), _maybe("current_run_id", _KEY),
        _maybe("features_available", _JSON), _maybe("feature_reasons", _JSON),
        _column("created_at", _STAMP), _column("updated_at", _STAMP), _maybe("deleted_at", _STAMP),
        sa.UniqueConstraint("tenant_id", "driver_id", "content_key", name="telemetry_sessions_content"),
    )  # fmt: skip
    op.create_index(
        "telemetry_sessions_listed", "telemetry_sessions", ["tenant_id", "driver_id", "created_at", "id"]
    )
    op.create_table(
        "telemetry_artifacts", _id(), _maybe("session_id", _KEY, _session()), *_owner(),
        _column("original_file_name", _WORD), _maybe("content_type", _WORD),
        _maybe("byte_size", _BIG), _maybe("sha256", _WORD), _maybe("storage_path", _WORD),
        _column("position", sa.Integer(), server_default=sa.text("0")), _column("status", _WORD),
        _one_of("telemetry_artifacts_status", "UPLOADED", "CANONICALISED", "REJECTED", "DELETED"),
        _column("uploaded_at", _STAMP), _maybe("discarded_at", _STAMP),
        sa.UniqueConstraint("session_id", "sha256", "byte_size", name="telemetry_artifacts_content"),
    )  # fmt: skip
    op.create_table(
        "telemetry_processing_runs", _id(), _column("session_id", _KEY, _session()), _column("status", _WORD),
        _one_of("telemetry_processing_runs_status", "QUEUED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"),
        _column("options", _JSON), _maybe("telemparse_version", _WORD), _maybe("schema_version", sa.Integer()),
        _maybe("parser_id", _WORD), _maybe("parser_version", _WORD),
        _column("input_artifact_ids", _JSON), _maybe("output_dataset_ids", _JSON), _maybe("quality_summary", _JSON),
        _column("stages", sa.JSON()),
        _maybe("error_code", _WORD), _maybe("error_detail", _WORD), _maybe("error_hint", _WORD),
        _column("created_at", _STAMP), _maybe("started_at", _STAMP), _maybe("finished_at", _STAMP),
    )  # fmt: skip
    op.create_index(
        "telemetry_processing_runs_of_session", "telemetry_processing_runs", ["session_id", "created_at"]
    )
    _make_jobs(context.config.attributes["jobs"])
    op.create_table(
        "telemetry_datasets", _id(), _column("session_id", _KEY, _session()), _column("run_id", _KEY, _run()),
        _column("stream", _WORD), _column("level", _WORD), _column("storage_path", _WORD), _column("sha256", _WORD),
        _column("byte_size", _BIG), _column("row_count", _BIG), _maybe("rate_hz", sa.Float()),
        _maybe("time_base", _WORD), _maybe("t_first_ns", _BIG), _maybe("t_last_ns", _BIG),
        _column("schema_version", sa.Integer()),
        sa.UniqueConstraint("run_id", "level", "stream", name="telemetry_datasets_stream"),
    )  # fmt: skip
    op.create_index("telemetry_datasets_of_session", "telemetry_datasets", ["session_id"])
    op.create_table(
        "telemetry_laps",
        sa.Column("run_id", _KEY, _run(), primary_key=True), sa.Column("stream", _WORD, primary_key=True),
        sa.Column("lap_number", sa.Integer(), primary_key=True), _column("session_id", _KEY, _session()),
        _column("stint_index", sa.Integer()), _maybe("t_start_ns", _BIG), _maybe("t_end_ns", _BIG),
        _column("duration_ns", _BIG), _maybe("duration_std_s", sa.Float()), _maybe("distance_m", sa.Float()),
        _column("validity", _WORD), _column("confidence", _WORD), _column("reasons", _JSON), _column("source", _WORD),
    )  # fmt: skip
    op.create_index("telemetry_laps_of_session", "telemetry_laps", ["session_id"])
    op.create_table(
        "telemetry_api_keys", _id(), _column("key_hash", _WORD, unique=True), *_owner(), _column("label", _WORD),
        _column("created_at", _STAMP), _maybe("revoked_at", _STAMP),
    )  # fmt: skip
    _freeze_ended_runs()


def _make_jobs(name: str) -> None:
    op.create_table(
        name, _id(), _maybe("run_id", _KEY, _run()), _column("job_type", _WORD), _column("status", _WORD),
        _one_of(f"{name}_status", "QUEUED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"),
        _column("payload", _JSON), _column("attempt_count", sa.Integer(), server_default=sa.text("0")),
        _column("max_attempts", sa.Integer(), server_default=sa.text("3")),
        _maybe("locked_at", _STAMP), _maybe("locked_by", _WORD),
        _maybe("last_error_code", _WORD), _maybe("last_error_message", _WORD), _maybe("next_retry_at", _STAMP),
        _column("created_at", _STAMP), _column("updated_at", _STAMP),
    )  # fmt: skip
    waiting, running = sa.text("status = 'QUEUED'"), sa.text("status = 'RUNNING'")
    op.create_index(
        f"{name}_waiting", name, ["created_at", "id"], postgresql_where=waiting, sqlite_where=waiting
    )
    op.create_index(f"{name}_running", name, ["locked_at"], postgresql_where=running, sqlite_where=running)
    op.create_index(f"{name}_of_run", name, ["run_id"])


def _freeze_ended_runs() -> None:
    """Let the database itself refuse to change a run that has ended."""
    ended = "OLD.status IN ('SUCCEEDED', 'FAILED', 'CANCELLED')"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER telemetry_processing_runs_ended BEFORE UPDATE ON telemetry_processing_runs "
            f"WHEN {ended} BEGIN SELECT RAISE(ABORT, 'the run has ended and does not change'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION telemetry_refuse_ended_run() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION 'the run has ended and does not change'; END $$"
    )
    op.execute(
        "CREATE TRIGGER telemetry_processing_runs_ended BEFORE UPDATE ON telemetry_processing_runs "
        f"FOR EACH ROW WHEN ({ended}) EXECUTE FUNCTION telemetry_refuse_ended_run()"
    )
