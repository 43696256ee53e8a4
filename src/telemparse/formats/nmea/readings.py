"""Sentences of each kind to columns: which field is what, in which unit (NMEA 0183, section 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from telemparse.formats.nmea.sentences import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from telemparse.formats.nmea.fields import Fields
    from telemparse.kernels.arrays import Floats, Mask
    from telemparse.kernels.gather import Bytes

__all__ = ["READERS", "Columns", "read_fields"]

Columns: TypeAlias = "dict[str, Any]"

_KNOT_MPS = 1852 / 3600
_KMH_MPS = 1 / 3.6
_CIRCLE_DEG, _LAT_DEG, _LON_DEG = 360.0, 90.0, 180.0
_MOST_SATELLITES = 255.0
_SYSTEMS = 6  # letters of a GNS mode: GPS, GLONASS, Galileo, BeiDou, QZSS, NavIC

_DEAD, _FLOAT, _FIXED = 1.0, 6.0, 7.0
_NOTHING = np.nan
# GGA field 6; 1, 2, 3 and 9 say nothing of two or three dimensions.
_QUALITY_TYPES = {b"4": _FIXED, b"5": _FLOAT, b"6": _DEAD}
# Mode indicators of RMC, GLL and GNS.
_MODE_TYPES = {b"R": _FIXED, b"F": _FLOAT, b"E": _DEAD}
_DOUBTFUL_QUALITY, _DOUBTFUL_MODES = b"78", b"MS"  # manual input, simulator
_SATELLITE_MODES = b"ADPRF"


def _table(values: Mapping[bytes, float]) -> Floats:
    table = np.full(256, _NOTHING)
    for letter, value in values.items():
        table[letter[0]] = value
    return table


def _among(letters: bytes) -> Mask:
    table = np.zeros(256, np.bool_)
    table[list(letters)] = True
    return table


_TYPE_OF_QUALITY, _TYPE_OF_MODE = _table(_QUALITY_TYPES), _table(_MODE_TYPES)
_IS_DOUBTFUL_QUALITY, _IS_DOUBTFUL_MODE = _among(_DOUBTFUL_QUALITY), _among(_DOUBTFUL_MODES)
_IS_SATELLITE_MODE = _among(_SATELLITE_MODES)
_DIMENSIONS = _table({b"2": 2.0, b"3": 3.0})


def _position(fields: Fields, number: int, void: Mask) -> Columns:
    # Without a fix MediaTek's chips write 89 degrees and 60 minutes.
    lat_deg = fields.angle(number, b"NS", _LAT_DEG, "lat_deg", void)
    lon_deg = fields.angle(number + 2, b"EW", _LON_DEG, "lon_deg", void)
    if lat_deg is None or lon_deg is None:
        return {}
    # Half a position is none, and 0/0 is what a receiver writes before it has any.
    none = np.isnan(lat_deg + lon_deg)
    none |= (lat_deg == 0) & (lon_deg == 0)
    if none.any():
        lat_deg[none] = lon_deg[none] = np.nan
    return {"lat_deg": lat_deg, "lon_deg": lon_deg}


def _told(letters: Bytes, *tables: tuple[str, NDArray[Any]]) -> Columns:
    """Return what letters stand for, without the columns that say nothing."""
    if not len(letters):
        return {}
    if (letters == letters[0]).all():
        # Nearly always: then there is one entry to look up.
        values = {name: table[letters[0]] for name, table in tables}
        return {name: np.full(len(letters), value) for name, value in values.items() if np.nan_to_num(value)}
    return {name: table[letters] for name, table in tables}


def _mode(letters: Bytes) -> Columns:
    return _told(
        letters,
        ("fix_type", _TYPE_OF_MODE),
        ("doubtful", _IS_DOUBTFUL_MODE),
        ("by_satellites", _IS_SATELLITE_MODE),
    )


def _status(fields: Fields, number: int) -> Mask:
    """Return which sentences say that there is no fix: anything but A does."""
    lost: Mask = fields.letters(number) != ord("A")
    return lost


def _rmc(fields: Fields, *, extras: bool) -> Columns:
    mode = fields.letters(12)
    void = _status(fields, 2) | (mode == ord("N"))
    found = {
        **_position(fields, 3, void),
        **_mode(mode),
        "void": void,
        "speed_mps": _scaled(fields.numbers(7, "speed_mps", 0), _KNOT_MPS),
        "course_deg": fields.numbers(8, "course_deg", 0, _CIRCLE_DEG),
    }
    if extras:
        size = fields.numbers(10, "magnetic_variation_deg", 0, _CIRCLE_DEG)
        if size is not None:
            found["magnetic_variation_deg"] = np.where(fields.letters(11) == ord("W"), -size, size)
    return found


def _gga(fields: Fields, *, extras: bool) -> Columns:
    quality = fields.letters(6)
    void = (quality == 0) | (quality == ord("0"))
    found = {
        **_position(fields, 2, void),
        "void": void,
        **_told(quality, ("fix_type", _TYPE_OF_QUALITY), ("doubtful", _IS_DOUBTFUL_QUALITY)),
        "sat_count": _whole(fields.numbers(7, "sat_count", 0, _MOST_SATELLITES)),
        "hdop": fields.numbers(8, "hdop", 0),
        "alt_m": fields.numbers(9, "alt_m"),
    }
    if extras:
        found["geoid_separation_m"] = fields.numbers(11, "geoid_separation_m")
        found["differential_age_s"] = fields.numbers(13, "differential_age_s")
        found["differential_station"] = fields.numbers(14, "differential_station")
    return found


def _gns(fields: Fields, *, extras: bool) -> Columns:
    modes = fields.texts(6, _SYSTEMS)
    best = np.zeros(len(modes), np.uint8)
    # The best of the systems speaks for the fix.
    for letter in b"MSEADPFR":
        best[(modes == letter).any(axis=1)] = letter
    # The sentences of single systems beside that of all of them leave the modes out.
    void = (best == 0) & (modes[:, 0] != 0)
    found = {
        **_position(fields, 2, void),
        **_mode(best),
        "void": void,
        "sat_count": _whole(fields.numbers(7, "sat_count", 0, _MOST_SATELLITES)),
        "hdop": fields.numbers(8, "hdop", 0),
        "alt_m": fields.numbers(9, "alt_m"),
    }
    if extras:
        found["geoid_separation_m"] = fields.numbers(10, "geoid_separation_m")
        found["differential_age_s"] = fields.numbers(11, "differential_age_s")
        found["differential_station"] = fields.numbers(12, "differential_station")
    return found


def _gll(fields: Fields, *, extras: bool) -> Columns:  # noqa: ARG001  (a reader as the others are)
    mode, status = fields.letters(7), fields.letters(6)
    void = ((status != ord("A")) & (status != 0)) | (mode == ord("N"))
    return {**_position(fields, 1, void), **_mode(mode), "void": void}


def _gst(fields: Fields, *, extras: bool) -> Columns:
    north_m, east_m = fields.numbers(6, "hacc_m", 0), fields.numbers(7, "hacc_m", 0)
    found: Columns = {
        "hacc_m": None if north_m is None or east_m is None else np.hypot(north_m, east_m),
        "vacc_m": fields.numbers(8, "vacc_m", 0),
    }
    if extras:
        found["range_rms_m"] = fields.numbers(2, "range_rms_m", 0)
        found["error_major_m"] = fields.numbers(3, "error_major_m", 0)
        found["error_minor_m"] = fields.numbers(4, "error_minor_m", 0)
        found["error_orientation_deg"] = fields.numbers(5, "error_orientation_deg")
    return found


def _vtg(fields: Fields, *, extras: bool) -> Columns:  # noqa: ARG001  (a reader as the others are)
    # Before version 2 the units were not written beside the values: then nobody knows what they are.
    kmh = _of_unit(fields, 7, b"K", fields.numbers(7, "speed_mps", 0))
    knots = _of_unit(fields, 5, b"N", fields.numbers(5, "speed_mps", 0))
    speed_mps = _scaled(kmh, _KMH_MPS)
    if speed_mps is None:
        speed_mps = _scaled(knots, _KNOT_MPS)
    elif knots is not None and np.isnan(speed_mps).any():
        speed_mps = np.where(np.isnan(speed_mps), knots * _KNOT_MPS, speed_mps)
    course = _of_unit(fields, 1, b"T", fields.numbers(1, "course_deg", 0, _CIRCLE_DEG))
    return {"speed_mps": speed_mps, "course_deg": course}


def _of_unit(fields: Fields, number: int, unit: bytes, values: Floats | None) -> Floats | None:
    """Return the values behind which their unit is written."""
    if values is None:
        return None
    named = fields.letters(number + 1) == unit[0]
    return values if named.all() else np.where(named, values, np.nan)


def _gsa(fields: Fields, *, extras: bool) -> Columns:  # noqa: ARG001  (a reader as the others are)
    return {
        **_told(fields.letters(2), ("dimensions", _DIMENSIONS)),
        "pdop": fields.numbers(15, "pdop", 0),
        "hdop": fields.numbers(16, "hdop", 0),
        "vdop": fields.numbers(17, "vdop", 0),
    }


def _hdt(fields: Fields, *, extras: bool) -> Columns:
    return {"heading_deg": fields.numbers(1, "heading_deg", 0, _CIRCLE_DEG)} if extras else {}


def _scaled(values: Floats | None, factor: float) -> Floats | None:
    return None if values is None else values * factor


def _whole(values: Floats | None) -> Floats | None:
    # 9.0 satellites are nine; 9.5 are a number of something else.
    return None if values is None else np.where(values == np.floor(values), values, np.nan)


READERS: Mapping[Kind, Callable[..., Columns]] = {
    Kind.RMC: _rmc, Kind.GGA: _gga, Kind.GNS: _gns, Kind.GLL: _gll, Kind.GST: _gst,
    Kind.VTG: _vtg, Kind.GSA: _gsa, Kind.HDT: _hdt,
}  # fmt: skip


def read_fields(kind: Kind, fields: Fields, *, extras: bool) -> Columns:
    """Return the columns of sentences of one kind, each of shape (n,), NaN where a field says nothing.

    A column of which no sentence says anything is left out.

    Args:
        kind: of the sentences.
        fields: theirs.
        extras: whether to read what only channels want.
    """
    found = READERS[kind](fields, extras=extras)
    return {name: column for name, column in found.items() if column is not None}
