"""Racelogic VBB to canonical streams: each file by itself, named so that none hides another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.errors import Malformed
from telemparse.kernels.unique_names import FileSuffixes
from telemparse.model.issues import Issue
from telemparse.model.messages import Meta

from telemparse_vbb.recording import Recording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse import ArtifactSet, ParseOptions
    from telemparse.extension.protocol import Message

__all__ = ["PIECE_BYTES", "parse", "parse_in_pieces"]

PIECE_BYTES = 1024 * 1024


def parse(artifacts: ArtifactSet, options: ParseOptions) -> Iterator[Message]:
    """Yield what VBB files hold; see `telemparse.extension.protocol.Parser`.

    The streams of a second file of the set get its name behind a dot (`gnss_pvt.<stem>`).
    """
    yield from parse_in_pieces(artifacts, options, PIECE_BYTES)


def parse_in_pieces(artifacts: ArtifactSet, options: ParseOptions, piece_bytes: int) -> Iterator[Message]:
    """Yield the same rows whatever the size of the pieces is."""
    suffixes = FileSuffixes("file")
    epochs = without_fix = 0
    for artifact in artifacts:
        recording = Recording(artifact, options, suffixes.take(artifact.name), piece_bytes)
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
