"""FIT: a definition, and a message of 34 bytes a row, with a developer's field."""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Iterator
from pathlib import Path

from benchmarks.drive import START, drive
from benchmarks.layouts.layout import Layout

_EPOCH_S = 631_065_600
_U8, _I8, _U16, _U32, _I32, _F32, _TEXT = 0x02, 0x01, 0x84, 0x86, 0x85, 0x88, 0x07
_SEMICIRCLES = 2**31 / 180
_HEADER = struct.Struct("<BBHI4s")
_SIZES = {_U8: 1, _I8: 1, 0: 1, _U16: 2, _U32: 4, _I32: 4, _F32: 4}


def definition(local: int, message: int, *fields: tuple[int, int, int]) -> bytes:
    """Return a definition message; fields are (number, size, base type)."""
    return struct.pack("<BBBHB", 0x40 | local, 0, 0, message, len(fields)) + b"".join(map(bytes, fields))


RECORD = (
    struct.pack("<BBBHB", 0x60, 0, 0, 20, 10)
    + b"".join(
        bytes((number, _SIZES[base], base))
        for number, base in (
            (253, _U32), (0, _I32), (1, _I32), (5, _U32), (78, _U32), (73, _U32), (7, _U16), (3, _U8),
            (4, _U8), (13, _I8),
        )
    )
    + bytes((1, 0, 4, 0))
)  # fmt: skip
"""The definition of every row, with a developer's field."""
_DESCRIPTION = (
    definition(2, 207, (3, 1, _U8))
    + b"\2\0"
    + definition(2, 206, (0, 1, _U8), (1, 1, _U8), (2, 1, _U8), (3, 8, _TEXT), (8, 4, _TEXT))
    + b"\2\0\0\x88Lean\0\0\0\0deg\0"
)
_ROW = struct.Struct("<BIiiIIIHBBbf")


def _rows(rows: int) -> Iterator[str]:
    """Yield messages as text of bytes, one second apart."""
    start_s = int(START.timestamp()) - _EPOCH_S
    for row, at in enumerate(drive(rows)):
        noise = at.noise
        yield _ROW.pack(
            0, start_s + row, round(at.lat_deg * _SEMICIRCLES), round(at.lon_deg * _SEMICIRCLES),
            row * 3400, round((at.alt_m + 500) * 5), round(at.speed_mps * 1000), 200 + round(9 * noise[3]),
            140 + round(5 * noise[4]), 80, 21, noise[5],
        ).decode("latin-1")  # fmt: skip


def _crc(data: bytes) -> int:
    table = []
    for number in range(256):
        register = number
        for _bit in range(8):
            register = (register >> 1) ^ (0xA001 if register & 1 else 0)
        table.append(register)
    register = 0
    for byte in data:
        register = (register >> 8) ^ table[(register ^ byte) & 0xFF]
    return register


@dataclasses.dataclass(frozen=True)
class Messages(Layout):
    """A layout whose header and end tell of what stands between them."""

    def close(self, path: Path) -> None:
        """Write the size and the CRC of a file that is done."""
        data = bytearray(path.read_bytes())
        data[: _HEADER.size] = _HEADER.pack(14, 0x20, 2134, len(data) - 14, b".FIT")
        data[12:14] = struct.pack("<H", _crc(bytes(data[:12])))
        path.write_bytes(bytes(data) + struct.pack("<H", _crc(bytes(data))))

    def write(self, path: Path, rows: int) -> None:
        """Write a file of so many rows."""
        super().write(path, rows)
        self.close(path)


# A recording that was never ended: the header tells no size, and no CRC stands behind.
_OPEN_HEADER = _HEADER.pack(14, 0x20, 2134, 0, b".FIT") + b"\0\0"
FIT = Messages(
    (
        _OPEN_HEADER
        + definition(1, 0, (0, 1, 0), (1, 2, _U16))
        + struct.pack("<BBH", 1, 4, 1)
        + _DESCRIPTION
        + RECORD
    ).decode("latin-1"),
    _rows,
)
