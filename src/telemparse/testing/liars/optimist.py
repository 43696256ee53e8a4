"""Promises that damage becomes issues, and takes every word for a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.testing.liars.honest import card_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.extension.protocol import Message
    from telemparse.model.artifacts import ArtifactSet
    from telemparse.model.options import ParseOptions

__all__ = ["CARD", "parse"]

CARD = card_of("optimist", target=f"{__name__}:parse")


def parse(artifacts: ArtifactSet, _options: ParseOptions) -> Iterator[Message]:
    """Convert without looking."""
    from telemparse.testing.liars.honest_reading import HonestReader

    class Optimist(HonestReader):
        def fix(self, words: list[bytes]) -> list[float] | None:
            if words[:1] == [b"fix"]:
                list(map(float, words[1:]))
            return super().fix(words)

    for artifact in artifacts:
        yield from Optimist(artifact).messages()
