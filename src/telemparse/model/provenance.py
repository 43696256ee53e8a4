"""Where a result comes from: parsers, versions, artifact hashes, options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ArtifactRecord", "PartRecord", "Provenance"]


@attrs.frozen
class ArtifactRecord:
    """One input file as it was read: name, bytes, hash, and the wrapper it came out of."""

    name: str
    byte_size: int
    sha256: str
    wrapper: str | None = None


@attrs.frozen
class PartRecord:
    """One parser's share of a recording: who read which artifacts, and why it was chosen."""

    parser_id: str
    parser_version: str
    score: float
    evidence: tuple[str, ...]
    artifacts: tuple[ArtifactRecord, ...]


@attrs.frozen
class Provenance:
    """How a result was made.

    Args:
        parts: one per parser that took part, the winner first.
        telemparse_version: of the library.
        schema_version: of the canonical streams.
        options: as given, defaults left out.
        unread: the artifacts when no parser took any of them.
    """

    parts: tuple[PartRecord, ...]
    telemparse_version: str
    schema_version: int
    options: Mapping[str, Any] = attrs.field(factory=dict)
    unread: tuple[ArtifactRecord, ...] = ()

    @property
    def parser_id(self) -> str | None:
        """Id of the winning parser, or None when nothing was recognised."""
        return self.parts[0].parser_id if self.parts else None

    @property
    def artifacts(self) -> tuple[ArtifactRecord, ...]:
        """All artifacts: of all parts, or the unread ones."""
        return (*(artifact for part in self.parts for artifact in part.artifacts), *self.unread)
