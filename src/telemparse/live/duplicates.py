"""Duplicates: which messages have come before, by their ids, with 24 bytes of memory a message."""

from __future__ import annotations

import hashlib
from array import array
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.live.raw_lines import content_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Ints, Mask
    from telemparse.live.raw_lines import RawLine

__all__ = ["Arrivals", "KnownIds", "Verdict", "judged"]

_DIGEST_BYTES = 16


@attrs.define
class Arrivals:
    """Messages as far as it takes to tell which are the same, in the order of their files.

    The figures are views: none may be added while they are in use.
    """

    _digests: bytearray = attrs.field(factory=bytearray)
    _received_ns: array[int] = attrs.field(factory=lambda: array("q"))
    _contents: array[int] = attrs.field(factory=lambda: array("q"))

    def add(self, line: bytes, message: RawLine) -> None:
        """Take in the next message, and the line that it was read from."""
        identity = f"{message.vehicle_id}\0{message.message_id}".encode()
        self._digests += hashlib.blake2b(identity, digest_size=_DIGEST_BYTES).digest()
        self._received_ns.append(message.received_ns)
        self._contents.append(hash(content_of(line)))

    @property
    def ids(self) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """The two halves of the digest of each message's vehicle and id, shape (n,)."""
        halves = np.frombuffer(self._digests, np.uint64).reshape(-1, 2)
        return halves[:, 0], halves[:, 1]

    @property
    def received_ns(self) -> Ints:
        """When each message was taken, ns since 1970 UTC, shape (n,)."""
        return np.frombuffer(self._received_ns, np.int64)

    @property
    def contents(self) -> Ints:
        """A hash of what each message says, shape (n,); it is the same only within this process."""
        return np.frombuffer(self._contents, np.int64)


@attrs.frozen
class KnownIds:
    """The messages of an earlier hour, each once.

    Args:
        high, low: halves of the digests, sorted, shape (n,).
        contents: of the first one received under each id, shape (n,).
    """

    high: NDArray[np.uint64]
    low: NDArray[np.uint64]
    contents: Ints

    @classmethod
    def of(cls, groups: Iterable[Arrivals]) -> KnownIds:
        """Return the ids of messages; groups have no id in common."""
        pieces: list[tuple[NDArray[np.uint64], NDArray[np.uint64], Ints]] = []
        for arrivals in groups:
            high, low = arrivals.ids
            order, new = _sorted(high, low, arrivals.received_ns)
            first = order[new]
            pieces.append((high[first], low[first], arrivals.contents[first]))
        if not pieces:
            return cls(np.zeros(0, np.uint64), np.zeros(0, np.uint64), np.zeros(0, np.int64))
        highs, lows, contents = (np.concatenate(column) for column in zip(*pieces, strict=True))
        order = np.lexsort((lows, highs))
        return cls(highs[order], lows[order], contents[order])

    def places(self, high: NDArray[np.uint64], low: NDArray[np.uint64]) -> Ints:
        """Return where each digest stands here, -1 where it does not, shape (n,)."""
        found = np.full(len(high), -1, np.int64)
        if not len(self.high):
            return found
        place = np.searchsorted(self.high, high)
        open_rows = np.flatnonzero(place < len(self.high))
        # Of two ids with one high half, which hardly ever are, the next one is looked at too.
        while len(open_rows):
            at = place[open_rows]
            open_rows = open_rows[self.high[at] == high[open_rows]]
            at = place[open_rows]
            same = self.low[at] == low[open_rows]
            found[open_rows[same]] = at[same]
            open_rows = open_rows[~same]
            place[open_rows] += 1
            open_rows = open_rows[place[open_rows] < len(self.high)]
        return found


@attrs.frozen
class Verdict:
    """Which messages count.

    Args:
        kept: the first one received under each id, unless it is known from the hour before, shape (n,).
        conflicts: the others that say something else than the first one, shape (n,).
    """

    kept: Mask
    conflicts: Mask


def judged(arrivals: Arrivals, before: KnownIds) -> Verdict:
    """Return which messages of an hour count.

    Args:
        arrivals: of the hour, or of one vehicle in it.
        before: what came in the hour before: a sender may repeat a message over the hour's edge.
    """
    high, low = arrivals.ids
    contents = arrivals.contents
    order, new = _sorted(high, low, arrivals.received_ns)
    first = np.empty(len(order), np.int64)
    if len(order):
        first[order] = order[new][np.cumsum(new) - 1]
    place = before.places(high, low)
    known = place >= 0
    kept = (first == np.arange(len(order))) & ~known
    original = contents[first]
    original[known] = before.contents[place[known]]
    return Verdict(kept, ~kept & (contents != original))


def _sorted(high: NDArray[np.uint64], low: NDArray[np.uint64], received_ns: Ints) -> tuple[Ints, Mask]:
    """Return the order by id, then arrival, and which rows in it are the first of their id."""
    order = np.lexsort((received_ns, low, high))
    new = np.ones(len(order), np.bool_)
    new[1:] = (np.diff(high[order]) != 0) | (np.diff(low[order]) != 0)
    return order, new
