"""IGC flight recordings to canonical streams, block by block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.extension.recordings import read_all
from telemparse.formats.igc.recording import Recording
from telemparse.kernels.unique_names import FileSuffixes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.extension.protocol import Message
    from telemparse.model.artifacts import ArtifactSet
    from telemparse.model.options import ParseOptions

__all__ = ["BLOCK_BYTES", "parse", "parse_in_blocks"]

BLOCK_BYTES = 1 << 20


def parse(artifacts: ArtifactSet, options: ParseOptions) -> Iterator[Message]:
    """Yield the fixes of flight recorders as gnss_pvt, channels and events, with issues and facts.

    The streams of a second file of the set get its name behind a dot (`gnss_pvt.<stem>`).
    """
    yield from parse_in_blocks(artifacts, options, BLOCK_BYTES)


def parse_in_blocks(artifacts: ArtifactSet, options: ParseOptions, block_bytes: int) -> Iterator[Message]:
    """Yield the same rows whatever the block size is."""
    del options  # what the border applies is all there is
    suffixes = FileSuffixes("flight")
    yield from read_all(
        Recording(artifact, suffixes.take(artifact.name), block_bytes) for artifact in artifacts
    )
