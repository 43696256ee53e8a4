"""Racelogic VBO to canonical streams: each file by itself, named so that none hides another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.extension.recordings import read_all
from telemparse.formats.vbo.recording import Recording
from telemparse.kernels.memory import keep_freed_memory
from telemparse.kernels.unique_names import FileSuffixes

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
    keep_freed_memory()
    suffixes = FileSuffixes("file")
    yield from read_all(
        Recording(artifact, options, suffixes.take(artifact.name), block_bytes) for artifact in artifacts
    )
