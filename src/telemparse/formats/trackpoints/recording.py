"""Documents of track points to canonical streams: what is the same for every format of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import attrs

from telemparse.formats.trackpoints.channels import Channels
from telemparse.formats.trackpoints.clock import Clock
from telemparse.formats.trackpoints.companions import Companions
from telemparse.formats.trackpoints.findings import damage_issues, loss_issues
from telemparse.formats.trackpoints.lexicon import Role, Unplaced
from telemparse.formats.trackpoints.losses import Losses
from telemparse.formats.trackpoints.moments import Moments
from telemparse.formats.trackpoints.positions import fixes_of, gnss_batch
from telemparse.formats.trackpoints.values import numbers
from telemparse.kernels.unique_names import FileSuffixes
from telemparse.kernels.xml_outline import Damage, Listener
from telemparse.kernels.xml_points import Method, PointReader
from telemparse.kernels.xml_text import XmlText
from telemparse.model.codes import Severity
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Batch, Meta

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import pyarrow as pa

    from telemparse.extension.protocol import Message
    from telemparse.formats.trackpoints.lexicon import Lexicon
    from telemparse.kernels.arrays import Mask
    from telemparse.kernels.xml_blocks import Block
    from telemparse.kernels.xml_outline import Outline
    from telemparse.model.artifacts import Artifact, ArtifactSet
    from telemparse.model.options import ParseOptions

__all__ = ["Format", "Notes", "read", "unsafe", "without_data"]

_PADDING = b"\0 \t\r\n"


class Notes(Listener, Protocol):
    """What a document says outside its points."""

    def breaks(
        self, block: Block, changed: list[int], marks: Mask
    ) -> Iterable[tuple[int, Mapping[str, Any]]]:
        """Return the rows of the next block before which the track was interrupted, with facts.

        `changed` are the rows with another container than before; `marks` is True for points that say
        nothing but their time, shape (n,).
        """

    def facts_found(self) -> Iterator[Meta]:
        """Yield facts, once the document was read."""

    def conclusion(self, artifact: Artifact, suffix: str, options: ParseOptions) -> Iterator[Message]:
        """Yield what else the document holds, once it was read; `suffix` stands behind its streams."""

    def trackless(self, artifact: Artifact) -> Issue | None:
        """Say what a document without points is, None where it holds something else that counts."""


@attrs.frozen
class Format:
    """A format of track points.

    Args:
        outline: where points are.
        lexicon: what they carry.
        notes: returns a new listener.
        missing_time: code for points without a time.
        blocks: makes blocks of what a reader reads.
    """

    outline: Outline
    lexicon: Lexicon
    notes: Callable[[], Notes]
    missing_time: str
    blocks: Callable[[PointReader, Any], Iterator[Block]] = lambda reader, _notes: reader.blocks()


def read(
    form: Format,
    artifacts: ArtifactSet,
    options: ParseOptions,
    method: Method = Method.STENCILS,
    piece_bytes: int = 2 << 20,
) -> Iterator[Message]:
    """Yield the track points of documents as gnss_pvt, channels and events, with issues and facts.

    The streams of a second document of the set get its name behind a dot (`gnss_pvt.<stem>`). `method`
    and `piece_bytes` change the speed and never the result.
    """
    recording = _Recording(form, options, method, piece_bytes)
    for artifact in artifacts:
        yield from recording.document(artifact)
    yield from recording.conclusion()


@attrs.define
class _Recording:
    """What the documents of one set have in common."""

    form: Format
    options: ParseOptions
    method: Method
    piece_bytes: int
    without_fix: int = 0
    epochs: int = 0
    _suffixes: FileSuffixes = attrs.field(factory=lambda: FileSuffixes("document"))
    _trackless: list[Issue] = attrs.field(factory=list)

    def document(self, artifact: Artifact) -> Iterator[Message]:
        """Yield what one document holds."""
        form, text = self.form, XmlText.of(artifact.open)
        notes, losses, moments = form.notes(), Losses(), Moments()
        channels, companions = Channels(form.lexicon), Companions()
        reader = PointReader(text, form.outline, notes, self.method, self.piece_bytes)
        again = _Again(text, form, self.method, self.piece_bytes)
        clock = Clock(form.lexicon.time, self.options.timezone, again)
        suffix: str | None = None
        assumed: set[str] = set()
        try:
            for block in form.blocks(reader, notes):
                suffix = self._suffixes.take(artifact.name) if suffix is None else suffix
                times = clock.times(block)
                gnss = numbers(block, form.lexicon, Role.GNSS)
                assumed |= {name for name, column in gnss.items() if column.leaf.assumed}
                fixes = fixes_of(block, form.lexicon, times, gnss, losses)
                if form.lexicon.unplaced is Unplaced.EPOCH:
                    fixes, beside = companions.without(fixes, times)
                    self.epochs -= beside
                breaks = notes.breaks(block, moments.changes(block), fixes.marks)
                self.without_fix += int(fixes.without_fix.sum())
                self.epochs += block.rows - int(fixes.marks.sum())
                yield from _batch(f"gnss_pvt{suffix}", gnss_batch(block, times, fixes, gnss, losses))
                yield from _batch(
                    f"channels{suffix or '.main'}", channels.batch(block, times, gnss, fixes, losses)
                )
                yield from _batch(f"events{suffix}", moments.batch(times, fixes, breaks))
        except Damage as damage:
            yield unsafe(damage, text, artifact.name)
            return
        yield from notes.facts_found()
        yield from notes.conclusion(artifact, suffix or "", self.options)
        yield from damage_issues(reader, artifact.name)
        yield from loss_issues(losses, clock.points, text, artifact.name)
        yield from self._findings(artifact, clock, channels, assumed)
        if not clock.points:
            trackless = without_data(artifact, text) or notes.trackless(artifact)
            self._trackless += [trackless] if trackless is not None else []

    def _findings(
        self, artifact: Artifact, clock: Clock, channels: Channels, assumed: set[str]
    ) -> Iterator[Issue]:
        place = Locus(artifact.name)
        if clock.untimed:
            yield Issue(
                self.form.missing_time,
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
        if self.epochs and self.without_fix == self.epochs:
            yield Issue("NO_VALID_FIX", epochs=self.without_fix)
        for issue in self._trackless:
            # One document of several without a track takes nothing away from the others.
            lowered = self.epochs and issue.code != "ARTIFACT_EMPTY"
            severity = Severity.WARNING if lowered else issue.severity
            yield Issue(issue.code, issue.locus, severity=severity, **issue.evidence)


@attrs.frozen
class _Again:
    """The points of a document, read once more from its beginning."""

    text: XmlText
    form: Format
    method: Method
    piece_bytes: int

    def __iter__(self) -> Iterator[Block]:
        notes = self.form.notes()
        reader = PointReader(self.text, self.form.outline, notes, self.method, self.piece_bytes)
        return self.form.blocks(reader, notes)


def _batch(stream: str, data: pa.RecordBatch | None) -> Iterator[Batch]:
    if data is not None:
        yield Batch(stream, data)


def unsafe(damage: Damage, text: XmlText, name: str) -> Issue:
    """Return the issue of a document that declares entities."""
    place = Locus(name, offset=text.file_offset(damage.offset), line=text.line_of(damage.offset))
    return Issue("XML_UNSAFE", place, what="entities")


def without_data(artifact: Artifact, text: XmlText) -> Issue | None:
    """Return the issue of a document that is nothing but padding, None for any other."""
    if any(piece.strip(_PADDING) for piece in text.pieces(1 << 20)):
        return None
    return Issue("ARTIFACT_EMPTY", Locus(artifact.name), artifact=artifact.name, bytes=artifact.size)
