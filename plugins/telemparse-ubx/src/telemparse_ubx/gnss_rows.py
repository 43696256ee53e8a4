"""Rows of gnss_pvt: those with a fix, in the ranges of the schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from telemparse.schemas import build

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa
    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Ints, Mask

    from telemparse_ubx.losses import Losses

__all__ = ["are_placed", "gnss_batch"]

_MOST_LAT_DEG, _HALF_TURN_DEG, _TURN_DEG = 90.0, 180.0, 360.0


def are_placed(
    lat_deg: NDArray[Any], lon_deg: NDArray[Any], fixed: Mask, offsets: Ints, losses: Losses
) -> Mask:
    """Return which fixes are at a place: not at 0/0, where there was none yet, and on the Earth."""
    nowhere = (lat_deg == 0) & (lon_deg == 0)
    outside = fixed & ((np.abs(lat_deg) > _MOST_LAT_DEG) | (np.abs(lon_deg) > _HALF_TURN_DEG))
    if outside.any():
        losses.lose_rows("position out of range", offsets[outside])
    placed: Mask = fixed & ~nowhere & ~outside
    return placed


def gnss_batch(
    columns: Mapping[str, NDArray[Any]], fixed: Mask, offsets: Ints, losses: Losses, time_base: str
) -> pa.RecordBatch:
    """Return the rows that have a fix, values that cannot be left out and counted."""
    columns = dict(columns)
    speed, course = columns.get("speed_mps"), columns.get("course_deg")
    if speed is not None and (bad := fixed & (speed < 0)).any():
        losses.lose_values("speed_mps", offsets[bad])
        columns["speed_mps"] = np.where(bad, np.nan, speed)
    if course is not None:
        bad = fixed & (np.abs(course) > _TURN_DEG)
        if bad.any():
            losses.lose_values("course_deg", offsets[bad])
        narrow = np.where(bad, np.nan, course % _TURN_DEG).astype(np.float32)
        narrow[narrow >= _TURN_DEG] = 0
        columns["course_deg"] = narrow
    lon_deg = columns["lon_deg"]
    # 180 degrees east and west are one meridian, which the schema calls -180.
    columns["lon_deg"] = np.where(lon_deg == _HALF_TURN_DEG, -_HALF_TURN_DEG, lon_deg)
    if not fixed.all():
        columns = {name: column[fixed] for name, column in columns.items()}
    return build("gnss_pvt", columns, time_base=time_base)
