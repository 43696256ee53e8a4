"""Instants where clocks go wrong: ends of days, months and years, leap days, rollovers of GPS weeks."""

from __future__ import annotations

import datetime as dt
from functools import partial
from operator import add
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from telemparse.errors import CallError
from telemparse.testing.strategies.arguments import bounded

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["FIRST_NS", "LAST_NS", "PLAIN_NS", "instants_ns"]

_S_NS = 1_000_000_000
_DAY_NS = 86_400 * _S_NS


def _ns(written: str) -> int:
    moment = dt.datetime.fromisoformat(written).replace(tzinfo=dt.UTC)
    return round(moment.timestamp()) * _S_NS


FIRST_NS = _ns("1999-01-01")
LAST_NS = _ns("2091-01-01") - 1
PLAIN_NS = _ns("2025-05-04 10:00:00")

_EDGES_NS = tuple(
    map(
        _ns,
        (
            "2000-01-01", "2000-02-29", "2000-03-01", "2024-02-29", "2024-03-01", "2023-03-01", "2100-03-01",
            "1999-08-22", "2019-04-07", "2038-11-21", "2058-07-07",  # 1024 weeks of GPS, again and again
            "2006-01-01", "2017-01-01",  # behind leap seconds
            "2001-09-09 01:46:40", "2038-01-19 03:14:08",  # seconds since 1970 get a digit, or a 32nd bit
            "2024-03-31 01:00:00", "2024-10-27 01:00:00",  # summer time in Europe begins and ends
        ),
    )
)  # fmt: skip
_NEAR_NS = 2 * _S_NS
_WIDEST_NS = 2**62


def instants_ns(*, first_ns: int = FIRST_NS, last_ns: int = LAST_NS, step_ns: int = 1) -> SearchStrategy[int]:
    """Return a strategy of instants, ns since 1970-01-01T00:00:00Z.

    Any instant of the range; often one within 2 s of midnight, of a leap day, of a rollover of GPS weeks,
    of a leap second or of an end of the range. Shrinks towards 2025-05-04T10:00:00Z, or to the end of the
    range that lies nearest to it.

    Args:
        first_ns: earliest instant; 1999-01-01 unless told. Earliest possible is 1823, 2**62 ns before 1970.
        last_ns: latest instant, inclusive; the end of 2090 unless told, 2**62 at most.
        step_ns: instants are whole multiples of this: 1_000_000 for a format that carries milliseconds.

    Raises CallError for a range that holds no multiple of `step_ns`.
    """
    bounded("first_ns to last_ns", first_ns, last_ns, least=-_WIDEST_NS, most=_WIDEST_NS)
    bounded("step_ns", step_ns, step_ns, least=1, most=_WIDEST_NS)
    low, high = -(-first_ns // step_ns), last_ns // step_ns
    if low > high:
        raise CallError(f"no multiple of {step_ns} ns lies from {first_ns} to {last_ns}")
    place = partial(_placed, step_ns=step_ns, low=low, high=high)
    plain = min(max(PLAIN_NS // step_ns, low), high)
    edges = (plain * step_ns, *(edge for edge in _EDGES_NS if first_ns <= edge <= last_ns), first_ns, last_ns)
    days = st.integers(first_ns // _DAY_NS, last_ns // _DAY_NS + 1).map(lambda day: day * _DAY_NS)
    near = st.one_of(st.just(0), st.integers(-_NEAR_NS, _NEAR_NS))
    return st.one_of(
        st.builds(add, st.sampled_from(edges), near).map(place),
        st.integers(low - plain, high - plain).map(lambda offset: (plain + offset) * step_ns),
        st.builds(add, days, near).map(place),
    )


def _placed(moment_ns: int, *, step_ns: int, low: int, high: int) -> int:
    """Return the multiple of the step at or before a moment, brought into the range."""
    return min(max(moment_ns // step_ns, low), high) * step_ns
