"""Streams of a session as a list: what can be asked for, at which levels, with which columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telemparse.service.series.footers import FOOTERS
from telemparse.service.series.rows import is_drawable
from telemparse.service.series.stored_streams import stored_streams

if TYPE_CHECKING:
    import pyarrow as pa

    from telemparse.runner import Pipeline

__all__ = ["described", "streams", "unit_of"]


def streams(pipeline: Pipeline, session_id: str) -> list[dict[str, Any]]:
    """Return each stream of a session at each of its levels as plain values.

    Of each: `stream`, `level`, `rows`, `rate_hz`, `time_base`, `t_first_s` and `t_last_s` (seconds since the
    origin of its time base, None without samples in time), and `columns` with `name`, `unit`, `description`
    and `drawable`, which says whether `time_series` takes it.

    Raises SeriesRefused with SESSION_NOT_READY and SERIES_UNREADABLE.
    """
    stored = stored_streams(pipeline, session_id)
    return [
        {
            "stream": stream,
            "level": level,
            "rows": dataset.row_count,
            "rate_hz": dataset.rate_hz,
            "time_base": dataset.time_base,
            "t_first_s": stored.seconds(dataset.t_first_ns, dataset.time_base),
            "t_last_s": stored.seconds(dataset.t_last_ns, dataset.time_base),
            "columns": [described(field) for field in FOOTERS.of(pipeline.storage, dataset).schema],
        }
        for (stream, level), dataset in stored.datasets.items()
    ]


def described(field: pa.Field) -> dict[str, Any]:
    """Return a column as plain values."""
    facts = field.metadata or {}
    return {
        "name": field.name,
        "unit": unit_of(field),
        "description": facts.get(b"description", b"").decode("utf-8", "replace"),
        "drawable": is_drawable(field.type),
    }


def unit_of(field: pa.Field) -> str | None:
    """Return the unit of a column, None where nobody says."""
    unit: bytes | None = (field.metadata or {}).get(b"unit")
    return None if unit is None else unit.decode("utf-8", "replace")
