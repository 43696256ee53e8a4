"""Rows of sessions: the queries that callers ask, and the values that their answers become."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from telemparse.runner.session_queries import artifacts_query, laps_query, sessions_query
from telemparse.runner.sessions import ArtifactFacts, FailureFacts, Session
from telemparse.runner.stages import StageOutcome, StageState
from telemparse.runner.states import ArtifactState, RunState, SessionState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection, Row

    from telemparse.runner.database import Database
    from telemparse.runner.tables import Tables

__all__ = ["read_sessions", "read_statuses", "sessions_where"]

_AT_ONCE = 500  # keys in one query: databases bound how many values it may have


class _Stages(Mapping[str, StageOutcome]):
    """Outcomes by stage, read from their text when somebody looks: a list of sessions shows none."""

    def __init__(self, text: str | None) -> None:
        self._text = text

    @cached_property
    def _found(self) -> dict[str, StageOutcome]:
        documents = json.loads(self._text) if self._text else {}
        return {name: StageOutcome.from_dict(document) for name, document in documents.items()}

    def __getitem__(self, name: str) -> StageOutcome:
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def __repr__(self) -> str:
        return repr(self._found)


def read_sessions(connection: Connection, database: Database, ids: Sequence[str]) -> dict[str, Session]:
    """Return sessions by id; unknown ones are left out."""
    found: dict[str, Session] = {}
    for some in _batches(ids):
        found |= {each.id: each for each in sessions_where(connection, database, ("ids",), {"ids": some})}
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


def sessions_where(
    connection: Connection, database: Database, shape: Iterable[str], values: Mapping[str, Any]
) -> tuple[Session, ...]:
    """Return sessions, the newest first; shape and values are those of `sessions_query`."""
    tables = database.tables
    rows = connection.execute(sessions_query(tables, frozenset(shape)), values).all()
    if not rows:
        return ()
    artifacts = _artifacts(connection, tables, [row.id for row in rows])
    laps = _laps(connection, tables, [row.current_run_id for row in rows if row.current_run_id])
    return tuple(_session(row, artifacts.get(row.id, ()), laps.get(row.current_run_id)) for row in rows)


def _artifacts(
    connection: Connection, tables: Tables, ids: Sequence[str]
) -> dict[str, tuple[ArtifactFacts, ...]]:
    found: dict[str, tuple[ArtifactFacts, ...]] = {}
    for row in connection.execute(artifacts_query(tables), {"ids": ids}):
        facts = ArtifactFacts(
            id=row.id, name=row.original_file_name, byte_size=row.byte_size, sha256=row.sha256,
            status=ArtifactState(row.status), discarded_at=row.discarded_at,
        )  # fmt: skip
        found[row.session_id] = (*found.get(row.session_id, ()), facts)
    return found


def _laps(connection: Connection, tables: Tables, runs: Sequence[str]) -> dict[str, tuple[int, float | None]]:
    """Return number of laps and best lap in seconds by run: of what analysis found, else of the device."""
    rows = connection.execute(laps_query(tables), {"runs": runs})
    return {run_id: (count, None if best_ns is None else best_ns / 1e9) for run_id, count, best_ns in rows}


def _session(
    row: Row[Any], artifacts: tuple[ArtifactFacts, ...], laps: tuple[int, float | None] | None
) -> Session:
    stages = _Stages(row.stages_text)
    looked = row.laps_state not in (None, StageState.FAILED)
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
        quality=row.quality, quality_label=row.quality_label,
        features_available=row.features_available or {}, feature_reasons=row.feature_reasons or {},
        materialisation_status=row.materialise_state,
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
