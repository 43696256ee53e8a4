"""States of motion along a path, smoothed or as measured, and what they say between the epochs."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.kernels.clocks import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.analysis.paths import Path
    from telemparse.analysis.smoothing.spreads import Spread
    from telemparse.kernels.arrays import Floats, Ints, Mask
    from telemparse.model.issues import Issue

__all__ = ["Method", "Motion"]


class Method(enum.StrEnum):
    """How states came to be."""

    SMOOTHED = "smoothed"
    """The likeliest motion, from positions and measured velocities together."""
    LINEAR = "linear"
    """Positions as measured, with straight lines between them."""


@attrs.frozen(eq=False, kw_only=True)
class Motion:
    """Position, velocity and acceleration at each epoch of a path.

    Args:
        path: what it was made from; all arrays have its rows.
        method: how.
        position_m: east and north in the path's frame, shape (n, 2).
        velocity_mps: likewise; of `LINEAR` that of the straight lines around an epoch.
        acceleration_mps2: likewise; of `LINEAR` from differences of velocity, for no more than a look.
        broken: True where nothing is known between an epoch and the next, shape (n - 1,): a gap.
        apparent_m: positions as the receiver sees them, with its wandering errors but without noise and
            outliers, shape (n, 2); `position_m` where nothing else is known.
        spread: how uncertain times between crossings are, None where nobody knows.
        parameters: of the technique, for the metadata of what is made from it.
        issues: what was found on the way.
    """

    path: Path
    method: Method
    position_m: Floats
    velocity_mps: Floats
    acceleration_mps2: Floats
    broken: Mask
    apparent_m: Floats = attrs.field(default=attrs.Factory(lambda self: self.position_m, takes_self=True))
    spread: Spread | None = None
    parameters: Mapping[str, Any] = attrs.field(factory=dict)
    issues: tuple[Issue, ...] = ()

    def __len__(self) -> int:
        return len(self.path)

    @property
    def speed_mps(self) -> Floats:
        """Speed over ground, shape (n,)."""
        return np.asarray(np.hypot(*self.velocity_mps.T))

    @property
    def curvature_per_m(self) -> Floats:
        """Curvature of the way, shape (n,), left turns positive; NaN slower than 0.5 m/s."""
        (vx, vy), (ax, ay) = self.velocity_mps.T, self.acceleration_mps2.T
        speed = self.speed_mps
        moving = speed > 0.5  # noqa: PLR2004  (m/s: below, a direction means nothing)
        return np.where(moving, (vx * ay - vy * ax) / np.where(moving, speed, 1.0) ** 3, np.nan)

    def at(self, t_ns: Ints) -> tuple[Floats, Floats]:
        """Return position and velocity at instants, each of shape (k, 2): between epochs, never beyond.

        Cubic Hermite of position and velocity where smoothed, else straight lines. NaN before the first
        epoch, after the last one, and within gaps.
        """
        t_ns = np.asarray(t_ns, np.int64)
        stamps, position, velocity = self.path.t_ns, self.position_m, self.velocity_mps
        if len(stamps) == 1:
            here = (t_ns == stamps[0])[:, None]
            return np.where(here, position[0], np.nan), np.where(here, velocity[0], np.nan)
        left = np.clip(np.searchsorted(stamps, t_ns, side="right") - 1, 0, len(stamps) - 2)
        step = ((stamps[left + 1] - stamps[left]) / NS_PER_S)[:, None]
        part = ((t_ns - stamps[left]) / NS_PER_S)[:, None] / step
        within = (t_ns >= stamps[0]) & (t_ns <= stamps[-1])
        on_epoch = (part[:, 0] == 0) | (part[:, 0] == 1)
        known = (within & (~self.broken[left] | on_epoch))[:, None]
        p0, p1, v0, v1 = position[left], position[left + 1], velocity[left], velocity[left + 1]
        if self.method is Method.LINEAR:
            # The way across a gap says nothing of the speed at its edges.
            edge = np.where(part == 0, v0, v1)
            pace = np.where(self.broken[left][:, None], edge, (p1 - p0) / step)
            return np.where(known, p0 + (p1 - p0) * part, np.nan), np.where(known, pace, np.nan)
        rest = 1 - part
        place = p0 + (p1 - p0) * part * part * (3 - 2 * part)
        place = place + part * rest * step * (v0 * rest - v1 * part)
        pace = 6 * part * rest * (p1 - p0) / step + v0 * rest * (1 - 3 * part) + v1 * part * (3 * part - 2)
        return np.where(known, place, np.nan), np.where(known, pace, np.nan)
