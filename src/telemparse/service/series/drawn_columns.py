"""Columns as they are drawn: each with its own points, or all together as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import attrs
import numpy as np
import pyarrow as pa

from telemparse.kernels.arrays import to_arrow
from telemparse.service.series.chart_lines import Gaps, chosen_rows, since_s
from telemparse.service.series.stream_lists import unit_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Floats, Ints
    from telemparse.service.series.rows import Rows

__all__ = ["Drawn", "Series"]

_TIME = pa.timestamp("ns", "UTC")


@attrs.frozen(kw_only=True, eq=False)
class Series:
    """One column.

    Args:
        name: of the column.
        unit: as the schema says, None where nobody does.
        t_s: seconds since the origin, shape (n,), not falling.
        values: shape (n,); NaN where the line breaks. Booleans are 0 and 1.
    """

    name: str
    unit: str | None
    t_s: Floats
    values: NDArray[Any]


@attrs.frozen(kw_only=True, eq=False)
class Drawn:
    """Columns of a window with the rows that draw each.

    Args:
        t_ns: instants of the window, not falling, shape (n,).
        fields: of the columns.
        values: of each, shape (n,), NaN where unknown.
        chosen: rows that draw each, rising.
        gaps: of the window.
    """

    t_ns: Ints
    fields: Sequence[pa.Field]
    values: Sequence[NDArray[Any]]
    chosen: Sequence[Ints]
    gaps: Gaps

    @classmethod
    def of(cls, rows: Rows, fields: Sequence[pa.Field], points: int, rate_hz: float | None) -> Self:
        """Read columns and choose the rows that draw them. Raises SeriesRefused."""
        values = [rows.values(field.name) for field in fields]
        return cls(
            t_ns=rows.t_ns,
            fields=fields,
            values=values,
            chosen=[chosen_rows(rows.t_ns, each, points) for each in values],
            gaps=Gaps.of(rows.t_ns, rate_hz),
        )

    def series(self, origin_ns: int) -> tuple[Series, ...]:
        """Return each column by itself, with a NaN in each gap."""
        found = []
        for field, values, rows in zip(self.fields, self.values, self.chosen, strict=True):
            t_ns, places = self._instants(rows)
            shown = np.insert(values[rows], places, np.nan) if len(places) else values[rows]
            found.append(
                Series(name=field.name, unit=unit_of(field), t_s=since_s(t_ns, origin_ns), values=shown)
            )
        return tuple(found)

    def table(self) -> pa.Table:
        """Return all columns at the rows that any of them chose, with a row of nulls in each gap."""
        rows = np.unique(np.concatenate(self.chosen)) if self.chosen else np.zeros(0, np.int64)
        t_ns, places = self._instants(rows)
        fields, arrays = [pa.field("t", _TIME, nullable=False)], [to_arrow(t_ns, _TIME)]
        for field, values in zip(self.fields, self.values, strict=True):
            shown = np.insert(values[rows], places, np.nan)
            kind = pa.float32() if shown.dtype == np.float32 else pa.float64()
            fields.append(pa.field(field.name, kind, metadata={"unit": unit_of(field) or ""}))
            arrays.append(to_arrow(shown, kind, ~np.isnan(shown)))
        return pa.Table.from_arrays(arrays, schema=pa.schema(fields))

    def _instants(self, rows: Ints) -> tuple[Ints, Ints]:
        """Return the instants of rows and of the gaps between them, and before which rows those lie."""
        places, before = self.gaps.between(rows)
        t_ns = self.t_ns[rows]
        if not len(places):
            return t_ns, places
        return np.insert(t_ns, places, self.t_ns[before] + self.gaps.step_ns), places
