"""Promises the same answer twice, and counts how often it was asked."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from telemparse.testing.liars.honest import card_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.extension.protocol import Message
    from telemparse.model.artifacts import ArtifactSet
    from telemparse.model.options import ParseOptions

__all__ = ["CARD", "parse"]

CARD = card_of("counter", target=f"{__name__}:parse")

_READINGS = itertools.count()


def parse(artifacts: ArtifactSet, _options: ParseOptions) -> Iterator[Message]:
    """Add the count to what is read."""
    from telemparse.model.messages import Meta
    from telemparse.testing.liars.honest_reading import HonestReader

    yield Meta("reading", next(_READINGS))
    for artifact in artifacts:
        yield from HonestReader(artifact).messages()
