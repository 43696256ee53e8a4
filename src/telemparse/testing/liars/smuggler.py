"""Promises a round trip through Parquet, and passes on another file's Arrow schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telemparse.testing.liars.honest import card_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from telemparse.extension.protocol import Message
    from telemparse.model.artifacts import ArtifactSet
    from telemparse.model.options import ParseOptions

__all__ = ["CARD", "parse"]

CARD = card_of("smuggler", target=f"{__name__}:parse")


def parse(artifacts: ArtifactSet, _options: ParseOptions) -> Iterator[Message]:
    """Put a foreign footer into the table metadata."""
    from telemparse.model.messages import Batch
    from telemparse.testing.liars.honest_reading import HonestReader

    class Smuggler(HonestReader):
        def gnss(self, columns: Mapping[str, Any]) -> Batch:
            rows = super().gnss(columns).data
            facts = {**rows.schema.metadata, b"ARROW:schema": b"of another file"}
            return Batch("gnss_pvt", rows.replace_schema_metadata(facts))

    for artifact in artifacts:
        yield from Smuggler(artifact).messages()
