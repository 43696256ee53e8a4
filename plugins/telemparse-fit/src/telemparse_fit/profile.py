"""The messages that become rows, as the public FIT profile describes them: names, scales, offsets, units."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse.kernels.channel_words import ChannelMeaning
from telemparse.kernels.units import Dimension

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["GARMIN_PRODUCTS", "MANUFACTURERS", "MEANINGS", "RECORD", "Message", "Profile"]


class Message:
    """Global numbers of the messages that are read (FIT profile, "Mesg Num")."""

    FILE_ID = 0
    SESSION = 18
    LAP = 19
    RECORD = 20
    EVENT = 21
    DEVICE_INFO = 23
    ACTIVITY = 34
    FILE_CREATOR = 49
    GPS_METADATA = 160
    CAMERA_EVENT = 161
    TIMESTAMP_CORRELATION = 162
    GYROSCOPE = 164
    ACCELEROMETER = 165
    CALIBRATION = 167
    MAGNETOMETER = 208
    BAROMETER = 209


@attrs.frozen
class Profile:
    """A field: value in the unit = stored / scale - offset."""

    name: str
    unit: str = ""
    scale: float = 1.0
    offset: float = 0.0


_P = Profile
RECORD: Mapping[int, Profile] = {
    2: _P("altitude", "m", 5, 500), 3: _P("heart_rate", "bpm"), 4: _P("cadence", "rpm"),
    5: _P("distance", "m", 100), 6: _P("speed", "m/s", 1000), 7: _P("power", "W"), 9: _P("grade", "%", 100),
    10: _P("resistance"), 11: _P("time_from_course", "s", 1000), 12: _P("cycle_length", "m", 100),
    13: _P("temperature", "degC"), 17: _P("speed_1s", "m/s", 16), 18: _P("cycles"),
    19: _P("total_cycles"), 28: _P("compressed_accumulated_power", "W"), 29: _P("accumulated_power", "W"),
    30: _P("left_right_balance"), 32: _P("vertical_speed", "m/s", 1000), 33: _P("calories", "kcal"),
    39: _P("vertical_oscillation", "mm", 10), 40: _P("stance_time_percent", "%", 100),
    41: _P("stance_time", "ms", 10), 42: _P("activity_type"),
    43: _P("left_torque_effectiveness", "%", 2), 44: _P("right_torque_effectiveness", "%", 2),
    45: _P("left_pedal_smoothness", "%", 2), 46: _P("right_pedal_smoothness", "%", 2),
    47: _P("combined_pedal_smoothness", "%", 2), 48: _P("time128", "s", 128), 49: _P("stroke_type"),
    50: _P("zone"), 51: _P("ball_speed", "m/s", 100), 52: _P("cadence256", "rpm", 256),
    53: _P("fractional_cadence", "rpm", 128), 54: _P("total_hemoglobin_conc", "g/dL", 100),
    57: _P("saturated_hemoglobin_percent", "%", 10), 62: _P("device_index"), 67: _P("left_pco", "mm"),
    68: _P("right_pco", "mm"), 69: _P("left_power_phase", "deg", 0.7111111),
    70: _P("left_power_phase_peak", "deg", 0.7111111), 71: _P("right_power_phase", "deg", 0.7111111),
    72: _P("right_power_phase_peak", "deg", 0.7111111), 73: _P("enhanced_speed", "m/s", 1000),
    78: _P("enhanced_altitude", "m", 5, 500), 81: _P("battery_soc", "%", 2), 82: _P("motor_power", "W"),
    83: _P("vertical_ratio", "%", 100), 84: _P("stance_time_balance", "%", 100),
    85: _P("step_length", "mm", 10), 87: _P("cycle_length16", "m", 100), 91: _P("absolute_pressure", "Pa"),
    92: _P("depth", "m", 1000), 93: _P("next_stop_depth", "m", 1000), 94: _P("next_stop_time", "s"),
    95: _P("time_to_surface", "s"), 96: _P("ndl_time", "s"), 97: _P("cns_load", "%"), 98: _P("n2_load", "%"),
    99: _P("respiration_rate", "1/min"), 108: _P("enhanced_respiration_rate", "1/min", 100),
    114: _P("grit"), 115: _P("flow"), 116: _P("current_stress", "", 100),
    117: _P("ebike_travel_range", "km"), 118: _P("ebike_battery_level", "%"), 119: _P("ebike_assist_mode"),
    120: _P("ebike_assist_level_percent", "%"), 139: _P("core_temperature", "degC", 100),
}  # fmt: skip
"""Message record (FIT profile, "record") without position, time and accuracy, which make `gnss_pvt`."""

MEANINGS: Mapping[str, ChannelMeaning | None] = {
    "speed": ChannelMeaning("speed_mps", Dimension.SPEED),
    "heartrate": ChannelMeaning("heart_rate_bpm", Dimension.FREQUENCY),
    "cadence": ChannelMeaning("cadence_rpm", Dimension.FREQUENCY),
    "power": ChannelMeaning("power_w", Dimension.POWER),
    "distance": ChannelMeaning("distance_m", Dimension.LENGTH),
}
"""What the profile's names mean beside what loggers mean by them, squashed."""

MANUFACTURERS: Mapping[int, str] = {
    1: "Garmin", 6: "SRM", 15: "Dynastream", 23: "Suunto", 32: "Wahoo Fitness", 41: "Shimano", 68: "Cateye",
    70: "Sigma Sport", 71: "TomTom", 76: "Moxy", 89: "Tacx", 95: "Stryd", 107: "Magene",
    115: "iGPSPORT", 123: "Polar", 132: "Cycplus", 258: "Lezyne", 260: "Zwift", 263: "Favero", 265: "Strava",
    267: "Bryton", 281: "TrainerRoad", 289: "Hammerhead", 294: "COROS", 331: "MyWhoosh",
}  # fmt: skip
"""Makers of devices that record (FIT profile, "Manufacturer")."""

GARMIN_PRODUCTS: Mapping[int, str] = {
    1036: "Edge 500", 1169: "Edge 800", 1561: "Edge 510", 1567: "Edge 810", 1836: "Edge 1000",
    2067: "Edge 520", 2417: "VIRB Ultra 30", 2512: "Oregon 7xx", 2691: "Forerunner 935",
    3113: "Forerunner 945",
}  # fmt: skip
"""Some products of Garmin by their number (FIT profile, "Garmin Product", and files of these devices)."""
