"""Tables of the runner: sessions, artifacts, devices, runs, jobs, datasets, laps and API keys."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import attrs
from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from telemparse.runner.stamps import UtcDateTime
from telemparse.runner.states import ArtifactState, JobState, RunState, SessionState
from telemparse.runner.words import Words

__all__ = ["Tables", "tables"]

_JSON = JSON().with_variant(JSONB(), "postgresql")
# One spelling of a key in both dialects and in Python: text with hyphens outside, the native type inside.
_KEY = Uuid(as_uuid=False)
_KNOWN = ("tenant_id", "driver_id", "family", "model", "serial")


@attrs.frozen
class Tables:
    """All tables, as values of SQLAlchemy Core."""

    metadata: MetaData
    sessions: Table
    artifacts: Table
    devices: Table
    runs: Table
    jobs: Table
    datasets: Table
    laps: Table
    api_keys: Table


@lru_cache
def tables(jobs: str = "telemetry_jobs") -> Tables:
    """Return the tables, with the table of jobs under a name of its own."""
    metadata = MetaData()
    return Tables(
        metadata=metadata,
        devices=_devices(metadata),
        sessions=_sessions(metadata),
        artifacts=_artifacts(metadata),
        runs=_runs(metadata),
        jobs=_jobs(metadata, jobs),
        datasets=_datasets(metadata),
        laps=_laps(metadata),
        api_keys=_api_keys(metadata),
    )


def _id() -> Column[Any]:
    return Column("id", _KEY, primary_key=True)


def _stamp(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, UtcDateTime, nullable=nullable)


def _state(kind: Any, name: str) -> tuple[Column[Any], CheckConstraint]:
    words = ", ".join(f"'{state}'" for state in kind)
    return Column("status", Words, nullable=False), CheckConstraint(f"status IN ({words})", name=name)


def _devices(metadata: MetaData) -> Table:
    return Table(
        "telemetry_devices", metadata,
        _id(),
        Column("tenant_id", Words, nullable=False),
        Column("driver_id", Words, nullable=False),
        # Words that nobody knows are empty and not null: null is no equal of itself in a unique key.
        Column("family", Words, nullable=False),
        Column("model", Words, nullable=False),
        Column("serial", Words, nullable=False),
        _stamp("created_at"),
        UniqueConstraint(*_KNOWN, name="telemetry_devices_known"),
    )  # fmt: skip


def _sessions(metadata: MetaData) -> Table:
    return Table(
        "telemetry_sessions", metadata,
        _id(),
        Column("tenant_id", Words, nullable=False),
        Column("driver_id", Words, nullable=False),
        Column("name", Words, nullable=False),
        *_state(SessionState, "telemetry_sessions_status"),
        # Digest of the sorted hashes of its artifacts; null where `force` made a second one of them.
        Column("content_key", Words),
        Column("track", Words),
        Column("device_id", _KEY, ForeignKey("telemetry_devices.id")),
        _stamp("start_time_utc"),
        _stamp("end_time_utc"),
        Column("current_run_id", _KEY),
        Column("features_available", _JSON),
        Column("feature_reasons", _JSON),
        _stamp("created_at"),
        _stamp("updated_at"),
        _stamp("deleted_at", nullable=True),
        UniqueConstraint("tenant_id", "driver_id", "content_key", name="telemetry_sessions_content"),
        Index("telemetry_sessions_listed", "tenant_id", "driver_id", "created_at", "id"),
    )  # fmt: skip


def _artifacts(metadata: MetaData) -> Table:
    return Table(
        "telemetry_artifacts", metadata,
        _id(),
        Column("session_id", _KEY, ForeignKey("telemetry_sessions.id")),
        Column("tenant_id", Words, nullable=False),
        Column("driver_id", Words, nullable=False),
        Column("original_file_name", Words, nullable=False),
        Column("content_type", Words),
        Column("byte_size", BigInteger),
        Column("sha256", Words),
        # Key in the store; null when the bytes were discarded.
        Column("storage_path", Words),
        # Place among the files of its recording, from 0: the order decides between equals.
        Column("position", Integer, nullable=False, server_default=text("0")),
        *_state(ArtifactState, "telemetry_artifacts_status"),
        _stamp("uploaded_at"),
        _stamp("discarded_at", nullable=True),
        UniqueConstraint("session_id", "sha256", "byte_size", name="telemetry_artifacts_content"),
    )  # fmt: skip


def _runs(metadata: MetaData) -> Table:
    return Table(
        "telemetry_processing_runs", metadata,
        _id(),
        Column("session_id", _KEY, ForeignKey("telemetry_sessions.id"), nullable=False),
        *_state(RunState, "telemetry_processing_runs_status"),
        # What this run was asked for: options of the parse, the gate, the run whose tables it begins from.
        Column("options", _JSON, nullable=False),
        Column("telemparse_version", Words),
        Column("schema_version", Integer),
        Column("parser_id", Words),
        Column("parser_version", Words),
        Column("input_artifact_ids", _JSON, nullable=False),
        Column("output_dataset_ids", _JSON),
        Column("quality_summary", _JSON),
        # By stage: what it came to, and what a retry need not repeat. Kept to the letter, for the manifest
        # is made of it; `jsonb` would give the keys another order.
        Column("stages", JSON(), nullable=False),
        Column("error_code", Words),
        Column("error_detail", Words),
        Column("error_hint", Words),
        _stamp("created_at"),
        _stamp("started_at", nullable=True),
        _stamp("finished_at", nullable=True),
        Index("telemetry_processing_runs_of_session", "session_id", "created_at"),
    )  # fmt: skip


def _jobs(metadata: MetaData, name: str) -> Table:
    waiting = text("status = 'QUEUED'")
    running = text("status = 'RUNNING'")
    table = Table(
        name, metadata,
        _id(),
        # Null for jobs that belong to no run.
        Column("run_id", _KEY, ForeignKey("telemetry_processing_runs.id")),
        Column("job_type", Words, nullable=False),
        *_state(JobState, f"{name}_status"),
        Column("payload", _JSON, nullable=False),
        Column("attempt_count", Integer, nullable=False, server_default=text("0")),
        Column("max_attempts", Integer, nullable=False, server_default=text("3")),
        _stamp("locked_at", nullable=True),
        Column("locked_by", Words),
        Column("last_error_code", Words),
        Column("last_error_message", Words),
        _stamp("next_retry_at", nullable=True),
        _stamp("created_at"),
        _stamp("updated_at"),
    )  # fmt: skip
    Index(f"{name}_waiting", table.c.created_at, table.c.id, postgresql_where=waiting, sqlite_where=waiting)
    Index(f"{name}_running", table.c.locked_at, postgresql_where=running, sqlite_where=running)
    Index(f"{name}_of_run", table.c.run_id)
    return table


def _datasets(metadata: MetaData) -> Table:
    return Table(
        "telemetry_datasets", metadata,
        _id(),
        Column("session_id", _KEY, ForeignKey("telemetry_sessions.id"), nullable=False),
        Column("run_id", _KEY, ForeignKey("telemetry_processing_runs.id"), nullable=False),
        Column("stream", Words, nullable=False),
        # `L0` at the rate of the recording, `L1` and `L2` coarser.
        Column("level", Words, nullable=False),
        Column("storage_path", Words, nullable=False),
        Column("sha256", Words, nullable=False),
        Column("byte_size", BigInteger, nullable=False),
        Column("row_count", BigInteger, nullable=False),
        Column("rate_hz", Float),
        Column("time_base", Words),
        Column("t_first_ns", BigInteger),
        Column("t_last_ns", BigInteger),
        Column("schema_version", Integer, nullable=False),
        UniqueConstraint("run_id", "level", "stream", name="telemetry_datasets_stream"),
        Index("telemetry_datasets_of_session", "session_id"),
    )  # fmt: skip


def _laps(metadata: MetaData) -> Table:
    return Table(
        "telemetry_laps", metadata,
        Column("run_id", _KEY, ForeignKey("telemetry_processing_runs.id"), primary_key=True),
        # Stream that the row comes from: `laps` of the device, `laps.<method>` of analysis.
        Column("stream", Words, primary_key=True),
        Column("lap_number", Integer, primary_key=True),
        Column("session_id", _KEY, ForeignKey("telemetry_sessions.id"), nullable=False),
        Column("stint_index", Integer, nullable=False),
        Column("t_start_ns", BigInteger),
        Column("t_end_ns", BigInteger),
        Column("duration_ns", BigInteger, nullable=False),
        Column("duration_std_s", Float),
        Column("distance_m", Float),
        Column("validity", Words, nullable=False),
        Column("confidence", Words, nullable=False),
        Column("reasons", _JSON, nullable=False),
        Column("source", Words, nullable=False),
        Index("telemetry_laps_of_session", "session_id"),
    )  # fmt: skip


def _api_keys(metadata: MetaData) -> Table:
    return Table(
        "telemetry_api_keys", metadata,
        _id(),
        Column("key_hash", Words, nullable=False, unique=True),
        Column("tenant_id", Words, nullable=False),
        Column("driver_id", Words, nullable=False),
        Column("label", Words, nullable=False),
        _stamp("created_at"),
        _stamp("revoked_at", nullable=True),
    )  # fmt: skip
