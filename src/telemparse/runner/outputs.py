"""Outputs: what the run that a session shows has made: datasets, laps, quality and the gate."""

from __future__ import annotations

from collections import OrderedDict
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import attrs
import sqlalchemy as sa

from telemparse.runner.adoption import base_of
from telemparse.runner.keys import key_in
from telemparse.runner.states import RunState, SessionState
from telemparse.storage.layout import RunPlace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from telemparse.runner.database import Database
    from telemparse.runner.submissions import Owner
    from telemparse.runner.tables import Tables

__all__ = [
    "Dataset", "LapFacts", "ShownRun", "read_datasets", "read_laps", "read_quality", "read_status",
    "shown_run",
]  # fmt: skip

_MOST_KEPT = 512
# Datasets of runs that have succeeded, which never change; who may see them is asked before.
_kept: OrderedDict[str, tuple[Dataset, ...]] = OrderedDict()


@attrs.frozen(kw_only=True)
class Dataset:
    """A Parquet file of a run.

    Args:
        run_id: of the run that made it.
        stream: canonical name.
        level: `L0` at the rate of the recording, `L1` and `L2` coarser.
        storage_path: key in the store.
        byte_size, sha256: of the file.
        row_count: number of rows.
        rate_hz: nominal rate, None for what has none.
        time_base: `utc`, or another clock of the recording; None for a stream without time.
        t_first_ns, t_last_ns: of its rows, None without any.
        schema_version: of its columns.
    """

    run_id: str
    stream: str
    level: str
    storage_path: str
    byte_size: int
    sha256: str
    row_count: int
    rate_hz: float | None
    time_base: str | None
    t_first_ns: int | None
    t_last_ns: int | None
    schema_version: int


@attrs.frozen(kw_only=True)
class LapFacts:
    """A lap of a run.

    Args:
        run_id: of the run that found it.
        stream: `laps` of the device, `laps.<method>` of analysis.
        lap_number, stint_index: as the stream counts.
        t_start_ns, t_end_ns: on the recording's clock, None where it does not say.
        duration_ns: from line to line.
        duration_std_s: its standard deviation, None where it is not known.
        distance_m: along the way, likewise.
        validity, confidence, reasons, source: as the schema of laps says.
    """

    run_id: str
    stream: str
    lap_number: int
    stint_index: int
    t_start_ns: int | None
    t_end_ns: int | None
    duration_ns: int
    duration_std_s: float | None
    distance_m: float | None
    validity: str
    confidence: str
    reasons: tuple[str, ...] = attrs.field(converter=tuple)
    source: str


@attrs.frozen(kw_only=True)
class ShownRun:
    """The run whose outputs a session shows: the current one if it succeeded, else the last that did.

    Args:
        id: of the run.
        place: where its files lie.
        options: that it was asked for.
        gate: document of the start/finish line that its laps were found at (its ends are positions:
            data of the session, never for a log), None without one.
    """

    id: str
    place: RunPlace
    options: Mapping[str, Any]
    gate: Mapping[str, Any] | None


def shown_run(connection: Connection, database: Database, session_id: str) -> ShownRun | None:
    """Return the run that a session shows, None where no run has succeeded."""
    found = _shown(connection, database, session_id)
    if found is None:
        return None
    runs, sessions = database.tables.runs, database.tables.sessions
    query = (
        sa.select(
            runs.c.options, runs.c.stages, runs.c.session_id, sessions.c.tenant_id, sessions.c.driver_id
        )
        .join_from(runs, sessions, sessions.c.id == runs.c.session_id)
        .where(runs.c.id == found)
    )
    row = connection.execute(query).one()
    facts = row.stages.get("detect_laps", {}).get("facts", {})
    return ShownRun(
        id=found, place=RunPlace(row.tenant_id, row.driver_id, row.session_id, found), options=row.options,
        gate=facts.get("gate"),
    )  # fmt: skip


def read_datasets(connection: Connection, database: Database, session_id: str) -> tuple[Dataset, ...]:
    """Return the datasets of the run that a session shows, in order of level and stream."""
    run_id = _shown(connection, database, session_id)
    if run_id is None:
        return ()
    found = _kept.get(run_id)
    if found is None:
        rows = connection.execute(_queries(database.tables).datasets, {"its_run": run_id}).mappings()
        found = _kept[run_id] = tuple(Dataset(**row) for row in rows)
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)  # one step, whatever other threads do
    return found


def read_status(
    connection: Connection, database: Database, session_id: str, owner: Owner
) -> SessionState | None:
    """Return the status of a session of an owner, None for one that this owner has not."""
    key = key_in(session_id)
    if key is None:
        return None
    asked = {"its_session": key, "its_tenant": owner.tenant_id, "its_driver": owner.driver_id}
    found = connection.scalar(_queries(database.tables).status, asked)
    return None if found is None else SessionState(found)


def read_laps(connection: Connection, database: Database, session_id: str) -> tuple[LapFacts, ...]:
    """Return the laps of the run that a session shows, of every stream."""
    table = database.tables.laps.c
    rows = _of_shown(connection, database, session_id, LapFacts, table.stream, table.lap_number)
    return tuple(LapFacts(**row) for row in rows)


def read_quality(connection: Connection, database: Database, session_id: str) -> dict[str, Any]:
    """Return the document of the quality of the run that a session shows, empty without one."""
    found = _shown(connection, database, session_id)
    runs = database.tables.runs.c
    document = connection.scalar(sa.select(runs.quality_summary).where(runs.id == found)) if found else None
    return dict(document or {})


def _of_shown(
    connection: Connection, database: Database, session_id: str, kind: Any, *order: Any
) -> list[dict[str, Any]]:
    found = _shown(connection, database, session_id)
    if found is None:
        return []
    table = order[0].table
    names = [field.name for field in attrs.fields(kind)]
    query = sa.select(*(table.c[name] for name in names)).where(table.c.run_id == found).order_by(*order)
    return [dict(row) for row in connection.execute(query).mappings()]


def _shown(connection: Connection, database: Database, session_id: str) -> str | None:
    key = key_in(session_id)
    if key is None:
        return None
    current: str | None = connection.scalar(_queries(database.tables).shown, {"its_session": key})
    return current or base_of(connection, database, key)


@attrs.frozen
class _Queries:
    """Queries that every request for a chart asks, made once: making them takes longer than asking."""

    shown: sa.Select[Any]
    datasets: sa.Select[Any]
    status: sa.Select[Any]


@lru_cache
def _queries(tables: Tables) -> _Queries:
    sessions, runs, datasets = tables.sessions, tables.runs, tables.datasets
    its_session = sa.bindparam("its_session", type_=sessions.c.id.type)
    return _Queries(
        shown=sa.select(runs.c.id)
        .join_from(sessions, runs, runs.c.id == sessions.c.current_run_id)
        .where(sessions.c.id == its_session, runs.c.status == RunState.SUCCEEDED),
        datasets=sa.select(*(datasets.c[field.name] for field in attrs.fields(Dataset)))
        .where(datasets.c.run_id == sa.bindparam("its_run", type_=datasets.c.run_id.type))
        .order_by(datasets.c.level, datasets.c.stream),
        status=sa.select(sessions.c.status).where(
            sessions.c.id == its_session,
            sessions.c.tenant_id == sa.bindparam("its_tenant", type_=sessions.c.tenant_id.type),
            sessions.c.driver_id == sa.bindparam("its_driver", type_=sessions.c.driver_id.type),
        ),
    )
