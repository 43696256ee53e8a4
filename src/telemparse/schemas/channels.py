"""Streams `channels.<group>`: vehicle channels that share a time base; names and units of the known ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import pyarrow as pa

from telemparse.schemas.common import T
from telemparse.schemas.fields import schema

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CHANNELS", "KNOWN_CHANNELS", "Channel", "channel_field", "labelled"]

CHANNELS = schema(
    "channels",
    "Vehicle and ECU channels on one time base: `t`, then one column a channel with field metadata"
    " unit, source_name, source_unit and rate_hz. Canonical names where known, else the source's own in"
    " snake_case.",
    [T],
)


@attrs.frozen
class Channel:
    """A canonical vehicle channel: its name, SI unit and meaning."""

    name: str
    unit: str
    description: str


def _wheels() -> list[Channel]:
    corners = {"fl": "front left", "fr": "front right", "rl": "rear left", "rr": "rear right"}
    return [
        Channel(f"wheel_speed_{key}_mps", "m/s", f"Speed of the {corner} wheel.")
        for key, corner in corners.items()
    ]


KNOWN_CHANNELS: Mapping[str, Channel] = {
    channel.name: channel
    for channel in (
        Channel("distance_m", "m", "Distance since the start, as the device counts it."),
        Channel("speed_mps", "m/s", "Vehicle speed of the device or the vehicle bus."),
        Channel("rpm", "1/min", "Engine speed."),
        Channel("throttle_pct", "%", "Throttle or accelerator position."),
        Channel("brake_pct", "%", "Brake pedal position."),
        Channel("brake_pressure_bar", "bar", "Brake line pressure."),
        Channel("gear", "1", "Gear; 0 is neutral, -1 reverse."),
        Channel("steering_deg", "deg", "Steering wheel angle."),
        Channel("accel_lat_mps2", "m/s2", "Lateral acceleration, to the left as the source counts it."),
        Channel(
            "accel_long_mps2", "m/s2", "Longitudinal acceleration, forwards positive as the source counts it."
        ),
        Channel("accel_vert_mps2", "m/s2", "Vertical acceleration as the source counts it."),
        Channel("yaw_rate_rps", "rad/s", "Rate of yaw."),
        *_wheels(),
        Channel("clutch_pct", "%", "Clutch pedal position."),
        Channel("fuel_level_pct", "%", "Fuel level."),
        Channel("oil_temp_c", "degC", "Engine oil temperature."),
        Channel("coolant_temp_c", "degC", "Coolant temperature."),
        Channel("oil_pressure_bar", "bar", "Engine oil pressure."),
        Channel("battery_v", "V", "Battery voltage."),
        Channel("lambda", "1", "Air-fuel ratio over stoichiometric."),
        Channel("heart_rate_bpm", "1/min", "Heart rate of the driver or athlete."),
        Channel("cadence_rpm", "1/min", "Pedalling or step rate."),
        Channel("power_w", "W", "Mechanical power."),
    )
}


def channel_field(
    name: str,
    kind: pa.DataType,
    *,
    unit: str | None = None,
    source_name: str | None = None,
    source_unit: str | None = None,
    rate_hz: float | None = None,
) -> pa.Field:
    """Return the field of a channel; unit defaults to the canonical one of a known channel.

    Args:
        name: canonical name or the source's own in snake_case.
        kind: float32, float64, an integer type or string.
        unit: of the values; an empty string when nobody says.
        source_name: as the source writes it.
        source_unit: as the source writes it.
        rate_hz: declared rate, when the source declares one.
    """
    known = KNOWN_CHANNELS.get(name)
    facts = {
        "unit": unit if unit is not None else (known.unit if known else ""),
        "description": known.description if known else "",
        "source_name": source_name if source_name is not None else name,
        "source_unit": source_unit or "",
        "rate_hz": "" if rate_hz is None else repr(float(rate_hz)),
        "origin": "measured",
    }
    return pa.field(name, kind, metadata=facts)


def labelled(field: pa.Field) -> pa.Field:
    """Return the field of a channel with the labels that a parser left out."""
    given = field.metadata or {}
    if given.keys() >= _LABELS:
        return field
    return field.with_metadata({**channel_field(field.name, field.type).metadata, **given})


_LABELS = channel_field("", pa.null()).metadata.keys()
