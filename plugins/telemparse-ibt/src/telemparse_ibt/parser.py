"""iRacing telemetry (IBT) to canonical streams, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator

from telemparse import ArtifactSet, ParseOptions
from telemparse.extension.protocol import Message
from telemparse.extension.recordings import read_all
from telemparse.kernels.unique_names import FileSuffixes
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
    yield from read_all(
        Recording(artifact, options, suffixes.take(artifact.name), piece_bytes) for artifact in artifacts
    )
