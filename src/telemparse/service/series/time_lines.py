"""Series of time: columns of a stream in a window, each as few points as a chart can draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pyarrow as pa

from telemparse.service.series.drawn_columns import Drawn
from telemparse.service.series.level_choice import chosen_level
from telemparse.service.series.refusals import SeriesRefused
from telemparse.service.series.rows import is_drawable
from telemparse.service.series.stored_streams import stored_streams
from telemparse.service.series.windows import checked_points, window_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemparse.runner import Pipeline
    from telemparse.service.series.drawn_columns import Series

__all__ = ["TimeSeries", "time_series"]

_DEFAULT_COLUMNS, _MOST_COLUMNS = 32, 64


@attrs.frozen(kw_only=True, eq=False)
class TimeSeries:
    """Columns of a stream in a window.

    Args:
        session_id, run_id: whose they are.
        stream: name of the stream.
        level: that was read: `L0` as recorded, `L1` and `L2` coarser.
        time_base: clock of the instants.
        origin_ns: first instant of the session on that clock, which seconds count from.
        begin_s, end_s: of the window, or of the stream where the request has no end; None of a stream
            without rows.
        rows: that the level has in the window.
        series: one a column; each has its own instants.
    """

    session_id: str
    run_id: str
    stream: str
    level: str
    time_base: str | None
    origin_ns: int
    begin_s: float | None
    end_s: float | None
    rows: int
    series: tuple[Series, ...]
    _drawn: Drawn

    def _head(self) -> dict[str, Any]:
        return {
            "session_id": self.session_id, "run_id": self.run_id, "stream": self.stream, "level": self.level,
            "time_base": self.time_base, "origin_ns": str(self.origin_ns), "begin_s": self.begin_s,
            "end_s": self.end_s, "rows": self.rows,
        }  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON, None where a line breaks; `origin_ns` is text."""
        import orjson

        document: dict[str, Any] = orjson.loads(self.to_json())
        return document

    def to_json(self) -> bytes:
        """Return the same as JSON."""
        import orjson

        series = [
            {"name": each.name, "unit": each.unit, "t_s": each.t_s, "values": each.values}
            for each in self.series
        ]
        # Numpy's NaN is null there.
        return orjson.dumps({**self._head(), "series": series}, option=orjson.OPT_SERIALIZE_NUMPY)

    def to_arrow(self) -> bytes:
        """Return a stream of Arrow IPC: `t` in ns, and the columns at all instants that any of them chose.

        So it has more rows than one column has points; the metadata says what stands beside the series in
        JSON.
        """
        facts = {name: str(value) for name, value in self._head().items() if value is not None}
        table = self._drawn.table().replace_schema_metadata(facts)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        return bytes(sink.getvalue())


def time_series(
    pipeline: Pipeline,
    session_id: str,
    *,
    stream: str = "gnss_pvt",
    columns: Sequence[str] | None = None,
    begin_s: float | None = None,
    end_s: float | None = None,
    lap: int | None = None,
    max_points: int = 2000,
    level: str = "auto",
) -> TimeSeries:
    """Return columns of a stream in a window, each as few points as a chart can draw.

    Of each column the rows are chosen that `telemparse.analysis.select_for_chart` chooses: no extreme of the
    rows that are read is lost. A line breaks where values are null, and where the stream has no rows for ten
    usual steps and a second. Means of `L1` and `L2` are smoother than what was recorded: `L0` has its
    extremes.

    Args:
        pipeline: where the session is.
        session_id: of the session.
        stream: with samples in time.
        columns: of numbers or booleans, 64 at most; when absent, the first 32 of them.
        begin_s: of the window, seconds since the origin; the row there belongs to it. None for the first.
        end_s: likewise; None for the last.
        lap: number of a lap, instead of a window or within it.
        max_points: of each column with a value, 16 to 10 000; breaks come on top.
        level: `L0`, `L1`, `L2`, or `auto` for the coarsest with `max_points` rows in the window, else `L0`.

    Raises SeriesRefused: SESSION_NOT_READY, STREAM_UNKNOWN (also where the stream has no such level),
    COLUMN_UNKNOWN, COLUMN_NOT_NUMERIC, LAP_UNKNOWN, WINDOW_TOO_LARGE, SERIES_INVALID, SERIES_UNREADABLE.
    """
    points = checked_points(max_points)
    wanted = None if columns is None else tuple(dict.fromkeys(columns))
    if wanted is not None and len(wanted) > _MOST_COLUMNS:
        raise SeriesRefused("SERIES_INVALID", f"a request may have {_MOST_COLUMNS} columns")
    stored = stored_streams(pipeline, session_id)
    levels = stored.levels(stream)
    base = next(iter(levels.values())).time_base
    origin_ns = stored.origin_ns(base)
    window = window_of(pipeline, stored, base, begin_s=begin_s, end_s=end_s, lap=lap)
    with chosen_level(pipeline.storage, levels, level, columns=wanted, window=window, points=points) as (
        dataset,
        rows,
    ):
        fields = [rows.field(name) for name in wanted or ()]
        if wanted is None:
            fields = [field for field in rows.schema if is_drawable(field.type)][:_DEFAULT_COLUMNS]
        rows.check_room(len(fields))
        drawn = Drawn.of(rows, fields, points, dataset.rate_hz)
    ends = window.ends(dataset.t_first_ns, dataset.t_last_ns)
    return TimeSeries(
        session_id=session_id,
        run_id=stored.run_id,
        stream=stream,
        level=dataset.level,
        time_base=base,
        origin_ns=origin_ns,
        begin_s=stored.seconds(ends[0], base),
        end_s=stored.seconds(ends[1], base),
        rows=len(rows),
        series=drawn.series(origin_ns),
        drawn=drawn,
    )
