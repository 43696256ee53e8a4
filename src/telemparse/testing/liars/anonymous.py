"""Promises that every column leads back to its source, and names none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.testing.liars.honest import card_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.extension.protocol import Message
    from telemparse.model.artifacts import ArtifactSet
    from telemparse.model.options import ParseOptions

__all__ = ["CARD", "parse"]

CARD = card_of("anonymous", target=f"{__name__}:parse")


def parse(artifacts: ArtifactSet, _options: ParseOptions) -> Iterator[Message]:
    """Leave the source out."""
    import pyarrow as pa

    from telemparse.schemas import channel_field
    from telemparse.testing.liars.honest_reading import HonestReader

    class Anonymous(HonestReader):
        fields = {"rpm": channel_field("rpm", pa.float64()).remove_metadata()}  # noqa: RUF012  (a lie is short)

    for artifact in artifacts:
        yield from Anonymous(artifact).messages()
