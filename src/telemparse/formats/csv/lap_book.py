"""The device's laps of one file, from where its dialect says that they stand, and the beacons."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import attrs

from telemparse.formats.csv.crossings import crossings_in
from telemparse.formats.csv.gates import finish_line
from telemparse.formats.csv.laps import LapWatch, Tally
from telemparse.formats.csv.markup import tagged_block
from telemparse.formats.csv.preamble import Marks, marks_in
from telemparse.formats.csv.remarks import RemarkWatch
from telemparse.formats.csv.stated_laps import stated_laps, timed_exactly
from telemparse.schemas.device_laps import DeviceLap, DeviceSector

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.extension.csv_dialect import CsvDialect
    from telemparse.formats.csv.clock import Clock
    from telemparse.formats.csv.layout import Layout
    from telemparse.formats.csv.reading import Cells
    from telemparse.formats.csv.source_column import Column
    from telemparse.formats.csv.sources import Instants
    from telemparse.formats.csv.stated_laps import StatedLap

__all__ = ["LapBook"]

_NS_PER_S = 1_000_000_000
_Timed = TypeVar("_Timed", DeviceLap, DeviceSector)


@attrs.define
class LapBook:
    """Collects laps while the blocks pass.

    Args:
        clock: of the file, to place what counts from its zero.
        marks: of the preamble.
        tally: of laps in columns and comments.
        columns: follows a column that counts laps, or None.
        remarks: reads comment lines, or None.
        offset_ns: from the zero of the clock to that of the marks.
        lines: above the rows where crossings should stand.
        odd_lines: numbers of those where none does.
        stated: laps that lines above the rows state, by the device's number.
    """

    clock: Clock
    marks: Marks
    tally: Tally
    columns: LapWatch | None
    remarks: RemarkWatch | None
    offset_ns: int = 0
    lines: int = 0
    odd_lines: list[int] = attrs.field(factory=list)
    stated: Mapping[int, StatedLap] = attrs.field(factory=dict)
    _beacons_told: int = 0
    _stated_sectors: list[DeviceSector] = attrs.field(factory=list)

    @classmethod
    def of(
        cls, dialect: CsvDialect, layout: Layout, watched: Mapping[str, Column], clock: Clock
    ) -> LapBook | None:
        """Return the book of a file, None for a dialect that says nothing of laps and of comments."""
        rule, tally = dialect.laps, Tally()
        remarks = RemarkWatch.of(dialect, tally)
        if rule is None:
            return cls(clock, Marks(), tally, None, remarks) if remarks is not None else None
        if rule.crossings:
            finish = finish_line(tagged_block(layout, dialect.gates)) if dialect.gates else 0
            block = tagged_block(layout, rule.crossings)
            found = crossings_in(block, finish)
            offset_ns = round((rule.zero_s or 0.0) * _NS_PER_S)
            tally.left_out.update(found.left_out)
            marks = Marks(tuple(found.beacons), tuple(found.laps), tuple(found.sectors))
            return cls(clock, marks, tally, None, remarks, offset_ns, len(block.lines), found.odd_lines)
        columns = LapWatch.of(rule, watched, layout.decimal, tally) if rule.number else None
        stated = stated_laps(layout.preamble, rule.stated) if rule.stated else {}
        return cls(clock, marks_in(layout, rule), tally, columns, remarks, stated=stated)

    @property
    def _zero_ns(self) -> int | None:
        """Where the zero of the marks lies in the time base."""
        return None if self.clock.zero_ns is None else self.clock.zero_ns + self.offset_ns

    def follow(self, cells: Cells, times: Instants) -> list[tuple[int, str]]:
        """Take in a block; return (instant, event type) of what comment lines tell."""
        if self.columns is not None:
            self.columns.follow(cells, times)
        return self.remarks.follow(cells, times) if self.remarks is not None else []

    def beacons(self, until_ns: int | None) -> list[tuple[int, str]]:
        """Return (instant, event type) of the beacons not told yet up to an instant, None for all."""
        zero_ns = self._zero_ns
        if zero_ns is None:
            return []
        left = [(zero_ns + mark, kind) for mark, kind in self.marks.beacons[self._beacons_told :]]
        due = [beacon for beacon in left if until_ns is None or beacon[0] <= until_ns]
        self._beacons_told += len(due)
        return due

    def close(self) -> list[DeviceLap]:
        """Return the laps of the whole file, in order."""
        for watch in (self.columns, self.remarks):
            if watch is not None:
                watch.close()
        zero_ns = self._zero_ns
        counted, self._stated_sectors = timed_exactly(self.tally.laps, self.stated)
        for lap in counted:
            told = self.stated.get(lap.device_lap) if lap.device_lap is not None else None
            if told is not None and told.duration_ns != lap.duration_ns:
                self.tally.leave_out("the lap time above the rows is another than theirs")
        return [*(_placed(lap, zero_ns) for lap in self.marks.laps), *counted]

    def sectors(self) -> list[DeviceSector]:
        """Return the sectors of the whole file, in order; ask for the laps before."""
        return [*(_placed(sector, self._zero_ns) for sector in self.marks.sectors), *self._stated_sectors]


def _placed(lap: _Timed, zero_ns: int | None) -> _Timed:
    if lap.t_start_ns is None or lap.t_end_ns is None:
        return lap
    if zero_ns is None:
        return attrs.evolve(lap, t_start_ns=None, t_end_ns=None)
    return attrs.evolve(lap, t_start_ns=lap.t_start_ns + zero_ns, t_end_ns=lap.t_end_ns + zero_ns)
