"""Recordings of a vehicle on a circle, as good as they can be, for tests to spoil."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from telemparse.analysis.lap_results import Laps
from telemparse.kernels.local_frame import LocalFrame
from telemparse.model.provenance import Provenance
from telemparse.model.results import ParseResult
from telemparse.schemas import build

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.model.issues import Issue

__all__ = ["SECOND", "displaced", "fixes", "found_laps", "inertial", "lap_table", "result", "rows_of"]

SECOND = 1_000_000_000
RADIUS_M, SPEED_MPS = 60.0, 20.0


def fixes(
    seconds: float = 60.0, rate_hz: float = 10.0, *, time_base: str = "utc", **columns: Any
) -> pa.Table:
    """Return a `gnss_pvt` table with velocity and all that a receiver says of itself.

    A column given as None is left out, an array takes the place of the perfect one.
    """
    t_s = np.arange(int(seconds * rate_hz)) / rate_hz
    angle = SPEED_MPS * t_s / RADIUS_M
    noise = np.random.default_rng(1).normal(0, 0.03, (len(t_s), 2))
    place = RADIUS_M * np.stack([np.cos(angle), np.sin(angle)], axis=1) + noise
    lat, lon = LocalFrame(52.0, 1.0).geodetic_deg(place)
    whole: dict[str, Any] = {
        "t": np.rint(t_s * SECOND).astype(np.int64) + 1_700_000_000 * SECOND,
        "lat_deg": lat,
        "lon_deg": lon,
        "speed_mps": np.full(len(t_s), SPEED_MPS),
        "course_deg": np.degrees(-angle) % 360,
        "hacc_m": np.full(len(t_s), 0.5),
        "sacc_mps": np.full(len(t_s), 0.1),
        "hdop": np.full(len(t_s), 0.8),
        "sat_count": np.full(len(t_s), 14),
        "fix_type": np.full(len(t_s), 3),
        **columns,
    }
    batch = build("gnss_pvt", {name: c for name, c in whole.items() if c is not None}, time_base=time_base)
    return pa.Table.from_batches([batch])


def rows_of(table: pa.Table, rows: Any) -> pa.Table:
    """Return the rows that a mask or index of numpy chooses."""
    return table.take(pa.array(np.arange(table.num_rows)[rows]))


def displaced(table: pa.Table, rows: Any, metres: float = 100.0) -> pa.Table:
    """Return positions some of which lie to the north of where they should."""
    lat = np.array(table["lat_deg"].to_pylist())
    lat[rows] += metres / 111_000
    at = table.column_names.index("lat_deg")
    return table.set_column(at, table.schema.field(at), pa.array(lat))


def inertial(
    stream: str = "imu_accel", seconds: float = 60.0, rate_hz: float = 100.0, *, time_base: str = "utc"
) -> pa.Table:
    """Return an accelerometer that lies level, or a gyroscope, with a little noise."""
    count = int(seconds * rate_hz)
    noise = np.random.default_rng(2).normal(0, 0.05, (3, count))
    names = ("ax_mps2", "ay_mps2", "az_mps2") if stream == "imu_accel" else ("gx_rps", "gy_rps", "gz_rps")
    columns = dict(zip(names, noise, strict=True))
    if stream == "imu_accel":
        columns["az_mps2"] = columns["az_mps2"] + 9.81
    t_ns = np.rint(np.arange(count) / rate_hz * SECOND).astype(np.int64) + 1_700_000_000 * SECOND
    return pa.Table.from_batches([build(stream, {"t": t_ns, **columns}, time_base=time_base)])


def lap_table(count: int = 5, **columns: Any) -> pa.Table:
    """Return laps of 12 s, all whole and sure to 10 ms; a column given as None is left out."""
    start = 1_700_000_000 * SECOND + np.arange(count) * 12 * SECOND
    whole = {
        "lap_number": np.arange(1, count + 1),
        "stint_index": np.zeros(count, np.int64),
        "t_start": start,
        "t_end": start + 12 * SECOND,
        "duration_ns": np.full(count, 12 * SECOND),
        "validity": ["VALID"] * count,
        "confidence": ["HIGH"] * count,
        "reasons": [[] for _lap in range(count)],
        "source": ["auto_detected"] * count,
        "duration_std_s": np.full(count, 0.01),
        **columns,
    }
    batch = build("laps", {name: column for name, column in whole.items() if column is not None})
    return pa.Table.from_batches([batch])


def found_laps(table: pa.Table, motion: Any = None, issues: tuple[Issue, ...] = ()) -> Laps:
    """Return laps as finding them gives them."""
    return Laps(table=table, sectors=table.slice(0, 0), gate=None, motion=motion, issues=issues)


def result(
    streams: Mapping[str, pa.Table], *, warnings: tuple[Issue, ...] = (), **metadata: Any
) -> ParseResult:
    """Return the result that holds streams and findings."""
    return ParseResult(
        streams=streams, metadata=metadata, warnings=warnings, provenance=Provenance((), "0.1.0", 1)
    )
