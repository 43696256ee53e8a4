"""AiM XRK and XRZ recordings to canonical streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.extension.recordings import read_all
from telemparse.kernels.unique_names import FileSuffixes

from telemparse_aim.recording import Recording
from telemparse_aim.stretches import STRETCH_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse import ArtifactSet, ParseOptions
    from telemparse.extension.protocol import Message

__all__ = ["parse", "parse_in_stretches"]


def parse(artifacts: ArtifactSet, options: ParseOptions) -> Iterator[Message]:
    """Yield positions, channels, inertial sensors, laps, sectors and events, with issues and facts.

    The streams of a second file of the set get its name behind a dot (`gnss_pvt.<stem>`).
    """
    yield from parse_in_stretches(artifacts, options, STRETCH_BYTES)


def parse_in_stretches(
    artifacts: ArtifactSet, options: ParseOptions, stretch_bytes: int
) -> Iterator[Message]:
    """Yield the same rows whatever the size of a stretch is."""
    suffixes = FileSuffixes("session")
    yield from read_all(
        Recording(artifact, options, suffixes.take(artifact.name), stretch_bytes) for artifact in artifacts
    )
