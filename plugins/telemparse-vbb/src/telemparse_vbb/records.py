"""The records of a VBB file: groups, channels, a dictionary, dumps, and samples.

Facts: Racelogic, "VBB to MATLAB converter" 1.3 and "VBB to Python", which read all that is known here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse_vbb.stamps import Stamp

__all__ = [
    "DEFINITIONS", "FIXED", "SAMPLE", "Channel", "Dump", "Form", "Group", "Item", "Kind", "Naming", "Record",
    "Value",
]  # fmt: skip


class Kind:
    """First bytes of records."""

    NAMING = 5
    ITEM = 6
    CHANNEL = 7
    GROUP = 8
    SAMPLE = 9
    DUMP = 13


SAMPLE = Kind.SAMPLE
DEFINITIONS = frozenset({Kind.NAMING, Kind.ITEM, Kind.CHANNEL, Kind.GROUP, Kind.DUMP})

# Types of values of one width: Racelogic's number to the letter of `struct`; 10 is a time in 32 bits.
FIXED: Mapping[int, str] = {1: "B", 2: "H", 3: "h", 4: "I", 5: "i", 6: "Q", 7: "q", 8: "f", 9: "d", 10: "i"}


@attrs.frozen
class Form:
    """How a file writes numbers.

    Args:
        order: `>` or `<`, as `struct` has it.
        version: of the format, 1 or 2.
        utc: samples are stamped in UTC.
        created, modified: dates of the header, None for none.
        size: bytes of the header.
    """

    order: str
    version: int
    utc: bool
    created: Stamp | None
    modified: Stamp | None
    size: int


@attrs.frozen
class Naming:
    """A group has a name."""

    group: int
    name: str


Value: TypeAlias = "int | float | str | Stamp | None"


@attrs.frozen
class Item:
    """An entry of the dictionary; of raw bytes the value is how many there are."""

    group: int
    name: str
    value: Value


@attrs.frozen
class Channel:
    """A channel: its value is what a sample holds * scale + offset.

    Args:
        number: by which groups name it.
        group: to which it is assigned.
        name, long_name, unit, note: as the file writes them.
        kind: of its values, a key of `FIXED` or another number.
    """

    number: int
    group: int
    name: str
    long_name: str
    unit: str
    kind: int
    scale: float
    offset: float
    note: str


@attrs.frozen
class Group:
    """Which channels the samples of a group hold, one behind the other."""

    number: int
    channels: tuple[int, ...]


@attrs.frozen
class Dump:
    """Raw memory of the device: how many bytes, and the first ones as they stand."""

    block: int
    name: str
    length: int
    head: bytes


Record: TypeAlias = "Naming | Item | Channel | Group | Dump"
