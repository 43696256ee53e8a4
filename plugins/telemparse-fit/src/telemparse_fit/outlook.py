"""A look ahead over the whole file for what decides names and clocks of its first rows.

Only files whose bytes could hold one of these messages, or whose clock counts from the start of the device,
are walked through twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.clocks import NS_PER_S
from telemparse.kernels.gather import positions

from telemparse_fit.clock import FIRST_UTC_S, NS_PER_MS, Stamps, utc_instant_ns
from telemparse_fit.groups import Group
from telemparse_fit.pieces import SectionWalk
from telemparse_fit.profile import Message
from telemparse_fit.sensors import SENSORS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    from telemparse.kernels.gather import Bytes

    from telemparse_fit.sections import Section

__all__ = ["Outlook", "outlook_of"]

_PIECE_BYTES = 1 << 19
_FIRST_BYTES = 1 << 16
_OVERLAP = 5
_BEFORE = 4
_HEAD_BITS, _HEAD = 0xD0, 0x40
_TOLD = (Message.GPS_METADATA, Message.TIMESTAMP_CORRELATION)
_SYSTEM, _MS, _SYSTEM_MS, _FRACTION, _SYSTEM_FRACTION = 1, 4, 5, 0, 2
_FRACTIONS = 32768
_MOST_CORRELATIONS = 10_000
_TIMED = frozenset({Message.RECORD, Message.GPS_METADATA, Message.BAROMETER, *SENSORS})
_OF_INTEREST = _TIMED | {Message.TIMESTAMP_CORRELATION}


@attrs.define
class Outlook:
    """What the file holds.

    Attributes:
        has_metadata: gps_metadata messages: they are the better positions.
        correlations: (system clock, UTC) in ns, by section, in the order of system time.
        is_relative: no row has UTC, and nothing tells how to get there.
    """

    has_metadata: bool = False
    correlations: list[tuple[tuple[int, int], ...]] = attrs.field(factory=list)
    is_relative: bool = False


def outlook_of(file: BinaryIO, sections: Sequence[Section]) -> Outlook:
    """Return what is to be known before the first row."""
    outlook = Outlook(correlations=[() for _section in sections])
    is_told = any(_tells(file, section) for section in sections)
    has_utc = has_system = False
    for number, section in enumerate(sections):
        found: list[tuple[int, int]] = []
        for group in _groups(file, section):
            message = group.definition.message
            if message == Message.GPS_METADATA:
                outlook.has_metadata = True
            elif message == Message.TIMESTAMP_CORRELATION and len(found) < _MOST_CORRELATIONS:
                found += _correlations(group)
            if message in _TIMED:
                stamps = group.seconds[group.stamped]
                has_utc |= bool((stamps >= FIRST_UTC_S).any())
                has_system |= bool((stamps < FIRST_UTC_S).any())
                if has_utc and not is_told:
                    return outlook
        outlook.correlations[number] = tuple(sorted(found))
    outlook.is_relative = has_system and not has_utc and not any(outlook.correlations)
    return outlook


def _tells(file: BinaryIO, section: Section) -> bool:
    """Tell whether the bytes of a section could hold a definition of one of the two messages."""
    file.seek(section.start)
    left, tail = section.end - section.start, b""
    while left > 0 and (fresh := file.read(min(_PIECE_BYTES, left))):
        left -= len(fresh)
        data = tail + fresh
        if _could_define(np.frombuffer(data, np.uint8)):
            return True
        tail = data[-_OVERLAP:]
    return False


def _could_define(data: Bytes) -> bool:
    """Tell whether header, reserved byte, architecture and number of one of the two stand anywhere."""
    for number in _TOLD:
        low = positions(data, number)
        low = low[(low >= _BEFORE) & (low < len(data) - 1)]
        # Little endian: the number's other byte behind it; big endian: before it.
        for other, order in ((low + 1, low - 1), (low - 1, low - 2)):
            head, reserved = data[order - 2], data[order - 1]
            fits = (data[other] == 0) & (reserved == 0) & (head & _HEAD_BITS == _HEAD)
            if fits.any():
                return True
    return False


def _groups(file: BinaryIO, section: Section) -> Iterator[Group]:
    """Yield the messages of interest of a section, piece by piece."""
    walk, stamps = SectionWalk(section), Stamps()
    for piece in walk.pieces(file, _FIRST_BYTES):
        buffer = np.frombuffer(piece.data, np.uint8)
        found = [
            (definition, np.frombuffer(places, np.int64).copy())
            for definition, places in walk.walker.groups()
        ]
        read = stamps.read(buffer, found)
        for definition, places in found:
            if definition.message in _OF_INTEREST:
                yield Group.of(buffer, definition, places, read[definition])


def _correlations(group: Group) -> Iterator[tuple[int, int]]:
    """Yield pairs of instants of the system clock and UTC, in ns since either began."""
    system = group.one(_SYSTEM)
    if system is None:
        return
    parts = {number: group.one(number) for number in (_MS, _SYSTEM_MS, _FRACTION, _SYSTEM_FRACTION)}

    def part_ns(row: int, ms: int, fraction: int) -> int:
        column = parts[ms]
        if column is not None and column.known[row]:
            return int(column.values[row]) * NS_PER_MS
        column = parts[fraction]
        if column is not None and column.known[row]:
            return int(column.values[row]) * NS_PER_S // _FRACTIONS
        return 0

    for row in range(len(group.places)):
        utc_s, system_s = int(group.seconds[row]), int(system.values[row])
        if group.stamped[row] and system.known[row] and utc_s >= FIRST_UTC_S > system_s:
            utc_ns = utc_instant_ns(utc_s) + part_ns(row, _MS, _FRACTION)
            yield system_s * NS_PER_S + part_ns(row, _SYSTEM_MS, _SYSTEM_FRACTION), utc_ns
