"""B records to the stream gnss_pvt: position, validity and altitude from their fixed bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa

from telemparse.kernels.arrays import to_arrow
from telemparse.kernels.fixed_width import numbers
from telemparse.schemas import QualityFlag, build

if TYPE_CHECKING:
    from telemparse.formats.igc.fields import Values
    from telemparse.formats.igc.tally import Tally
    from telemparse.kernels.arrays import Floats, Ints, Mask
    from telemparse.kernels.gather import Bytes

__all__ = ["FIX_BYTES", "Fixes", "fixes_of", "gnss_batch"]

FIX_BYTES = 35
# Appendix A, section A4.1: bytes of B HHMMSS DDMMmmmN DDDMMmmmE V PPPPP GGGGG, from 0.
_LAT, _LON, _PRESSURE, _GNSS = slice(7, 14), slice(15, 23), slice(25, 30), slice(30, 35)
_NORTH_SOUTH, _EAST_WEST, _VALIDITY = 14, 23, 24
_MAX_LAT, _MAX_LON = 90, 180
_MINUTES = 60
_2D, _3D = 2, 3
_MAX_SATELLITES, _CIRCLE = 255, 360.0


@attrs.frozen
class Fixes:
    """The fixed part of B records, each of shape (n,).

    Args:
        lat_deg, lon_deg: NaN where not `readable`.
        readable: there is a position that can be.
        without_fix: the position is 0/0, which a recorder writes before its first fix.
        is_3d: validity A; V says 2D or no GNSS data at all.
        pressure_alt_m, gnss_alt_m: with masks of valid ones.
    """

    lat_deg: Floats
    lon_deg: Floats
    readable: Mask
    without_fix: Mask
    is_3d: Mask
    pressure_alt_m: tuple[Ints, Mask]
    gnss_alt_m: tuple[Ints, Mask]


def fixes_of(cells: Bytes, more_lat: tuple[Ints, Ints], more_lon: tuple[Ints, Ints]) -> Fixes:
    """Return what the first 35 bytes say.

    Args:
        cells: shape (n, 35).
        more_lat: further digits of the minutes (field LAD) and 10 to the power of their number, each (n,).
        more_lon: likewise (field LOD).
    """
    lat, lat_valid = _degrees(cells[:, _LAT], 2, more_lat, _MAX_LAT)
    lon, lon_valid = _degrees(cells[:, _LON], 3, more_lon, _MAX_LON)
    north, west = cells[:, _NORTH_SOUTH], cells[:, _EAST_WEST]
    validity = cells[:, _VALIDITY]
    readable = (
        lat_valid
        & lon_valid
        & ((north == ord("N")) | (north == ord("S")))
        & ((west == ord("E")) | (west == ord("W")))
        & ((validity == ord("A")) | (validity == ord("V")))
    )
    lat, lon = np.where(north == ord("S"), -lat, lat), np.where(west == ord("W"), -lon, lon)
    return Fixes(
        np.where(readable, lat, np.nan),
        np.where(readable, np.where(lon == _MAX_LON, -_MAX_LON, lon), np.nan),
        readable,
        readable & (lat == 0) & (lon == 0),
        validity == ord("A"),
        numbers(cells[:, _PRESSURE]),
        numbers(cells[:, _GNSS]),
    )


def _degrees(cells: Bytes, degree_digits: int, more: tuple[Ints, Ints], most: int) -> tuple[Floats, Mask]:
    degrees, degrees_valid = numbers(cells[:, :degree_digits])
    thousandths, minutes_valid = numbers(cells[:, degree_digits:])
    digits, power = more
    # One division of whole numbers, so that the result is the nearest float to what is written.
    unit = _MINUTES * 1000 * power
    value = (degrees * unit + thousandths * power + digits) / unit
    plain = (cells >= ord("0")).all(axis=1)  # no sign, no blank
    valid = degrees_valid & minutes_valid & plain & (thousandths < _MINUTES * 1000) & (value <= most)
    return value, valid


def gnss_batch(  # noqa: PLR0917  (one caller, same order)
    fixes: Fixes,
    t_ns: Ints,
    extra: dict[str, Values],
    ellipsoidal: Mask,
    tally: Tally,
    lines: Ints,
    base: str,
) -> pa.RecordBatch | None:
    """Return the records with a position as rows of gnss_pvt, None where there are none.

    Args:
        fixes: of the block.
        t_ns: their instants, shape (n,).
        extra: columns from fields of I records.
        ellipsoidal: whose GNSS altitude is above the ellipsoid, shape (n,).
        tally: counts values that the schema does not allow.
        lines: numbers of the records' lines, shape (n,).
        base: time base.
    """
    keep = fixes.readable & ~fixes.without_fix
    if not keep.any():
        return None
    alt, alt_valid = fixes.gnss_alt_m
    alt_valid = alt_valid & fixes.is_3d
    flags = np.where(fixes.is_3d, 0, int(QualityFlag.FIX_DOUBTFUL))
    flags = flags | np.where(alt_valid & ellipsoidal, int(QualityFlag.ALTITUDE_ELLIPSOIDAL), 0)
    columns: dict[str, object] = {
        "t": t_ns[keep],
        "lat_deg": fixes.lat_deg[keep],
        "lon_deg": fixes.lon_deg[keep],
        "alt_m": to_arrow(alt[keep].astype(np.float64), pa.float64(), alt_valid[keep]),
        "fix_type": np.where(fixes.is_3d, _3D, _2D).astype(np.uint8)[keep],
        "quality_flags": flags.astype(np.uint32)[keep],
    }
    for name, column in extra.items():
        values, possible = _possible(name, column)
        tally.add(name, column.valid & ~possible & keep, lines)
        kind = pa.uint8() if name == "sat_count" else pa.float32()
        columns[name] = to_arrow(values[keep], kind, possible[keep])
    return build("gnss_pvt", columns, time_base=base)


def _possible(name: str, column: Values) -> tuple[Floats, Mask]:
    """Return values as the schema wants them, and which of them it allows."""
    values = column.values
    with np.errstate(invalid="ignore"):
        possible = column.valid & (values >= 0)
        if name == "sat_count":
            possible &= values <= _MAX_SATELLITES
        if name == "course_deg":
            possible &= values <= _CIRCLE
            narrow = values.astype(np.float32)
            values = np.where(narrow >= _CIRCLE, 0, narrow).astype(np.float64)
    return np.where(possible, values, 0), possible
