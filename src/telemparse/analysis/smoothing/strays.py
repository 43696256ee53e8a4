"""Positions that for a moment do not follow the velocities around them: stale ones, wrong stamps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from telemparse.analysis.paths import Path
    from telemparse.analysis.smoothing.displacements import Displacements
    from telemparse.kernels.arrays import Mask

__all__ = ["stray_positions"]

_AROUND = 4
_LEAST_M, _TIMES = 1.0, 10.0
_RAYLEIGH = 1.1774


def stray_positions(path: Path, displacements: Displacements) -> Mask:
    """Return which epochs lie off the way that velocities lead from their neighbours, shape (n,).

    Against the median of nine epochs around, velocities taken into account; more than a metre, and ten times
    farther than is usual in the recording. What wanders for longer is the receiver's, and stays. Beside gaps
    nobody can tell.

    Args:
        path: of the positions.
        displacements: of its velocities as of the same stamps.
    """
    from scipy.ndimage import median_filter

    count, span = len(path), 2 * _AROUND
    stray = np.zeros(count, np.bool_)
    if count <= span:
        return stray
    drift = path.position_m - displacements.integral_m
    off = drift - median_filter(drift, size=(span + 1, 1), mode="nearest")
    away = np.hypot(*off.T)
    whole = displacements.breaks[span:] == displacements.breaks[:-span]
    inner = away[_AROUND:-_AROUND]
    if not whole.any():
        return stray
    usual = float(np.median(inner[whole])) / _RAYLEIGH
    stray[_AROUND:-_AROUND] = whole & (inner > max(_LEAST_M, _TIMES * usual))
    return stray
