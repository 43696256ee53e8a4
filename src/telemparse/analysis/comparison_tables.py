"""Tables of a comparison: one row for each lap and step of progress, one for each lap and sector."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from telemparse.kernels.arrays import to_arrow
from telemparse.kernels.clocks import NS_PER_S

if TYPE_CHECKING:
    from telemparse.analysis.joined_sectors import TheoreticalBest
    from telemparse.analysis.lap_rows import LapRow
    from telemparse.analysis.motions import Motion
    from telemparse.kernels.arrays import Floats

__all__ = ["lap_table", "sector_table"]


def _field(name: str, kind: pa.DataType, unit: str, description: str, *, null: bool = True) -> pa.Field:
    return pa.field(name, kind, nullable=null, metadata={"unit": unit, "description": description})


_F64 = pa.float64()
_LAP = _field("lap_number", pa.int32(), "1", "The lap of the `laps` table.", null=False)
_DELTA = _field("delta_s", _F64, "s", "Time less that of the reference lap.")
_SPEED = _field("speed_mps", _F64, "m/s", "Speed over ground.")
_STEPS = (
    _LAP,
    _field("s_m", _F64, "m", "Progress along the way of the reference lap.", null=False),
    _field("t_s", _F64, "s", "Time since the start of the lap."),
    _SPEED,
    _DELTA,
)
_COORDINATES = (
    _field("lat_deg", _F64, "deg", "Latitude, WGS-84."),
    _field("lon_deg", _F64, "deg", "Longitude, WGS-84."),
)
_SECTORS = (
    _LAP,
    _field("sector_index", pa.int32(), "1", "Position within the lap, from 0.", null=False),
    _field("name", pa.string(), "1", "As the source names it."),
    _field("duration_ns", pa.int64(), "ns", "Sector time.", null=False),
    _field("duration_std_s", pa.float32(), "s", "Standard deviation of the sector time."),
    _DELTA,
    _field("best", pa.bool_(), "1", "The sector is part of the theoretical best lap.", null=False),
)


def lap_table(
    motion: Motion | None,
    rows: tuple[LapRow, ...],
    reference: int | None,
    grid: Floats,
    elapsed: Floats,
    *,
    coordinates: bool,
) -> pa.Table:
    """Return the laps step by step.

    Args:
        motion: that they are of, None where the grid is empty.
        rows: the laps.
        reference: number of the one that the others are measured against.
        grid: progress, shape (m,).
        elapsed: seconds since their starts, shape (laps, m), NaN where unknown.
        coordinates: whether places are wanted.
    """
    schema = pa.schema([*_STEPS, *(_COORDINATES if coordinates else ())])
    if motion is None or not len(grid):
        return schema.empty_table()
    against = next(index for index, row in enumerate(rows) if row.number == reference)
    flat = elapsed.ravel()
    timed = np.isfinite(flat)
    starts = np.repeat([row.t_start_ns or 0 for row in rows], len(grid))
    t_ns = starts + np.rint(np.where(timed, flat, 0.0) * NS_PER_S).astype(np.int64)
    place, pace = motion.at(t_ns)
    place[~timed], pace[~timed] = np.nan, np.nan
    columns = {
        "lap_number": np.repeat([row.number for row in rows], len(grid)),
        "s_m": np.tile(grid, len(rows)),
        "t_s": flat,
        "speed_mps": np.hypot(*pace.T),
        "delta_s": (elapsed - elapsed[against]).ravel(),
    }
    if coordinates:
        there = np.isfinite(place[:, 0])
        latitude, longitude = motion.path.frame.geodetic_deg(np.where(there[:, None], place, 0.0))
        columns["lat_deg"], columns["lon_deg"] = (
            np.where(there, values, np.nan) for values in (latitude, longitude)
        )
    arrays = [to_arrow(columns[each.name], each.type, np.isfinite(columns[each.name])) for each in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


def sector_table(
    sectors: pa.Table, rows: tuple[LapRow, ...], reference: int | None, best: TheoreticalBest
) -> pa.Table:
    """Return the sector times of laps in the order of the laps.

    Args:
        sectors: stream `sectors`.
        rows: the laps.
        reference: number of the one that the others are measured against.
        best: of these laps.
    """
    order = {row.number: index for index, row in enumerate(rows)}
    chosen = [
        row for row in sectors.drop_columns(["t_start", "t_end"]).to_pylist() if row["lap_number"] in order
    ]
    chosen.sort(key=lambda row: (order[row["lap_number"]], row["sector_index"]))
    against = {row["sector_index"]: row["duration_ns"] for row in chosen if row["lap_number"] == reference}
    winners = {(sector.lap_number, sector.index) for sector in best.sectors}
    for row in chosen:
        other = against.get(row["sector_index"])
        row["delta_s"] = None if other is None else (row["duration_ns"] - other) / NS_PER_S
        row["best"] = (row["lap_number"], row["sector_index"]) in winners
    return pa.Table.from_pylist(chosen, schema=pa.schema(list(_SECTORS)))
