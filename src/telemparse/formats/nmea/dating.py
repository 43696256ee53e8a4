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
from telemparse.formats.nmea.tally import Loss
from telemparse.model.issues import Issue, Locus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from telemparse.formats.nmea.blocks import Block
    from telemparse.formats.nmea.pieces import Piece
    from telemparse.kernels.arrays import Ints

__all__ = ["DateDoubt"]

_EPOCH = dt.date(1970, 1, 1)
# NMEA 0183 version 4.00 is of November 2008. Galileo, BeiDou, QZSS and NavIC have talkers of their own
# since then, and RMC has a navigational status, its 13th field, since version 4.10.
_YOUNG_DAY = (dt.date(2008, 11, 1) - _EPOCH).days
_YOUNG_TALKERS = ("GA", "GB", "BD", "GI", "GQ", "QZ", "PQ")
_STATUS_FIELD = 13
_ROLLOVER_DAYS = 1024 * 7
_PLACES = 3


@attrs.define
class DateDoubt:
    """Watches the days that the sentences of one log name."""

    _old: Loss = attrs.field(factory=Loss)
    _leaps: Loss = attrs.field(factory=Loss)
    _last_day: int | None = None

    def take(self, block: Block, piece: Piece) -> None:
        """Look at the sentences of a piece."""
        rows = np.flatnonzero(block.days != NO_DAY)
        if not len(rows):
            return
        days = block.days[rows]
        _add(self._old, block.places[rows[days < _YOUNG_DAY]], piece)
        steps = np.diff(days, prepend=days[0] if self._last_day is None else self._last_day)
        # A rollover that is noticed goes by whole cycles, give or take a midnight between two sentences.
        cycles = np.rint(steps / _ROLLOVER_DAYS)
        leaps = (cycles != 0) & (np.abs(steps - cycles * _ROLLOVER_DAYS) <= 1)
        _add(self._leaps, block.places[rows[leaps]], piece)
        self._last_day = int(days[-1])

    def issues(self, artifact: str, addresses: Iterable[str], most_fields: int) -> Iterator[Issue]:
        """Yield what is doubtful.

        Args:
            artifact: name of the log.
            addresses: of its sentences.
            most_fields: of its RMC.
        """
        young = any(
            address.startswith(_YOUNG_TALKERS) and len(address) == len("GBGGA") for address in addresses
        )
        if self._leaps.count:
            yield _issue(artifact, self._leaps, "it leaps by 1024 weeks within the log")
        if self._old.count and (young or most_fields >= _STATUS_FIELD):
            yield _issue(artifact, self._old, "its sentences are of a form that is younger")


def _add(found: Loss, places: Ints, piece: Piece) -> None:
    found.add(len(places), [piece.offset_of(place) for place in places[:_PLACES].tolist()])


def _issue(artifact: str, places: Loss, reason: str) -> Issue:
    loci = [str(Locus(artifact, offset=offset)) for offset in places.offsets]
    place = Locus(artifact, offset=places.offsets[0])
    return Issue("DATE_UNRELIABLE", place, artifact=artifact, reason=reason, count=places.count, loci=loci)
