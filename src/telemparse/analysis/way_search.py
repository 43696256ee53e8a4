"""Where the places of a lap lie on the way of another one: nearest of the same direction, within a window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

if TYPE_CHECKING:
    from telemparse.analysis.ways import Way
    from telemparse.kernels.arrays import Floats, Ints, Mask

__all__ = ["WINDOWS", "Places", "Window", "feet_on", "filled", "risen", "searched"]

_COARSE = 400
"""Points of the way that the search compares with."""
_SAME_WAY = 0.5
"""Least cosine between directions of two laps at one place: branches that cross differ by more."""
_STANDING = 0.1
"""Share of the usual speed below which a direction means nothing."""
_FAR = 0.1
"""Share of the way that a lap may lie beside it at all ..."""
_BESIDE = 0.02
"""... and beside the middle of its own distances, unless these are spread so far: so many times."""
_SPREADS = 6.0
_ROUNDS = 12
_NEAREST_CENTRE = 0.3
"""Nearer than this share of the radius to the centre of a bend, steps are as if no nearer."""
_MEDIAN_OF = 9


@attrs.frozen
class Window:
    """One round of the search.

    Args:
        share: half of the window, as a share of the way.
        weight: what a metre of surprise in progress weighs beside a metre of distance.
    """

    share: float
    weight: float


WINDOWS = (Window(0.15, 0.2), Window(0.05, 0.1))


@attrs.frozen(eq=False, kw_only=True)
class Places:
    """A lap as the search sees it, one row an instant.

    Args:
        place_m: east and north, shape (m, 2), NaN where unknown.
        course: direction of length 1, shape (m, 2); (0, 0) of what stands, which fits any direction.
    """

    place_m: Floats
    course: Floats

    @classmethod
    def of(cls, place_m: Floats, pace_mps: Floats) -> Places:
        """Return places with the directions of their velocities."""
        speed = np.hypot(*pace_mps.T)
        usual = np.nanmedian(speed) if np.isfinite(speed).any() else np.inf
        moving = speed > _STANDING * usual
        course = pace_mps / np.where(moving, speed, 1.0)[:, None]
        return cls(place_m=place_m, course=np.where(moving[:, None], course, 0.0))

    def part(self, rows: Ints) -> Places:
        """Return some of them."""
        return Places(place_m=self.place_m[rows], course=self.course[rows])

    @property
    def present(self) -> Mask:
        """True where the place is known, shape (m,)."""
        return np.asarray(np.isfinite(self.place_m[:, 0]))

    @property
    def standing(self) -> Mask:
        """True where it has no direction, shape (m,)."""
        return np.asarray(~self.course.any(axis=1))


def searched(places: Places, guess: Floats, way: Way, window: Window) -> Floats:
    """Return better guesses of progress: nearest points of the way around the old ones, without strays."""
    coarse = np.linspace(0.0, way.length_m, _COARSE + 1)
    points, along = way.at(coarse)
    step = coarse[1]
    reach = int(np.ceil(window.share * way.length_m / step))
    middle = np.rint(guess / step).astype(np.int64)
    column = middle[:, None] + np.arange(-reach, reach + 1)
    outside = (column < 0) | (column > _COARSE)
    column = np.clip(column, 0, _COARSE)
    squared: Floats = np.zeros(column.shape)
    cosine: Floats = np.zeros(column.shape)
    for axis in range(2):
        squared += (places.place_m[:, axis, None] - points[:, axis][column]) ** 2
        cosine += places.course[:, axis, None] * along[:, axis][column]
    surprise = window.weight * (coarse[column] - guess[:, None])
    wrong = outside | ((cosine < _SAME_WAY) & ~places.standing[:, None])
    wrong |= squared > (_FAR * way.length_m) ** 2
    cost = np.where(wrong | ~places.present[:, None], np.inf, squared + surprise**2)
    best = cost.argmin(axis=1)
    rows = np.arange(len(best))
    found = np.isfinite(cost[rows, best])
    nearest = coarse[column[rows, best]]
    return risen(filled(nearest, guess, found, strays=True))


def feet_on(way: Way, places: Places, guess: Floats) -> tuple[Floats, Floats, Mask]:
    """Return feet on the way, offsets to the left of it, and where both can be believed.

    Args:
        way: of the reference lap.
        places: of the lap.
        guess: progress that is nearly right.
    """
    turn = np.unwrap(np.arctan2(way.along[:, 1], way.along[:, 0]))
    bend = np.gradient(turn, way.step_m)
    reach = WINDOWS[-1].share * way.length_m
    target = np.where(places.present[:, None], places.place_m, 0.0)
    foot = guess
    for _round in range(_ROUNDS):
        ahead, beside, _along = _seen_from(way, foot, target)
        shrunk = np.maximum(1.0 - np.interp(foot, way.s_m, bend) * beside, _NEAREST_CENTRE)
        foot = np.clip(foot + ahead / shrunk, guess - reach, guess + reach)
    _ahead, beside, along = _seen_from(way, foot, target)
    near = places.standing | (np.sum(places.course * along, axis=1) >= _SAME_WAY)
    near &= places.present & (np.abs(foot - guess) < reach) & (np.abs(beside) <= _FAR * way.length_m)
    if near.any():
        usual = np.median(beside[near])
        spread = 1.4826 * np.median(np.abs(beside[near] - usual))
        near &= np.abs(beside - usual) <= max(_SPREADS * spread, _BESIDE * way.length_m)
    return foot, beside, near


def _seen_from(way: Way, foot: Floats, target: Floats) -> tuple[Floats, Floats, Floats]:
    """Return how far targets lie ahead and to the left of feet, and the directions there."""
    point, along = way.at(foot)
    away = target - point
    ahead = np.sum(away * along, axis=1)
    return ahead, away[:, 1] * along[:, 0] - away[:, 0] * along[:, 1], along


def filled(s_m: Floats, guess: Floats, found: Mask, *, strays: bool = False) -> Floats:
    """Return progress with what was not found as guessed, moved as its neighbours are."""
    if not found.any():
        return guess
    rows = np.flatnonzero(found)
    moved = (s_m - guess)[rows]
    if strays:
        moved = _median(moved)
    return np.asarray(guess + np.interp(np.arange(len(guess)), rows, moved))


def _median(values: Floats) -> Floats:
    padded = np.pad(values, _MEDIAN_OF // 2, mode="edge")
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(padded, _MEDIAN_OF), axis=1))


def risen(s_m: Floats) -> Floats:
    """Return the middle between the lowest and the highest sequence that never falls and touches this one."""
    above = np.maximum.accumulate(s_m)
    below = np.minimum.accumulate(s_m[::-1])[::-1]
    return np.asarray((above + below) / 2)
