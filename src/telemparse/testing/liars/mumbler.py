"""Promises declared codes, and says what nobody can look up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.testing.liars.honest import card_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.extension.protocol import Message
    from telemparse.model.artifacts import ArtifactSet
    from telemparse.model.options import ParseOptions

__all__ = ["CARD", "parse"]

CARD = card_of("mumbler", target=f"{__name__}:parse")


def parse(artifacts: ArtifactSet, _options: ParseOptions) -> Iterator[Message]:
    """Give damage a name of its own."""
    from telemparse.model.issues import Issue
    from telemparse.testing.liars.honest_reading import HonestReader

    for artifact in artifacts:
        for message in HonestReader(artifact).messages():
            own = isinstance(message, Issue) and message.code == "ROWS_SKIPPED"
            yield Issue("MUMBLER_MUMBLE", count=1) if own else message
