"""Which channels of a batch go on: those asked for, each in the type that it had in the first batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

__all__ = ["chosen_channels"]


def chosen_channels(
    table: pa.Table, wanted: AbstractSet[str] | None, kinds: dict[str, pa.DataType]
) -> tuple[pa.Table | None, list[str]]:
    """Return the chosen channels of a batch beside `t`, and what does not fit and is left out, in words.

    Args:
        table: of a channel group.
        wanted: canonical or source names; None for all. Without one that is there the table is None.
        kinds: type of each channel in the first batch that had it; new channels are added.
    """
    fields, columns, odd = [], [], []
    for field, column in zip(table.schema, table.columns, strict=True):
        if wanted is not None and field.name != "t" and not _names(field) & wanted:
            continue
        first = kinds.setdefault(field.name, field.type)
        try:
            columns.append(column if first == field.type else column.cast(first))
        except pa.ArrowException:
            odd.append(f"channel {field.name} changes from {first} to {field.type}")
            continue
        fields.append(field.with_type(first))
    if wanted is not None and len(fields) == 1:
        return None, odd
    # The table is made once: taking away or changing one column of n costs n.
    return pa.Table.from_arrays(columns, schema=pa.schema(fields, metadata=table.schema.metadata)), odd


def _names(field: pa.Field) -> set[str]:
    source = (field.metadata or {}).get(b"source_name", b"")
    return {field.name, source.decode(errors="replace")}
