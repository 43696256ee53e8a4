"""Records of GPMF and boxes of MP4 as bytes: what examples and tests are made with."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

__all__ = ["TYPES", "device", "nest", "record", "stream", "video"]

TYPES = {
    "b": "b", "B": "B", "s": "h", "S": "H", "l": "i", "L": "I", "j": "q", "J": "Q", "f": "f", "d": "d",
    "q": "i", "Q": "q", "F": "4s", "U": "16s",
}  # fmt: skip
"""Letters of GPMF to those of `struct`."""

_SCALE = 1000  # of the track's clock: milliseconds


def record(key: str, kind: str, values: Any, *, structure: str = "") -> bytes:
    """Return a record.

    Args:
        key: four letters.
        kind: letter of the type; `?` with a `structure`.
        values: text for `c`; else one number, a list of them, or a list of tuples, one a sample.
        structure: letters of the values of a sample, for `?`.
    """
    if kind == "c":
        text = values.encode("latin-1")
        return _framed(key, kind, 1, len(text), text)
    rows = values if isinstance(values, list) else [values]
    rows = [row if isinstance(row, tuple) else (row,) for row in rows]
    letters = structure or kind * (len(rows[0]) if rows else 1)
    sample = struct.Struct(">" + "".join(TYPES[letter] for letter in letters))
    return _framed(key, kind, sample.size, len(rows), b"".join(sample.pack(*row) for row in rows))


def nest(key: str, *records: bytes) -> bytes:
    """Return records within one."""
    content = b"".join(records)
    return _framed(key, "", 1, len(content), content)


def stream(*records: bytes) -> bytes:
    """Return a stream."""
    return nest("STRM", *records)


def device(ident: int, name: str, *records: bytes) -> bytes:
    """Return a device with its id, its name and streams."""
    return nest("DEVC", record("DVID", "L", ident), record("DVNM", "c", name), *records)


def _framed(key: str, kind: str, size: int, repeat: int, content: bytes) -> bytes:
    header = key.encode("ascii") + (kind or "\0").encode("ascii") + struct.pack(">BH", size, repeat)
    return header + content + bytes(-len(content) % 4)


def _box(kind: str, *contents: bytes) -> bytes:
    content = b"".join(contents)
    return struct.pack(">I4s", 8 + len(content), kind.encode("ascii")) + content


def _table(kind: str, entries: Sequence[int], head: bytes = b"", width: str = "I", each: int = 1) -> bytes:
    count = struct.pack(">I", len(entries) // each)
    return _box(kind, bytes(4), head, count, struct.pack(f">{len(entries)}{width}", *entries))


def video(
    payloads: Sequence[bytes],
    *,
    duration_ms: int = 1001,
    head_first: bool = False,
    per_chunk: int = 1,
    wide: bool = False,
    other: bytes = b"\0\0\0\1picture",
    description: bytes = b"gpmd",
    facts: bytes = b"",
) -> bytes:
    """Return an MP4 of a picture track without samples and a track of payloads.

    Args:
        payloads: of the track.
        duration_ms: of each.
        head_first: `moov` stands before `mdat`.
        per_chunk: payloads in each chunk; the last one may have fewer.
        wide: chunks have offsets of 64 bits.
        other: bytes of other tracks before each chunk.
        description: format of the track's samples.
        facts: content of `moov/udta`.
    """
    chunks = [payloads[first : first + per_chunk] for first in range(0, len(payloads), per_chunk)]
    start = _box("ftyp", b"mp41", bytes(4), b"mp41")

    def index(begin: int) -> bytes:
        offsets, place = [], begin
        for chunk in chunks:
            offsets.append(place + len(other))
            place += len(other) + sum(map(len, chunk))
        runs = [1, per_chunk, 1]
        if len(chunks) > 1 and len(chunks[-1]) != per_chunk:
            runs += [len(chunks), len(chunks[-1]), 1]
        table = _box(
            "stbl",
            _box("stsd", struct.pack(">II", 0, 1), _box(description.decode("ascii"), bytes(6), b"\0\1")),
            _table("stts", [len(payloads), duration_ms], each=2),
            _table("stsc", runs, each=3),
            _table("stsz", [len(payload) for payload in payloads], head=bytes(4)),
            _table("co64" if wide else "stco", offsets, width="Q" if wide else "I"),
        )
        track = _track("meta", table, duration_ms * len(payloads))
        return _box("moov", _box("udta", facts), _track("vide", _box("stbl"), 0), track)

    data = _box("mdat", *(other + b"".join(chunk) for chunk in chunks))
    if head_first:
        return start + index(len(start) + len(index(0)) + 8) + data
    return start + data + index(len(start) + 8)


def _track(handler: str, table: bytes, duration_ms: int) -> bytes:
    return _box(
        "trak",
        _box("tkhd", bytes(84)),
        _box(
            "mdia",
            _box("mdhd", bytes(12), struct.pack(">II", _SCALE, duration_ms), bytes(4)),
            _box("hdlr", bytes(4), b"mhlr", handler.encode("ascii"), bytes(12), b"\0"),
            _box("minf", table),
        ),
    )
