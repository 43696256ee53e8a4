"""Doubt about dates: counters of GPS weeks that have rolled over, told and never repaired."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import attrs

from telemparse.model.issues import Issue, Locus

from telemparse_ubx.losses import Loss
from telemparse_ubx.messages import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse_ubx.tables import Tables

__all__ = ["DateDoubt"]

# UBX-NAV-PVT is as old as the receivers u-blox 7; their first firmware, 1.00, is of 2012.
_YOUNG = (Kind.NAV_PVT, Kind.HNR_PVT)
_YOUNG_NS = int(dt.datetime(2011, 1, 1, tzinfo=dt.UTC).timestamp()) * 1_000_000_000


@attrs.define
class DateDoubt:
    """Watches the dates of one log."""

    _old: Loss = attrs.field(factory=Loss)

    def take(self, tables: Tables) -> None:
        """Look at the messages of a piece."""
        for kind in _YOUNG:
            table = tables.tables.get(kind)
            if table is not None:
                old = table.dated & (table.t_ns < _YOUNG_NS)
                if old.any():
                    self._old.add(tables.offsets[table.records[old]])

    def issues(self, artifact: str) -> Iterator[Issue]:
        """Yield what is doubtful."""
        if self._old.count:
            loci = [str(Locus(artifact, offset=offset)) for offset in self._old.offsets]
            place = Locus(artifact, offset=self._old.offsets[0])
            reason = "its messages are of a form that is younger"
            count = self._old.count
            yield Issue("DATE_UNRELIABLE", place, artifact=artifact, reason=reason, count=count, loci=loci)
