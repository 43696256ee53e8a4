"""The columns of a stored session: names, units, meanings, and the canonical columns they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import pyarrow as pa

from telemparse.kernels.units import Dimension

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "BY_CANONICAL_NAME", "FIELD_FACTS", "FIXED", "LAP_NUMBER", "STANDARD", "STANDARD_GRAVITY_MPS2", "TIME",
    "StandardColumn", "column_field", "field_facts", "standard_field",
]  # fmt: skip

STANDARD_GRAVITY_MPS2 = 9.80665
"""By definition (CGPM 1901)."""

FIELD_FACTS = (
    "unit", "description", "origin", "source_name", "source_stream", "source_unit", "rate_hz", "method",
    "interpolated_share", "recorded_as",
)  # fmt: skip
"""What the metadata of a column may say; a fact that nobody knows is absent."""

_MOST_LETTERS = 1024


@attrs.frozen
class StandardColumn:
    """A column that every session has, null where nobody measured it.

    Args:
        name: of the column.
        unit: of its values.
        dimension: kind of that unit; values in another unit of the kind are converted.
        description: one sentence.
        canonical: column of a canonical stream that it is made of.
        divisor: of values in the canonical unit of the dimension, to those of the column.
    """

    name: str
    unit: str
    dimension: str
    description: str
    canonical: str
    divisor: float = 1.0


_D = Dimension
_G = STANDARD_GRAVITY_MPS2

STANDARD: Mapping[str, StandardColumn] = {
    each.name: each
    for each in (
        StandardColumn("distance", "m", _D.LENGTH, "Distance since the start of the session.", "distance_m"),
        StandardColumn("lat", "deg", _D.ANGLE, "Latitude, WGS-84.", "lat_deg"),
        StandardColumn("long", "deg", _D.ANGLE, "Longitude, WGS-84.", "lon_deg"),
        StandardColumn("speed", "m/s", _D.SPEED, "Speed.", "speed_mps"),
        StandardColumn("rpm", "1/min", _D.FREQUENCY, "Engine speed.", "rpm"),
        StandardColumn("throttle", "%", _D.RATIO, "Throttle or accelerator position.", "throttle_pct"),
        StandardColumn("brake", "%", _D.RATIO, "Brake pedal position.", "brake_pct"),
        StandardColumn("gear", "1", _D.NUMBER, "Gear; 0 is neutral, -1 reverse.", "gear"),
        StandardColumn("steering", "deg", _D.ANGLE, "Steering wheel angle.", "steering_deg"),
        StandardColumn(
            "glat", "g", _D.ACCELERATION, "Lateral acceleration, to the left as the source counts it.",
            "accel_lat_mps2", _G,
        ),
        StandardColumn(
            "glong", "g", _D.ACCELERATION, "Longitudinal acceleration, forwards positive as the source"
            " counts it.", "accel_long_mps2", _G,
        ),
    )
}  # fmt: skip
"""The standard channels by name, in the order of their columns."""

BY_CANONICAL_NAME: Mapping[str, StandardColumn] = {each.canonical: each for each in STANDARD.values()}


def column_field(
    name: str, kind: pa.DataType, facts: Mapping[str, str], *, required: bool = False
) -> pa.Field:
    """Return the field of a column; facts without a value and those that nobody knows are left out."""
    known = {key: facts[key][:_MOST_LETTERS] for key in FIELD_FACTS if facts.get(key)}
    return pa.field(name, kind, nullable=not required, metadata=known or None)


def field_facts(field: pa.Field) -> dict[str, str]:
    """Return what the metadata of a field says, as text."""
    given = {
        key.decode("utf-8", "replace"): value.decode("utf-8", "replace")
        for key, value in (field.metadata or {}).items()
    }
    return {key: value for key, value in given.items() if key in FIELD_FACTS}


def standard_field(
    column: StandardColumn, facts: Mapping[str, str] | None = None, kind: pa.DataType | None = None
) -> pa.Field:
    """Return the field of a standard column with what is known of its source."""
    own = {"unit": column.unit, "description": column.description}
    return column_field(column.name, kind or pa.float64(), {**(facts or {}), **own})


LAP_NUMBER = column_field(
    "lap_number",
    pa.int32(),
    {"unit": "1", "description": "Lap of the row; 0 outside laps.", "origin": "derived"},
    required=True,
)
TIME = column_field(
    "time",
    pa.float64(),
    {"unit": "s", "description": "Time since the start of the session.", "origin": "derived"},
    required=True,
)
FIXED = (LAP_NUMBER.name, TIME.name, *STANDARD)
"""Names of the first columns of every session, in order."""
