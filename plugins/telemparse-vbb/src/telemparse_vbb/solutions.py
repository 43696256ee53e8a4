"""Positions of a solution to epochs: minutes to degrees, what is no fix told, impossible values left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.geodesy import local_offsets_m
from telemparse.schemas import QualityFlag

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Floats, Mask

    from telemparse_vbb.damage import Damage
    from telemparse_vbb.rows import Rows
    from telemparse_vbb.sources import Source

__all__ = ["Epochs", "Poses", "Solution", "quantity"]

_HUGE = 1e30
_TURN = 360.0
_MOST_SATELLITES = 255
_SATELLITES = 63  # a VBO file adds 64 while the brake trigger is pressed and 128 under DGPS
_NOTHING, _COAST = 0, 6
# Racelogic, VBOX 3i manual, "Solution type": 1 GNSS, 2 DGPS and 5 fixed position do not tell 2D from 3D.
_SOLUTIONS = {3: 6, 4: 7, 6: 1}
_PLAIN = ("speed_mps", "alt_m", "vel_u_mps", "hacc_m", "vacc_m", "sacc_mps", "hdop", "vdop", "pdop")
_NOT_NEGATIVE = frozenset({"speed_mps", "hacc_m", "vacc_m", "sacc_mps", "hdop", "vdop", "pdop"})


def quantity(
    rows: Rows, source: Source, damage: Damage, *, low: float = -_HUGE, high: float = _HUGE
) -> Floats:
    """Return a channel in the unit of its column, shape (n,), NaN for no value or an impossible one."""
    values, known = rows.numbers(source.place)
    values = values * source.scale + source.offset
    fits = (values >= low) & (values <= high)
    damage.blank(source.name, known & ~fits)
    return np.where(known & fits, values, np.nan)


@attrs.frozen(eq=False)
class Epochs:
    """What a solution says in some rows.

    Args:
        columns: canonical columns without `t`, shape (n,), NaN for unknown.
        there: rows in which it says anything.
        usable: rows that are fixes.
        faulty: rows with an impossible position.
    """

    columns: dict[str, NDArray[Any]]
    there: Mask
    usable: Mask
    faulty: Mask


@attrs.frozen
class Solution:
    """Reads one solution for position and motion.

    Args:
        sources: by word of `words.RECEIVER`; with `lat` and `lon`.
        fused: it comes out of the logger's filter rather than the receiver.
        damage: takes what is lost.
    """

    sources: Mapping[str, Source]
    fused: bool
    damage: Damage

    def read(self, rows: Rows) -> Epochs:
        """Return the epochs of rows of the time base that has the position."""
        there = rows.has(self.sources["lat"].place[0])
        lat, lon = self._coordinate(rows, "lat"), self._coordinate(rows, "lon")
        lon[lon == 180.0] = -180.0
        with np.errstate(invalid="ignore"):
            bad_lat, bad_lon = ~(np.abs(lat) <= 90) & ~np.isnan(lat), ~(np.abs(lon) <= 180) & ~np.isnan(lon)
        self.damage.blank(self.sources["lat"].name, bad_lat)
        self.damage.blank(self.sources["lon"].name, bad_lon)
        faulty = bad_lat | bad_lon
        lost = np.isnan(lat) | np.isnan(lon) | ((lat == 0) & (lon == 0))
        columns: dict[str, NDArray[Any]] = {"lat_deg": lat, "lon_deg": lon}
        lost |= self._satellites(rows, columns) | self._kind(rows, columns)
        usable = there & ~lost & ~faulty
        self._motion(rows, columns)
        if self.fused:
            columns["quality_flags"] = np.full(len(there), int(QualityFlag.DEVICE_FUSED), np.uint32)
        return Epochs(columns, there, usable, faulty & there & ~lost)

    def _coordinate(self, rows: Rows, word: str) -> Floats:
        values, known = rows.numbers(self.sources[word].place)
        return np.where(known, values * self.sources[word].scale, np.nan)

    def _satellites(self, rows: Rows, columns: dict[str, NDArray[Any]]) -> Mask:
        if "sat_count" not in self.sources:
            return np.zeros(len(rows.t_ns), np.bool_)
        values, known = rows.numbers(self.sources["sat_count"].place)
        whole = known & (values >= 0) & (values <= _MOST_SATELLITES) & (values == np.rint(values))
        if not self.fused:  # the receiver has counted it already
            self.damage.blank(self.sources["sat_count"].name, known & ~whole)
        count = np.where(whole, values, 0).astype(np.int64) & _SATELLITES
        columns["sat_count"] = np.where(whole, count, np.nan)
        none: Mask = whole & (count == 0)
        return none

    def _kind(self, rows: Rows, columns: dict[str, NDArray[Any]]) -> Mask:
        if "solution" not in self.sources:
            return np.zeros(len(rows.t_ns), np.bool_)
        values, known = rows.numbers(self.sources["solution"].place)
        kinds = np.full(len(values), np.nan)
        for code, kind in _SOLUTIONS.items():
            kinds[known & (values == code)] = kind
        columns["fix_type"] = kinds
        lost: Mask = known & (values == _NOTHING)
        if not self.fused:
            lost |= known & (values == _COAST)
        return lost

    def _motion(self, rows: Rows, columns: dict[str, NDArray[Any]]) -> None:
        for word in _PLAIN:
            if word in self.sources:
                low = 0.0 if word in _NOT_NEGATIVE else -_HUGE
                values = quantity(rows, self.sources[word], self.damage, low=low)
                columns["vel_d_mps" if word == "vel_u_mps" else word] = (
                    -values if word == "vel_u_mps" else values
                )
        if "course_deg" in self.sources:
            # Some write a course from -180 to 180; a single may round up to a whole turn.
            course = np.mod(quantity(rows, self.sources["course_deg"], self.damage), _TURN).astype(np.float32)
            columns["course_deg"] = np.where(course >= _TURN, np.float32(0), course)


@attrs.define
class Poses:
    """Turns the epochs of a fused solution into poses about its first position.

    Attributes:
        origin: latitude and longitude, degrees; None before the first one.
    """

    origin: tuple[float, float] | None = None

    def columns(self, found: Epochs) -> dict[str, NDArray[Any]] | None:
        """Return columns of the stream `pose` without `t`, all rows; None without a usable one."""
        rows = np.flatnonzero(found.usable)
        if not len(rows):
            return None
        columns = found.columns
        if self.origin is None:
            self.origin = float(columns["lat_deg"][rows[0]]), float(columns["lon_deg"][rows[0]])
        unknown = np.full(len(found.usable), np.nan)
        east, north = local_offsets_m(*self.origin, columns["lat_deg"], columns["lon_deg"])
        speed, turn = columns.get("speed_mps", unknown), np.radians(columns.get("course_deg", unknown))
        return {
            "x_e_m": east,
            "y_n_m": north,
            "z_u_m": columns.get("alt_m", unknown),
            "vx_mps": speed * np.sin(turn),
            "vy_mps": speed * np.cos(turn),
            "vz_mps": -columns.get("vel_d_mps", unknown),
            "quality_flags": columns["quality_flags"],
        }

    def facts(self) -> dict[str, float | str]:
        """Return the table metadata; heights are counted from the zero of the receiver's."""
        lat_deg, lon_deg = self.origin or (0.0, 0.0)
        return {
            "origin_lat_deg": lat_deg, "origin_lon_deg": lon_deg, "origin_alt_m": 0.0,
            "pose_source": "onboard_fused",
        }  # fmt: skip
