"""Track points to the stream gnss_pvt: which are fixes, and what their receiver said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa

from telemparse.formats.trackpoints.lexicon import Unplaced
from telemparse.kernels.arrays import to_arrow, validity
from telemparse.kernels.casts import floats
from telemparse.schemas import build

if TYPE_CHECKING:
    from telemparse.formats.trackpoints.clock import Times
    from telemparse.formats.trackpoints.lexicon import Lexicon
    from telemparse.formats.trackpoints.losses import Losses
    from telemparse.formats.trackpoints.values import Numbers
    from telemparse.kernels.arrays import Floats, Mask
    from telemparse.kernels.xml_blocks import Block

__all__ = ["Fixes", "fixes_of", "gnss_batch"]

_MAX_LAT, _MAX_LON, _CIRCLE = 90.0, 180.0, 360.0
_MAX_SATELLITES = 255
_FLOAT32_MAX = float(np.finfo(np.float32).max)


@attrs.frozen
class Fixes:
    """Positions of a block.

    Args:
        lat_deg, lon_deg: shape (n,); meaningless where not `usable`.
        usable: points that enter gnss_pvt.
        without_fix: points whose receiver had no fix, or that stand at 0/0.
        marks: points that say nothing but their time.
        absent: points that say something else, but no position; they are among those without a fix.
    """

    lat_deg: Floats
    lon_deg: Floats
    usable: Mask
    without_fix: Mask
    marks: Mask
    absent: Mask


def fixes_of(block: Block, lexicon: Lexicon, times: Times, gnss: dict[str, Numbers], losses: Losses) -> Fixes:
    """Return the positions of a block; points without a readable or possible one are counted in `losses`."""
    missing_text = pa.nulls(block.rows, pa.string())
    lat, lat_valid = floats(block.columns.get(lexicon.lat, missing_text))
    lon, lon_valid = floats(block.columns.get(lexicon.lon, missing_text))
    readable = lat_valid & lon_valid
    with np.errstate(invalid="ignore"):
        possible = readable & (np.abs(lat) <= _MAX_LAT) & (np.abs(lon) <= _MAX_LON)
        origin = possible & (lat == 0) & (lon == 0)
    without_fix = origin
    if "fix_type" in gnss:
        without_fix = origin | (gnss["fix_type"].values == 0)
    marks = absent = np.zeros(block.rows, np.bool_)
    if lexicon.unplaced is not Unplaced.SKIPPED and not readable.all():
        marks, absent = _absent(block, lexicon)
        without_fix = without_fix | absent
    losses.add("position missing", ~readable & ~without_fix & ~marks, times.first, block.offsets)
    losses.add("position", readable & ~possible & ~without_fix, times.first, block.offsets)
    # 180 degrees east and west are one meridian, which the schema calls -180.
    lon = np.where(lon == _MAX_LON, -_MAX_LON, lon) if (lon == _MAX_LON).any() else lon
    return Fixes(lat, lon, possible & ~without_fix, without_fix, marks, absent)


def _absent(block: Block, lexicon: Lexicon) -> tuple[Mask, Mask]:
    """Return which points say nothing but their time, and which others have no position."""
    said = np.zeros(block.rows, np.bool_)
    placed = np.zeros(block.rows, np.bool_)
    for path, text in block.columns.items():
        written = validity(text)
        if path in (lexicon.lat, lexicon.lon):
            placed |= written
        if path != lexicon.time and path[-1:] not in lexicon.noise:
            said |= written
    if lexicon.unplaced is Unplaced.LOST:
        return np.zeros(block.rows, np.bool_), ~placed
    return ~said, said & ~placed


def gnss_batch(
    block: Block, times: Times, fixes: Fixes, gnss: dict[str, Numbers], losses: Losses
) -> pa.RecordBatch | None:
    """Return the usable points of a block as rows of gnss_pvt, None where there are none."""
    if not fixes.usable.any():
        return None
    everything = bool(fixes.usable.all())
    keep = slice(None) if everything else fixes.usable
    columns = {
        "t": times.t_ns[keep],
        "lat_deg": fixes.lat_deg[keep],
        "lon_deg": fixes.lon_deg[keep],
        "quality_flags": times.flags[keep],
    }
    for name, column in gnss.items():
        values, possible = _possible(name, column.values, column.valid)
        losses.add(
            name, (column.unreadable | (column.valid & ~possible)) & fixes.usable, times.first, block.offsets
        )
        columns[name] = to_arrow(values[keep], _KINDS.get(name, pa.float32()), possible[keep])
    return build("gnss_pvt", columns, time_base=times.time_base)


_KINDS = {"alt_m": pa.float64(), "sat_count": pa.uint8(), "fix_type": pa.uint8()}


def _possible(name: str, values: Floats, valid: Mask) -> tuple[Floats, Mask]:
    """Return values as the schema wants them, and which of them it allows."""
    if name == "alt_m":
        return values, valid
    with np.errstate(invalid="ignore"):
        if name in ("sat_count", "fix_type"):
            whole = valid & (values >= 0) & (values <= _MAX_SATELLITES) & (values == np.floor(values))
            return np.where(whole, values, 0), whole
        if name == "course_deg":
            possible = valid & (values >= 0) & (values <= _CIRCLE)
            narrow = np.where(possible, values, 0).astype(np.float32)
            return np.where(narrow >= _CIRCLE, 0, narrow), possible
        possible = valid & (values >= 0) & (values <= _FLOAT32_MAX)
        return np.where(possible, values, 0), possible
