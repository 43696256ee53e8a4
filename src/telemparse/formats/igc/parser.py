"""IGC flight recordings to canonical streams, block by block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.formats.igc.recording import Recording
from telemparse.kernels.unique_names import FileSuffixes
from telemparse.model.issues import Issue
from telemparse.model.messages import Meta

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
    without_fix = epochs = 0
    for artifact in artifacts:
        recording = Recording(artifact, suffixes.take(artifact.name), block_bytes)
        yield from recording.messages()
        without_fix += recording.without_fix
        epochs += recording.epochs
    yield Meta("epochs_without_fix", without_fix)
    if epochs and without_fix == epochs:
        yield Issue("NO_VALID_FIX", epochs=epochs)
