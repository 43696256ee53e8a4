"""What a plugin's detector and parser look like to the core."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

from telemparse.model.issues import Issue
from telemparse.model.messages import Batch, Meta

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.model.artifacts import ArtifactSet
    from telemparse.model.detection import Detection, Sniff
    from telemparse.model.options import ParseOptions

__all__ = ["Detector", "Message", "Parser"]

Message: TypeAlias = Batch | Issue | Meta


class Detector(Protocol):
    """Say what speaks for a format; reads nothing but the sniffs, imports neither numpy nor pyarrow."""

    def __call__(self, sniffs: tuple[Sniff, ...]) -> Detection:
        """Return the rung reached over the sniffs of one recording, with evidence."""
        ...


class Parser(Protocol):
    """Yield batches, issues and facts; raise `Malformed` for data that cannot be gone on with.

    Any bytes must end in batches or coded issues, in time linear in their number: never another
    exception, a hang, network access, or silent loss. Keep only a bounded share of the input in memory.
    """

    def __call__(self, artifacts: ArtifactSet, options: ParseOptions) -> Iterator[Message]:
        """Yield what the artifacts hold, in pieces of bounded size."""
        ...
