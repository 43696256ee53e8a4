"""Tables of the runner: sessions, artifacts, devices, runs, jobs, datasets and laps, and those of access."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import attrs
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
    text,
)

from telemparse.runner.access_tables import api_keys, idempotency, page_sessions
from telemparse.runner.columns import DOCUMENT, KEY, id_column, stamp_column, state_columns
from telemparse.runner.states import ArtifactState, JobState, RunState, SessionState
from telemparse.runner.words import Words

__all__ = ["Tables", "tables"]

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
    page_sessions: Table
    idempotency: Table


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
        api_keys=api_keys(metadata),
        page_sessions=page_sessions(metadata),
        idempotency=idempotency(metadata),
    )


def _folded_name(context: Any) -> str:
    name: str = context.get_current_parameters()["name"]
    return name.casefold()


def _devices(metadata: MetaData) -> Table:
    return Table(
        "telemetry_devices", metadata,
        id_column(),
        Column("tenant_id", Words, nullable=False),
        Column("driver_id", Words, nullable=False),
        # Words that nobody knows are empty and not null: null is no equal of itself in a unique key.
        Column("family", Words, nullable=False),
        Column("model", Words, nullable=False),
        Column("serial", Words, nullable=False),
        stamp_column("created_at"),
        UniqueConstraint(*_KNOWN, name="telemetry_devices_known"),
    )  # fmt: skip


def _sessions(metadata: MetaData) -> Table:
    return Table(
        "telemetry_sessions", metadata,
        id_column(),
        Column("tenant_id", Words, nullable=False),
        Column("driver_id", Words, nullable=False),
        Column("name", Words, nullable=False),
        # The name as a search compares it: databases fold letters in ways of their own.
        Column("name_folded", Words, default=_folded_name),
        *state_columns(SessionState, "telemetry_sessions_status"),
        # Digest of the sorted hashes of its artifacts; null where `force` made a second one of them.
        Column("content_key", Words),
        Column("track", Words),
        Column("device_id", KEY, ForeignKey("telemetry_devices.id")),
        stamp_column("start_time_utc"),
        stamp_column("end_time_utc"),
        Column("current_run_id", KEY),
        Column("features_available", DOCUMENT),
        Column("feature_reasons", DOCUMENT),
        stamp_column("created_at"),
        stamp_column("updated_at"),
        stamp_column("deleted_at", nullable=True),
        UniqueConstraint("tenant_id", "driver_id", "content_key", name="telemetry_sessions_content"),
        Index("telemetry_sessions_listed", "tenant_id", "driver_id", "created_at", "id"),
        Index("telemetry_sessions_status", "tenant_id", "driver_id", "status", "created_at", "id"),
        Index("telemetry_sessions_track", "tenant_id", "driver_id", "track", "created_at", "id"),
        Index("telemetry_sessions_begun", "tenant_id", "driver_id", "start_time_utc"),
    )  # fmt: skip


def _artifacts(metadata: MetaData) -> Table:
    waiting = text("session_id IS NULL AND duplicate_of IS NULL")
    doubled = text("duplicate_of IS NOT NULL")
    table = Table(
        "telemetry_artifacts", metadata,
        id_column(),
        Column("session_id", KEY, ForeignKey("telemetry_sessions.id")),
        Column("tenant_id", Words, nullable=False),
        Column("driver_id", Words, nullable=False),
        Column("original_file_name", Words, nullable=False),
        Column("content_type", Words),
        Column("byte_size", BigInteger),
        Column("sha256", Words),
        # Key in the store; null when the bytes were discarded.
        Column("storage_path", Words),
        # An uploaded file whose content another one brought already: that one.
        Column("duplicate_of", KEY),
        # Place among the files of its recording, from 0: the order decides between equals.
        Column("position", Integer, nullable=False, server_default=text("0")),
        *state_columns(ArtifactState, "telemetry_artifacts_status"),
        stamp_column("uploaded_at"),
        stamp_column("discarded_at", nullable=True),
        UniqueConstraint("session_id", "sha256", "byte_size", name="telemetry_artifacts_content"),
    )  # fmt: skip
    Index("telemetry_artifacts_open", table.c.uploaded_at, postgresql_where=waiting, sqlite_where=waiting)
    Index("telemetry_artifacts_doubled", table.c.duplicate_of, postgresql_where=doubled, sqlite_where=doubled)
    return table


def _runs(metadata: MetaData) -> Table:
    return Table(
        "telemetry_processing_runs", metadata,
        id_column(),
        Column("session_id", KEY, ForeignKey("telemetry_sessions.id"), nullable=False),
        *state_columns(RunState, "telemetry_processing_runs_status"),
        # What this run was asked for: options of the parse, the gate, the run whose tables it begins from.
        Column("options", DOCUMENT, nullable=False),
        Column("telemparse_version", Words),
        Column("schema_version", Integer),
        Column("parser_id", Words),
        Column("parser_version", Words),
        Column("input_artifact_ids", DOCUMENT, nullable=False),
        Column("output_dataset_ids", DOCUMENT),
        Column("quality_summary", DOCUMENT),
        # By stage: what it came to, and what a retry need not repeat. Kept to the letter, for the manifest
        # is made of it; `jsonb` would give the keys another order.
        Column("stages", JSON(), nullable=False),
        Column("error_code", Words),
        Column("error_detail", Words),
        Column("error_hint", Words),
        stamp_column("created_at"),
        stamp_column("started_at", nullable=True),
        stamp_column("finished_at", nullable=True),
        Index("telemetry_processing_runs_of_session", "session_id", "created_at"),
    )  # fmt: skip


def _jobs(metadata: MetaData, name: str) -> Table:
    waiting = text("status = 'QUEUED'")
    running = text("status = 'RUNNING'")
    table = Table(
        name, metadata,
        id_column(),
        # Null for jobs that belong to no run.
        Column("run_id", KEY, ForeignKey("telemetry_processing_runs.id")),
        Column("job_type", Words, nullable=False),
        *state_columns(JobState, f"{name}_status"),
        Column("payload", DOCUMENT, nullable=False),
        Column("attempt_count", Integer, nullable=False, server_default=text("0")),
        Column("max_attempts", Integer, nullable=False, server_default=text("3")),
        stamp_column("locked_at", nullable=True),
        Column("locked_by", Words),
        Column("last_error_code", Words),
        Column("last_error_message", Words),
        stamp_column("next_retry_at", nullable=True),
        stamp_column("created_at"),
        stamp_column("updated_at"),
    )  # fmt: skip
    Index(f"{name}_waiting", table.c.created_at, table.c.id, postgresql_where=waiting, sqlite_where=waiting)
    Index(f"{name}_running", table.c.locked_at, postgresql_where=running, sqlite_where=running)
    Index(f"{name}_of_run", table.c.run_id)
    return table


def _datasets(metadata: MetaData) -> Table:
    return Table(
        "telemetry_datasets", metadata,
        id_column(),
        Column("session_id", KEY, ForeignKey("telemetry_sessions.id"), nullable=False),
        Column("run_id", KEY, ForeignKey("telemetry_processing_runs.id"), nullable=False),
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
        Column("run_id", KEY, ForeignKey("telemetry_processing_runs.id"), primary_key=True),
        # Stream that the row comes from: `laps` of the device, `laps.<method>` of analysis.
        Column("stream", Words, primary_key=True),
        Column("lap_number", Integer, primary_key=True),
        Column("session_id", KEY, ForeignKey("telemetry_sessions.id"), nullable=False),
        Column("stint_index", Integer, nullable=False),
        Column("t_start_ns", BigInteger),
        Column("t_end_ns", BigInteger),
        Column("duration_ns", BigInteger, nullable=False),
        Column("duration_std_s", Float),
        Column("distance_m", Float),
        Column("validity", Words, nullable=False),
        Column("confidence", Words, nullable=False),
        Column("reasons", DOCUMENT, nullable=False),
        Column("source", Words, nullable=False),
        Index("telemetry_laps_of_session", "session_id"),
    )  # fmt: skip
