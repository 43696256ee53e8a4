"""Queries about sessions, made once for each shape: making them takes longer than asking."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from telemparse.runner.states import SessionState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import ColumnElement, Select

    from telemparse.runner.tables import Tables

__all__ = ["artifacts_query", "laps_query", "sessions_query"]

_SHOWN = (
    "id", "tenant_id", "driver_id", "name", "status", "track", "device_id", "start_time_utc", "end_time_utc",
    "current_run_id", "features_available", "feature_reasons", "created_at", "updated_at",
)  # fmt: skip


def _one(column: Any, name: str) -> ColumnElement[Any]:
    return sa.bindparam(name, type_=column.type)


def _some(column: Any, name: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.in_(sa.bindparam(name, type_=column.type, expanding=True))
    return found


def _before_place(columns: Any) -> ColumnElement[bool]:
    place = _one(columns.created_at, "place_created_at"), _one(columns.id, "place_id")
    return sa.tuple_(columns.created_at, columns.id) < sa.tuple_(*place)


_CONDITIONS: Mapping[str, Callable[[Any], ColumnElement[bool]]] = {
    "ids": lambda columns: _some(columns.id, "ids"),
    "status": lambda columns: _some(columns.status, "status"),
    "tenant_id": lambda columns: columns.tenant_id == _one(columns.tenant_id, "tenant_id"),
    "driver_id": lambda columns: columns.driver_id == _one(columns.driver_id, "driver_id"),
    "track": lambda columns: columns.track == _one(columns.track, "track"),
    "begins_after": lambda columns: columns.start_time_utc >= _one(columns.start_time_utc, "begins_after"),
    "begins_before": lambda columns: columns.start_time_utc < _one(columns.start_time_utc, "begins_before"),
    "search": lambda columns: columns.name_folded.like(_one(columns.name_folded, "search"), escape="\\"),
    "place": _before_place,
    "kept": lambda columns: columns.status != sa.literal_column(f"'{SessionState.DELETED}'"),
}


@lru_cache(maxsize=256)
def sessions_query(tables: Tables, shape: frozenset[str]) -> Select[Any]:
    """Return the query for sessions, the newest first.

    Args:
        tables: of the database.
        shape: which of its parameters are given: `ids`, `status` (lists), `tenant_id`, `driver_id`,
            `track`, `begins_after`, `begins_before`, `search` (a pattern of LIKE), `place` (as
            `place_created_at` and `place_id`: only those after it), `kept` (none that were deleted; no
            parameter) and `most` (so many).
    """
    columns = tables.sessions.c
    those = sa.select(*(columns[name] for name in _SHOWN))
    those = those.where(*(_CONDITIONS[name](columns) for name in _CONDITIONS if name in shape))
    if "most" in shape:
        those = those.order_by(columns.created_at.desc(), columns.id.desc())
        those = those.limit(sa.bindparam("most", type_=sa.Integer))
    # First which sessions, and only then what belongs to them: none is read for a session left out.
    return _whole(tables, those.subquery("those"))


def _whole(tables: Tables, those: Any) -> Select[Any]:
    runs, devices = tables.runs, tables.devices
    return (
        sa.select(
            those,
            runs.c.status.label("run_status"), runs.c.parser_id, runs.c.parser_version,
            runs.c.telemparse_version, runs.c.schema_version, runs.c.error_code, runs.c.error_detail,
            runs.c.error_hint, devices.c.family, devices.c.model, devices.c.serial,
            # Long documents, of which little is shown: the database takes that out of them.
            sa.cast(runs.c.stages, sa.Text).label("stages_text"),
            runs.c.stages[("detect_laps", "status")].as_string().label("laps_state"),
            runs.c.stages[("materialise", "status")].as_string().label("materialise_state"),
            runs.c.quality_summary["overall"].as_float().label("quality"),
            runs.c.quality_summary["label"].as_string().label("quality_label"),
        )
        .select_from(
            those.outerjoin(runs, runs.c.id == those.c.current_run_id)
            .outerjoin(devices, devices.c.id == those.c.device_id)
        )
        .order_by(those.c.created_at.desc(), those.c.id.desc())
    )  # fmt: skip


@lru_cache
def artifacts_query(tables: Tables) -> Select[Any]:
    """Return the query for the artifacts of sessions, whose `ids` are its parameter."""
    columns = tables.artifacts.c
    return (
        sa.select(
            columns.id, columns.session_id, columns.original_file_name, columns.byte_size, columns.sha256,
            columns.status, columns.discarded_at,
        )
        .where(_some(columns.session_id, "ids"))
        .order_by(columns.position, columns.id)
    )  # fmt: skip


@lru_cache
def laps_query(tables: Tables) -> Select[Any]:
    """Return the query for number of laps and the best one, by run and stream; `runs` are its parameter."""
    laps = tables.laps.c
    valid = sa.case((laps.validity == "VALID", laps.duration_ns))
    # A lap out of the pits or into them is a piece of one.
    whole = sa.case((laps.validity.not_in(("OUTLAP", "INLAP")), laps.lap_number))
    return (
        sa.select(laps.run_id, sa.func.count(whole), sa.func.min(valid))
        .where(_some(laps.run_id, "runs"))
        .group_by(laps.run_id, laps.stream)
        .order_by(laps.stream)  # `laps` of the device comes before `laps.<method>`
    )
