"""Laps of a Parquet file as rows of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from telemparse.storage.objects import Storage

__all__ = ["lap_records"]

_LIMIT_BYTES = 64 * 1024 * 1024
_SAME = (
    "lap_number", "stint_index", "duration_ns", "duration_std_s", "distance_m", "validity", "confidence",
    "reasons", "source",
)  # fmt: skip


def lap_records(storage: Storage, key: str) -> list[dict[str, Any]]:
    """Return the laps of a stream in the store, with instants as integers of ns.

    Raises StorageFailed for an object that is not there or has more than 64 MiB.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    content = storage.read(key, limit_bytes=_LIMIT_BYTES)
    table = pq.read_table(pa.BufferReader(content))
    columns = {name: table[name].to_pylist() for name in _SAME}
    for name in ("t_start", "t_end"):
        columns[f"{name}_ns"] = table[name].cast("int64").to_pylist()
    names = list(columns)
    return [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]
