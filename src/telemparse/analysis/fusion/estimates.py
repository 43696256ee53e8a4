"""The likeliest trajectory: filter and way back, again about the better trajectory until it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.fusion.first_guesses import start_std
from telemparse.analysis.fusion.recursions import smoothed
from telemparse.analysis.fusion.sightings import Arm, Kind, sightings
from telemparse.analysis.fusion.states import ATTITUDE
from telemparse.analysis.fusion.steps import steps_of
from telemparse.analysis.fusion.strapdown import Stretches

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemparse.analysis.fusion.inertial import Inertial
    from telemparse.analysis.fusion.parameters import FusionOptions, UnitNoise
    from telemparse.analysis.fusion.sightings import Seen, Sightings
    from telemparse.analysis.fusion.states import Trajectory
    from telemparse.analysis.smoothing.noises import Noise
    from telemparse.kernels.arrays import Floats

__all__ = ["Estimate", "estimate"]

_ROUNDS = 10
_STILL_RAD, _STILL_M = 3e-3, 0.03
_SETTLED = 20
_MOST = 1.3
_USUAL_2 = 1.0


@attrs.frozen(eq=False, kw_only=True)
class Estimate:
    """A trajectory and how uncertain it is.

    Args:
        trajectory: at the nodes.
        stretches: samples of the unit between them.
        covariance: of the errors of its states, shape (n, 23, 23).
        seen: rows of measurements about it.
        arm: of the antenna.
        innovation_2: of each, over its variance, shape (m,).
        noise: of the unit in the end.
        factor: by which its white noise was raised, so that innovations are as large as was foretold.
        rounds: how often the filter ran.
        settled: the last round moved nothing any more.
    """

    trajectory: Trajectory
    stretches: Stretches
    covariance: Floats
    seen: Sightings
    arm: Arm
    innovation_2: Floats
    noise: UnitNoise
    factor: float
    rounds: int
    settled: bool


def estimate(
    unit: Inertial,
    start: Trajectory,
    seen: Sequence[Seen],
    noises: tuple[UnitNoise, Noise],
    options: FusionOptions,
    *,
    offset_walk: float,
) -> Estimate:
    """Return the likeliest trajectory behind samples and measurements.

    Args:
        unit: samples in the vehicle's frame.
        start: a trajectory nearby.
        seen: what was measured.
        noises: of the unit, white noise known, and of the receiver.
        options: as chosen.
        offset_walk: by which clocks may part, seconds a root second.
    """
    noise, receiver = noises
    trajectory, factor = start, 1.0
    blind = unit.blind(start.nodes_s)
    quiet = unit.silent(start.nodes_s) | blind, blind
    lever = np.asarray(options.lever_m, np.float64)
    arm = Arm(lever_m=lever, swing_mps=np.cross(unit.rate_at(start.nodes_s), lever))
    stretches = Stretches.of(unit, start.nodes_s)
    first = None
    for done in range(1, _ROUNDS + 1):
        louder = attrs.evolve(noise, force=_times(noise.force, factor), rate=_times(noise.rate, factor))
        steps = steps_of(trajectory, stretches, (louder, receiver), quiet, offset_walk)
        rows = sightings(trajectory, seen, arm)
        spread = np.diag(start_std(noise, receiver) ** 2)
        # What is known of the start does not move with the trajectory that is tried.
        begin = np.zeros(len(spread)) if first is None else -first
        gate = options.gate if done > 1 else np.inf
        found = smoothed(steps, rows, (begin, spread), gate=gate, spread=done > 1)
        moved = trajectory.moved(found.errors)
        first = found.errors[0] if first is None else first + found.errors[0]
        turned = float(np.abs(found.errors[:, ATTITUDE]).max())
        went = float(np.abs(found.errors[:, :3]).max())
        trajectory = moved
        settled = done > 1 and turned < _STILL_RAD and went < _STILL_M
        if not settled:
            continue
        surprise = _surprise(rows, found.innovation_2)
        if surprise <= _MOST or done == _ROUNDS:
            break
        factor *= float(np.sqrt(surprise))
    return Estimate(
        trajectory=trajectory,
        stretches=stretches,
        covariance=found.covariance,
        seen=rows,
        arm=arm,
        innovation_2=found.innovation_2,
        noise=louder,
        factor=factor,
        rounds=done,
        settled=settled,
    )


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _surprise(rows: Sightings, innovation_2: Floats) -> float:
    """Return how large innovations of the velocity are against what was foretold; 1 for as foretold."""
    pace = (rows.kind == Kind.PACE) & (rows.node >= _SETTLED)
    if not pace.any():
        pace = (rows.kind == Kind.PLACE) & (rows.node >= _SETTLED)
    if not pace.any():
        return _USUAL_2
    # A few outliers are no noise: the gate deals with them.
    return float(np.minimum(innovation_2[pace], 9 * np.median(innovation_2[pace]) + 9).mean())
