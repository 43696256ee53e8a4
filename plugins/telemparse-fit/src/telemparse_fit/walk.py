"""From message to message in a sound file: one plain loop over their headers."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import attrs

from telemparse_fit.definitions import definition_of, length_of
from telemparse_fit.describing import DESCRIPTION, described_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse_fit.definitions import Definition, DeveloperField

__all__ = ["Walker"]

_LOCALS, _COMPRESSED_LOCALS = 16, 4
_COMPRESSED, _DEFINITION, _LOCAL = 0x80, 0x40, 0x0F
_RESERVED = 0x10
_MOST_DEFINITIONS = 4096


@attrs.define
class Walker:
    """The state of one section of a file: definitions, and where their messages stand in the piece.

    Attributes:
        places: of the messages in the piece, by definition.
        definitions: by local type.
        described: developer fields so far, by developer's index and number.
        odd: (message, field) of fields whose size their type does not allow.
        swapped: messages whose definitions state a wrong byte order.
    """

    places: dict[Definition, array[int]] = attrs.field(factory=dict)
    definitions: list[Definition | None] = attrs.field(factory=lambda: [None] * _LOCALS)
    described: dict[tuple[int, int], DeveloperField] = attrs.field(factory=dict)
    odd: set[tuple[int, int]] = attrs.field(factory=set)
    swapped: set[int] = attrs.field(factory=set)
    _known: dict[bytes, Definition] = attrs.field(factory=dict)
    _sizes: list[int] = attrs.field(factory=lambda: [0] * 256)
    _arrays: list[array[int]] = attrs.field(factory=lambda: [array("q")] * 256)

    def begin(self) -> None:
        """Forget the places of the piece before."""
        self.places = {}
        for local, definition in enumerate(self.definitions):
            self.use(local, definition)

    def use(self, local: int, definition: Definition | None) -> None:
        """Let a local type mean a definition from now on."""
        self.definitions[local] = definition
        heads = [local]
        if local < _COMPRESSED_LOCALS:
            heads += range(_COMPRESSED | local << 5, _COMPRESSED | (local + 1) << 5)
        if definition is None:
            size, places = 0, self._arrays[0]
        else:
            # What developers say of their fields must be known before the next definition is read.
            size = 0 if definition.message == DESCRIPTION else definition.size
            places = self.places.setdefault(definition, array("q"))
        for head in heads:
            self._sizes[head] = size
            self._arrays[head] = places

    def walk(self, data: bytes, place: int) -> tuple[int, bool]:
        """Take in messages from a place on.

        Returns where the first message that is not taken begins, and whether it cannot be one; otherwise it
        ends beyond the data.
        """
        sizes, end, last = self._sizes, len(data), place
        while True:
            appends = [places.append for places in self._arrays]
            while place < end:
                head = data[place]
                size = sizes[head]
                if not size:
                    break
                appends[head](place)
                last = place
                place += size
            if place > end:
                self._arrays[data[last]].pop()
                return last, False
            if place == end:
                return end, False
            length = self.special(data, place)
            if length <= 0:
                return place, length < 0
            place += length

    def special(self, data: bytes, place: int) -> int:
        """Take in what the plain loop cannot: a definition, or a description of a developer's field.

        Returns its length, 0 where it ends beyond the data, -1 where nothing can stand here.
        """
        head = data[place]
        if head & (_COMPRESSED | _DEFINITION) == _DEFINITION and not head & _RESERVED:
            return self._define(data, place)
        definition = self.definition_at(head)
        if definition is None:
            return -1
        if place + definition.size > len(data):
            return 0
        words = described_by(definition, data[place : place + definition.size])
        if words is not None and len(self.described) < _MOST_DEFINITIONS:
            key, field = words
            if self.described.get(key) != field:
                self.described[key] = field
                self._known.clear()
        return definition.size

    def definition_at(self, head: int) -> Definition | None:
        """Return what defines a data message with this header."""
        if head & _COMPRESSED:
            return self.definitions[head >> 5 & 3]
        return self.definitions[head] if head < _LOCALS else None

    def _define(self, data: bytes, place: int) -> int:
        length = length_of(data, place)
        if not length or place + length > len(data):
            return 0
        # The local type is no part of what it means.
        message = bytes((data[place] & ~_LOCAL,)) + data[place + 1 : place + length]
        definition = self._known.get(message)
        if definition is None:
            definition = definition_of(message, self.described)
            if definition is None:
                return -1
            if len(self._known) >= _MOST_DEFINITIONS:
                self._known.clear()
            self._known[message] = definition
            self.odd.update((definition.message, number) for number in definition.odd)
            if definition.swapped:
                self.swapped.add(definition.message)
        self.use(data[place] & _LOCAL, definition)
        return length

    def groups(self) -> Iterator[tuple[Definition, array[int]]]:
        """Yield the definitions that have messages in the piece, and where those stand."""
        for definition, places in self.places.items():
            if places:
                yield definition, places
