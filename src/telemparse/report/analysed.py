"""What analysis makes of one recording for the page: laps, quality, comparison, segments and fusion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from telemparse.analysis.comparison import compare_laps
from telemparse.analysis.fusion.fusing import fuse
from telemparse.analysis.lap_finding import find_laps
from telemparse.analysis.lap_rows import lap_rows
from telemparse.analysis.motions import Method
from telemparse.analysis.quality.scoring import score
from telemparse.analysis.segments import find_segments
from telemparse.kernels.clocks import NS_PER_S

if TYPE_CHECKING:
    from telemparse.analysis.comparison import Comparison
    from telemparse.analysis.fusion.outcomes import Fused
    from telemparse.analysis.lap_results import Laps
    from telemparse.analysis.lap_rows import LapRow
    from telemparse.analysis.motions import Motion
    from telemparse.analysis.quality.outcomes import Quality
    from telemparse.analysis.segments import Segments
    from telemparse.kernels.arrays import Floats, Ints
    from telemparse.model.results import ParseResult

__all__ = ["Analysed", "has_speeds", "speeds_at"]

_MOSTLY = 0.9
_COMPARED = 24


@attrs.frozen(eq=False)
class Analysed:
    """A recording with all that is found in it.

    Args:
        result: the recording, as it was read.
        laps: found in it.
        quality: of it, judged with these laps and this fusion.
        comparison: of its fastest valid laps, at most 24.
        segments: of its track, as the same laps show it.
        fused: its pose, None without fixes or without an accelerometer.
    """

    result: ParseResult
    laps: Laps
    quality: Quality
    comparison: Comparison
    segments: Segments
    fused: Fused | None = None

    @classmethod
    def of(cls, result: ParseResult, laps: Laps | None = None) -> Analysed:
        """Return what is found in a recording; laps are looked for where they are not given.

        Raises MissingExtra without the extra `analysis`.
        """
        filled = {name: table for name, table in result.streams.items() if table.num_rows}
        whole = attrs.evolve(result, streams=filled)
        laps = find_laps(whole) if laps is None else laps
        drawn = _fastest(laps)
        # Without a gyroscope it only says that there is none.
        fused = fuse(whole) if {"gnss_pvt", "imu_accel"} <= set(filled) else None
        return cls(
            result=result,
            laps=laps,
            quality=score(whole, laps=laps, fused=fused),
            comparison=compare_laps(drawn),
            segments=find_segments(drawn),
            fused=fused,
        )

    @property
    def valid(self) -> tuple[LapRow, ...]:
        """Laps that count."""
        return _valid(self.laps)

    @property
    def motion(self) -> Motion | None:
        """States along the path, None without positions."""
        return self.laps.motion

    def stamps_ns(self, row: LapRow, elapsed_s: Floats) -> Ints:
        """Return instants of a lap, 0 where the time since its start is not known (NaN)."""
        known = np.isfinite(elapsed_s)
        since = np.rint(np.where(known, elapsed_s, 0.0) * NS_PER_S).astype(np.int64)
        return np.where(known, (row.t_start_ns or 0) + since, 0)


def _valid(laps: Laps) -> tuple[LapRow, ...]:
    return tuple(row for row in lap_rows(laps.table) if row.counts)


def _fastest(laps: Laps) -> Laps:
    """Return the fastest valid laps: what is drawn, and enough to know the track by."""
    fastest = sorted(_valid(laps), key=lambda row: row.duration_ns)[:_COMPARED]
    numbers = pa.array([row.number for row in fastest], laps.table["lap_number"].type)
    return attrs.evolve(laps, table=laps.table.filter(pc.is_in(laps.table["lap_number"], numbers)))


def has_speeds(motion: Motion) -> bool:
    """Tell whether speeds are more than the slopes between positions, whose errors they would show."""
    return motion.method is Method.SMOOTHED or bool(np.isfinite(motion.path.speed_mps).mean() >= _MOSTLY)


def speeds_at(motion: Motion, t_ns: Ints) -> Floats:
    """Return speeds over ground at instants, shape (k,), NaN within gaps and beyond the ends.

    Of a smoothed motion its own; else as the receiver measured them, where it did: the slopes of straight
    lines between positions are steps.
    """
    place, pace = motion.at(t_ns)
    measured = np.isfinite(motion.path.speed_mps)
    if motion.method is Method.SMOOTHED or not has_speeds(motion):
        return np.asarray(np.hypot(*pace.T))
    first = motion.path.t_ns[0]
    seconds = (t_ns - first) / NS_PER_S
    speed = np.interp(seconds, motion.path.t_s[measured], motion.path.speed_mps[measured])
    return np.where(np.isfinite(place[:, 0]), speed, np.nan)
