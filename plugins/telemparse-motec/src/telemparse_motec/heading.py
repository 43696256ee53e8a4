"""The head of a log and the blocks that it points to: event, venue, vehicle.

Facts of the format are from public readers: gotzl/ldparser, afonso360/motec-i2 (MIT) and the description in
Friss/i3rs (docs/ld-file-format.md). All numbers are little-endian.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

import attrs

from telemparse_motec.texts import text_at

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["HEAD_BYTES", "Heading", "heading_of"]

HEAD_BYTES = 0x6E2
_NAME, _COMMENT = 64, 1024
_VENUE_POINTER, _VEHICLE_POINTER = 0x480, 0x44A
_VEHICLE_BYTES = 0x104


@attrs.frozen
class Heading:
    """What a log says of itself.

    Args:
        first_channel: offset of the first channel's header, 0 for none.
        first_sample: offset of all samples.
        stated_channels: how many there are, as the head says; not all devices say it right.
        date, time: texts as they stand there.
        device: type (`ADL`, `M1`), serial number and version, as far as there are.
        facts: event, session, venue, vehicle and comments, those that are not empty.
        has_driver: a name of a person stands there.
    """

    first_channel: int
    first_sample: int
    stated_channels: int
    date: str
    time: str
    device: Mapping[str, Any]
    facts: Mapping[str, Any]
    has_driver: bool


def heading_of(file: BinaryIO) -> Heading:
    """Return the heading; what the file is too short for is empty or 0."""
    head = _read(file, 0, HEAD_BYTES)
    event = _read(file, _number(head, 0x24), _VENUE_POINTER + 4)
    venue = _read(file, _number(event, _VENUE_POINTER), _VEHICLE_POINTER + 4)
    vehicle = _read(file, _number(venue, _VEHICLE_POINTER), _VEHICLE_BYTES)
    device = {
        "type": text_at(head, 0x4A, 8),
        "serial": _number(head, 0x46),
        "version": _number(head, 0x52, 2),
    }
    facts = {
        "event": text_at(event, 0, _NAME),
        "session": text_at(event, 0x40, _NAME),
        "comment": text_at(event, 0x80, _COMMENT),
        "short_comment": text_at(head, 0x624, _NAME),
        "venue": text_at(head, 0x15E, _NAME) or text_at(venue, 0, _NAME),
        "vehicle": text_at(head, 0xDE, _NAME) or text_at(vehicle, 0, _NAME),
        "vehicle_weight": _number(vehicle, 0xC0),
        "vehicle_type": text_at(vehicle, 0xC4, 32),
        "vehicle_comment": text_at(vehicle, 0xE4, 32),
    }
    return Heading(
        first_channel=_number(head, 8),
        first_sample=_number(head, 12),
        stated_channels=_number(head, 0x56),
        date=text_at(head, 0x5E, 16),
        time=text_at(head, 0x7E, 16),
        device={name: value for name, value in device.items() if value},
        facts={name: value for name, value in facts.items() if value},
        has_driver=bool(text_at(head, 0x9E, _NAME)),
    )


def _read(file: BinaryIO, place: int, length: int) -> bytes:
    """Return the block at a place; nothing where a pointer leads to no block of its own."""
    if 0 < place < HEAD_BYTES:
        return b""
    if not place and length != HEAD_BYTES:
        return b""
    file.seek(place)
    return file.read(length)


def _number(block: bytes, place: int, width: int = 4) -> int:
    found = block[place : place + width]
    return int.from_bytes(found, "little") if len(found) == width else 0
