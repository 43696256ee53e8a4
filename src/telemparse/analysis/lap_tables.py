"""Judged laps and their sectors as the canonical tables `laps` and `sectors`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from telemparse import schemas
from telemparse.analysis.derivations import derived

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from telemparse.analysis.lap_judging import Judged
    from telemparse.analysis.sector_times import SectorTime

__all__ = ["laps_table", "sectors_table"]


def laps_table(laps: Sequence[Judged], source: str, time_base: str, facts: Mapping[str, Any]) -> pa.Table:
    """Return stream `laps`, one row each in order.

    Args:
        laps: judged pieces.
        source: of the gate.
        time_base: of the instants.
        facts: technique and parameters, for the metadata.
    """
    columns = {
        "lap_number": list(range(1, len(laps) + 1)),
        "stint_index": [lap.piece.stint for lap in laps],
        "t_start": pa.array([lap.piece.t_start_ns for lap in laps], pa.int64()),
        "t_end": pa.array([lap.piece.t_end_ns for lap in laps], pa.int64()),
        "duration_ns": [lap.piece.duration_ns for lap in laps],
        "distance_m": [lap.distance_m for lap in laps],
        "validity": [lap.validity for lap in laps],
        "confidence": [lap.confidence for lap in laps],
        "reasons": [list(lap.reasons) for lap in laps],
        "source": [source] * len(laps),
        "duration_std_s": [lap.duration_std_s for lap in laps],
    }
    return _table("laps", columns, time_base, facts)


def sectors_table(
    sectors: Sequence[SectorTime], source: str, time_base: str, facts: Mapping[str, Any]
) -> pa.Table:
    """Return stream `sectors`, one row each in order; arguments as for `laps_table`."""
    columns = {
        "lap_number": [each.lap_number for each in sectors],
        "stint_index": [each.stint for each in sectors],
        "sector_index": [each.index for each in sectors],
        "name": [each.name for each in sectors],
        "t_start": pa.array([each.t_start_ns for each in sectors], pa.int64()),
        "t_end": pa.array([each.t_end_ns for each in sectors], pa.int64()),
        "duration_ns": [each.t_end_ns - each.t_start_ns for each in sectors],
        "duration_std_s": [each.duration_std_s for each in sectors],
        "source": [source] * len(sectors),
    }
    return _table("sectors", columns, time_base, facts)


def _table(stream: str, columns: Mapping[str, Any], time_base: str, facts: Mapping[str, Any]) -> pa.Table:
    batch = schemas.build(stream, columns, time_base=time_base)
    return derived(pa.Table.from_batches([batch]), "find_laps", **facts)
