"""Devices one after the other in bare GPMF: a file of payloads, one payload, or a video that is searched."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, BinaryIO

import attrs

from telemparse_gpmf.devices import device_at
from telemparse_gpmf.records import DEVICE, HEADER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from telemparse_gpmf.losses import Losses
    from telemparse_gpmf.records import Device

__all__ = ["Between", "Payload", "devices", "payloads"]

_FIRST = (b"DVIDL\x04\x00\x01", b"DVIDF\x04\x00\x01")


class Between(enum.Enum):
    """What bytes between devices are."""

    DAMAGE = "damage"
    OTHER_DATA = "other data"


@attrs.frozen
class Payload:
    """What the devices of one recording wrote in one go, about once a second.

    Args:
        number: from 0.
        devices: each once.
        start_ns, duration_ns: in the time of the video; None outside of one.
    """

    number: int
    devices: list[Device]
    start_ns: int | None = None
    duration_ns: int | None = None


def payloads(reader: BinaryIO, losses: Losses, piece_bytes: int, between: Between) -> Iterator[Payload]:
    """Yield payloads of bare GPMF: a device that comes again begins the next one."""
    number = 0
    gathered: list[Device] = []
    seen: set[int | None] = set()
    for device in devices(reader, 0, losses, piece_bytes, between, losses.cut):
        if gathered and (device.ident in seen or device.ident is None):
            yield Payload(number, gathered)
            number, gathered, seen = number + 1, [], set()
        gathered.append(device)
        seen.add(device.ident)
    if gathered:
        yield Payload(number, gathered)


def devices(  # noqa: PLR0917  (two callers, same order)
    reader: BinaryIO,
    base: int,
    losses: Losses,
    piece_bytes: int,
    between: Between,
    cut: Callable[[int], None],
) -> Iterator[Device]:
    """Yield the devices of a reader from where it stands; memory holds a piece and one device.

    Args:
        reader: of the bytes.
        base: offset of its place in the file.
        losses: counts damage.
        piece_bytes: to read at a time; the devices do not depend on it.
        between: what bytes that belong to no device are.
        cut: is told the offset of an end in the middle of a record.
    """
    buffer, place, is_end, in_gap = b"", 0, False, False
    while True:
        wanted = place + HEADER
        if buffer.startswith(DEVICE, place) and len(buffer) >= wanted:
            length = buffer[place + 5] * (buffer[place + 6] << 8 | buffer[place + 7])
            wanted += (length + 3) & ~3
        if len(buffer) < max(wanted, place + 2 * HEADER) and not is_end:
            more = _read(reader, max(piece_bytes, wanted - len(buffer)))
            is_end = not more
            buffer, base, place = buffer[place:] + more, base + place, 0
            continue
        if place >= len(buffer):
            return
        is_device = buffer.startswith(DEVICE, place) and len(buffer) >= place + HEADER
        if is_device and (between is Between.DAMAGE or buffer.startswith(_FIRST, place + HEADER)):
            device, place = device_at(buffer, place, base, losses, cut=is_end)
            in_gap = False
            if device.cut:
                cut(base + len(buffer))
            yield device
            continue
        found = buffer.find(DEVICE, place + 1)
        until = found if found >= 0 else max(len(buffer) - len(DEVICE) + 1, place + 1)
        if is_end and found < 0:
            until = len(buffer)
        gap = buffer[place:until]
        begin = len(gap) - len(gap.lstrip(b"\0"))
        if between is Between.DAMAGE and not in_gap and begin < len(gap):
            in_gap = True
            if is_end and len(gap) < HEADER and DEVICE.startswith(gap[: len(DEVICE)]):
                cut(base + len(buffer))
            else:
                losses.damage(base + place + begin)
        place = until


def _read(reader: BinaryIO, length: int) -> bytes:
    """Return so many bytes, fewer only at the end."""
    parts, left = [], length
    while left > 0 and (part := reader.read(left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
