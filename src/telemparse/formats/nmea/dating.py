"""Doubt about dates: counters of GPS weeks that have rolled over, told and never repaired.

A receiver counts weeks modulo 1024, and one whose firmware is too old names a day 1024 weeks in the past
with every fix. The log shows it where its sentences are younger than their date, and where the date leaps.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.formats.nmea.blocks import NO_DAY
from telemparse.model.skips import Skips

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from telemparse.formats.nmea.blocks import Block
    from telemparse.formats.nmea.pieces import Piece
    from telemparse.model.issues import Issue

__all__ = ["DateDoubt"]

_EPOCH = dt.date(1970, 1, 1)
# NMEA 0183 version 4.00 is of November 2008. Galileo, BeiDou, QZSS and NavIC have talkers of their own
# since then, and RMC has a navigational status, its 13th field, since version 4.10.
_YOUNG_DAY = (dt.date(2008, 11, 1) - _EPOCH).days
_YOUNG_TALKERS = ("GA", "GB", "BD", "GI", "GQ", "QZ", "PQ")
_STATUS_FIELD = 13
_ROLLOVER_DAYS = 1024 * 7


@attrs.define
class DateDoubt:
    """Watches the days that the sentences of one log name.

    Args:
        artifact: name of the log.
    """

    artifact: str
    _old: Skips = attrs.field(factory=lambda: Skips("DATE_UNRELIABLE"))
    _leaps: Skips = attrs.field(factory=lambda: Skips("DATE_UNRELIABLE"))
    _last_day: int | None = None

    def take(self, block: Block, piece: Piece) -> None:
        """Look at the sentences of a piece."""
        rows = np.flatnonzero(block.days != NO_DAY)
        if not len(rows):
            return
        days = block.days[rows]
        self._old.add_offsets(self.artifact, piece.offsets_of(block.places[rows[days < _YOUNG_DAY]]))
        steps = np.diff(days, prepend=days[0] if self._last_day is None else self._last_day)
        # A rollover that is noticed goes by whole cycles, give or take a midnight between two sentences.
        cycles = np.rint(steps / _ROLLOVER_DAYS)
        leaps = (cycles != 0) & (np.abs(steps - cycles * _ROLLOVER_DAYS) <= 1)
        self._leaps.add_offsets(self.artifact, piece.offsets_of(block.places[rows[leaps]]))
        self._last_day = int(days[-1])

    def issues(self, addresses: Iterable[str], most_fields: int) -> Iterator[Issue]:
        """Yield what is doubtful.

        Args:
            addresses: of its sentences.
            most_fields: of its RMC.
        """
        young = any(
            address.startswith(_YOUNG_TALKERS) and len(address) == len("GBGGA") for address in addresses
        )
        yield from self._leaps.issues(artifact=self.artifact, reason="it leaps by 1024 weeks within the log")
        if young or most_fields >= _STATUS_FIELD:
            reason = "its sentences are of a form that is younger"
            yield from self._old.issues(artifact=self.artifact, reason=reason)
