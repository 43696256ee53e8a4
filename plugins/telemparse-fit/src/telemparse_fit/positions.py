"""Rows of `gnss_pvt` from records (often one a second) and from a camera's gps_metadata (ten a second)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from telemparse_fit.groups import Column
from telemparse_fit.profile import Profile
from telemparse_fit.records import scaled

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from telemparse.kernels.arrays import Ints, Mask

    from telemparse_fit.clock import Clock
    from telemparse_fit.moments import Moment
    from telemparse_fit.records import Fixes
    from telemparse_fit.rows import Table

__all__ = ["metadata_fixes", "record_fixes"]

# FIT profile, "record": (fields, the better one first), scale and offset.
_RECORD_LAT, _RECORD_LON = 0, 1
_ALTITUDE, _SPEED = Profile("alt_m", "m", 5, 500), Profile("speed_mps", "m/s", 1000)
_OF_RECORD = {
    "alt_m": ((78, 2), _ALTITUDE),
    "speed_mps": ((73, 6), _SPEED),
    "hacc_m": ((31,), Profile("hacc_m")),
}
# FIT profile, "gps_metadata"; velocity is east, north, up.
_MS, _LAT, _LON, _VELOCITY = 0, 1, 2, 7
_OF_METADATA = {
    "alt_m": ((3,), _ALTITUDE),
    "speed_mps": ((4,), _SPEED),
    "course_deg": ((5,), Profile("", "", 100)),
}
_CIRCLE_DEG = 360.0
_VELOCITIES = {"vel_e_mps": (0, 1), "vel_n_mps": (1, 1), "vel_d_mps": (2, -1)}


def record_fixes(
    fixes: Fixes, table: Table, t_ns: Ints, timed: Mask, base: int
) -> tuple[pa.RecordBatch | None, list[Moment]]:
    """Return the positions of records, and the events of the fix."""
    lat, lon = table.first(_RECORD_LAT), table.first(_RECORD_LON)
    if lat is None or lon is None:
        return None, []
    has = timed & table.numbers[_RECORD_LAT] & table.numbers[_RECORD_LON]
    more = _more(table, _OF_RECORD)
    return fixes.rows((lat, lon), has, t_ns, base + table.places, more)


def metadata_fixes(
    fixes: Fixes, table: Table, clock: Clock, base: int
) -> tuple[pa.RecordBatch | None, list[Moment], Ints]:
    """Return the positions of gps_metadata, events of the fix, and the places of messages without a time."""
    ms = table.first(_MS)
    t_ns, timed = clock.instants(
        table.seconds, table.stamped, None if ms is None else np.where(ms.known, ms.values, 0)
    )
    untimed = base + table.places[~timed]
    lat, lon = table.first(_LAT), table.first(_LON)
    if lat is None or lon is None:
        return None, [], untimed
    has = timed & table.numbers[_LAT] & table.numbers[_LON]
    more = _more(table, _OF_METADATA)
    course = more.get("course_deg")
    if course is not None:
        more["course_deg"] = Column(np.mod(course.values, _CIRCLE_DEG), course.known)
    for column_name, (element, sign) in _VELOCITIES.items():
        column = table.element(_VELOCITY, element)
        if column is not None:
            more[column_name] = Column(column.values / (100 * sign), column.known)
    gnss, events = fixes.rows((lat, lon), has, t_ns, base + table.places, more)
    return gnss, events, untimed


def _more(table: Table, fields: Mapping[str, tuple[tuple[int, ...], Profile]]) -> dict[str, Column]:
    """Return further columns, each from the first of its fields that knows a value."""
    more: dict[str, Column] = {}
    for name, (numbers, profile) in fields.items():
        for number in numbers:
            column = table.first(number)
            if column is None:
                continue
            values = scaled(column.values, profile) if column.values.dtype.kind == "i" else column.values
            known = column.known & (values >= 0) if name in _NEVER_NEGATIVE else column.known
            if name in more:
                before = more[name]
                values = np.where(before.known, before.values, values)
                known = before.known | known
            more[name] = Column(values, known)
    return more


_NEVER_NEGATIVE = ("speed_mps", "hacc_m")
