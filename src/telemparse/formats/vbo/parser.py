"""Racelogic VBO to canonical streams: each file by itself, named so that none hides another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.errors import Malformed
from telemparse.formats.vbo.recording import Recording
from telemparse.kernels.unique_names import FileSuffixes
from telemparse.model.issues import Issue
from telemparse.model.messages import Meta

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.extension.protocol import Message
    from telemparse.model.artifacts import ArtifactSet
    from telemparse.model.options import ParseOptions

__all__ = ["BLOCK_BYTES", "parse", "parse_in_blocks"]

BLOCK_BYTES = 4 * 1024 * 1024


def parse(artifacts: ArtifactSet, options: ParseOptions) -> Iterator[Message]:
    """Yield what VBO files hold; see `telemparse.extension.protocol.Parser`.

    The streams of a second file of the set get its name behind a dot (`gnss_pvt.<stem>`).
    """
    yield from parse_in_blocks(artifacts, options, BLOCK_BYTES)


def parse_in_blocks(artifacts: ArtifactSet, options: ParseOptions, block_bytes: int) -> Iterator[Message]:
    """Yield the same rows whatever the block size is."""
    suffixes = FileSuffixes("file")
    epochs = without_fix = 0
    for artifact in artifacts:
        recording = Recording(artifact, options, suffixes.take(artifact.name), block_bytes)
        try:
            yield from recording.messages()
        except Malformed as error:
            # The other files of the set are still to be read.
            yield Issue(error.code, error.locus, **error.evidence)
        epochs, without_fix = epochs + recording.epochs, without_fix + recording.without_fix
    if epochs:
        yield Meta("epochs_without_fix", without_fix)
    if epochs and without_fix == epochs:
        yield Issue("NO_VALID_FIX", epochs=epochs)
