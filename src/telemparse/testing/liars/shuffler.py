"""Promises rows in the order of time, and hands out the end first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telemparse.testing.liars.honest import card_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from telemparse.extension.protocol import Message
    from telemparse.model.artifacts import ArtifactSet
    from telemparse.model.messages import Batch
    from telemparse.model.options import ParseOptions

__all__ = ["CARD", "parse"]

CARD = card_of("shuffler", target=f"{__name__}:parse")


def parse(artifacts: ArtifactSet, _options: ParseOptions) -> Iterator[Message]:
    """Turn the order round."""
    from telemparse.testing.liars.honest_reading import HonestReader

    class Shuffler(HonestReader):
        def gnss(self, columns: Mapping[str, Any]) -> Batch:
            return super().gnss({name: values[::-1] for name, values in columns.items()})

    for artifact in artifacts:
        yield from Shuffler(artifact).messages()
