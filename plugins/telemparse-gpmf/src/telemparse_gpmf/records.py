"""Records of GPMF: key, type, size, repeat and value; what devices and their streams are made of."""

# GPMF introduction (gopro/gpmf-parser, docs/README.md), sections "KLV Design" and "Property Hierarchy".

from __future__ import annotations

import attrs

__all__ = ["DEVICE", "HEADER", "LETTERS", "TYPES", "Device", "Record", "Strand", "record_at"]

DEVICE = b"DEVC\0"
"""Key and type with which a payload begins."""

HEADER = 8
"""Bytes before the value of a record."""

TYPES = frozenset(b"\0bBcdfFGjJlLqQsSU?#")
"""Letters of the types; NUL is a nest."""

LETTERS = frozenset(range(0x20, 0x7F))
"""What a key is made of."""


@attrs.frozen
class Record:
    """One record.

    Args:
        key: four letters.
        kind: letter of its type; an empty string is a nest of records.
        size: bytes of one structure.
        repeat: structures.
        data: size * repeat bytes.
        offset: of the record in the file.
    """

    key: str
    kind: str
    size: int
    repeat: int
    data: memoryview
    offset: int

    def text(self) -> str:
        """Return the value as latin-1 text without the padding at its end."""
        return bytes(self.data).decode("latin-1").rstrip("\0 ")

    def whole(self) -> int | None:
        """Return the value as one unsigned number, None for another type."""
        if self.kind in "BSLJ" and self.kind and self.repeat == 1 and self.size in {1, 2, 4, 8}:
            return int.from_bytes(self.data, "big")
        return None


@attrs.frozen
class Strand:
    """A stream (`STRM`) of one device in one payload.

    Args:
        key: of its samples; empty where it has none.
        facts: the other records in it, by key.
        samples: records of samples in file order.
        offset: in the file.
    """

    key: str
    facts: dict[str, Record]
    samples: list[Record]
    offset: int

    def whole(self, key: str) -> int | None:
        """Return a fact as one unsigned number, None where it is not there or none."""
        record = self.facts.get(key)
        return None if record is None else record.whole()

    def text(self, key: str) -> str:
        """Return a fact as text, an empty one where it is not there."""
        record = self.facts.get(key)
        return record.text() if record is not None and record.kind in {"c", "F", "U"} else ""


@attrs.frozen
class Device:
    """A device (`DEVC`) in one payload.

    Args:
        ident: its DVID; None where it has none.
        facts: records that are no stream, by key.
        strands: its streams.
        offset: in the file.
        cut: the file ends in it.
    """

    ident: int | None
    facts: dict[str, Record]
    strands: list[Strand]
    offset: int
    cut: bool = False


def record_at(buffer: bytes, begin: int, end: int, base: int) -> Record | None:
    """Return the record at a place, None where none can be.

    Args:
        buffer: the bytes.
        begin: place of the record in them.
        end: of the nest around it.
        base: offset of the buffer in the file.
    """
    header = buffer[begin : min(begin + HEADER, end)]
    if len(header) < HEADER or header[4] not in TYPES or not LETTERS.issuperset(header[:4]):
        return None
    size, repeat = header[5], header[6] << 8 | header[7]
    body = begin + HEADER
    if body + size * repeat > end:
        return None
    kind = chr(header[4]) if header[4] else ""
    data = memoryview(buffer)[body : body + size * repeat]
    return Record(header[:4].decode("ascii"), kind, size, repeat, data, base + begin)
