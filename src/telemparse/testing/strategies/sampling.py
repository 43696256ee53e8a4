"""Sampling: how many samples are taken, when, at which rate and on which clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import attrs
import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from telemparse.errors import CallError
from telemparse.schemas.batches import TIME_BASES
from telemparse.testing.strategies.arguments import bounded, known
from telemparse.testing.strategies.instants import FIRST_NS, LAST_NS, instants_ns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hypothesis.strategies import SearchStrategy

__all__ = ["Instants", "Sampling"]

Instants: TypeAlias = NDArray[np.int64]

_S_NS = 1_000_000_000
_DAY_NS = 86_400 * _S_NS
_MOST_POINTS = 10_000
_LONGEST_NS = 100_000 * _S_NS

# The earliest and latest sample on each clock; None where the first sample is its zero.
_RANGES: Mapping[str, tuple[int, int] | None] = {
    "utc": (FIRST_NS, LAST_NS),
    "gps_week_seconds": (FIRST_NS, LAST_NS),
    "time_of_day": (0, _DAY_NS - 1),
    "relative": None,
    "index": None,
}


def _rates(given: Iterable[float]) -> tuple[float, ...]:
    return tuple(given)


@attrs.frozen(kw_only=True)
class Sampling:
    """What is asked of the times of samples; raises CallError for what cannot be.

    Args:
        min_points, max_points: samples, 1 to 10 000.
        rates_hz: to choose from, 0.01 to 10 000; the first is the plainest.
        first_ns, last_ns: range of all samples, ns; None for that of the time base.
        step_ns: every instant is a whole multiple of this, and every interval is at least this long.
        time_base: as in the metadata of a table.
    """

    min_points: int
    max_points: int
    rates_hz: tuple[float, ...] = attrs.field(converter=_rates)
    first_ns: int | None = None
    last_ns: int | None = None
    step_ns: int = 1
    time_base: str = "utc"

    def __attrs_post_init__(self) -> None:
        bounded("the number of samples", self.min_points, self.max_points, least=1, most=_MOST_POINTS)
        bounded("step_ns", self.step_ns, self.step_ns, least=1, most=_DAY_NS)
        known("the list of time bases", (self.time_base,), TIME_BASES)
        if not self.rates_hz:
            raise CallError("rates_hz needs at least one rate")
        for rate_hz in self.rates_hz:
            bounded("rates_hz", rate_hz, rate_hz, least=0.01, most=_MOST_POINTS)
        if self.span_ns > _LONGEST_NS:
            raise CallError(
                f"{self.max_points} samples at the lowest rate last {self.span_ns // _S_NS} s,"
                f" more than {_LONGEST_NS // _S_NS}"
            )

    @property
    def span_ns(self) -> int:
        """Longest time from the first sample to the last."""
        return (self.max_points - 1) * max(self._intervals_ns())

    def _intervals_ns(self) -> tuple[int, ...]:
        steps = (max(round(_S_NS / rate_hz / self.step_ns), 1) for rate_hz in self.rates_hz)
        return tuple(step * self.step_ns for step in steps)

    def instants(self) -> SearchStrategy[Instants]:
        """Return the instants of samples at one interval, int64 ns, shape (n,)."""
        first, last = _RANGES[self.time_base] or (0, self.span_ns)
        first = first if self.first_ns is None else self.first_ns
        last = last if self.last_ns is None else self.last_ns
        starts = instants_ns(first_ns=first, last_ns=last - self.span_ns, step_ns=self.step_ns)
        counts = st.integers(self.min_points, self.max_points)
        return st.builds(_instants, starts, st.sampled_from(self._intervals_ns()), counts)


def _instants(first_ns: int, interval_ns: int, points: int) -> Instants:
    return first_ns + interval_ns * np.arange(points, dtype=np.int64)
