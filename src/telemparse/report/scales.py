"""Scales of drawings: from values to places, and the round values that an axis names."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import attrs
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemparse.kernels.arrays import Floats

__all__ = ["Scale", "Tick", "round_step", "time_step"]

_STEPS = (1.0, 2.0, 5.0, 10.0)
_TIME_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)
_DAY_S = 86400


@attrs.frozen
class Tick:
    """A value that an axis names.

    Args:
        place: on the drawing.
        words: what stands there.
    """

    place: float
    words: str


@attrs.frozen
class Scale:
    """A straight scale.

    Args:
        low, high: values at the ends, low < high.
        start, stop: their places.
    """

    low: float
    high: float
    start: float
    stop: float

    def places(self, values: Floats) -> Floats:
        """Return places of values, of the same shape; beyond the ends the scale goes on."""
        share = (np.asarray(values, np.float64) - self.low) / (self.high - self.low)
        return self.start + share * (self.stop - self.start)

    def place(self, value: float) -> float:
        """Return the place of one value, to a hundredth."""
        return round(float(self.places(np.array([value]))[0]), 2)

    def ticks(self, step: float, words: Callable[[float], str]) -> tuple[Tick, ...]:
        """Return ticks at the multiples of a step within the scale."""
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        values = [number * step for number in range(first, last + 1)]
        return tuple(Tick(self.place(value), words(value)) for value in values)


def round_step(extent: float, most: int) -> float:
    """Return 1, 2 or 5 times a power of ten, so that an extent > 0 has about so many steps at most."""
    rough = extent / most
    decade = float(10.0 ** math.floor(math.log10(rough)))
    return next(step * decade for step in _STEPS if step * decade >= rough * (1 - 1e-9))


def time_step(extent_s: float, most: int) -> float:
    """Return a step that clocks know, so that an extent has so many steps at most."""
    rough = extent_s / most
    found = next((step for step in _TIME_STEPS_S if step >= rough), None)
    return float(found) if found is not None else _DAY_S * round_step(extent_s / _DAY_S, most)
