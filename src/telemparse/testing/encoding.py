"""What an author hands in to have encode → parse round trips drawn: a writer of his format."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import pyarrow as pa

__all__ = ["Encoder"]


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(names)


@attrs.frozen(kw_only=True)
class Encoder:
    """Writes fixes as the format does.

    Args:
        write: takes a `gnss_pvt` table and returns the file, or files by name.
        columns: beside `t`, `lat_deg` and `lon_deg`, the columns that the format can carry; in the
            tables that are drawn, all others are null.
        tolerances: largest difference that the format's precision costs, by column, in the column's own
            unit (`t`: ns); 0 where a column is not named.
        step_ns: instants that are drawn are multiples of this.
        name: of the file, when `write` returns bytes.
    """

    write: Callable[[pa.Table], bytes | Mapping[str, bytes]]
    columns: tuple[str, ...] = attrs.field(default=(), converter=_names)
    tolerances: Mapping[str, float] = attrs.field(factory=dict)
    step_ns: int = 1_000_000
    name: str = "encoded"

    def files(self, table: pa.Table) -> dict[str, bytes]:
        """Return the files that hold the table."""
        written = self.write(table)
        return {self.name: written} if isinstance(written, bytes) else dict(written)
