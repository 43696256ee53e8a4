"""Promises metres per second, and writes kilometres per hour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telemparse.testing.liars.honest import card_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.extension.protocol import Message
    from telemparse.model.artifacts import ArtifactSet
    from telemparse.model.options import ParseOptions

__all__ = ["CARD", "parse"]

CARD = card_of("speeder", target=f"{__name__}:parse")


def parse(artifacts: ArtifactSet, _options: ParseOptions) -> Iterator[Message]:
    """Forget the unit."""
    from telemparse.testing.liars.honest_reading import HonestReader

    class Speeder(HonestReader):
        def speed(self, speed_mps: Any) -> Any:
            return speed_mps * 3.6

    for artifact in artifacts:
        yield from Speeder(artifact).messages()
