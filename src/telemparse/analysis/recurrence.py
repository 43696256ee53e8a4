"""How long a lap is: the way after which a trail comes back to its places in the same direction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.passes import Passes, Places

if TYPE_CHECKING:
    from telemparse.analysis.trails import Trail
    from telemparse.kernels.arrays import Floats

__all__ = ["TOLERANCE", "Recurrence", "returns_of"]

TOLERANCE = 0.08
"""Ways of two laps differ by a smaller part of them."""

_PLACES = 120
_FEWEST = 3
_BIN = 0.01
_WINDOW = 3
_SHORTEST_M = 30.0


@attrs.frozen(eq=False, kw_only=True)
class Recurrence:
    """The way of a lap, and one lap of about this length.

    Args:
        lap_m: way of a lap.
        start_m: along the trail, where a lap of usual length begins.
        stop_m: where it ends.
        returns: returns after this way, over all places that were tried.
        others: returns after other ways.
    """

    lap_m: float
    start_m: float
    stop_m: float
    returns: int
    others: int

    @classmethod
    def of(cls, trail: Trail, half_m: float, reach_m: float) -> Recurrence | None:
        """Return the recurrence that explains most of the way, None where there are too few returns.

        Args:
            trail: any.
            half_m: how far beside a place it counts as the same.
            reach_m: along the way, over which its direction is taken.
        """
        rows = np.unique(np.linspace(0, len(trail) - 1, _PLACES).astype(np.int64))
        passes = Passes.over(trail, Places.on(trail, rows, reach_m), half_m, reach_m).forward
        start, lag = returns_of(passes)
        long = lag >= _SHORTEST_M
        start, lag = start[long], lag[long]
        if len(lag) < _FEWEST:
            return None
        middle = _peak(lag)
        usual = np.abs(lag / middle - 1) <= TOLERANCE
        lap = float(np.median(lag[usual]))
        usual = np.abs(lag / lap - 1) <= TOLERANCE
        if int(usual.sum()) < _FEWEST:
            return None
        nearest = int(np.argmin(np.abs(lag - lap)))
        return cls(
            lap_m=lap,
            start_m=float(start[nearest]),
            stop_m=float(start[nearest] + lag[nearest]),
            returns=int(usual.sum()),
            others=int((~usual).sum()),
        )


def returns_of(passes: Passes) -> tuple[Floats, Floats]:
    """Return where along the way each place was left and after which way it was passed again."""
    same = passes.place[1:] == passes.place[:-1]
    return passes.way_m[:-1][same], np.diff(passes.way_m)[same]


def _peak(lag: Floats) -> float:
    """Return the lag around which the returns explain most of the way."""
    bins = np.log(lag / lag.min()) / _BIN
    weight = np.bincount(np.rint(bins).astype(np.int64), weights=lag)
    around = np.convolve(weight, np.ones(2 * _WINDOW + 1), mode="same")
    return float(lag.min() * np.exp(_BIN * int(np.argmax(around))))
