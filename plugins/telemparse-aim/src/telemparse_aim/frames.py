"""The frames of a stretch of an XRK file: messages `<h...>` with checksums; samples `(G`, `(S`, `(M`, `(c`.

A message is `<h`, its name (four bytes), the length of what it holds (i32), a version (u8), `>`, that many
bytes, `<`, the name again, the sum of the bytes (u16) and `>`. A sample frame is `(`, its kind, the logger's
clock in ms (i32), the index of its channel or group (u16), in `(M` a count (u16), the samples, and `)`; `(c`
frames of expansion modules have a head of their own. How long the samples are, the layout knows. All numbers
are little-endian. Facts: libxrk (MIT licence), `aim_xrk.pyx`; checked on real files.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING

import attrs

from telemparse_aim.layout import EXPANSION, MANY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse_aim.layout import Layout

__all__ = ["MOST_FRAME_BYTES", "Frame", "Stretch", "Walker", "message_at", "messages_in"]

MOST_FRAME_BYTES = 1 << 19
"""A frame that claims more is none; the longest seen, the description of all channels, has some 20 000."""

_MESSAGE = int.from_bytes(b"<h", "little")
_SPECIAL = (MANY, EXPANSION)
_OPEN, _CLOSE, _LESS, _GREATER = b"(", 0x29, 0x3C, 0x3E
_BEGINNINGS = b"(<"
_BEGINNING = re.compile(rb"\([GSMc]|<h")
_HEAD = struct.Struct("<HiH")
_COUNT = struct.Struct("<H")
_MESSAGE_HEAD = struct.Struct("<4siBB")
_MESSAGE_FOOT = struct.Struct("<B4sHB")
_HEADER_BYTES, _FOOTER_BYTES = 12, 8
_EXPANSION_HEAD = struct.Struct("<BHBB")
# Length of frames of expansion modules by first and last byte of their head; 0 is told by the channel.
_EXPANSIONS = {(0, 6): 0, (0, 8): 16, (1, 2): 10}


@attrs.frozen
class Frame:
    """A message.

    Args:
        offset: in the file.
        name: without what pads it.
        payload: its bytes.
        length: of the whole frame.
        sound: its sum is right.
    """

    offset: int
    name: str
    payload: bytes
    length: int
    sound: bool


@attrs.define
class Stretch:
    """What stands in a stretch of the file.

    Attributes:
        places: of the sample frames in the bytes given, ascending.
        slots: of each the number of its slot.
        messages: in the order of the file, those of wrong checksums among them.
        unread: places in the file of frames whose layout nobody knows.
        damage: (first byte, byte behind the last) in the file of what is no frame.
        end: where in the bytes the next stretch begins.
    """

    places: list[int] = attrs.field(factory=list)
    slots: list[int] = attrs.field(factory=list)
    messages: list[Frame] = attrs.field(factory=list)
    unread: list[int] = attrs.field(factory=list)
    damage: list[tuple[int, int]] = attrs.field(factory=list)
    end: int = 0

    def set_aside(self, base: int) -> None:
        """Move the frames whose slot is -1 to those that cannot be read."""
        frames = [*zip(self.places, self.slots, strict=True)]
        self.unread += [base + place for place, slot in frames if slot < 0]
        self.places = [place for place, slot in frames if slot >= 0]
        self.slots = [slot for _place, slot in frames if slot >= 0]


def message_at(data: bytes, place: int, base: int = 0) -> Frame | None:
    """Return the message that begins at a place of bytes that stand at `base` in the file, None for none."""
    if place + _HEADER_BYTES + _FOOTER_BYTES > len(data):
        return None
    name, length, _version, closing = _MESSAGE_HEAD.unpack_from(data, place + 2)
    end = place + _HEADER_BYTES + length
    whole = _HEADER_BYTES + length + _FOOTER_BYTES
    if closing != _GREATER or length < 0 or whole > MOST_FRAME_BYTES or place + whole > len(data):
        return None
    opening, again, total, closing = _MESSAGE_FOOT.unpack_from(data, end)
    if (opening, again, closing) != (_LESS, name, _GREATER):
        return None
    payload = data[place + _HEADER_BYTES : end]
    sound = sum(payload) & 0xFFFF == total
    return Frame(base + place, name.decode("latin-1").rstrip("\0 "), payload, whole, sound)


def messages_in(frame: Frame) -> Iterator[Frame]:
    """Yield the messages that a message holds, one behind the other."""
    place = 0
    while place < len(frame.payload):
        inner = message_at(frame.payload, place, frame.offset + _HEADER_BYTES)
        if inner is None:
            return
        yield inner
        place += inner.length


@attrs.define
class Walker:
    """Goes from frame to frame; behind damage, to the next frame that is followed by another one.

    Args:
        layout: grows with the descriptions that go by.

    Attributes:
        cut: where a description of all channels begins whose end is behind that of the file.
    """

    layout: Layout
    cut: int | None = None
    _bad: int | None = None  # where in the file the damage began that still goes on

    def walk(self, data: bytes, base: int, limit: int, *, last: bool) -> Stretch:
        """Return the frames that begin in the first `limit` bytes.

        Args:
            data: the bytes of the stretch, and behind them `MOST_FRAME_BYTES` more where the file has them.
            base: where they stand in the file.
            limit: at most `len(data)`.
            last: the file ends with these bytes.
        """
        found = Stretch()
        lengths, places, slots = self.layout.lengths, found.places, found.slots
        head, size, place = _HEAD.unpack_from, len(data), 0
        while place < limit:
            stop = number = 0
            if place + 8 <= size:
                op, _tick, index = head(data, place)
                if op == _MESSAGE:
                    place = self._message(data, place, base, found) or self._search(data, place, base)
                    continue
                known = lengths.get(op << 16 | index)
                if known is None or op in _SPECIAL:
                    stop, number = self._special(data, place, op, known)
                else:
                    stop, number = place + known[0], known[1]
            if (
                0 < stop <= size
                and data[stop - 1] == _CLOSE
                and (self._bad is None or self._goes_on(data, stop))
            ):
                if self._bad is not None:
                    self._mend(base + place, found)
                places.append(place)
                slots.append(number)
                place = stop
            else:
                place = self._search(data, place, base)
        found.end = place
        if last and place >= size:
            self._mend(base + size, found)
        if -1 in slots:
            found.set_aside(base)
        return found

    def _special(self, data: bytes, place: int, op: int, known: tuple[int, int] | None) -> tuple[int, int]:
        """Return end and slot of a frame whose head tells its length, (0, 0) for what is none."""
        if op == EXPANSION:
            return self._expansion(data, place)
        if op != MANY or known is None or place + 10 > len(data):
            return 0, 0
        (count,) = _COUNT.unpack_from(data, place + 8)
        whole = 11 + int(count) * known[0]
        return (place + whole, known[1]) if count and whole <= MOST_FRAME_BYTES else (0, 0)

    def _expansion(self, data: bytes, place: int) -> tuple[int, int]:
        """Return the end and the slot of a `(c` frame, -1 for one whose channel nobody knows; 0 for none."""
        if place + 11 > len(data):
            return (place + 10, -1) if data[place + 2 : place + 3] == b"\1" else (0, 0)
        first, channel, mark, kind = _EXPANSION_HEAD.unpack_from(data, place + 2)
        length = _EXPANSIONS.get((first, kind)) if mark == 0x84 else None
        if length is None:
            return 0, 0
        if length:
            return place + length, -1
        known = self.layout.lengths.get(EXPANSION << 16 | channel >> 3) if channel & 7 == 4 else None
        return (place + known[0], known[1]) if known is not None else (0, 0)

    def _goes_on(self, data: bytes, stop: int) -> bool:
        return stop == len(data) or data[stop] in _BEGINNINGS

    def _message(self, data: bytes, place: int, base: int, found: Stretch) -> int | None:
        """Take a message; return where to go on, None where there is none."""
        frame = message_at(data, place, base)
        if frame is None:
            if self.cut is None and data.startswith(b"<hCNF", place):
                self._note_cut(data, place, base)
            return None
        self._mend(base + place, found)
        if frame.name == "CNF" and not frame.sound:
            # The messages in it have sums of their own.
            found.messages.append(attrs.evolve(frame, payload=b""))
            return place + _HEADER_BYTES
        found.messages.append(frame)
        if frame.sound:
            self._describe(frame)
        return place + frame.length

    def _note_cut(self, data: bytes, place: int, base: int) -> None:
        """Only at the end of the file a message is not followed by as many bytes as the longest may have."""
        if place + _HEADER_BYTES <= len(data):
            _name, length, _version, _closing = _MESSAGE_HEAD.unpack_from(data, place + 2)
            whole = _HEADER_BYTES + length + _FOOTER_BYTES
            if whole <= MOST_FRAME_BYTES and place + whole > len(data):
                self.cut = base + place

    def _describe(self, frame: Frame) -> None:
        for part in messages_in(frame) if frame.name == "CNF" else (frame,):
            if part.name == "CHS":
                self.layout.add_channel(part.payload)
            elif part.name == "GRP":
                self.layout.add_group(part.payload)

    def _mend(self, offset: int, found: Stretch) -> None:
        if self._bad is not None and offset > self._bad:
            found.damage.append((self._bad, offset))
        self._bad = None

    def _search(self, data: bytes, place: int, base: int) -> int:
        """Return the next place where a frame could begin."""
        if self._bad is None:
            self._bad = base + place
        match = _BEGINNING.search(data, place + 1)
        if match is not None:
            return match.start()
        return max(place + 1, len(data) - (data[-1:] in (_OPEN, b"<")))
