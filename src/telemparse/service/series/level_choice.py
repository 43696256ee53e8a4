"""The level of detail that a window is read at: the coarsest that still fills the chart."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from telemparse.service.series.footers import FOOTERS
from telemparse.service.series.refusals import SeriesRefused
from telemparse.service.series.rows import opened
from telemparse.service.series.stored_streams import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from telemparse.service.series.rows import Rows
    from telemparse.service.series.windows import Window
    from telemparse.storage.objects import Storage

__all__ = ["AUTO", "chosen_level"]

AUTO = "auto"


@contextmanager
def chosen_level(
    storage: Storage,
    levels: Mapping[str, Any],
    level: str,
    *,
    columns: Sequence[str] | None,
    window: Window,
    points: int,
) -> Iterator[tuple[Any, Rows]]:
    """Open the rows of a window at a level; yields the dataset and its rows.

    Args:
        storage: that holds the files.
        levels: datasets of one stream by level, the coarsest first.
        level: its name, or `auto` for the coarsest with so many rows, else the finest.
        columns: that are wanted; `auto` takes a level that has all of them, where there is one.
        window: of time.
        points: rows that fill the chart.

    Raises SeriesRefused: SERIES_INVALID for a word that is no level, STREAM_UNKNOWN for one that the stream
    does not have, COLUMN_UNKNOWN for columns that no level has, and what reading raises.
    """
    if level != AUTO:
        if level not in LEVELS:
            raise SeriesRefused("SERIES_INVALID", f"level must be {AUTO} or one of {', '.join(LEVELS)}")
        if level not in levels:
            raise SeriesRefused("STREAM_UNKNOWN", stream=next(iter(levels.values())).stream, level=level)
        with opened(storage, levels[level], window) as rows:
            yield levels[level], rows
        return
    able = _able(storage, levels, columns)
    with ExitStack() as stack:
        for dataset in able:
            if dataset is not able[-1]:
                footer = FOOTERS.of(storage, dataset)
                if footer.most_rows(window.begin_ns, window.end_ns) < points:
                    continue
            rows = stack.enter_context(opened(storage, dataset, window))
            if dataset is able[-1] or len(rows) >= points:
                yield dataset, rows
                return
            stack.close()


def _able(storage: Storage, levels: Mapping[str, Any], columns: Sequence[str] | None) -> list[Any]:
    """Return the datasets that have all columns, the coarsest first."""
    every = list(levels.values())
    wanted = set(columns or ())
    able = [each for each in every if wanted <= set(FOOTERS.of(storage, each).schema.names)]
    if able:
        return able
    own = set(FOOTERS.of(storage, every[-1]).schema.names)
    lacking = next((name for name in columns or () if name not in own), "")
    raise SeriesRefused("COLUMN_UNKNOWN", stream=every[-1].stream, column=lacking)
