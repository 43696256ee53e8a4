"""SpeedAngle (`.sa`): blocks in tags with lines on the ground and crossings, then bare rows at 10 Hz."""

from __future__ import annotations

from telemparse.extension.csv_dialect import CsvDialect, LapRule, NumberRange, Shape, Stamps, Start

__all__ = ["SPEEDANGLE"]

_ANGLE = NumberRange(low=-180, high=180)
_FIGURE = NumberRange(low=-999, high=999)

# Each row: position, lean angle and acceleration, both also smoothed over two rows, speed, a figure that
# nobody explains, satellites, another such figure, and which line was crossed in the row: 0 for none, F for
# the finish. Speeds are in the unit of the timer block (SpeedAngle R4 APEX user manual, log format). The
# timer's zero is the second row: then, and not a row earlier or later, positions are on a line when the timer
# says so, in the files of two devices.
SPEEDANGLE = CsvDialect(
    name="speedangle",
    title="SpeedAngle",
    preamble=("<trace",),
    shape=Shape(
        columns=(
            NumberRange(low=-90, high=90, decimals=4),
            NumberRange(low=-180, high=180, decimals=4),
            _ANGLE,
            _ANGLE,
            _FIGURE,
            _FIGURE,
            NumberRange(low=0, high=999),
            _FIGURE,
            NumberRange(low=0, high=99),
            _FIGURE,
            NumberRange(low=0, high=999),
        )
    ),
    columns={
        0: "lat_deg",
        1: "lon_deg",
        2: "lean:deg",
        3: "lean_smoothed:deg",
        4: "accel",
        5: "accel_smoothed",
        6: "speed:km/h?",
        7: "figure_8",
        8: "sat_count",
        9: "figure_10",
        10: "crossing:words",
    },
    variants={
        "<timer #unit=MILE/h>": {6: "speed:mph"},
        "<timer #unit=KM/h>": {6: "speed:km/h"},
    },
    rate_hz=10,
    stamps=Stamps.LOCAL,
    start=Start(stamp="#D=", order="mdy"),
    laps=LapRule(crossings="timer", zero_s=0.1),
    gates="trackplan",
    device_family="SpeedAngle",
    device_model=r"#MOD=([A-Za-z0-9_ .-]{1,40})=",
)
