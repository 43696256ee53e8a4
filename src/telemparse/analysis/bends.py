"""Corners in a curvature by progress: where it bends, beside how much the whole track does."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import attrs
import numpy as np

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Floats

__all__ = ["Bend", "find_bends", "peak_row", "smoothed_curvature"]

# Every rule is a share of the track's own mean curvature or a turned angle, so that it is the same on a
# track of 200 m and on one of 4 km.
_BENDING = 0.35
"""A corner reaches to where curvature falls below this share of the mean ..."""
_TIGHT = 0.7
"""... has more than this share of it somewhere ..."""
_LEAST_TURN = math.radians(20.0)
"""... and turns by so much altogether."""


@attrs.frozen(kw_only=True)
class Bend:
    """One corner.

    Args:
        first, last: rows of the profile, the last one included.
        apex: row of the greatest curvature, between rows as well; None where the line cuts it there.
        turn_rad: how far it turns, left is positive.
        curvature_per_m: the greatest, left is positive.
    """

    first: int
    last: int
    apex: float | None
    turn_rad: float
    curvature_per_m: float


def smoothed_curvature(curvature_per_m: Floats, step_m: float, sigma_m: float) -> Floats:
    """Return a closed track's curvature without what is shorter than a length; gaps are bridged.

    Args:
        curvature_per_m: by progress in even steps, shape (..., m), NaN where unknown.
        step_m: the step.
        sigma_m: standard deviation of the Gaussian weights.
    """
    reach = max(math.ceil(4 * sigma_m / step_m), 1)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) * step_m / max(sigma_m, 1e-9)) ** 2)
    known = np.isfinite(curvature_per_m)
    if not known.any():
        return np.zeros_like(curvature_per_m)
    rows = np.arange(len(known))
    whole = np.interp(rows, rows[known], curvature_per_m[known], period=len(known))
    around = np.take(whole, np.arange(-reach, len(known) + reach), mode="wrap")
    return np.asarray(np.convolve(around, weights / weights.sum(), mode="valid"))


def find_bends(curvature_per_m: Floats, step_m: float) -> tuple[Bend, ...]:
    """Return the corners of a curvature by progress from line to line, in order.

    Args:
        curvature_per_m: smoothed, shape (m,), left is positive.
        step_m: from row to row.
    """
    strength = np.abs(curvature_per_m)
    usual = float(strength.mean())
    side = np.where(strength > _BENDING * usual, np.sign(curvature_per_m), 0.0)
    edges = np.flatnonzero(np.diff(side)) + 1
    found = (
        _bend(int(first), int(behind) - 1, curvature_per_m, step_m)
        for first, behind in zip([0, *edges], [*edges, len(side)], strict=True)
        if side[first]
    )
    return tuple(
        bend
        for bend in found
        if abs(bend.turn_rad) >= _LEAST_TURN and abs(bend.curvature_per_m) >= _TIGHT * usual
    )


def peak_row(values: Floats, top: int) -> float:
    """Return where values have their maximum near their highest row: that of the parabola through three."""
    if top in {0, len(values) - 1}:
        return float(top)
    before, here, behind = values[top - 1 : top + 2]
    bow = before - 2 * here + behind
    return top + float(np.clip((before - behind) / (2 * bow), -0.5, 0.5) if bow < 0 else 0.0)


def _bend(first: int, last: int, curvature: Floats, step_m: float) -> Bend:
    part = curvature[first : last + 1]
    top = first + int(np.abs(part).argmax())
    cut = top in {0, len(curvature) - 1}
    return Bend(
        first=first,
        last=last,
        apex=None if cut else peak_row(np.abs(curvature), top),
        turn_rad=float(part.sum() * step_m),
        curvature_per_m=float(curvature[top]),
    )
