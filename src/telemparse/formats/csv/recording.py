"""One CSV file on its way to batches: layout, dialect, columns, clock, and then block by block."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.errors import Malformed
from telemparse.extension.csv_rules import rule_columns
from telemparse.formats.csv.above import told_above
from telemparse.formats.csv.assignment import add_auxiliary, assumptions, settle_speed, speed_is_assumed
from telemparse.formats.csv.blocks import data_blocks, data_offset, without_stump
from telemparse.formats.csv.clocking import choose_clock
from telemparse.formats.csv.decimal_signs import other_signs
from telemparse.formats.csv.detect import layout_of
from telemparse.formats.csv.ledger import Ledger, LineCounter
from telemparse.formats.csv.mapping import map_columns
from telemparse.formats.csv.naming import UnknownColumns, named
from telemparse.formats.csv.plan import make_streams, planned_streams, reading_kinds, select
from telemparse.formats.csv.positions import UnclearAngles
from telemparse.formats.csv.profiles import profiles, sampled_rows
from telemparse.formats.csv.reading import Table
from telemparse.formats.csv.recognition import settled, which_dialect
from telemparse.formats.csv.remarks import telling
from telemparse.formats.csv.reports import (
    ambiguous_columns,
    clock_facts,
    describe,
    listed,
    missing_position,
    unset_clock,
)
from telemparse.formats.csv.selection import assign
from telemparse.formats.csv.timing import Ambiguous
from telemparse.kernels.lines import sniff_encoding
from telemparse.model.codes import Severity
from telemparse.model.detection import HEAD_BYTES
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Meta

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from telemparse.extension.csv_dialect import CsvDialect
    from telemparse.extension.protocol import Message
    from telemparse.formats.csv.assignment import Assignment
    from telemparse.formats.csv.clocking import Found
    from telemparse.formats.csv.fixes import FixWatch
    from telemparse.formats.csv.layout import Layout
    from telemparse.formats.csv.streams import Streams
    from telemparse.model.artifacts import Artifact
    from telemparse.model.options import ParseOptions

__all__ = ["Recording"]

_PROBE_BYTES = 1024 * 1024
_PADDING = b"\0\r\n\t \xef\xbb\xbf\xff\xfe"


@attrs.define
class Recording:
    """Reads one file.

    Args:
        artifact: the file.
        options: of the parse.
        names: gives each stream the name that it goes under.
        suffix: of the metadata keys.
        block_bytes: size to read at a time; the rows do not depend on it.
        fix: counts of the receiver's epochs, None without one.
    """

    artifact: Artifact
    options: ParseOptions
    names: Callable[[str], str]
    suffix: str
    block_bytes: int
    fix: FixWatch | None = None

    def messages(self) -> Iterator[Message]:
        """Yield everything that the file gives; raises Malformed where nothing (more) can be read."""
        name = self.artifact.name
        layout = self._layout()
        dialect = settled(which_dialect(layout), layout)
        assignment = self._assignment(layout, dialect)
        yield from assignment.issues
        if any(issue.severity is Severity.ERROR for issue in assignment.issues):
            return
        try:
            found = self._clock(layout, dialect, assignment)
        except Malformed:
            # A lone coordinate is to be mended as well, and is not to be learnt one error at a time.
            if assignment.lone is not None:
                yield from missing_position(name, layout, dialect, assignment, timed=False)
            raise
        yield from missing_position(name, layout, dialect, assignment, timed=found is not None)
        if found is None:
            raise Malformed(
                "CSV_NO_TIME_COLUMN",
                Locus(name, line=layout.header_line),
                artifact=name,
                columns=listed(layout),
            )
        add_auxiliary(assignment, found.left)
        wanted = select(assignment, self.options)
        ledger = Ledger(name, layout)
        streams = self._streams(layout, dialect, assignment, found, ledger, wanted)
        signs = other_signs(assignment, layout.decimal)
        kinds = reading_kinds(assignment, found, wanted, signs)
        table = Table(layout, kinds, telling(dialect), signs)
        self._probe(layout, table, streams)
        yield from assumptions(assignment, name)
        yield from describe(layout, dialect, assignment, found, self.suffix)
        if found.clock.assumed_utc:
            planned = ", ".join(planned_streams(assignment, wanted))
            yield Issue("TIME_ZONE_ASSUMED_UTC", Locus(name), stream=planned)
        unset = unset_clock(name, found)
        if unset is not None:
            yield unset
        yield from self._batches(layout, table, streams)
        yield from streams.closing()
        yield from told_above(name, streams.gates, streams.book, self.suffix)
        if found.clock.counter is not None:
            yield clock_facts(found, self.suffix)
        yield from ledger.issues()
        if ledger.comments:
            yield Meta(f"comment_lines{self.suffix}", ledger.comments)
        if ledger.headers:
            yield Meta(f"repeated_headers{self.suffix}", ledger.headers)

    def _layout(self) -> Layout:
        name = self.artifact.name
        head = self.artifact.read_at(0, HEAD_BYTES)
        if not head.strip(_PADDING):
            raise Malformed("ARTIFACT_EMPTY", Locus(name, offset=0), artifact=name, bytes=self.artifact.size)
        if sniff_encoding(head) is None:
            odd = re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]", head)
            offset = odd.start() if odd else 0
            raise Malformed(
                "CSV_UNSUPPORTED_ENCODING", Locus(name, offset=offset), artifact=name, offset=offset
            )
        layout = layout_of(head, whole=len(head) < HEAD_BYTES)
        if layout is None:
            raise Malformed("CSV_NO_HEADER", Locus(name, line=1), artifact=name)
        if not layout.rows:
            raise Malformed("NO_STREAMS", Locus(name, line=layout.header_line), artifacts=name, rows=0)
        return layout

    def _assignment(self, layout: Layout, dialect: CsvDialect) -> Assignment:
        name = self.artifact.name
        rows = sampled_rows(self.artifact, layout, size=self.artifact.size)
        sample = profiles(rows, layout.width)
        told = dialect.has_fingerprint or bool(self.options.columns)
        if layout.header is None and not told:
            raise ambiguous_columns(name, layout, sample)
        if layout.origins and not told:
            # Several sources on one grid of times: rows are interpolated, and no epochs of the receiver.
            words = f"columns of several sources on one grid ({', '.join(layout.origins)}), or of one device"
            raise Malformed(
                "CSV_AMBIGUOUS_COLUMNS",
                Locus(name, line=layout.header_line),
                artifact=name,
                interpretations=words,
            )
        try:
            columns = map_columns(layout, dialect, self.options.columns, sample)
        except UnknownColumns as error:
            words = f"no column {', '.join(error.names)}; there are {listed(layout)}"
            raise Malformed(
                "CSV_AMBIGUOUS_COLUMNS", Locus(name), artifact=name, interpretations=words
            ) from error
        assignment = assign(columns, name)
        for what, key in rule_columns(dialect.epochs, dialect.laps).items():
            column = named(columns, key)
            if column is not None:
                assignment.watched[what] = column
        return assignment

    def _clock(self, layout: Layout, dialect: CsvDialect, assignment: Assignment) -> Found | None:
        try:
            return choose_clock(assignment.times, dialect, self.options, layout)
        except Ambiguous as error:
            raise Malformed(
                "CSV_AMBIGUOUS_TIME_FORMAT",
                Locus(self.artifact.name, line=layout.data_line),
                column=error.column,
                interpretations=", ".join(error.interpretations),
            ) from error

    def _streams(  # noqa: PLR0917  (the steps before, in their order)
        self,
        layout: Layout,
        dialect: CsvDialect,
        assignment: Assignment,
        found: Found,
        ledger: Ledger,
        wanted: frozenset[str],
    ) -> Streams:
        try:
            streams = make_streams(
                assignment,
                found,
                dialect=dialect,
                layout=layout,
                ledger=ledger,
                wanted=wanted,
                names=self.names,
            )
        except UnclearAngles as error:
            name, words = self.artifact.name, ", ".join(error.interpretations)
            raise Malformed(
                "CSV_AMBIGUOUS_COLUMNS", Locus(name), artifact=name, interpretations=words
            ) from error
        self.fix = streams.receiver.fix if streams.receiver is not None else None
        return streams

    def _probe(self, layout: Layout, table: Table, streams: Streams) -> None:
        """Anchor the clock and find an unstated unit by the file's head, whatever size its blocks have."""
        if streams.clock.counter is None and not speed_is_assumed(streams.assignment):
            return
        start = data_offset(self.artifact, layout)
        with self.artifact.open() as reader:
            cells = table.read(next(data_blocks(reader, layout, start, _PROBE_BYTES)).lines)
        if cells is None:
            return
        with np.errstate(all="ignore"):  # as when the rows are read
            streams.clock.calibrate(cells, layout.decimal)
            unit = streams.shown_speed_unit(cells) if speed_is_assumed(streams.assignment) else None
        if unit is not None:
            settle_speed(streams.assignment, unit)

    def _batches(self, layout: Layout, table: Table, streams: Streams) -> Iterator[Message]:
        start = data_offset(self.artifact, layout)
        lines = LineCounter(self.artifact, layout.data_line, start)
        with self.artifact.open() as reader:
            for block in data_blocks(reader, layout, start, self.block_bytes):
                data, size = block.data, block.size
                if block.last:
                    size, issue = without_stump(self.artifact, layout, data)
                    if issue is not None:
                        yield issue
                cells = table.read(data, size)
                if cells is not None:
                    streams.columns.ledger.begin(cells, partial(lines.at, block))
                    yield from streams.batches(cells)
                if layout.is_transcoded:
                    lines.passed(block)
