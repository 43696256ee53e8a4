"""What records of GPS5 and GPS9 say: values of a receiver and their instants."""

# GPMF introduction, tables of HERO5 (GPS5, GPSU, GPSF, GPSP) and later cameras; of GPS9 the names of its
# columns that the stream itself carries: latitude, longitude, altitude, 2D and 3D speed, days since 2000,
# seconds of the day, dilution of precision, fix.

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.clocks import DAY_NS, NS_PER_S, civil_days

from telemparse_gpmf.layouts import LayoutError, layout_of

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Floats, Ints, Mask

    from telemparse_gpmf.records import Record, Strand

__all__ = [
    "FIXES", "NO_FIX", "RECEIVERS", "UNKNOWN_FIX", "Epochs", "anchor_of", "own_instants", "values_of",
]  # fmt: skip

RECEIVERS = ("GPS9", "GPS5")
"""Streams of the receiver, the better one first."""

NO_FIX, FIXES, UNKNOWN_FIX = 0, (2, 3), 255
"""States of the fix: none, of two or three dimensions, not stated."""

_COLUMNS = {"GPS9": 9, "GPS5": 5}
_2000_NS = 946_684_800 * NS_PER_S
_FIRST_DAY, _LAST_DAY = 1461, 36_525  # 2004 to 2099, of which the camera's receivers can speak
_STAMP = re.compile(r"(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{1,9}))?")


@attrs.frozen
class Epochs:
    """Samples of a receiver in one payload, each of shape (n,).

    Args:
        values: latitude, longitude, altitude, 2D speed, 3D speed, shape (n, 5).
        dop: NaN where it is not stated.
        fix: 0 none, 2 2D, 3 3D, 255 not stated.
        own_ns: instants that the samples carry themselves; None for GPS5.
        dated: which of those can be.
        ellipsoidal: altitudes are above the ellipsoid.
        offset: in the file.
        repaired: the payload's instant could not be used.
    """

    values: Floats
    dop: Floats
    fix: Ints
    own_ns: Ints | None
    dated: Mask
    ellipsoidal: bool
    offset: int
    repaired: bool = False


def anchor_of(strand: Strand) -> int | None:
    """Return the UTC instant of a stream's first sample, None where it has no fix or no instant."""
    if not strand.samples or not strand.samples[0].repeat:
        return None
    if strand.key == "GPS5":
        return _gpsu_ns(strand) if strand.whole("GPSF") in {*FIXES, None} else None
    try:
        values = values_of(strand, strand.samples[0])[:1]
    except LayoutError:
        return None
    own_ns, dated = own_instants(values)
    return int(own_ns[0]) if dated[0] and values[0, 8] in FIXES else None


def _gpsu_ns(strand: Strand) -> int | None:
    """Return GPSU (yymmddhhmmss.sss, years 20xx) in ns."""
    match = _STAMP.fullmatch(strand.text("GPSU"))
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    days, valid = civil_days(*(np.array([part], np.int64) for part in (2000 + year, month, day)))
    since_2000 = int(days[0]) - _2000_NS // DAY_NS
    clock = hour < 24 and minute < 60 and second <= 60
    if not (valid[0] and clock and _FIRST_DAY <= since_2000 <= _LAST_DAY):
        return None
    fraction_ns = int((match[7] or "0").ljust(9, "0"))
    return int(days[0]) * DAY_NS + (hour * 3600 + minute * 60 + second) * NS_PER_S + fraction_ns


def values_of(strand: Strand, record: Record) -> Floats:
    """Return scaled values, shape (n, 5) or (n, 9)."""
    layout, wanted = layout_of(strand, record), _COLUMNS[strand.key]
    if len(layout.columns) < wanted or any(column.is_word for column in layout.columns[:wanted]):
        raise LayoutError(f"samples of a receiver do not have {wanted} values")
    stored = layout.read([record])
    return np.stack(
        [
            stored[f"f{number}"].astype(np.float64) / column.divisor
            for number, column in enumerate(layout.columns[:wanted])
        ],
        axis=1,
    )


def own_instants(values: Floats) -> tuple[Ints, Mask]:
    """Return the instants of GPS9 samples and which of them can be."""
    days, seconds = values[:, 5], values[:, 6]
    dated = (days >= _FIRST_DAY) & (days <= _LAST_DAY) & (seconds >= 0) & (seconds < 86_401)
    whole = np.where(dated, days, 0).astype(np.int64)
    # Seconds come in thousandths; the microsecond keeps the float's dust out.
    of_day_us = np.rint(np.where(dated, seconds, 0) * 1e6).astype(np.int64)
    return _2000_NS + whole * DAY_NS + of_day_us * 1000, dated
