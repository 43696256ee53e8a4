"""Racelogic VBB to canonical streams: each file by itself, named so that none hides another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.extension.recordings import read_all
from telemparse.kernels.unique_names import FileSuffixes

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
    yield from read_all(
        Recording(artifact, options, suffixes.take(artifact.name), piece_bytes) for artifact in artifacts
    )
