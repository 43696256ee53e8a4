"""How errors of the states pass from node to node, linear, and what is added on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.fusion.first_guesses import OFFSET_STD_S, start_std
from telemparse.analysis.fusion.inertial import SEVERED_S
from telemparse.analysis.fusion.rotations import crossing
from telemparse.analysis.fusion.states import (
    ATTITUDE,
    COUNT,
    FAST,
    FORCE_BIAS,
    FORCE_SCALE,
    OFFSET,
    POSITION,
    RATE_BIAS,
    RATE_SCALE,
    SLOW,
    VELOCITY,
)
from telemparse.analysis.fusion.strapdown import increments
from telemparse.analysis.smoothing.noises import FAST_S, SLOW_S

if TYPE_CHECKING:
    from telemparse.analysis.fusion.parameters import UnitNoise
    from telemparse.analysis.fusion.states import Trajectory
    from telemparse.analysis.fusion.strapdown import Stretches
    from telemparse.analysis.smoothing.noises import Noise
    from telemparse.kernels.arrays import Floats, Mask

__all__ = ["Steps", "steps_of"]

_BLIND_MPS2, _BLIND_RPS, _BLIND_MPS3 = 3.0, 0.5, 20.0
"""Of forces and rates in silence, a root hertz, and jerk: what a vehicle may do while its unit is silent."""


@attrs.frozen(eq=False, kw_only=True)
class Steps:
    """Linear steps of the errors between k + 1 nodes: e' = fade * e, but the first nine by rows; plus noise.

    Args:
        rows: of position, velocity and attitude, shape (k, 9, 23).
        fade: of the others, shape (k, 23).
        missed: by which the trajectory itself misses the next node, added to the errors, shape (k, 23).
        noise: variances that are added, shape (k, 23).
        shared: covariances of position and velocity that are added, shape (k,).
    """

    rows: Floats
    fade: Floats
    missed: Floats
    noise: Floats
    shared: Floats


def steps_of(
    trajectory: Trajectory,
    stretches: Stretches,
    noises: tuple[UnitNoise, Noise],
    quiet: tuple[Mask, Mask],
    offset_walk: float,
) -> Steps:
    """Return the steps about a trajectory.

    Args:
        trajectory: at k + 1 nodes.
        stretches: samples of the inertial unit between them.
        noises: of the unit, and of the receiver, of which the wandering errors matter here.
        quiet: intervals in which the unit says too little, and of these the ones in long silences, in which
            nothing is known of the attitude, shape (k,) each.
        offset_walk: by which clocks may part, seconds a root second.
    """
    unit, receiver = noises
    silent, blind = quiet
    sums, slopes = increments(stretches, *trajectory.biases(stretches))
    step = sums.step_s
    here = trajectory.attitude[:-1]
    rows = np.zeros((len(step), 9, COUNT))
    own = np.arange(3)
    rows[:, own, own] = rows[:, 3 + own, 3 + own] = 1.0
    rows[:, own, 3 + own] = step[:, None]
    rows[:, POSITION, ATTITUDE] = -here @ crossing(sums.way_m)
    rows[:, VELOCITY, ATTITUDE] = -here @ crossing(sums.gain_mps)
    rows[:, ATTITUDE, ATTITUDE] = np.swapaxes(sums.turn, 1, 2)
    rows[:, POSITION, FORCE_BIAS] = here @ slopes.way_by_force
    rows[:, POSITION, RATE_BIAS] = here @ slopes.way_by_rate
    rows[:, VELOCITY, FORCE_BIAS] = here @ slopes.gain_by_force
    rows[:, VELOCITY, RATE_BIAS] = here @ slopes.gain_by_rate
    rows[:, ATTITUDE, RATE_BIAS] = slopes.turn_by_rate
    # A share of what is measured acts as a bias of that size.
    biases = rows[:, :, FORCE_BIAS.start : FORCE_BIAS.start + 2]
    rows[:, :, FORCE_SCALE] = biases * stretches.force[:, None, :2]
    rows[:, :, RATE_SCALE] = rows[:, :, RATE_BIAS.stop - 1] * stretches.rate[:, None, 2]
    fade = np.ones((len(step), COUNT))
    fade[:, FAST], fade[:, SLOW] = np.exp(-step / FAST_S)[:, None], np.exp(-step / SLOW_S)[:, None]
    force_2 = np.where(silent, _BLIND_MPS2, unit.force or 0.0) ** 2
    rate_2 = np.where(silent, _BLIND_RPS, unit.rate or 0.0) ** 2
    noise = np.zeros((len(step), COUNT))
    noise[:, POSITION] = (force_2 * step**3 / 3)[:, None]
    noise[:, VELOCITY] = (force_2 * step)[:, None]
    noise[:, ATTITUDE] = (rate_2 * step)[:, None]
    # A bias wanders no farther than it may be off at the start.
    noise[:, FORCE_BIAS] = np.minimum(unit.force_walk**2 * step, unit.force_bias**2)[:, None]
    noise[:, RATE_BIAS] = np.minimum(unit.rate_walk**2 * step, unit.rate_bias**2)[:, None]
    noise[:, FAST] = receiver.fast_m**2 * (1 - fade[:, FAST] ** 2)
    noise[:, SLOW] = receiver.slow_m**2 * (1 - fade[:, SLOW] ** 2)
    noise[:, OFFSET] = np.minimum(offset_walk**2 * step, OFFSET_STD_S**2)
    missed = np.concatenate([trajectory.missed(sums), trajectory.remembered(fade[:, 9:])], axis=1)
    shared = force_2 * step**2 / 2
    anew = start_std(unit, receiver)[:9] ** 2
    # In long silences a vehicle goes by the mean of two velocities, but for its jerk, and points anywhere.
    rows[blind], missed[blind, :9] = 0.0, 0.0
    for axis in range(3):
        rows[blind, axis, axis] = rows[blind, 3 + axis, 3 + axis] = 1.0
        rows[blind, axis, 3 + axis] = step[blind]
    missed[blind, :6] = _coasted(trajectory, step)[blind]
    bent = force_2 * step**3 / 4 + (_BLIND_MPS3 * step**3 / 12) ** 2
    noise[blind, POSITION], noise[blind, ATTITUDE] = bent[blind, None], anew[ATTITUDE]
    severed = blind & (step > SEVERED_S)
    rows[severed], missed[severed, :9], shared[severed] = 0.0, 0.0, 0.0
    noise[severed, :9] = anew
    return Steps(rows=rows, fade=fade, missed=missed, noise=noise, shared=shared)


def _coasted(trajectory: Trajectory, step_s: Floats) -> Floats:
    """Return by how much going on as before misses the next node: position and velocity, shape (k, 6)."""
    position, velocity = trajectory.position_m, trajectory.velocity_mps
    went = position[:-1] + velocity[:-1] * step_s[:, None] - position[1:]
    return np.concatenate([went, velocity[:-1] - velocity[1:]], axis=1)
