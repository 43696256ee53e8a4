"""KML 2.0 to 2.3 and KMZ to canonical streams (KML reference; OGC 07-147r2 and 12-007r2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa

from telemparse.formats.kml.joining import gathered
from telemparse.formats.kml.leaves import LEXICON
from telemparse.formats.kml.notes import Notes
from telemparse.formats.kml.outline import OUTLINE
from telemparse.formats.kml.tracks import Source
from telemparse.formats.trackpoints import recording
from telemparse.kernels.arrays import to_arrow, validity
from telemparse.kernels.xml_points import Method
from telemparse.model.artifacts import ArtifactSet
from telemparse.model.detection import HEAD_BYTES
from telemparse.model.issues import Issue, Locus
from telemparse.model.wrapper_tells import wrapper_of
from telemparse.model.wrappers import unwrap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.extension.protocol import Message
    from telemparse.formats.kml.lists import Values
    from telemparse.formats.kml.tracks import Track
    from telemparse.kernels.arrays import Ints
    from telemparse.kernels.xml_blocks import Block
    from telemparse.kernels.xml_points import PointReader
    from telemparse.model.artifacts import Artifact
    from telemparse.model.options import ParseOptions

__all__ = ["parse", "read"]


def parse(artifacts: ArtifactSet, options: ParseOptions) -> Iterator[Message]:
    """Yield the track of KML documents as gnss_pvt, channels and events, with issues and facts.

    The track is made of every gx:Track; where there is none, of placemarks with a time and a point, be it a
    stamp or the begin of a span; where there are none, of lines. Whatever else is there is counted. The
    streams of a second document of the set get its name behind a dot (`gnss_pvt.<stem>`).
    """
    yield from read(artifacts, options)


def read(
    artifacts: ArtifactSet,
    options: ParseOptions,
    *,
    method: Method = Method.STENCILS,
    piece_bytes: int = 1 << 20,
) -> Iterator[Message]:
    """Do what `parse` does; `method` and `piece_bytes` change the speed and never the result."""
    documents: list[Artifact] = []
    outer: dict[str, str] = {}
    for artifact in artifacts:
        inside = _documents(artifact, options)
        documents += inside
        if inside != [artifact]:
            outer |= {document.name: artifact.name for document in inside}
            for document in inside:
                yield from document.issues
    for message in recording.read(_FORMAT, ArtifactSet(tuple(documents)), options, method, piece_bytes):
        yield _located(message, outer) if isinstance(message, Issue) else message


def _located(issue: Issue, outer: dict[str, str]) -> Issue:
    """Return an issue of a document inside a KMZ as one of the KMZ, which is the file that the user has."""
    name = issue.locus.artifact if issue.locus is not None else None
    if name is None or name not in outer:
        return issue
    fields = {**attrs.asdict(issue, recurse=False), "locus": Locus(outer[name])}
    return Issue.stored({**fields, "evidence": {**issue.evidence, "member": name}})


def _documents(artifact: Artifact, options: ParseOptions) -> list[Artifact]:
    """Return the documents of a KMZ that was not opened yet, doc.kml first; else the artifact itself."""
    if artifact.outer is not None or wrapper_of(artifact.read_at(0, HEAD_BYTES)) != "zip":
        return [artifact]
    inside = unwrap(artifact, max_decompressed_bytes=options.max_decompressed_bytes)
    named = [member for member in inside if member.name.lower().endswith(".kml")]
    return sorted(named or inside, key=lambda member: not member.name.lower().endswith("doc.kml"))


def _blocks(reader: PointReader, notes: Notes) -> Iterator[Block]:
    """Yield the points of all tracks, short ones together."""
    yield from gathered(_by_track(reader, notes))


def _by_track(reader: PointReader, notes: Notes) -> Iterator[Block]:
    """Yield the blocks of each track, once all its lists have come."""
    notes.where = lambda: reader.walker.offset
    segments = 0
    current: Track | None = None
    for block in reader.blocks():
        edges = np.flatnonzero(np.diff(block.containers)) + 1
        for begin, stop in zip([0, *edges.tolist()], [*edges.tolist(), block.rows], strict=True):
            number = int(block.containers[begin])
            container = notes.container(number)
            if container.track is not current and container.track is not None:
                if current is not None and current.count:
                    yield from _whole(current, segments, Source.TRACKS, notes)
                    segments += 1
                current = container.track
            _take(block, begin, stop, notes, number)
        notes.forget(int(block.containers[-1]))
    sources = [(Source.TRACKS, [current] if current is not None else [])]
    if not segments and (current is None or not current.count):
        spans = [notes.spans] if notes.spans_enough() else []
        sources = [(Source.POINTS, [notes.points]), (Source.SPANS, spans), (Source.LINES, notes.lines)]
    for source, tracks in sources:
        for track in tracks:
            if track.count:
                yield from _whole(track, segments, source, notes)
                segments += 1
        if segments:
            return


def _whole(track: Track, segment: int, source: Source, notes: Notes) -> Iterator[Block]:
    """Yield the blocks of a track that has points, as the segment with this running number."""
    notes.source = source
    notes.begin(segment, track)
    yield from track.blocks(segment)


def _take(block: Block, begin: int, stop: int, notes: Notes, number: int) -> None:
    """Hand rows of one container to the track that they belong to."""
    container = notes.container(number)
    track = container.track
    if track is None:
        return
    _given(block, "when", begin, stop, track.whens)
    _given(block, "angles", begin, stop, track.angles)
    places = _given(block, "coord", begin, stop, track.coords)
    if len(places):
        track.offsets.add(to_arrow(block.offsets[begin:stop][places], pa.int64()))
    if container.array is not None:
        _given(block, "value", begin, stop, track.arrays[container.array])


def _given(block: Block, name: str, begin: int, stop: int, values: Values) -> Ints:
    """Add the texts of the points of one name to a list, and return their places."""
    column = block.columns.get((name,))
    if column is None:
        return np.zeros(0, np.int64)
    part = column.slice(begin, stop - begin)
    places = np.flatnonzero(validity(part))
    if len(places):
        values.add(part.drop_null())
    return places


_FORMAT = recording.Format(OUTLINE, LEXICON, Notes, "KML_MISSING_TIME", _blocks)
