"""Promises canonical tables, and lets NaN stand for what is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telemparse.testing.liars.honest import card_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from telemparse.extension.protocol import Message
    from telemparse.model.artifacts import ArtifactSet
    from telemparse.model.options import ParseOptions

__all__ = ["CARD", "parse"]

CARD = card_of("blurter", target=f"{__name__}:parse")


def parse(artifacts: ArtifactSet, _options: ParseOptions) -> Iterator[Message]:
    """Put NaN into a column."""
    import pyarrow as pa

    from telemparse.model.messages import Batch
    from telemparse.testing.liars.honest_reading import HonestReader

    class Blurter(HonestReader):
        def gnss(self, columns: Mapping[str, Any]) -> Batch:
            rows = super().gnss(columns).data
            place = rows.schema.get_field_index("hdop")
            nothing = pa.array([float("nan")] * rows.num_rows, rows.schema.field("hdop").type)
            return Batch("gnss_pvt", rows.set_column(place, rows.schema.field("hdop"), nothing))

    for artifact in artifacts:
        yield from Blurter(artifact).messages()
