"""Joins by time: records of several kinds that belong to one instant, whatever order they come in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Floats, Ints, Mask

__all__ = ["fill_in", "last_before", "same_time"]

_MOST_KINDS = 40  # bits of kinds and their sums stay far from 64


def same_time(times: Ints, numbers: Ints, kinds: Ints, reach: int) -> Ints:
    """Return which group each record belongs to, shape (n,): groups are counted from 0 by first record.

    A record joins the latest group of its time, unless that group has one of its kind already or began
    more than `reach` records ago: then it begins a group itself. So a clock that stands still, or is
    played again, melts nothing together.

    Args:
        times: of each record, equal where they belong together, shape (n,).
        numbers: of each record in the whole recording, ascending, shape (n,); records that are known
            not to matter any more may be missing.
        kinds: of each record, from 0, shape (n,).
        reach: how many records after its first one a group may still grow.
    """
    count = len(times)
    if count == 0:
        return np.zeros(0, np.int64)
    in_order = bool((times[1:] >= times[:-1]).all())
    order = np.arange(count) if in_order else np.argsort(times, kind="stable")
    t, number, kind = (times, numbers, kinds) if in_order else (times[order], numbers[order], kinds[order])
    begins = np.ones(count, np.bool_)
    np.not_equal(t[1:], t[:-1], out=begins[1:])
    _split(begins, number, kind, reach)
    groups = np.cumsum(begins) - 1
    if in_order:
        return groups
    # By their first records, in the order in which those came.
    rank = np.empty(int(groups[-1]) + 1, np.int64)
    rank[np.argsort(order[begins], kind="stable")] = np.arange(len(rank))
    found = np.empty(count, np.int64)
    found[order] = rank[groups]
    return found


def _split(begins: Mask, number: Ints, kind: Ints, reach: int) -> None:
    """Mark where groups of one time must begin anew; only groups that need it are walked."""
    firsts = np.flatnonzero(begins)
    ends = np.append(firsts[1:], len(begins))
    hard = number[ends - 1] - number[firsts] > reach
    if int(kind.max()) < _MOST_KINDS:
        bits = np.left_shift(1, kind)
        hard |= np.add.reduceat(bits, firsts) != np.bitwise_or.reduceat(bits, firsts)
    else:
        hard |= ends - firsts > 1
    for group in np.flatnonzero(hard).tolist():
        first, end = int(firsts[group]), int(ends[group])
        began, seen = int(number[first]), set[int]()
        pairs = zip(number[first:end].tolist(), kind[first:end].tolist(), strict=True)
        for place, (when, what) in enumerate(pairs, start=first):
            if what in seen or when - began > reach:
                begins[place] = True
                began, seen = when, set()
            seen.add(what)


def last_before(places: Ints, wanted: Ints) -> Ints:
    """Return the index of the last of `places` (ascending) before each wanted one, -1 where none is."""
    found: Ints = np.searchsorted(places, wanted, side="left") - 1
    return found


def fill_in(target: Floats, rows: Ints, values: NDArray[np.float64]) -> None:
    """Put values into the rows of `target` that are NaN yet; of several for one row, the first known one.

    Args:
        target: shape (m,), changed in place.
        rows: of each value, shape (n,).
        values: shape (n,), NaN where unknown.
    """
    if len(rows) == len(target) and bool((rows[1:] > rows[:-1]).all()) and np.isnan(target).all():
        target[:] = values
        return
    wanted = np.flatnonzero(np.isnan(target[rows]) & ~np.isnan(values))[::-1]
    # Where a row comes twice numpy keeps what is put last: the first, for they go backwards.
    target[rows[wanted]] = values[wanted]
