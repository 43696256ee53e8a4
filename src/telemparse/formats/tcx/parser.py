"""TCX to canonical streams (Garmin, TrainingCenterDatabasev2.xsd and ActivityExtensionv2.xsd)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.formats.tcx.leaves import LEXICON
from telemparse.formats.tcx.notes import OUTLINE, Notes
from telemparse.formats.trackpoints import recording
from telemparse.kernels.xml_points import Method

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.extension.protocol import Message
    from telemparse.model.artifacts import ArtifactSet
    from telemparse.model.options import ParseOptions

__all__ = ["parse", "read"]

_FORMAT = recording.Format(OUTLINE, LEXICON, Notes, "TCX_MISSING_TIME")


def parse(artifacts: ArtifactSet, options: ParseOptions) -> Iterator[Message]:
    """Yield the track points of TCX documents as gnss_pvt, channels, events and laps, with issues and facts.

    The streams of a second document of the set get its name behind a dot (`gnss_pvt.<stem>`).
    """
    yield from read(artifacts, options)


def read(
    artifacts: ArtifactSet,
    options: ParseOptions,
    *,
    method: Method = Method.STENCILS,
    piece_bytes: int = 2 << 20,
) -> Iterator[Message]:
    """Do what `parse` does; `method` and `piece_bytes` change the speed and never the result."""
    yield from recording.read(_FORMAT, artifacts, options, method, piece_bytes)
