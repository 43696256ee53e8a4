"""Stints: stretches of driving between long stops and long silences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.clocks import NS_PER_S

if TYPE_CHECKING:
    from telemparse.analysis.lap_rules import LapRules
    from telemparse.analysis.motions import Motion
    from telemparse.kernels.arrays import Floats, Ints, Mask

__all__ = ["Rests", "Stint", "rests_of", "speed_of", "stints_of"]

_BLIP_S = 2.0


@attrs.frozen
class Stint:
    """A stretch of driving: epochs `first` to `last`, both of them in it."""

    first: int
    last: int


@attrs.frozen(eq=False)
class Rests:
    """Times of standing still, columns of shape (k,): epochs `first` to `last`, and their length."""

    first: Ints
    last: Ints
    length_s: Floats

    def within(self, first: int, last: int, least_s: float) -> bool:
        """Tell whether one of at least a length lies between two epochs."""
        return bool(((self.first >= first) & (self.last <= last) & (self.length_s >= least_s)).any())


def speed_of(motion: Motion) -> Floats:
    """Return speed over ground, shape (n,): as measured, else that of the motion."""
    measured = motion.path.speed_mps
    return np.where(np.isfinite(measured), measured, motion.speed_mps)


def rests_of(motion: Motion, rules: LapRules) -> Rests:
    """Return the times of standing still; a moment of noise does not end one."""
    stamps = motion.path.t_ns
    edges = _runs(speed_of(motion) < rules.standing_mps)
    first, last = edges[:, 0], edges[:, 1]
    if len(first) > 1:
        apart = (stamps[first[1:]] - stamps[last[:-1]]) / NS_PER_S
        new = np.concatenate([[True], apart > _BLIP_S])
        first, last = first[new], last[np.concatenate([new[1:], [True]])]
    return Rests(first, last, (stamps[last] - stamps[first]) / NS_PER_S)


def stints_of(motion: Motion, rests: Rests, rules: LapRules) -> tuple[Stint, ...]:
    """Return the stints in order: without the stops between them, and without those before and behind."""
    count = len(motion)
    driving = np.ones(count, np.bool_)
    for first, last in zip(
        rests.first[rests.length_s > rules.idle_s], rests.last[rests.length_s > rules.idle_s], strict=True
    ):
        driving[first : last + 1] = False
    silent = np.flatnonzero(motion.path.step_s > rules.silence_s)
    found: list[Stint] = []
    for first, last in _runs(driving).tolist():
        cuts = silent[(silent >= first) & (silent < last)].tolist()
        starts, ends = [first, *(cut + 1 for cut in cuts)], [*cuts, last]
        found += [Stint(start, end) for start, end in zip(starts, ends, strict=True) if end > start]
    return tuple(found)


def _runs(mask: Mask) -> Ints:
    """Return first and last rows of the stretches where a mask is True, shape (k, 2)."""
    padded = np.concatenate([[False], mask, [False]])
    edges = np.flatnonzero(padded[1:] != padded[:-1]).reshape(-1, 2)
    edges[:, 1] -= 1
    return edges
