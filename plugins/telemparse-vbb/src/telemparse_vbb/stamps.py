"""Dates as VBB writes them: fields in version 1, in version 2 ticks since the year 1 with their zone."""

from __future__ import annotations

import enum
import struct
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.clocks import NS_PER_S, civil_days

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Stamp", "Zone", "stamp_of"]

_TICK_NS = 100
_TICKS_1970 = 621_355_968_000_000_000
_FIELDS_BYTES = 7
_FIRST_S, _LAST_S = (
    315_532_800,
    7_258_118_400,
)  # 1980 and 2200: devices write others before they know the date


class Zone(enum.Enum):
    """What a stamp is counted in: the two highest bits of .NET's `DateTime.ToBinary`."""

    UNKNOWN = 0
    UTC = 1
    LOCAL = 2


@attrs.frozen
class Stamp:
    """A date and time.

    Args:
        ns: since 1970 by the clock of its zone; of a local one .NET stores the instant in UTC.
        zone: of the clock.
    """

    ns: int
    zone: Zone

    @property
    def iso(self) -> str:
        """The date as text, Z behind it for UTC."""
        return (
            f"{np.datetime64(self.ns, 'ns').astype('datetime64[ms]')}{'Z' if self.zone is Zone.UTC else ''}"
        )


def stamp_of(raw: bytes, order: str) -> Stamp | None:
    """Return the stamp of 7 bytes (year and fields) or 8 (ticks), None for no date of a recording.

    Facts: Racelogic, "VBB to MATLAB converter", `ReadVBBDatetime`.
    """
    if len(raw) == _FIELDS_BYTES:
        found, zone = _civil_s(struct.unpack(f"{order}H5B", raw)), Zone.UNKNOWN
        return Stamp(found * NS_PER_S, zone) if found is not None and _FIRST_S <= found < _LAST_S else None
    ticks = struct.unpack(f"{order}Q", raw)[0]
    top = ticks >> 62
    ns = ((ticks & (1 << 62) - 1) - _TICKS_1970) * _TICK_NS
    return Stamp(ns, Zone(min(top, 2))) if _FIRST_S * NS_PER_S <= ns < _LAST_S * NS_PER_S else None


def _civil_s(fields: Sequence[int]) -> int | None:
    year, month, day, hour, minute, second = fields
    days, there = civil_days(*(np.array([field], np.int64) for field in (year, month, day)))
    if not there[0] or hour > 23 or minute > 59 or second > 60:
        return None
    return ((int(days[0]) * 24 + hour) * 60 + minute) * 60 + second
