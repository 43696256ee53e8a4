"""Rows of a stored stream within a window of time, in order of time, a column at a time."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from telemparse.kernels.arrays import bools, numpy_view, validity
from telemparse.service.series.footers import FOOTERS
from telemparse.service.series.refusals import SeriesRefused, readable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Ints
    from telemparse.service.series.footers import Footer
    from telemparse.service.series.windows import Window
    from telemparse.storage.objects import Storage

__all__ = ["Rows", "is_drawable", "opened"]

_MOST_CELLS = 24_000_000  # of eight bytes: what one request may hold at a time


def is_drawable(kind: pa.DataType) -> bool:
    """Tell whether values of a type are numbers, or nothing at all."""
    return bool(
        pa.types.is_floating(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_boolean(kind)
        or pa.types.is_null(kind)
    )


@attrs.frozen(kw_only=True, eq=False)
class Rows:
    """Rows of a window; open as long as the `with` of `opened` lasts.

    Args:
        t_ns: their instants, not falling, shape (n,).
    """

    t_ns: Ints
    _stream: str
    _file: pq.ParquetFile
    _footer: Footer
    _groups: list[int]
    _places: slice | Ints

    def __len__(self) -> int:
        return len(self.t_ns)

    @classmethod
    def of(cls, file: pq.ParquetFile, footer: Footer, stream: str, window: Window) -> Self:
        """Return the rows of a file; raises SeriesRefused for a stream without samples in time."""
        kind = footer.schema.field("t").type if "t" in footer.schema.names else None
        if kind is None or not (pa.types.is_timestamp(kind) and kind.unit == "ns"):
            raise SeriesRefused("STREAM_UNKNOWN", stream=stream)
        groups = footer.groups(window.begin_ns, window.end_ns)
        _check_cells(int(footer.rows[groups].sum()))
        column = _read(file, groups, "t")
        t_ns = numpy_view(column)
        inside = (t_ns >= window.begin_ns) & (t_ns <= window.end_ns)
        if column.null_count:
            inside &= validity(column)
        places: slice | Ints
        if bool(inside.all()):
            places = slice(0, len(t_ns))
        else:
            places = np.flatnonzero(inside)
            t_ns = t_ns[places]
            if len(places) and places[-1] - places[0] + 1 == len(places):
                places = slice(int(places[0]), int(places[-1]) + 1)
        if bool((t_ns[1:] < t_ns[:-1]).any()):
            order = np.argsort(t_ns, kind="stable")
            t_ns = t_ns[order]
            places = (
                np.arange(places.start, places.stop)[order] if isinstance(places, slice) else places[order]
            )
        return cls(t_ns=t_ns, stream=stream, file=file, footer=footer, groups=groups, places=places)

    def check_room(self, columns: int) -> None:
        """Raise SeriesRefused with WINDOW_TOO_LARGE where so many columns are too much to hold at a time."""
        _check_cells(len(self) * (columns + 1))

    @property
    def schema(self) -> pa.Schema:
        """Schema of the file."""
        return self._footer.schema

    def field(self, column: str) -> pa.Field:
        """Return a column of numbers as the schema has it.

        Raises SeriesRefused with COLUMN_UNKNOWN or COLUMN_NOT_NUMERIC.
        """
        if column not in self.schema.names:
            raise SeriesRefused("COLUMN_UNKNOWN", stream=self._stream, column=column)
        field = self.schema.field(column)
        if not is_drawable(field.type):
            raise SeriesRefused(
                "COLUMN_NOT_NUMERIC", stream=self._stream, column=column, type=str(field.type)
            )
        return field

    def values(self, column: str) -> NDArray[Any]:
        """Return a column as floating point numbers, shape (n,), NaN where it is null or not finite.

        Raises SeriesRefused as `field` does, and with SERIES_UNREADABLE.
        """
        kind = self.field(column).type
        if pa.types.is_null(kind):
            return np.full(len(self), np.nan)
        with readable(self._stream):
            array = _read(self._file, self._groups, column)
        values = bools(array) if pa.types.is_boolean(kind) else numpy_view(array)
        # Single precision stays what it is: its shortest text is half as long.
        wide = np.float32 if kind in (pa.float16(), pa.float32()) else np.float64
        values = values[self._places].astype(wide)
        values[np.isinf(values)] = np.nan
        if array.null_count:
            values[~validity(array)[self._places]] = np.nan
        return values


def _check_cells(cells: int) -> None:
    if cells > _MOST_CELLS:
        raise SeriesRefused("WINDOW_TOO_LARGE", cells=cells, most=_MOST_CELLS)


def _read(file: pq.ParquetFile, groups: list[int], column: str) -> pa.Array:
    # A name with dots would be read as a path, and one before them as all that lies below it.
    table = file.read_row_groups(groups, columns=[column], use_threads=False)
    return table.column(table.column_names.index(column)).combine_chunks()


@contextmanager
def opened(storage: Storage, dataset: Any, window: Window) -> Iterator[Rows]:
    """Open the rows of a dataset in a window. Raises SeriesRefused."""
    footer = FOOTERS.of(storage, dataset)
    with readable(dataset.stream):
        raw = storage.reader(dataset.storage_path)
    with raw:
        with readable(dataset.stream):
            file = pq.ParquetFile(raw, metadata=footer.metadata, pre_buffer=False)
        with file:
            with readable(dataset.stream):
                rows = Rows.of(file, footer, dataset.stream, window)
            yield rows
