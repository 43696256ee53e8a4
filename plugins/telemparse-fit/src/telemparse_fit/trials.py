"""Messages read on trial, where nothing is known of what stands before them but a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse_fit.definitions import definition_of, length_of

if TYPE_CHECKING:
    from telemparse_fit.definitions import Definition
    from telemparse_fit.walk import Walker

__all__ = ["CORRELATION", "FIRST_STAMP", "LAST_STAMP", "NEAR_S", "Trial"]

NEAR_S = 31 * 86_400
"""Times of messages side by side lie as close as this."""

CORRELATION = 162
"""Message of two clocks, which are far from each other."""

FIRST_STAMP, LAST_STAMP = 0x1000_0000, 0x7000_0000
"""Timestamps of 1998 and 2049; no recording is older or younger."""

_COMPRESSED, _DEFINITION, _RESERVED, _LOCAL = 0x80, 0x40, 0x10, 0x0F


@attrs.define
class Trial:
    """Reads messages on trial: definitions among them hold for those behind, and for nobody else."""

    _walker: Walker
    _near: int | None
    _fresh: dict[int, Definition] = attrs.field(factory=dict)

    def step(self, data: bytes, place: int, *, is_first: bool) -> int:
        """Return the length of the message at a place, 0 where the data ends in it, -1 where it is none."""
        head = data[place]
        if head & (_COMPRESSED | _DEFINITION) == _DEFINITION:
            length = length_of(data, place)
            if not length or place + length > len(data):
                return 0
            definition = self._sound(data[place : place + length])
            if definition is None:
                return -1
            self._fresh[head & _LOCAL] = definition
            return length
        local = head >> 5 & 3 if head & _COMPRESSED else head
        found = self._fresh.get(local) or self._walker.definition_at(head)
        if found is None:
            return -1
        if found.stamp is None or found.message == CORRELATION:
            fits = not (is_first or head & _COMPRESSED)  # nothing speaks for it but what stands before
        else:
            fits = place + found.size > len(data) or self._is_near(found.stamp_at(data, place))
        return found.size if fits else -1

    def _is_near(self, stamp: int) -> bool:
        last = self._near
        near = FIRST_STAMP <= stamp <= LAST_STAMP if last is None else abs(stamp - last) <= NEAR_S
        if near:
            self._near = stamp
        return near

    def _sound(self, message: bytes) -> Definition | None:
        """Return a definition in which nothing is odd."""
        if message[0] & _RESERVED or message[1] or message[2] > 1:
            return None
        definition = definition_of(message, self._walker.described)
        return definition if definition is not None and definition.sound else None
