"""One file on its way to batches: header, variables, then records piece by piece."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from telemparse import ParseOptions
from telemparse.extension.protocol import Message
from telemparse.model.artifacts import Artifact
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Meta

from telemparse_ibt.clock import Clock
from telemparse_ibt.drives import Drive
from telemparse_ibt.fixes import Fixes
from telemparse_ibt.layout import Layout, read_layout
from telemparse_ibt.records import RecordReader
from telemparse_ibt.session_info import read_session_info
from telemparse_ibt.variables import Variables, record_type

__all__ = ["Recording"]

_HEAD_BYTES = 144


@attrs.define
class Recording:
    """Reads one file.

    Args:
        artifact: the file.
        options: `streams` and `channels` decide what is decoded.
        suffix: behind the names of its streams.
        piece_bytes: size to read at a time; the rows do not depend on it.

    Attributes:
        epochs, without_fix: records with a position or 0/0 so far, and those with 0/0.
    """

    artifact: Artifact
    options: ParseOptions
    suffix: str
    piece_bytes: int
    epochs: int = 0
    without_fix: int = 0
    _unfinite: dict[str, int] = attrs.field(factory=dict)

    def messages(self) -> Iterator[Message]:
        """Yield everything that the file gives; raises Malformed where its header cannot be followed."""
        name = self.artifact.name
        if self._is_blank():
            yield Issue("ARTIFACT_EMPTY", Locus(name, offset=0), artifact=name, bytes=self.artifact.size)
            return
        layout = read_layout(self.artifact)
        variables = Variables.read(self.artifact, layout)
        if layout.odd:
            fields = ", ".join(layout.odd)
            yield Issue("IBT_HEADER_ODD", Locus(name, offset=0), artifact=name, fields=fields)
        if variables.unreadable:
            lost = variables.unreadable
            place = Locus(name, offset=layout.variables_at)
            yield Issue("CHANNELS_SKIPPED", place, count=len(lost), channels=", ".join(lost[:20]))
        yield from self._session(layout)
        clock = Clock(layout)
        drive = Drive.of(variables, clock, self.options, self.suffix, layout.tick_rate_hz)
        time = variables.single("SessionTime", "double")
        reader = RecordReader(
            self.artifact,
            layout.records_at,
            record_type(drive.variables, layout.record_bytes),
            None if time is None else time.offset,
            None if layout.tick_rate_hz is None else 1 / layout.tick_rate_hz,
            self.piece_bytes,
        )
        for records in reader.pieces():
            yield from drive.batches(records, reader.read - len(records), self._unfinite)
        yield from drive.rest()
        if drive.fixes is not None:
            self.epochs, self.without_fix = drive.fixes.changes.epochs, drive.fixes.changes.without_fix
        yield Meta(f"clock{self.suffix}", clock.facts(timed=time is not None))
        yield Meta(f"records{self.suffix}", {"stated": layout.record_count, "read": reader.read})
        yield from self._losses(layout, reader, drive.fixes)

    def _is_blank(self) -> bool:
        head = self.artifact.read_at(0, _HEAD_BYTES)
        return not head.strip(b"\0") and not any(piece.strip(b"\0") for piece in self.artifact.chunks())

    def _session(self, layout: Layout) -> Iterator[Message]:
        info, problem = read_session_info(self.artifact, layout)
        for key, value in info.facts():
            yield Meta(f"{key}{self.suffix}", value)
        if problem is not None:
            name = self.artifact.name
            place = Locus(name, offset=layout.text_at)
            yield Issue("IBT_SESSION_INFO_DAMAGED", place, artifact=name, problem=problem)

    def _losses(self, layout: Layout, reader: RecordReader, fixes: Fixes | None) -> Iterator[Issue]:
        name, size = self.artifact.name, self.artifact.size
        there = reader.read + reader.skips.count
        yield from reader.skips.issues(total=there, moves=reader.moves)
        if reader.rest_bytes:
            place = Locus(name, offset=size)
            yield Issue("ARTIFACT_TRUNCATED", place, artifact=name, offset=size, bytes=reader.rest_bytes)
        stated, place = layout.record_count, Locus(name, offset=140)
        if there < stated:
            yield Issue("IBT_RECORDS_MISSING", place, artifact=name, stated=stated, count=there)
        elif reader.read > stated:
            yield Issue("IBT_RECORD_COUNT_WRONG", place, artifact=name, stated=stated, count=reader.read)
        if fixes is not None and fixes.impossible:
            yield Issue("VALUE_OUT_OF_RANGE", Locus(name), column="Lat, Lon", count=fixes.impossible)
        if self._unfinite:
            names, count = ", ".join(sorted(self._unfinite)[:20]), sum(self._unfinite.values())
            yield Issue("VALUE_OUT_OF_RANGE", Locus(name), column=names, count=count)
