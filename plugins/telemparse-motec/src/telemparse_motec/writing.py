"""A log written from channels, for examples, tests and benchmarks: laid out as an ADL does it."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Column", "ld_bytes"]

_EVENT, _VENUE, _VEHICLE, _CHANNELS = 0x6E2, 0x1336, 0x1F54, 0x3448
_BLOCK_BYTES = 124
_CODES = {"<i2": (3, 2), "<i4": (3, 4), "<f2": (7, 2), "<f4": (7, 4), "<f8": (8, 8)}


@attrs.frozen
class Column:
    """One channel to write.

    Args:
        name, unit, rate_hz: of it.
        numbers: as they are stored, in a little-endian type of the format.
        factors: shift, factor, scale and decimals.
        short_name: of it.
        kind: class and width; those of the numbers' type where None.
    """

    name: str
    unit: str
    rate_hz: int
    numbers: NDArray[Any]
    factors: tuple[int, int, int, int] = (0, 1, 1, 0)
    short_name: str = ""
    kind: tuple[int, int] | None = None


def ld_bytes(
    columns: Sequence[Column],
    *,
    date: str = "04/05/2025",
    time: str = "10:00:00",
    driver: str = "",
    is_small: bool = False,
) -> bytes:
    """Return a log.

    Args:
        columns: its channels, in order.
        date: text of the head.
        time: likewise.
        driver: likewise.
        is_small: no blocks of event, venue and vehicle stand between the head and the channels.
    """
    first = _EVENT if is_small else _CHANNELS
    data = first + _BLOCK_BYTES * len(columns)
    head = bytearray(first)
    struct.pack_into("<4I", head, 0, 0x40, 0, first if columns else 0, data)
    struct.pack_into("<I", head, 0x42, 1_000_000)
    struct.pack_into("<I8s2HI", head, 0x46, 12007, b"ADL", 420, 0x80, len(columns))
    texts = [(0x5E, date), (0x7E, time), (0x9E, driver), (0xDE, "11A"), (0x15E, "Bend"), (0x624, "dry")]
    if not is_small:
        struct.pack_into("<I", head, 0x24, _EVENT)
        struct.pack_into("<I", head, _EVENT + 0x480, _VENUE)
        struct.pack_into("<I", head, _VENUE + 0x44A, _VEHICLE)
        struct.pack_into("<I", head, _VEHICLE + 0xC0, 640)
        texts += [(_EVENT, "Test day"), (_EVENT + 0x40, "2"), (_EVENT + 0x80, "made up"), (_VENUE, "Bend")]
        texts += [(_VEHICLE, "11A"), (_VEHICLE + 0xC4, "Car")]
    for place, text in texts:
        raw = text.encode("cp1252")[:63]
        head[place : place + len(raw)] = raw
    blocks, samples = bytearray(), []
    for number, column in enumerate(columns):
        place = first + _BLOCK_BYTES * number
        kind = column.kind or _CODES[column.numbers.dtype.str]
        last = number + 1 == len(columns)
        block = struct.pack(
            "<4I4H4h32s8s12s",
            place - _BLOCK_BYTES if number else 0,
            0 if last else place + _BLOCK_BYTES,
            data,
            len(column.numbers),
            number + 1,
            *kind,
            column.rate_hz,
            *column.factors,
            column.name.encode("cp1252"),
            column.short_name.encode("cp1252"),
            column.unit.encode("cp1252"),
        )
        blocks += block.ljust(_BLOCK_BYTES, b"\0")
        raw = np.ascontiguousarray(column.numbers).tobytes()
        samples.append(raw)
        data += len(raw)
    return b"".join((head, blocks, *samples))
