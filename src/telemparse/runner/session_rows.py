"""Rows of sessions: the queries that callers ask, and the values that their answers become."""

from __future__ import annotations

import base64
import datetime as dt
import json
import uuid
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from telemparse.errors import CallError
from telemparse.runner.sessions import ArtifactFacts, FailureFacts, Session, SessionPage
from telemparse.runner.stages import StageOutcome, StageState
from telemparse.runner.states import ArtifactState, RunState, SessionState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Row, Select

    from telemparse.runner.database import Database

__all__ = ["list_sessions", "read_sessions", "read_statuses"]

_MOST = 1000
_AT_ONCE = 500  # keys in one query: databases bound how many values it may have


def list_sessions(
    connection: Connection,
    database: Database,
    *,
    tenant_id: str | None,
    driver_id: str | None,
    status: Sequence[SessionState],
    limit: int,
    cursor: str | None,
) -> SessionPage:
    """Return sessions, the newest first; deleted ones only where their status is asked for.

    Raises CallError for a limit that is none, and a cursor that was not handed out here.
    """
    if not 1 <= limit <= _MOST:
        raise CallError(f"limit must be 1 to {_MOST}, not {limit!r}")
    sessions = database.tables.sessions.c
    query = _query(database).order_by(sessions.created_at.desc(), sessions.id.desc()).limit(limit + 1)
    if tenant_id is not None:
        query = query.where(sessions.tenant_id == tenant_id)
    if driver_id is not None:
        query = query.where(sessions.driver_id == driver_id)
    query = query.where(sessions.status.in_([*status]) if status else sessions.status != SessionState.DELETED)
    if cursor is not None:
        created_at, key = _place(cursor)
        query = query.where(
            sa.or_(
                sessions.created_at < created_at,
                sa.and_(sessions.created_at == created_at, sessions.id < key),
            )
        )
    rows = connection.execute(query).all()
    found = _sessions(connection, database, rows[:limit])
    more = len(rows) > limit
    return SessionPage(sessions=found, cursor=_cursor(found[-1]) if more else None)


def read_sessions(connection: Connection, database: Database, ids: Sequence[str]) -> dict[str, Session]:
    """Return sessions by id; unknown ones are left out."""
    found: dict[str, Session] = {}
    for some in _batches(ids):
        query = _query(database).where(database.tables.sessions.c.id.in_(some))
        rows = connection.execute(query).all()
        found |= {each.id: each for each in _sessions(connection, database, rows)}
    return found


def read_statuses(connection: Connection, database: Database, ids: Sequence[str]) -> dict[str, SessionState]:
    """Return the status of sessions by id; unknown ones are left out."""
    sessions = database.tables.sessions.c
    return {
        row.id: SessionState(row.status)
        for some in _batches(ids)
        for row in connection.execute(sa.select(sessions.id, sessions.status).where(sessions.id.in_(some)))
    }


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[first : first + _AT_ONCE] for first in range(0, len(ids), _AT_ONCE))


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


def _query(database: Database) -> Select[Any]:
    tables = database.tables
    sessions, runs, devices = tables.sessions, tables.runs, tables.devices
    return sa.select(
        sessions,
        runs.c.status.label("run_status"), runs.c.parser_id, runs.c.parser_version, runs.c.telemparse_version,
        runs.c.schema_version, runs.c.stages, runs.c.error_code, runs.c.error_detail, runs.c.error_hint,
        runs.c.quality_summary, devices.c.family, devices.c.model, devices.c.serial,
    ).select_from(
        sessions.outerjoin(runs, runs.c.id == sessions.c.current_run_id)
        .outerjoin(devices, devices.c.id == sessions.c.device_id)
    )  # fmt: skip


def _sessions(connection: Connection, database: Database, rows: Sequence[Row[Any]]) -> tuple[Session, ...]:
    artifacts = _artifacts(connection, database, [row.id for row in rows])
    laps = _laps(connection, database, [row.current_run_id for row in rows if row.current_run_id])
    return tuple(_session(row, artifacts.get(row.id, ()), laps.get(row.current_run_id)) for row in rows)


def _artifacts(
    connection: Connection, database: Database, ids: Sequence[str]
) -> dict[str, tuple[ArtifactFacts, ...]]:
    table = database.tables.artifacts
    query = sa.select(table).where(table.c.session_id.in_(ids)).order_by(table.c.position, table.c.id)
    found: dict[str, tuple[ArtifactFacts, ...]] = {}
    for row in connection.execute(query):
        facts = ArtifactFacts(
            id=row.id, name=row.original_file_name, byte_size=row.byte_size, sha256=row.sha256,
            status=ArtifactState(row.status), discarded_at=row.discarded_at,
        )  # fmt: skip
        found[row.session_id] = (*found.get(row.session_id, ()), facts)
    return found


def _laps(
    connection: Connection, database: Database, runs: Sequence[str]
) -> dict[str, tuple[int, float | None]]:
    """Return number of laps and best lap in seconds by run: of what analysis found, else of the device."""
    laps = database.tables.laps.c
    valid = sa.case((laps.validity == "VALID", laps.duration_ns))
    # A lap out of the pits or into them is a piece of one.
    whole = sa.case((laps.validity.not_in(("OUTLAP", "INLAP")), laps.lap_number))
    query = (
        sa.select(laps.run_id, laps.stream, sa.func.count(whole), sa.func.min(valid))
        .where(laps.run_id.in_(runs))
        .group_by(laps.run_id, laps.stream)
        .order_by(laps.stream)  # `laps` of the device comes before `laps.<method>`
    )
    found: dict[str, tuple[int, float | None]] = {}
    for run_id, _stream, count, best_ns in connection.execute(query):
        found[run_id] = count, None if best_ns is None else best_ns / 1e9
    return found


def _session(
    row: Row[Any], artifacts: tuple[ArtifactFacts, ...], laps: tuple[int, float | None] | None
) -> Session:
    stages = {name: StageOutcome.from_dict(document) for name, document in (row.stages or {}).items()}
    quality = row.quality_summary or {}
    laps_stage = stages.get("detect_laps")
    looked = laps_stage is not None and laps_stage.state is not StageState.FAILED
    materialised = stages.get("materialise")
    return Session(
        id=row.id, tenant_id=row.tenant_id, driver_id=row.driver_id, name=row.name,
        status=SessionState(row.status), start_time_utc=row.start_time_utc, end_time_utc=row.end_time_utc,
        track=row.track, created_at=row.created_at, updated_at=row.updated_at, run_id=row.current_run_id,
        run_status=None if row.run_status is None else RunState(row.run_status), parser_id=row.parser_id,
        parser_version=row.parser_version, telemparse_version=row.telemparse_version,
        schema_version=row.schema_version, stages=stages, artifacts=artifacts,
        device={name: getattr(row, name) or "" for name in ("family", "model", "serial")},
        failure=_failure(row, stages),
        laps=laps[0] if laps is not None else 0 if looked else None,
        best_lap_s=None if laps is None else laps[1],
        quality=quality.get("overall"), quality_label=quality.get("label"),
        features_available=row.features_available or {}, feature_reasons=row.feature_reasons or {},
        materialisation_status=None if materialised is None else str(materialised.state),
    )  # fmt: skip


def _failure(row: Row[Any], stages: Mapping[str, StageOutcome]) -> FailureFacts | None:
    """Return why a session is not whole: what failed its run, damage, or the first stage that failed."""
    if row.status not in (SessionState.FAILED, SessionState.PARTIAL):
        return None
    if row.error_code is not None:
        return FailureFacts(code=row.error_code, message=row.error_detail or "", hint=row.error_hint or "")
    for outcome in stages.values():
        if outcome.code:
            return FailureFacts(code=outcome.code, message=outcome.message)
    return None
