"""Numbers of RaceChrono's channels: what they measure, under the names and in the units of its CSV export.

The numbers and what they mean are facts of the app that public readers of RCZ published; names and units
are those of its CSV v3 export. Where neither says a unit there is none here.
"""

from __future__ import annotations

import attrs

from telemparse.kernels.channel_words import ChannelMeaning
from telemparse.kernels.units import Dimension

__all__ = ["MEANINGS", "Quantity", "quantity"]

# A channel's number: bits 0-14 what, 15-19 where on the car, 20-25 which of several, 30 and 31 marks.
_WHAT_BITS, _WHERE_BITS, _WHICH_BITS = 15, 5, 6
_ACCELERATIONS = frozenset({7, 8, 9, 10, 11, 43, 5004})
_INT32_PER_UNIT = 1000
_COUNTS = frozenset({30002, 30003})
# Inputs of RC2 and RC3 devices: no unit, but thousandths all the same.
_INPUTS = frozenset({*range(20002, 20008), *range(20010, 20021)})

_WHERE = {1: "rear", 2: "front", 3: "rr", 4: "rl", 5: "fr", 6: "fl"}

_NAMES = {
    2: "distance_traveled m", 4: "speed m/s", 5: "altitude m", 6: "bearing deg",
    7: "lateral_acc G", 8: "longitudinal_acc G", 9: "x_acc G", 10: "y_acc G", 11: "z_acc G",
    12: "x_rate_of_rotation deg/s", 13: "y_rate_of_rotation deg/s", 14: "z_rate_of_rotation deg/s",
    15: "device_update_rate Hz", 16: "vertical_speed m/s", 17: "device_battery_time_to_empty",
    18: "device_media_capacity", 19: "device_media_free_space", 20: "elapsed_time",
    24: "rotation_vector_x", 25: "rotation_vector_y", 26: "rotation_vector_z", 27: "rotation_vector_scalar",
    28: "x_magnetic_field uT", 29: "y_magnetic_field uT", 30: "z_magnetic_field uT",
    37: "lean_angle deg", 38: "pitch_angle deg", 39: "yaw_angle deg", 41: "heart_rate bpm",
    43: "combined_acc G", 46: "device_battery_level %", 47: "device_battery_voltage V",
    48: "roll_angle deg", 49: "roll_rate deg/s", 50: "pitch_rate deg/s", 51: "yaw_rate deg/s",
    52: "x_rotation", 53: "y_rotation", 54: "z_rotation", 55: "drift_angle deg",
    1001: "steering_angle deg", 1002: "brake_pos %", 1003: "clutch_pos %", 1004: "gear",
    1005: "gearbox_temp degC", 1006: "clutch_temp degC", 1007: "oil_pressure kPa", 1008: "oil_level",
    1009: "brake_temp degC", 1010: "odometer", 1011: "coolant_pressure kPa", 1012: "throttle_angle deg",
    1013: "tyre_temp degC", 1014: "tyre_pressure kPa", 1015: "wheel_speed m/s",
    1016: "wheel_speed_frequency Hz", 1017: "suspension_travel", 1019: "emergency_brake_pos %",
    1020: "fuel_level_volume", 1021: "coolant_level", 1022: "coolant_level_volume", 1023: "air_fuel_ratio",
    1024: "oil_level_volume", 1025: "knock_correction", 1026: "wastegate_duty_cycle %",
    1027: "engine_power", 1028: "engine_current", 1029: "engine_torque", 1030: "inverter_power",
    1031: "battery_level_energy", 1032: "battery_current", 1033: "brake_pressure kPa",
    1034: "state_of_charge", 1035: "tyre_slip", 1036: "brake_temp_percent %", 1037: "battery_temp degC",
    1038: "battery_temp_percent %", 1039: "inverter_temp degC", 1040: "inverter_temp_percent %",
    1041: "catalytic_converter_temp degC", 1042: "battery_level", 1043: "battery_voltage V",
    5000: "analog", 5001: "digital", 5002: "frequency", 5003: "temperature", 5004: "acceleration G",
    5005: "pressure", 5006: "duration", 5007: "distance_short", 5008: "distance_medium",
    5009: "distance_long", 5010: "angle", 5011: "percent %", 5012: "voltage V", 5013: "weight",
    5014: "volume", 5015: "electric_current", 5016: "power", 5017: "torque", 5018: "energy",
    10024: "rpm rpm", 10025: "throttle_pos %", 10026: "coolant_temp degC", 10027: "intake_pressure kPa",
    10028: "timing_advance deg", 10029: "intake_temp degC", 10030: "maf_rate g/s", 10031: "air_temp degC",
    10032: "engine_load %", 10033: "short_term_fuel_trim_b1 %", 10034: "long_term_fuel_trim_b1 %",
    10035: "short_term_fuel_trim_b2 %", 10036: "long_term_fuel_trim_b2 %", 10037: "fuel_pressure kPa",
    10053: "fuel_rail_pressure kPa", 10058: "fuel_level %", 10062: "baro_pressure kPa",
    10063: "control_module_voltage V", 10064: "absolute_load", 10065: "relative_throttle_pos %",
    10066: "engine_oil_temp degC", 10067: "relative_accelerator_pos %", 10068: "fuel_rate",
    10069: "throttle_pos_b %", 10070: "throttle_pos_c %", 10071: "accelerator_pos %",
    10072: "accelerator_pos_e %", 10073: "accelerator_pos_f %", 10074: "lambda",
    10075: "intake_relative_pressure kPa", 10077: "ethanol_content %",
    20002: "digital1", 20003: "analog1", 20004: "analog2", 20005: "analog3", 20006: "analog4",
    20007: "analog5", 20010: "digital2", 20011: "analog6", 20012: "analog7", 20013: "analog8",
    20014: "analog9", 20015: "analog10", 20016: "analog11", 20017: "analog12", 20018: "analog13",
    20019: "analog14", 20020: "analog15",
    30001: "distance_direct", 30002: "satellites", 30003: "fix_type", 30004: "coordinate_precision",
    30005: "altitude_precision", 30006: "position_precision", 30007: "accuracy m",
}  # fmt: skip

MEANINGS = {
    "speed": ChannelMeaning("speed_mps", Dimension.SPEED),
    **{
        f"speed{corner}": ChannelMeaning(f"wheel_speed_{corner}_mps", Dimension.SPEED)
        for corner in ("fl", "fr", "rl", "rr")
    },
    # The first digital input of RC2 and RC3 devices counts revolutions of the engine.
    "digital1": ChannelMeaning("rpm", Dimension.FREQUENCY, "rpm"),
    # A gauge of the car, not the way of this session.
    "odometer": None,
    "batterylevel": None,
}
"""What the app's names mean beside the words that every format shares."""


@attrs.frozen
class Quantity:
    """What a channel measures.

    Args:
        number: bits 0-14 of the channel's number.
        name: as the CSV export writes it, `channel_<number>` where nobody knows.
        unit: of the values as `scale` leaves them; empty where nobody says.
        scale: from whole numbers to the unit; 1.0 where they are kept as they are.
    """

    number: int
    name: str
    unit: str
    scale: float


def quantity(channel: int, *, whole: bool) -> Quantity:
    """Return what a channel measures whose values are whole numbers, or decimals.

    Whole numbers are thousandths of the unit; accelerations are then in m/s2, and in g as decimals.
    """
    what = channel & ((1 << _WHAT_BITS) - 1)
    where = channel >> _WHAT_BITS & ((1 << _WHERE_BITS) - 1)
    which = channel >> (_WHAT_BITS + _WHERE_BITS) & ((1 << _WHICH_BITS) - 1)
    marks = channel >> (_WHAT_BITS + _WHERE_BITS + _WHICH_BITS)
    entry = _NAMES.get(what)
    if entry is None or marks:
        return Quantity(what, f"channel_{channel}", "", 1.0)
    name, _blank, unit = entry.partition(" ")
    if where:
        name += f"_{_WHERE.get(where, f'pos{where}')}"
    if which:
        name += f"_{which}"
    scaled = whole and (bool(unit) or what in _INPUTS) and what not in _COUNTS
    if whole and what in _ACCELERATIONS:
        unit = "m/s2"
    return Quantity(what, name, unit, 1 / _INT32_PER_UNIT if scaled else 1.0)
