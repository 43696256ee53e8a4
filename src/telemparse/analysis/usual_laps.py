"""The usual one of several laps: its curvature and speed along the way, and how far single laps differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.bends import peak_row, smoothed_curvature

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemparse.analysis.bends import Bend
    from telemparse.analysis.lap_samples import LapSamples
    from telemparse.kernels.arrays import Floats

__all__ = ["UsualLap", "blur_m"]

_BLUR = 0.4
"""Curvature is smoothed over this share of the way from epoch to epoch."""


@attrs.frozen(eq=False)
class UsualLap:
    """The median of laps at steps of progress.

    Args:
        s_m: progress, shape (m,).
        curvature_per_m: smoothed, left is positive, shape (m,).
        speed_mps: shape (m,).
        each_per_m: smoothed curvature of each lap, shape (laps, m).
        blur_m: how far curvature was smoothed.
    """

    s_m: Floats
    curvature_per_m: Floats
    speed_mps: Floats
    each_per_m: Floats
    blur_m: float

    @classmethod
    def of(cls, seen: Sequence[LapSamples], s_m: Floats, period_s: float) -> UsualLap:
        """Return the usual one of one or more laps of positions `period_s` apart."""
        step = float(s_m[1])
        speeds = np.array([lap.speed_mps for lap in seen])
        blur = blur_m(speeds, period_s)
        raw = np.array([lap.curvature_per_m for lap in seen])
        each = np.array([smoothed_curvature(curvature, step, blur) for curvature in raw])
        return cls(s_m, smoothed_curvature(_median(raw), step, blur), _median(speeds), each, blur)

    def spread_m(self, bend: Bend) -> float | None:
        """Return how far apexes of single laps lie apart; None of one lap."""
        part = self.each_per_m[:, bend.first : bend.last + 1] * np.sign(bend.turn_rad)
        if len(part) == 1:
            return None
        apexes = self.s_m[1] * np.array([peak_row(lap, int(lap.argmax())) for lap in part])
        return float(1.4826 * np.median(np.abs(apexes - np.median(apexes))))


def blur_m(speed_mps: Floats, period_s: float) -> float:
    """Return how far to smooth curvature: a share of the way from epoch to epoch at the usual speed."""
    known = speed_mps[np.isfinite(speed_mps)]
    return _BLUR * float(np.median(known)) * period_s if len(known) else 0.0


def _median(columns: Floats) -> Floats:
    """Return the median of laps that know a value; where none does, what lies between neighbours."""
    known = np.isfinite(columns).any(axis=0)
    middle = np.full(columns.shape[1], np.nan)
    middle[known] = np.nanmedian(columns[:, known], axis=0)
    rows = np.arange(len(middle))
    return np.asarray(np.interp(rows, rows[known], middle[known])) if known.any() else np.zeros(len(middle))
