"""iRacing telemetry (IBT) to canonical streams, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator

from telemparse import ArtifactSet, ParseOptions
from telemparse.errors import Malformed
from telemparse.extension.protocol import Message
from telemparse.kernels.unique_names import FileSuffixes
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Meta

from telemparse_ibt.recording import Recording
from telemparse_ibt.records import PIECE_BYTES

__all__ = ["parse", "parse_in_pieces"]


def parse(artifacts: ArtifactSet, options: ParseOptions) -> Iterator[Message]:
    """Yield channels, positions, laps and events of the simulator, with issues and facts.

    The streams of a second file of the set get its name behind a dot (`gnss_pvt.<stem>`).
    """
    yield from parse_in_pieces(artifacts, options, PIECE_BYTES)


def parse_in_pieces(artifacts: ArtifactSet, options: ParseOptions, piece_bytes: int) -> Iterator[Message]:
    """Yield the same rows whatever the piece size is."""
    suffixes = FileSuffixes("drive")
    yield Meta("device_family", "iRacing")
    yield Meta("simulated", value=True)
    epochs = without_fix = 0
    for artifact in artifacts:
        suffix = suffixes.take(artifact.name)
        if not artifact.read_at(0, 144).strip(b"\0") and not any(
            piece.strip(b"\0") for piece in artifact.chunks()
        ):
            place = Locus(artifact.name, offset=0)
            yield Issue("ARTIFACT_EMPTY", place, artifact=artifact.name, bytes=artifact.size)
            continue
        recording = Recording(artifact, options, suffix, piece_bytes)
        try:
            yield from recording.messages()
        except Malformed as damage:  # the files behind it are read all the same
            yield Issue(damage.code, damage.locus, **damage.evidence)
        epochs += recording.epochs
        without_fix += recording.without_fix
    yield Meta("epochs_without_fix", without_fix)
    if epochs and without_fix == epochs:
        yield Issue("NO_VALID_FIX", epochs=epochs)
