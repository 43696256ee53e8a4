"""What stands between the frames of UBX: sentences of NMEA, frames of RTCM 3, lines of text, and damage.

Everything is decided by the bytes from its beginning on, and by no more of them than `REACH`, so that it
does not matter in which pieces a log is read.
"""

from __future__ import annotations

import enum
import functools
import re
from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from telemparse_ubx.losses import Losses

__all__ = ["REACH", "Between", "Closing", "Gap"]

REACH = 8192
"""No sentence, frame of RTCM or line of text is longer."""

_TOKEN = re.compile(
    rb"[$!](?P<nmea>[A-Z][A-Z0-9]{2,8}),[\x20-\x23\x25-\x29\x2b-\x7e]{0,1000}(?:\*[0-9A-Fa-f]{2})?\r?\n"
    rb"|(?P<pad>[\0\xff\s]{1,4096})"
)
_TEXT = re.compile(rb"(?:#[\x20-\xff\t]{0,8000}|[\x20-\x7e\t]{1,8000})\r?\n")
_LAST_TEXT = re.compile(rb"[\x20-\x7e\t]{1,8000}\Z")
_STUMP = re.compile(rb"[$!][A-Z0-9]{0,9}(?:,[\x20-\x7e]{0,1000})?\r?\Z")
_SIGNS = re.compile(rb"[$!]|\xd3[\0-\3]")
_PREAMBLE = 0xD3
_HEAD, _CRC, _LENGTH = 3, 3, 0x3FF
_POLYNOMIAL, _BITS = 0x864CFB, 0xFFFFFF  # CRC-24Q (RTCM 10403, section 4.2)


def _table() -> tuple[int, ...]:
    rows = []
    for byte in range(256):
        state = byte << 16
        for _bit in range(8):
            state = (state << 1) ^ (_POLYNOMIAL if state & 0x800000 else 0)
        rows.append(state & _BITS)
    return tuple(rows)


_CRC_TABLE = _table()


@attrs.define
class _Crc:
    """CRC-24Q of spans of one buffer: each byte is gone over once, however many spans it is in."""

    data: bytes
    _begin: int = 0
    _states: array[int] = attrs.field(factory=lambda: array("I", [0]))

    def of(self, start: int, end: int) -> int:
        if not self._begin <= start < self._begin + len(self._states):
            self._begin, self._states = start, array("I", [0])
        states = self._states
        state = states[-1]
        for byte in self.data[self._begin + len(states) - 1 : end]:
            state = (state << 8 & _BITS) ^ _CRC_TABLE[state >> 16 ^ byte]
            states.append(state)
        before = states[start - self._begin]
        if before:
            # The CRC is linear: what stood before the span is shifted through it and taken off.
            before = _times(before, _power_of_x(8 * (end - start)))
        return states[end - self._begin] ^ before


def _times(one: int, other: int) -> int:
    """Multiply two polynomials modulo that of the CRC."""
    product = 0
    while other:
        if other & 1:
            product ^= one
        one = (one << 1) ^ (_POLYNOMIAL | 1 << 24 if one & 0x800000 else 0)
        other >>= 1
    return product


@functools.lru_cache(maxsize=1100)
def _power_of_x(exponent: int) -> int:
    power, square = 1, 2
    while exponent:
        if exponent & 1:
            power = _times(power, square)
        square = _times(square, square)
        exponent >>= 1
    return power


class Closing(enum.Enum):
    """What ends a gap."""

    OPEN = enum.auto()
    """Nothing yet: more bytes may follow."""
    FRAME = enum.auto()
    FILE = enum.auto()


@attrs.frozen
class Gap:
    """Bytes between two frames.

    Args:
        data: of a piece.
        begin, end: of the gap in it.
        offset: of the piece in the artifact.
        rejected: beginnings and claimed ends of what looks like frames, in the piece, ascending.
        closing: what ends the gap.
    """

    data: bytes
    begin: int
    end: int
    offset: int
    rejected: list[tuple[int, int]]
    closing: Closing


@attrs.define
class Between:
    """Goes over the gaps of one log; remembers from piece to piece whether it is amid damage.

    Args:
        losses: of the log.
    """

    losses: Losses
    _amid: bool = False
    _unfinished: int | None = None

    def come_to_frame(self) -> None:
        """Leave the damage behind, if there was any."""
        if self._amid:
            self.losses.end_stretch()
            self._amid, self._unfinished = False, None

    def take(self, gap: Gap) -> int:
        """Go over a gap, and return up to where; the rest waits for more bytes."""
        data, place, end = gap.data, gap.begin, gap.end
        crc = _Crc(data)
        closed = gap.closing is not Closing.OPEN
        while place < end:
            if self._amid:
                sign = _SIGNS.search(data, place, end)
                until = sign.start() if sign else end
                if not (sign or closed) and data[end - 1] == _PREAMBLE:
                    until = max(end - 1, place)  # a sign of two bytes, of which one is there
                self._damage(gap, place, until)
                place = until
            if place >= end or not (closed or end - place >= REACH):
                break
            after = self._token(data, place, end, crc)
            if after is not None:
                self.come_to_frame()
            elif gap.closing is Closing.FILE and not self._amid and self._ends_cut(data, place, end):
                self.losses.cut = gap.offset + place
                return end
            else:
                self._amid, after = True, place + 1
                self._damage(gap, place, after)
            place = after
        if gap.closing is Closing.FILE and self._amid:
            self.losses.cut = self._unfinished
            self.losses.end_stretch(explained=self._unfinished is not None)
        return place

    def _token(self, data: bytes, place: int, end: int, crc: _Crc) -> int | None:
        """Return the end of what begins at a place, None where that is nothing known."""
        if data[place] == _PREAMBLE:
            return self._correction(data, place, end, crc)
        token = _TOKEN.match(data, place, end)
        if token is not None and token["nmea"]:
            self.losses.count(self.losses.sentences, token["nmea"].decode())
            return token.end()
        # Amid damage, a few letters or blanks may be there by chance.
        if self._amid:
            return None
        if token is not None:
            self.losses.padding += len(token["pad"])
            return token.end()
        line = _TEXT.match(data, place, end) or (_LAST_TEXT.match(data, place) if end == len(data) else None)
        if line is None or _STUMP.match(data, place, end):
            return None
        self.losses.texts += 1
        return line.end()

    def _correction(self, data: bytes, place: int, end: int, crc: _Crc) -> int | None:
        stop = place + _HEAD + (int.from_bytes(data[place + 1 : place + 3], "big") & _LENGTH)
        if place + _HEAD > end or data[place + 1] > _LENGTH >> 8 or stop + _CRC > end:
            return None
        if crc.of(place, stop) != int.from_bytes(data[stop : stop + _CRC], "big"):
            return None
        number = int.from_bytes(data[place + _HEAD : place + _HEAD + 2], "big") >> 4
        self.losses.count(self.losses.corrections, str(number) if stop > place + _HEAD + 1 else "empty")
        return stop + _CRC

    def _ends_cut(self, data: bytes, place: int, end: int) -> bool:
        """Tell whether a file ends within a sentence or a frame of RTCM."""
        if data[place] != _PREAMBLE:
            return _STUMP.match(data, place, end) is not None
        length = int.from_bytes(data[place + 1 : place + 3].ljust(2, b"\xff"), "big")
        return end - place < _HEAD or (length <= _LENGTH and place + _HEAD + length + _CRC > end)

    def _damage(self, gap: Gap, begin: int, end: int) -> None:
        if begin >= end:
            return
        self.losses.pass_junk(gap.offset + begin, end - begin)
        rejected = gap.rejected
        for number in range(bisect_left(rejected, (begin, 0)), bisect_left(rejected, (end, 0))):
            start, claimed = rejected[number]
            if claimed <= gap.end or gap.closing is not Closing.FILE:
                self.losses.fail(gap.offset + start, gap.offset + claimed)
            elif self._unfinished is None:
                self._unfinished = gap.offset + start
