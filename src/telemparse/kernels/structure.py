"""Records that repeat the same markup: one is learned as a stencil, the others are matched byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.gather import equal_at, positions

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Ints, Mask
    from telemparse.kernels.gather import Bytes

__all__ = ["Index", "Match", "Stencil"]


@attrs.frozen
class Stencil:
    """The shape of a record: literal bytes with slots between them, each ended by one known byte.

    A record that matches is covered without a gap: every byte is either equal to the stencil's literal
    or lies in a slot, and a slot holds none of its own stop bytes.

    Args:
        literals: one more than slots; none holds NUL, and each but the first begins with the stop byte
            of the slot before it.
        stops: the byte that ends each slot.
    """

    literals: tuple[bytes, ...]
    stops: tuple[int, ...]


@attrs.frozen
class Match:
    """What a stencil found at a set of record starts.

    Args:
        hit: mask over the starts, shape (n,).
        ends: end of each record (exclusive), shape (n,); undefined where not hit.
        slots: start and end of each slot, each of shape (n,); undefined where not hit.
    """

    hit: Mask
    ends: Ints
    slots: tuple[tuple[Ints, Ints], ...]


@attrs.define
class Index:
    """A buffer with the places of its structural bytes, found once each.

    Args:
        buffer: bytes, shape (n,).
    """

    buffer: Bytes
    _places: dict[int, Ints] = attrs.field(factory=dict)

    def places(self, byte: int) -> Ints:
        """Return where `byte` stands, ascending."""
        if byte not in self._places:
            self._places[byte] = positions(self.buffer, byte)
        return self._places[byte]

    def match(self, stencil: Stencil, starts: Ints) -> Match:
        """Return which records beginning at `starts`, shape (n,), have the stencil's shape.

        A slot ends at the k-th stop byte after the record's start, k being counted in the literals
        before it: no search per slot. A value that holds a stop byte shifts that count, and then a
        literal does not fit any more.
        """
        cursor = np.asarray(starts, np.int64)
        hit = np.ones(len(starts), np.bool_)
        first = {stop: np.searchsorted(self.places(stop), starts) for stop in set(stencil.stops)}
        passed = dict.fromkeys(first, 0)
        slots = []
        for literal, stop in zip(stencil.literals[:-1], stencil.stops, strict=True):
            hit &= equal_at(self.buffer, cursor, literal)
            begin = cursor + len(literal)
            for byte in passed:
                passed[byte] += literal.count(byte)
            places = self.places(stop)
            ordinal = first[stop] + passed[stop]
            known = ordinal < len(places)
            end = places[np.minimum(ordinal, len(places) - 1)] if len(places) else begin - 1
            hit &= known & (end >= begin)
            slots.append((begin, end))
            cursor = np.maximum(end, begin)
        hit &= equal_at(self.buffer, cursor, stencil.literals[-1])
        return Match(hit, cursor + len(stencil.literals[-1]), tuple(slots))
