"""Records of definitions, read byte by byte; every length is compared with the bytes that are there.

Facts: Racelogic, "VBB to MATLAB converter" 1.3 and "VBB to Python", which read all that is known here.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import attrs

from telemparse_vbb.records import FIXED, Channel, Dump, Form, Group, Item, Kind, Naming
from telemparse_vbb.stamps import stamp_of

if TYPE_CHECKING:
    from telemparse_vbb.records import Record, Value

__all__ = ["NoRecordError", "ShortError", "header_of", "read_record"]

_NOTHING, _STAMP, _TEXT, _BYTES = 0, 11, 12, 13
_TYPES = frozenset({*FIXED, _NOTHING, _STAMP, _TEXT, _BYTES})
_MOST_LENGTH_BYTES = 5
_LONGEST_NAME = 1024
_LONGEST_TEXT = 64 * 1024
_MOST_CHANNELS = 8192
_DUMP_HEAD = 64
_HUGE = 1e30
_SHORTEST = 22


class ShortError(Exception):
    """The bytes at hand end within the record."""


class NoRecordError(Exception):
    """These bytes are no record."""


def header_of(head: bytes) -> Form | None:
    """Return what the first bytes of a file say, None where it does not begin as one of a known version."""
    if len(head) < _SHORTEST or head[:3] != b"VBB" or head[3] not in (1, 2):
        return None
    flags = int.from_bytes(head[4:8], "big")  # before anybody knows the order of bytes
    order, version = ">" if flags & 1 else "<", head[3]
    width = 7 if version == 1 else 8
    if len(head) < 8 + 2 * width:
        return None
    dates = [stamp_of(head[at : at + width], order) for at in (8, 8 + width)]
    return Form(order, version, bool(flags & 2), dates[0], dates[1], 8 + 2 * width)


def read_record(data: bytes, at: int, form: Form) -> tuple[Record, int]:
    """Return the record of definitions that begins at a place, and where it ends: maybe behind the data.

    Raises ShortError where more bytes are needed, NoRecordError where it cannot be one.
    """
    reader = _Reader(data, at + 1, form)
    kind = data[at]
    if kind == Kind.NAMING:
        record: Record = Naming(reader.number("B"), reader.name())
    elif kind == Kind.ITEM:
        record = Item(reader.number("B"), reader.name(), reader.value())
    elif kind == Kind.CHANNEL:
        record = _channel(reader)
    elif kind == Kind.GROUP:
        record = _group(reader)
    elif kind == Kind.DUMP:
        block, name, value = reader.number("H"), reader.name(), reader.number("B")
        if value != _BYTES:
            raise NoRecordError
        length = reader.length()
        if reader.at + min(length, _DUMP_HEAD) > len(data):
            raise ShortError
        record = Dump(block, name, length, data[reader.at : reader.at + min(length, _DUMP_HEAD)])
        reader.at += length
    else:
        raise NoRecordError
    return record, reader.at


def _channel(reader: _Reader) -> Channel:
    number, group = reader.number("H"), reader.number("B")
    name, long_name, unit = reader.name(), reader.text(_LONGEST_NAME), reader.text(_LONGEST_NAME)
    kind = reader.number("B")
    scale, offset = reader.real(), reader.real()
    if kind not in _TYPES or not abs(scale) < _HUGE or not abs(offset) < _HUGE:
        raise NoRecordError
    return Channel(
        number, group, name, long_name, unit, kind, _decimal(scale), offset, reader.text(_LONGEST_TEXT)
    )


def _decimal(scale: float) -> float:
    """Return the decimal that a scale stands for: it was single precision before it was written as double.

    3.5999999046 is 3.6, as Racelogic's own readers have it.
    """
    try:
        single = struct.unpack("<f", struct.pack("<f", scale))[0]
    except OverflowError:
        return scale
    return scale if single != scale else float(f"{scale:.7g}")


def _group(reader: _Reader) -> Group:
    number, count = reader.number("B"), reader.number("H")
    if not 0 < count <= _MOST_CHANNELS:
        raise NoRecordError
    return Group(number, reader.numbers("H", count))


@attrs.define
class _Reader:
    """Reads values one behind the other, none beyond the data."""

    data: bytes
    at: int
    form: Form

    def numbers(self, letter: str, count: int) -> tuple[int, ...]:
        coding = f"{self.form.order}{count}{letter}"
        begin, self.at = self.at, self.at + struct.calcsize(coding)
        if self.at > len(self.data):
            raise ShortError
        return struct.unpack_from(coding, self.data, begin)

    def number(self, letter: str) -> int:
        return self.numbers(letter, 1)[0]

    def real(self) -> float:
        return float(self.number("d"))

    def length(self) -> int:
        """Return a number in sevens of bits; the first byte is the highest where the file is big-endian."""
        value = shift = 0
        for _turn in range(_MOST_LENGTH_BYTES):
            byte = self.number("B")
            if self.form.order == ">":
                value = value << 7 | byte & 0x7F
            else:
                value |= (byte & 0x7F) << shift
                shift += 7
            if byte < 0x80:
                return value
        raise NoRecordError

    def text(self, most: int) -> str:
        length = self.length()
        if length > most:
            raise NoRecordError
        begin, self.at = self.at, self.at + length
        if self.at > len(self.data):
            raise ShortError
        raw = self.data[begin : self.at]
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return raw.decode("latin-1")

    def name(self) -> str:
        """Return a text that names something: not blank, and of letters that can be shown."""
        name = self.text(_LONGEST_NAME)
        if not name.strip() or any(letter < " " for letter in name):
            raise NoRecordError
        return name

    def value(self) -> Value:
        kind = self.number("B")
        if kind in FIXED:
            return self.number(FIXED[kind])
        if kind == _NOTHING:
            return None
        if kind == _STAMP:
            width = 7 if self.form.version == 1 else 8
            return stamp_of(bytes(self.numbers("B", width)), self.form.order)
        if kind == _TEXT:
            return self.text(_LONGEST_TEXT)
        if kind == _BYTES:
            length = self.length()
            self.at += length
            return length
        raise NoRecordError
