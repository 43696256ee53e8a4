"""A device's counter on the calendar of the stamps beside it, and what the two say of each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.extension.csv_rules import Ticks
from telemparse.formats.csv.sources import Instants
from telemparse.kernels.clocks import NS_PER_S

if TYPE_CHECKING:
    from telemparse.formats.csv.sources import NumberSource
    from telemparse.kernels.arrays import Ints, Mask

__all__ = ["Counter", "anchor", "lower_median"]

_JUMP_NS = 5 * NS_PER_S
_NS_PER_MS = 1_000_000


@attrs.define
class Counter:
    """Brings a counter to UTC by stamps: `base_ns` is the stamp at which it stood at zero.

    The base holds as long as stamps and counter run together. Where they part by more than five seconds
    from one row to the next (a restarted counter, a clock set anew), a base that fits goes on, be it the
    last one or the one before; otherwise the stamp of that row makes a new one. So one damaged stamp moves
    its own row alone.

    Args:
        source: of the counter.
        rule: what the counter is good for.
        base_ns: in force at the last row; of the file's head at first.
        leads: of `Ticks.LEAD`: stamps step back in the head, so that the counter is the clock; else the
            stamps are, and the counter only watches them.
    """

    source: NumberSource
    rule: Ticks
    base_ns: int | None = None
    leads: bool = False
    _former_ns: int | None = None
    _run: int = 0
    _base_run: int | None = None
    _last_tick: int | None = None
    _unstamped: int = 0
    _last_difference: int | None = None
    _last: tuple[int, int] | None = None
    _rows: int = 0
    _stepping_back: int = 0
    _parted: int = 0
    _spread_ns: tuple[int, int] = (0, 0)

    def calibrate(self, stamps: Instants, ticks: Instants) -> None:
        """Find the base and who leads by the head of the file, whatever size its blocks will have."""
        rows = np.flatnonzero(_both(stamps, ticks))
        if not len(rows):
            return
        stamp_ns, tick_ns = stamps.t_ns[rows], ticks.t_ns[rows]
        restarts = np.flatnonzero(np.diff(tick_ns) < 0)
        first = slice(0, int(restarts[0]) + 1 if len(restarts) else None)
        if self.rule is not Ticks.LEAD:
            self.base_ns = anchor(stamp_ns[first], tick_ns[first])
            return
        self.base_ns = lower_median(stamp_ns[first] - tick_ns[first])
        counted = ticks.t_ns[: rows[0] + 1][_known(ticks)[: rows[0] + 1]]
        self._base_run = int((counted[1:] < counted[:-1]).sum())
        self.leads = bool(((np.diff(stamp_ns) < 0) & (np.diff(tick_ns) >= 0)).any())

    def instants(self, stamps: Instants, ticks: Instants) -> Instants:
        """Return the instants of a block; rows without a stamp or a count have none, where it is needed.

        A device whose clock is not set yet counts all the same: under `Ticks.LEAD` its counter gives rows
        that lack a stamp their instant, as long as it has not begun anew since the stamp that it hangs on.
        """
        valid = _both(stamps, ticks)
        rows = np.flatnonzero(valid)
        t_ns = np.zeros(len(valid), np.int64)
        held_ns = self.base_ns
        bases = np.zeros(len(valid), np.int64)
        if len(rows):
            difference = stamps.t_ns[rows] - ticks.t_ns[rows]
            bases[rows] = self._bases(difference)
            t_ns[rows] = ticks.t_ns[rows] + bases[rows]
            if self.rule is Ticks.LEAD:
                self._watch(stamps.t_ns[rows], ticks.t_ns[rows], difference - bases[rows])
        if self.rule is Ticks.LEAD:
            lacking, counted_ns = self._by_the_counter(valid, ticks, bases, held_ns)
            if not self.leads:
                if not len(lacking):
                    return stamps
                t_ns, valid = stamps.t_ns.copy(), _known(stamps)
            t_ns[lacking] = counted_ns
            valid[lacking] = True
        return Instants(t_ns, None if valid.all() else valid, stamps.repaired)

    def _by_the_counter(
        self, stamped: Mask, ticks: Instants, bases: Ints, held_ns: int | None
    ) -> tuple[Ints, Ints]:
        """Return the rows without a stamp whose instant the counter tells, and those instants."""
        rows = np.flatnonzero(_known(ticks))
        if not len(rows):
            return rows, rows
        tick_ns = ticks.t_ns[rows]
        before = np.concatenate([tick_ns[:1] if self._last_tick is None else [self._last_tick], tick_ns[:-1]])
        runs = self._run + np.cumsum(tick_ns < before)
        # Place of the last stamped row at or before each one; -1 for one of a block before, or of the head.
        places = np.maximum.accumulate(np.where(stamped[rows], np.arange(len(rows)), -1))
        here = places >= 0
        base_ns = np.where(here, bases[rows][places], 0 if held_ns is None else held_ns)
        base_runs = np.where(here, runs[places], -1 if self._base_run is None else self._base_run)
        told = ~stamped[rows] & (base_runs == runs)
        self._run, self._last_tick = int(runs[-1]), int(tick_ns[-1])
        if here[-1]:
            self._base_run = int(runs[places[-1]])
        self._unstamped += int(told.sum())
        return rows[told], tick_ns[told] + base_ns[told]

    def _bases(self, difference: Ints) -> Ints:
        """Return the base of each row."""
        if self.base_ns is None:
            self.base_ns = int(difference[0])
        if self._last_difference is None:
            self._last_difference = self.base_ns
        before = np.concatenate([[self._last_difference], difference[:-1]])
        # As floats, for hostile numbers lie further apart than 64 bits hold.
        parted = np.flatnonzero(np.abs(difference.astype(np.float64) - before) > _JUMP_NS)
        held = [self.base_ns, *(self._base_at(each) for each in difference[parted].tolist())]
        which = np.zeros(len(difference), np.int64)
        which[parted] = np.arange(1, len(parted) + 1)
        self._last_difference = int(difference[-1])
        self._parted += len(parted)
        return np.array(held, np.int64)[np.maximum.accumulate(which)]

    def _base_at(self, difference: int) -> int:
        assert self.base_ns is not None  # noqa: S101  (the caller has set it)
        if abs(difference - self.base_ns) <= _JUMP_NS:
            return self.base_ns
        fits = self._former_ns is not None and abs(difference - self._former_ns) <= _JUMP_NS
        base_ns = self._former_ns if fits and self._former_ns is not None else difference
        self._former_ns, self.base_ns = self.base_ns, base_ns
        return base_ns

    def _watch(self, stamp_ns: Ints, tick_ns: Ints, apart_ns: Ints) -> None:
        last_stamp, last_tick = self._last or (int(stamp_ns[0]), int(tick_ns[0]))
        falls = np.diff(stamp_ns, prepend=last_stamp) < 0
        self._stepping_back += int((falls & (np.diff(tick_ns, prepend=last_tick) >= 0)).sum())
        self._last = (int(stamp_ns[-1]), int(tick_ns[-1]))
        self._rows += len(stamp_ns)
        low, high = self._spread_ns
        self._spread_ns = (min(low, int(apart_ns.min())), max(high, int(apart_ns.max())))

    def words(self, stamped: str) -> str:
        """Return what the clock is, of stamps described by `stamped`."""
        name = self.source.column.column.source
        if self.rule is not Ticks.LEAD:
            return f"{stamped}, subdivided by the counter {name}"
        if self.leads:
            return f"device counter {name}, with one offset to UTC: the median of the stamps less the counter"
        return f"{stamped}, which runs with the counter {name}"

    def facts(self) -> dict[str, Any]:
        """Return what was measured over all rows, of stamps that wander; nothing for another rule.

        When the counter stood at zero, on the stamps' calendar, by the base in force at the end, where it
        leads; rows without a stamp that have their instant from the counter, where there are any; rows with
        both; of these the stamps that fall though the counter does not; rows at which the
        two part by more than five seconds; the smallest and largest stamp less counter and offset, in ms.
        """
        if self.rule is not Ticks.LEAD:
            return {}
        low, high = (each / _NS_PER_MS for each in self._spread_ns)
        zero = {}
        if self.leads and self.base_ns is not None:
            zero = {"counter_zero": f"{np.datetime64(self.base_ns, 'ns')}"}
        lacking = {"rows_without_stamp": self._unstamped} if self._unstamped else {}
        return zero | lacking | {
            "rows": self._rows, "stamps_stepping_back": self._stepping_back, "partings": self._parted,
            "stamps_less_counter_ms": {"low": low, "high": high},
        }  # fmt: skip


def _known(times: Instants) -> Mask:
    return np.ones(len(times.t_ns), np.bool_) if times.valid is None else times.valid.copy()


def _both(stamps: Instants, ticks: Instants) -> Mask:
    return _known(stamps) & _known(ticks)


def anchor(coarse_ns: Ints, fine_ns: Ints) -> int:
    """Return the base that makes as many stamps as possible the whole second of base + counter, in ns.

    A stamp of whole seconds agrees with base + counter when it lies less than a second before it. Where
    stamps and counter are one clock, all agree and the base is exact to the step of the counter; where
    the stamps tick unevenly, the densest second of differences decides. Of equally good bases the first
    is taken, so that a stamp never lies behind its row.
    """
    differences = np.sort(coarse_ns - fine_ns)
    agreeing = np.arange(1, len(differences) + 1) - np.searchsorted(
        differences, differences - NS_PER_S, side="right"
    )
    return int(differences[int(agreeing.argmax())])


def lower_median(values: Ints) -> int:
    """Return the median, the lower one of two, so that it is one of the values; shape (n,), n > 0."""
    middle = (len(values) - 1) // 2
    return int(np.partition(values, middle)[middle])
