"""GPX 1.0 and 1.1 to canonical streams (topografix.com, GPX 1.0 and 1.1 schema documentation)."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import attrs

from telemparse.formats.gpx.leaves import LEXICON
from telemparse.formats.gpx.notes import OUTLINE, Notes, Silence
from telemparse.formats.trackpoints.channels import Channels
from telemparse.formats.trackpoints.clock import Clock
from telemparse.formats.trackpoints.findings import damage_issues, loss_issues
from telemparse.formats.trackpoints.lexicon import Role
from telemparse.formats.trackpoints.losses import Losses
from telemparse.formats.trackpoints.moments import Moments
from telemparse.formats.trackpoints.positions import fixes_of, gnss_batch
from telemparse.formats.trackpoints.values import numbers
from telemparse.kernels.xml_outline import Damage
from telemparse.kernels.xml_points import Method, PointReader
from telemparse.kernels.xml_text import XmlText
from telemparse.model.codes import Severity
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Batch, Meta

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from telemparse.extension.protocol import Message
    from telemparse.kernels.xml_blocks import Block
    from telemparse.model.artifacts import Artifact, ArtifactSet
    from telemparse.model.options import ParseOptions

__all__ = ["parse", "read"]

_PADDING = b"\0 \t\r\n"


def parse(artifacts: ArtifactSet, options: ParseOptions) -> Iterator[Message]:
    """Yield the track points of GPX documents as gnss_pvt, channels and events, with issues and facts.

    The streams of a second document of the set get its name behind a dot (`gnss_pvt.<stem>`).
    """
    yield from read(artifacts, options)


def read(
    artifacts: ArtifactSet,
    options: ParseOptions,
    *,
    method: Method = Method.STENCILS,
    piece_bytes: int = 2 << 20,
) -> Iterator[Message]:
    """Do what `parse` does; `method` and `piece_bytes` change the speed and never the result."""
    recording = _Recording(options, method, piece_bytes)
    for artifact in artifacts:
        yield from recording.document(artifact)
    yield from recording.conclusion()


@attrs.define
class _Recording:
    """What the documents of one set have in common."""

    options: ParseOptions
    method: Method
    piece_bytes: int
    without_fix: int = 0
    points: int = 0
    _suffixes: list[str] = attrs.field(factory=list)
    _trackless: list[Issue] = attrs.field(factory=list)

    def document(self, artifact: Artifact) -> Iterator[Message]:
        """Yield what one document holds."""
        text = XmlText.of(artifact.open)
        notes, losses, channels, moments = Notes(), Losses(), Channels(LEXICON), Moments()
        reader = PointReader(text, OUTLINE, notes, self.method, self.piece_bytes)
        clock = Clock(LEXICON.time, self.options.timezone, _Again(text, self.method, self.piece_bytes))
        suffix: str | None = None
        assumed: set[str] = set()
        try:
            for block in reader.blocks():
                suffix = self._suffix(artifact) if suffix is None else suffix
                times = clock.times(block)
                gnss = numbers(block, LEXICON, Role.GNSS)
                assumed |= {name for name, column in gnss.items() if column.leaf.assumed}
                fixes = fixes_of(block, LEXICON, times, gnss, losses)
                breaks = [
                    (row, attrs.asdict(notes.segment(int(block.containers[row]))))
                    for row in moments.changes(block)
                ]
                self.without_fix += int(fixes.without_fix.sum())
                yield from _batch(f"gnss_pvt{suffix}", gnss_batch(block, times, fixes, gnss, losses))
                yield from _batch(f"channels{suffix or '.main'}", channels.batch(block, times, gnss, losses))
                yield from _batch(f"events{suffix}", moments.batch(times, fixes, breaks))
        except Damage as damage:
            place = Locus(
                artifact.name, offset=text.file_offset(damage.offset), line=text.line_of(damage.offset)
            )
            yield Issue("XML_UNSAFE", place, what="entities")
            return
        self.points += clock.points
        yield from notes.facts_found()
        yield from damage_issues(reader, artifact.name)
        yield from loss_issues(losses, clock.points, text, artifact.name)
        yield from self._findings(artifact, clock, channels, assumed)
        if not clock.points:
            self._trackless.append(_trackless(artifact, notes, text))

    def _suffix(self, artifact: Artifact) -> str:
        """Return what stands behind the stream names of this document: nothing for the first with points."""
        stem = re.sub(r"[^A-Za-z0-9_-]+", "_", PurePosixPath(artifact.name).stem).strip("_") or "document"
        suffix = f".{stem}" if self._suffixes else ""
        number = 1
        while suffix in self._suffixes:
            number += 1
            suffix = f".{stem}_{number}"
        self._suffixes.append(suffix)
        return suffix

    def _findings(
        self, artifact: Artifact, clock: Clock, channels: Channels, assumed: set[str]
    ) -> Iterator[Issue]:
        place = Locus(artifact.name)
        if clock.untimed:
            yield Issue(
                "GPX_MISSING_TIME",
                place,
                count=clock.untimed,
                total=clock.points,
                unreadable=clock.unreadable,
            )
        if clock.naive and self.options.timezone is None:
            yield Issue("TIME_ZONE_ASSUMED_UTC", place, stream="gnss_pvt", count=clock.naive)
        for column in sorted(assumed):
            yield Issue("UNIT_ASSUMED", place, column=column.partition("_")[0], unit="m/s")
        if channels.skipped:
            names = ", ".join(channels.names_skipped)
            yield Issue("CHANNELS_SKIPPED", place, count=channels.skipped, channels=names)

    def conclusion(self) -> Iterator[Message]:
        """Yield what only the whole set shows."""
        yield Meta("epochs_without_fix", self.without_fix)
        if self.points and self.without_fix == self.points:
            yield Issue("NO_VALID_FIX", epochs=self.without_fix)
        for issue in self._trackless:
            # One document of several without a track takes nothing away from the others.
            lowered = Severity.WARNING if self.points and issue.code == "GPX_NO_TRACK" else issue.severity
            yield Issue(issue.code, issue.locus, severity=lowered, **issue.evidence)


@attrs.frozen
class _Again:
    """The points of a document, read once more from its beginning."""

    text: XmlText
    method: Method
    piece_bytes: int

    def __iter__(self) -> Iterator[Block]:
        return PointReader(self.text, OUTLINE, Silence(), self.method, self.piece_bytes).blocks()


def _batch(stream: str, data: pa.RecordBatch | None) -> Iterator[Batch]:
    if data is not None:
        yield Batch(stream, data)


def _trackless(artifact: Artifact, notes: Notes, text: XmlText) -> Issue:
    """Say why a document gives no point: it is empty, or holds only routes and waypoints."""
    if all(not piece.strip(_PADDING) for piece in text.pieces(1 << 20)):
        return Issue("ARTIFACT_EMPTY", Locus(artifact.name), artifact=artifact.name, bytes=artifact.size)
    return Issue(
        "GPX_NO_TRACK",
        Locus(artifact.name),
        artifact=artifact.name,
        routes=notes.counts["rtept"],
        waypoints=notes.counts["wpt"],
    )
