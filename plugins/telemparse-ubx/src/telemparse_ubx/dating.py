"""Doubt about dates: counters of GPS weeks that have rolled over, told and never repaired."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import attrs

from telemparse.model.skips import Skips

from telemparse_ubx.messages import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.model.issues import Issue

    from telemparse_ubx.tables import Tables

__all__ = ["DateDoubt"]

# UBX-NAV-PVT is as old as the receivers u-blox 7; their first firmware, 1.00, is of 2012.
_YOUNG = (Kind.NAV_PVT, Kind.HNR_PVT)
_YOUNG_NS = int(dt.datetime(2011, 1, 1, tzinfo=dt.UTC).timestamp()) * 1_000_000_000


@attrs.define
class DateDoubt:
    """Watches the dates of one log.

    Args:
        artifact: name of the log.
    """

    artifact: str
    _old: Skips = attrs.field(factory=lambda: Skips("DATE_UNRELIABLE"))

    def take(self, tables: Tables) -> None:
        """Look at the messages of a piece."""
        for kind in _YOUNG:
            table = tables.tables.get(kind)
            if table is not None:
                old = table.dated & (table.t_ns < _YOUNG_NS)
                self._old.add_offsets(self.artifact, tables.offsets[table.records[old]])

    def issues(self) -> Iterator[Issue]:
        """Yield what is doubtful."""
        reason = "its messages are of a form that is younger"
        yield from self._old.issues(artifact=self.artifact, reason=reason)
