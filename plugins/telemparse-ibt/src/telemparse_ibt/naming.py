"""iRacing's words for channels and units, to canonical channels.

Facts: names, units and descriptions as the simulator itself writes them into each file. It writes `%` for
fractions: "0=off throttle to 1=full throttle", and likewise fuel, tyres, humidity and loads.
"""

from __future__ import annotations

import attrs

from telemparse.kernels.channel_words import ChannelMeaning
from telemparse.kernels.units import Dimension
from telemparse.schemas import ChannelNames, NamedChannel

from telemparse_ibt.variables import Variable

__all__ = ["MEANINGS", "named", "names"]

_D = Dimension
MEANINGS = {
    "speed": ChannelMeaning("speed_mps", _D.SPEED),
    "rpm": ChannelMeaning("rpm", _D.FREQUENCY),
    "throttle": ChannelMeaning("throttle_pct", _D.RATIO),
    "brake": ChannelMeaning("brake_pct", _D.RATIO),
    "clutch": ChannelMeaning("clutch_pct", _D.RATIO),
    "gear": ChannelMeaning("gear", _D.NUMBER),
    "steeringwheelangle": ChannelMeaning("steering_deg", _D.ANGLE),
    "lataccel": ChannelMeaning("accel_lat_mps2", _D.ACCELERATION),
    "longaccel": ChannelMeaning("accel_long_mps2", _D.ACCELERATION),
    "vertaccel": ChannelMeaning("accel_vert_mps2", _D.ACCELERATION),
    "yawrate": ChannelMeaning("yaw_rate_rps", _D.ANGLE_RATE),
    "lfspeed": ChannelMeaning("wheel_speed_fl_mps", _D.SPEED),
    "rfspeed": ChannelMeaning("wheel_speed_fr_mps", _D.SPEED),
    "lrspeed": ChannelMeaning("wheel_speed_rl_mps", _D.SPEED),
    "rrspeed": ChannelMeaning("wheel_speed_rr_mps", _D.SPEED),
    "fuellevelpct": ChannelMeaning("fuel_level_pct", _D.RATIO),
    "oiltemp": ChannelMeaning("oil_temp_c", _D.TEMPERATURE),
    "watertemp": ChannelMeaning("coolant_temp_c", _D.TEMPERATURE),
    "oilpress": ChannelMeaning("oil_pressure_bar", _D.PRESSURE),
}
"""Names of the simulator, squashed, that are canonical channels; no other name is one."""

# As the simulator spells units that others spell otherwise: its fps are frames, not feet.
_UNITS = {"revs/min": "rpm", "N*m": "Nm", "fps": "1/s"}
_AS_WRITTEN = frozenset({"J"})
_ENUMS = "irsdk_"
# In these, `%` may be true percent: no description says, and the cars at hand have 0.
_PERCENT_AS_IT_STANDS = frozenset({"PlayerCarPowerAdjust"})


class _OnlyThese(dict[str, ChannelMeaning | None]):
    """Meanings in which an unlisted name has none, whatever other makers mean by it."""

    def __contains__(self, word: object) -> bool:
        return True

    def __missing__(self, word: str) -> None:
        return None


def names() -> ChannelNames:
    """Return what names the channels of one file."""
    return ChannelNames(_OnlyThese(MEANINGS))


def named(taken: ChannelNames, variable: Variable, element: int | None = None) -> NamedChannel:
    """Return the channel of a variable, or of one element of it.

    Args:
        taken: names of the file so far.
        variable: of the file.
        element: from 0; None for the whole variable.
    """
    unit = "" if variable.unit.startswith(_ENUMS) else _UNITS.get(variable.unit, variable.unit)
    name = variable.name if element is None else f"{variable.name} {element}"
    channel = attrs.evolve(taken.take(name, unit), source_name=variable.name, source_unit=variable.unit)
    if unit in _AS_WRITTEN:
        return attrs.evolve(channel, unit=unit)
    if variable.unit != "%" or variable.name in _PERCENT_AS_IT_STANDS:
        return channel
    if not channel.is_canonical:
        return attrs.evolve(channel, unit="1")  # the fraction as it stands
    if channel.name == "clutch_pct":
        # "0=disengaged to 1=fully engaged": a pedal that is pressed disengages.
        return attrs.evolve(channel, scale=-100.0, offset=100.0)
    return attrs.evolve(channel, scale=100.0)
