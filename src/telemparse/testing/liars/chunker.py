"""Promises that the size of pieces does not matter, and takes each for whole lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.testing.liars.honest import card_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.extension.protocol import Message
    from telemparse.model.artifacts import ArtifactSet
    from telemparse.model.options import ParseOptions

__all__ = ["CARD", "parse"]

CARD = card_of("chunker", target=f"{__name__}:parse")


def parse(artifacts: ArtifactSet, _options: ParseOptions) -> Iterator[Message]:
    """Split every piece by itself."""
    from telemparse.testing.liars.honest_reading import HonestReader

    class Chunker(HonestReader):
        def lines(self) -> Iterator[bytes]:
            for piece in self.artifact.chunks():
                yield from piece.splitlines(keepends=True)

    for artifact in artifacts:
        yield from Chunker(artifact).messages()
