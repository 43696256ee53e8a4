"""The fixes of a run as cells of text: what the encoders of text formats share."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from telemparse.kernels.arrays import numpy_view

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    from telemparse.kernels.arrays import Ints
    from telemparse.testing.simulate.runs import Run

__all__ = ["KMH", "KNOTS", "MPH", "Cells", "angle", "bounded_turn"]

KMH, KNOTS, MPH = 3.6, 3600 / 1852, 3600 / 1609.344
"""Of 1 m/s."""

_MS_NS = 1_000_000
_MINUTES = 60


class Cells:
    """Columns of a run's `gnss_pvt` as lists of text; what is null is empty.

    Args:
        run: of which.
    """

    def __init__(self, run: Run) -> None:
        self._table: pa.Table = run.gnss

    @property
    def t_ms(self) -> Ints:
        """Instants, ms since 1970, UTC, rounded, shape (n,)."""
        return np.asarray((numpy_view(self._table["t"]) + _MS_NS // 2) // _MS_NS)

    def instants(self, form: str) -> list[str]:
        """Return the instants in a form of `strftime`, in which `%ms` is three digits of milliseconds."""
        parts = zip(*(part.tolist() for part in np.divmod(self.t_ms, 1000)), strict=True)
        return [
            dt.datetime.fromtimestamp(second, dt.UTC).strftime(form.replace("%ms", f"{milli:03d}"))
            for second, milli in parts
        ]

    def texts(self, name: str, written: Callable[[float], str]) -> list[str]:
        """Return the cells of a column, each as `written` gives it."""
        return ["" if value is None else written(value) for value in self._table[name].to_pylist()]


def angle(degrees: float, width: int, digits: int) -> str:
    """Return an angle without its sign as NMEA has it: degrees of `width` digits, then minutes."""
    minutes = round(abs(degrees) * _MINUTES, digits)
    return f"{int(minutes // _MINUTES):0{width}d}{minutes % _MINUTES:0{digits + 3}.{digits}f}"


def bounded_turn(degrees: float, digits: int) -> str:
    """Return a course with so many digits; what rounding makes a full turn is 0."""
    return f"{round(degrees, digits) % 360.0:.{digits}f}"
