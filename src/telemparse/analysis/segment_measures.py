"""What each lap did in each segment: speeds, apex and time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from telemparse.analysis.bends import peak_row, smoothed_curvature
from telemparse.analysis.derivations import derived
from telemparse.analysis.lap_rows import lap_rows, numbered
from telemparse.analysis.lap_samples import even_steps, sample
from telemparse.analysis.motions import Method
from telemparse.analysis.smoothing.smoother import smooth
from telemparse.analysis.usual_laps import blur_m

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemparse.analysis.lap_results import Laps
    from telemparse.analysis.lap_samples import LapSamples
    from telemparse.analysis.segments import Segments
    from telemparse.kernels.arrays import Floats

__all__ = ["measure_segments"]

_COLUMNS = (
    ("lap_number", pa.int32(), "1", "The lap of the `laps` table."),
    ("segment_id", pa.string(), "1", "The segment of the `segments` table."),
    ("entry_mps", pa.float64(), "m/s", "Speed where it begins."),
    ("min_mps", pa.float64(), "m/s", "Lowest speed."),
    ("max_mps", pa.float64(), "m/s", "Highest speed."),
    ("exit_mps", pa.float64(), "m/s", "Speed where it ends."),
    ("apex_s_m", pa.float64(), "m", "Progress where this lap turns most; null of straights."),
    ("duration_s", pa.float64(), "s", "Time from its beginning to its end."),
)
_SCHEMA = pa.schema(
    [
        pa.field(name, kind, metadata={"unit": unit, "description": description})
        for name, kind, unit, description in _COLUMNS
    ]
)


def measure_segments(laps: Laps, segments: Segments, numbers: Iterable[int] | None = None) -> pa.Table:
    """Return one row for each lap and segment: speeds, apex and time.

    Args:
        laps: as found.
        segments: of these laps.
        numbers: lap numbers; all valid laps when absent.

    Values are null where a lap has a gap in the segment or was off the way. Raises CallError for a number
    that no lap has.
    """
    every = lap_rows(laps.table)
    rows = tuple(row for row in every if row.counts) if numbers is None else numbered(every, numbers)
    found: list[dict[str, Any]] = []
    way = segments.way
    if way is not None and laps.motion is not None:
        motion = laps.motion if laps.motion.method is Method.SMOOTHED else smooth(laps.motion.path)
        seconds = max((row.seconds for row in rows), default=0.0)
        s_m = even_steps(way, seconds, motion.path.period_s)
        parts = segments.table.to_pylist()
        for row in rows:
            lap = sample(motion, row, way, s_m)
            if lap is None:
                continue
            blur = blur_m(lap.speed_mps, motion.path.period_s)
            bend = smoothed_curvature(lap.curvature_per_m, float(s_m[1]), blur)
            found += [{"lap_number": row.number, **_measured(part, lap, s_m, bend)} for part in parts]
    table = pa.Table.from_pylist(found, schema=_SCHEMA)
    return derived(table, "measure_segments", share=0.0, reference_lap=segments.reference)


def _measured(part: dict[str, Any], lap: LapSamples, s_m: Floats, bend: Floats) -> dict[str, Any]:
    start, end = part["s_start_m"], part["s_end_m"]
    inside = (s_m >= start) & (s_m <= end)
    speeds, times = (_with_ends(values, s_m, inside, start, end) for values in (lap.speed_mps, lap.elapsed_s))
    facts: dict[str, Any] = {"segment_id": part["segment_id"]}
    if np.isfinite(speeds).all():
        entry, low, high, leave = speeds[0], speeds.min(), speeds.max(), speeds[-1]
        facts |= {"entry_mps": entry, "min_mps": low, "max_mps": high, "exit_mps": leave}
        if part["apex_s_m"] is not None:
            strength = np.abs(bend[inside])
            facts["apex_s_m"] = s_m[inside][0] + s_m[1] * peak_row(strength, int(strength.argmax()))
    if np.isfinite(times).all():
        facts["duration_s"] = times[-1] - times[0]
    return facts


def _with_ends(values: Floats, s_m: Floats, inside: Any, start: float, end: float) -> Floats:
    first, last = np.interp([start, end], s_m, values)
    return np.concatenate([[first], values[inside], [last]])
