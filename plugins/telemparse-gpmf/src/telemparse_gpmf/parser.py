"""GPMF, bare or in a video, to canonical streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.extension.recordings import read_all
from telemparse.kernels.unique_names import FileSuffixes
from telemparse.model.messages import Meta

from telemparse_gpmf.recording import Recording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse import ArtifactSet, ParseOptions
    from telemparse.extension.protocol import Message

__all__ = ["PIECE_BYTES", "parse", "parse_in_pieces"]

PIECE_BYTES = 1 << 18


def parse(artifacts: ArtifactSet, options: ParseOptions) -> Iterator[Message]:
    """Yield fixes, inertial samples and the other streams of cameras, with issues and facts.

    The streams of a second file of the set get its name behind a dot (`gnss_pvt.<stem>`).
    """
    yield from parse_in_pieces(artifacts, options, PIECE_BYTES)


def parse_in_pieces(artifacts: ArtifactSet, options: ParseOptions, piece_bytes: int) -> Iterator[Message]:
    """Yield the same rows whatever the size of the pieces in which bare GPMF is read."""
    yield Meta("device_family", "GoPro")
    suffixes = FileSuffixes("recording")
    yield from read_all(
        Recording(artifact, suffixes.take(artifact.name), options, piece_bytes) for artifact in artifacts
    )
