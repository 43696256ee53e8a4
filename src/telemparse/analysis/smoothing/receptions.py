"""What a receiver's epochs are worth: velocities as of their stamps, noise, and which positions count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.smoothing.displacements import Displacements, lies_close
from telemparse.analysis.smoothing.noises import assumed, noise_of
from telemparse.analysis.smoothing.strays import stray_positions
from telemparse.analysis.smoothing.velocity_clocks import VelocityClock, velocity_clock
from telemparse.analysis.teleports import teleports

if TYPE_CHECKING:
    from telemparse.analysis.paths import Path
    from telemparse.analysis.smoothing.noises import Noise
    from telemparse.kernels.arrays import Floats, Mask

__all__ = ["Reception", "reception_of"]


@attrs.frozen(eq=False, kw_only=True)
class Reception:
    """Epochs of a receiver, understood.

    Args:
        path: the epochs.
        velocity_mps: as of their stamps and in true metres, shape (n, 2), NaN where unknown.
        clock: how late and how large they were.
        noise: of the receiver.
        broken: gaps between epochs, shape (n - 1,).
        jumped: epochs whose position is a teleport, shape (n,).
        stray: others whose position does not follow the velocities around it, shape (n,).
    """

    path: Path
    velocity_mps: Floats
    clock: VelocityClock
    noise: Noise
    broken: Mask
    jumped: Mask
    stray: Mask

    @property
    def good(self) -> Mask:
        """Epochs whose position counts, shape (n,)."""
        return ~(self.jumped | self.stray)


def reception_of(path: Path) -> Reception:
    """Return what a path's epochs are worth; of one without velocities, as a usual receiver's."""
    broken = path.step_s > path.gap_s
    jumped = teleports(path)
    good = ~jumped
    if not path.has_velocity:
        return Reception(
            path=path,
            velocity_mps=path.velocity_mps,
            clock=VelocityClock(),
            noise=assumed(path),
            broken=broken,
            jumped=jumped,
            stray=np.zeros(len(path), np.bool_),
        )
    clock = velocity_clock(path, broken, good)
    velocity = clock.corrected(path, broken)
    noise = noise_of(path, Displacements.of(path.t_s, velocity, broken), good)
    close = lies_close(path.t_s, clock.lag_s)
    if noise.exact and not close.all():
        # Beside exact positions a velocity from between distant stamps is a bad one, else better than none.
        velocity = np.where(close[:, None], velocity, np.nan)
        noise = noise_of(path, Displacements.of(path.t_s, velocity, broken), good)
    return Reception(
        path=path,
        velocity_mps=velocity,
        clock=clock,
        noise=noise,
        broken=broken,
        jumped=jumped,
        stray=stray_positions(path, Displacements.of(path.t_s, velocity, broken)),
    )
