"""Coordinates of a block: degrees out of what is written, hemispheres applied, the impossible left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow.compute as pc

from telemparse.formats.csv.assignment import TYPED_SHARE
from telemparse.formats.csv.cells import CellKind, number_in
from telemparse.formats.csv.numbers import AngleForm, angles, is_in, text
from telemparse.formats.csv.pairs import part_of

if TYPE_CHECKING:
    from telemparse.formats.csv.assignment import Measured
    from telemparse.formats.csv.ledger import Ledger
    from telemparse.formats.csv.reading import Cells
    from telemparse.formats.csv.source_column import Column
    from telemparse.kernels.arrays import Floats, Mask

__all__ = ["Coordinates", "Positions", "UnclearAngles", "angle_form"]

_LAT_LIMIT, _LON_LIMIT = 90.0, 180.0
_TURN = 360.0
_DDMM_LIMIT = 18_000.0
_MINUTES = 60.0


class UnclearAngles(Exception):  # noqa: N818  (it says what they are)
    """Coordinates that are no degrees, and fit no other writing alone."""

    def __init__(self, interpretations: list[str]) -> None:
        super().__init__(", ".join(interpretations))
        self.interpretations = interpretations


def angle_form(lat: Measured, lon: Measured) -> AngleForm:
    """Return how the coordinates are written, as the sampled cells show.

    Raises UnclearAngles for numbers that are too large for degrees and no DDMM.mmmm either.
    """
    if lat.column.qualifier == "ddmm" or lon.column.qualifier == "ddmm":
        return AngleForm.DDMM
    stated = lat.column.unit is not None and lat.column.unit.symbol != "deg"
    lats, lons = (_leading(measured.column) for measured in (lat, lon))
    if stated or not (_mostly_beyond(lats, _LAT_LIMIT) or _mostly_beyond(lons, _TURN)):
        return AngleForm.DEGREES
    values = [abs(value) for value in (*lats, *lons)]
    minutes = [value for value in values if value <= _DDMM_LIMIT and value % 100 < _MINUTES]
    if len(minutes) >= TYPED_SHARE * len(values):
        return AngleForm.DDMM
    if _mostly_beyond(values, _DDMM_LIMIT):
        raise UnclearAngles(["1e-7 degrees (lat_deg:1e-7)", "1e-6 degrees (lat_deg:1e-6)"])
    raise UnclearAngles(["minutes of arc (lat_deg:arcmin)", "damaged degrees (lat_deg:deg)"])


def _mostly_beyond(values: list[float], limit: float) -> bool:
    return 2 * sum(abs(value) > limit for value in values) > len(values)


def _leading(column: Column) -> list[float]:
    """Return numbers of cells without separate minutes."""
    if column.profile.share(CellKind.COORDINATE) == 0:
        return list(column.profile.numbers)
    bare = [cell.strip().strip("NSEWnsew").strip() for cell in column.profile.cells]
    found = [number_in(cell) for cell in bare if " " not in cell and "°" not in cell and ":" not in cell]
    return [value for value in found if value is not None]


@attrs.frozen
class Coordinates:
    """Positions of a block.

    Args:
        lat_deg, lon_deg: shape (n,); anything where not usable.
        usable: both are there, possible, and not 0/0; None when all are.
        blank: rows without a position that is written, 0/0 among them; None for none.
        unread: rows whose cells hold something that is no coordinate; None for none.
    """

    lat_deg: Floats
    lon_deg: Floats
    usable: Mask | None
    blank: Mask | None
    unread: Mask | None


@attrs.frozen
class Positions:
    """How the coordinates of a file are read.

    Args:
        lat, lon: columns.
        lat_letters, lon_letters: hemisphere columns, or None.
        form: of the numbers.
        decimal: sign.
    """

    lat: Measured
    lon: Measured
    lat_letters: Column | None
    lon_letters: Column | None
    form: AngleForm
    decimal: str

    def read(self, cells: Cells, ledger: Ledger) -> Coordinates:
        """Return the block's coordinates; what is written and impossible goes to the ledger."""
        lat, lat_valid, lat_bad = self._axis(cells, self.lat, self.lat_letters)
        lon, lon_valid, lon_bad = self._axis(cells, self.lon, self.lon_letters)
        if lat_valid is None and lon_valid is None and _plainly_fine(lat, lon):
            return Coordinates(lat, lon, None, None, None)
        every = np.ones(cells.rows, np.bool_)
        lat_valid = every if lat_valid is None else lat_valid
        lon_valid = every if lon_valid is None else lon_valid
        # `1e999` is read as infinity by C, and as no number by the tolerant way: here it is none for both.
        endless = (lat_valid & ~np.isfinite(lat)) | (lon_valid & ~np.isfinite(lon))
        lat_valid, lon_valid = lat_valid & ~endless, lon_valid & ~endless
        lon = np.where((lon >= _LON_LIMIT) & (lon <= _TURN), lon - _TURN, lon)
        outside = (
            (self.lat, lat_valid & ~((lat >= -_LAT_LIMIT) & (lat <= _LAT_LIMIT))),
            (self.lon, lon_valid & ~((lon >= -_LON_LIMIT) & (lon < _LON_LIMIT))),
        )
        faulty = np.zeros(cells.rows, np.bool_)
        for measured, bad in outside:
            if bad.any():
                ledger.blank(bad, measured.column.source, "no possible coordinate")
                faulty |= bad
        unread = endless
        for unreadable in (lat_bad, lon_bad):
            unread = unread if unreadable is None else unread | unreadable
        zero = lat_valid & lon_valid & (lat == 0) & (lon == 0)
        blank = (~lat_valid | ~lon_valid | zero) & ~faulty & ~unread
        usable = ~blank & ~faulty & ~unread
        return Coordinates(
            lat_deg=lat,
            lon_deg=lon,
            usable=None if usable.all() else usable,
            blank=blank if blank.any() else None,
            unread=unread if unread.any() else None,
        )

    def _axis(
        self, cells: Cells, measured: Measured, letters: Column | None
    ) -> tuple[Floats, Mask | None, Mask | None]:
        array, odd = cells.columns[measured.column.index], None
        if measured.column.pair:
            array, odd = part_of(text(array), measured.column.place, self.decimal)
        read = angles(array, self.decimal, self.form, scale=measured.scale)
        values = read.values
        if letters is not None:
            words = pc.utf8_upper(pc.ascii_trim_whitespace(text(cells.columns[letters.index])))
            values = np.where(is_in(words, "S", "W"), -np.abs(values), values)
        return values, read.valid, read.bad if odd is None else _either(read.bad, odd)


def _either(mask: Mask | None, other: Mask) -> Mask:
    return other if mask is None else mask | other


def _plainly_fine(lat: Floats, lon: Floats) -> bool:
    """Tell that no coordinate is impossible, wraps around or is 0/0; NaN fails every comparison."""
    if not len(lat):
        return True
    low, high, west, east = lat.min(), lat.max(), lon.min(), lon.max()
    away = low > 0 or high < 0 or west > 0 or east < 0
    return bool(
        low >= -_LAT_LIMIT and high <= _LAT_LIMIT and west >= -_LON_LIMIT and east < _LON_LIMIT and away
    )
