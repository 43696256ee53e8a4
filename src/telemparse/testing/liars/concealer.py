"""Promises to confess what damage costs, and keeps silent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.testing.liars.honest import card_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.extension.protocol import Message
    from telemparse.model.artifacts import ArtifactSet
    from telemparse.model.options import ParseOptions

__all__ = ["CARD", "parse"]

CARD = card_of("concealer", target=f"{__name__}:parse")


def parse(artifacts: ArtifactSet, _options: ParseOptions) -> Iterator[Message]:
    """Pass over what cannot be read."""
    from telemparse.model.issues import Issue
    from telemparse.testing.liars.honest_reading import HonestReader

    for artifact in artifacts:
        for message in HonestReader(artifact).messages():
            if not isinstance(message, Issue):
                yield message
