"""Promises what the encoder wrote, and rounds instants down to seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.testing.liars.honest import card_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.extension.protocol import Message
    from telemparse.model.artifacts import ArtifactSet
    from telemparse.model.options import ParseOptions

__all__ = ["CARD", "parse"]

CARD = card_of("rounder", target=f"{__name__}:parse")


def parse(artifacts: ArtifactSet, _options: ParseOptions) -> Iterator[Message]:
    """Drop the milliseconds."""
    from telemparse.testing.liars.honest_reading import HonestReader

    class Rounder(HonestReader):
        def fix(self, words: list[bytes]) -> list[float] | None:
            fix = super().fix(words)
            return None if fix is None else [float(int(fix[0])), *fix[1:]]

    for artifact in artifacts:
        yield from Rounder(artifact).messages()
