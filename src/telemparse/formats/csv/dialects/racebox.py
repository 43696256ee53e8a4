"""RaceBox performance meters: 25 Hz positions with accelerometer and gyroscope."""

from __future__ import annotations

from telemparse.extension.csv_dialect import CsvDialect, LapRule, Stamps

__all__ = ["RACEBOX"]

# The export asks for km/h, mph or m/s and then writes a bare `Speed`: km/h unless the positions show
# another. G forces are in g, rates of turn in deg/s (RaceBox Mini protocol, "GForce", "Rotation rate"). With
# a lean angle there is no `GForceY`. Rows outside laps have lap 0; lines above the rows may state the laps.
# Times end in `Z`, or are those of the telephone's zone and say nothing.
RACEBOX = CsvDialect(
    name="racebox",
    title="RaceBox",
    header=frozenset({"Time", "Latitude", "Longitude", "Speed", "GForceX", "GForceZ"}),
    columns={
        "Time": "t",
        "Altitude": "alt:m",
        "Speed": "speed:km/h?",
        "GForceX": "ax:g",
        "GForceY": "ay:g",
        "GForceZ": "az:g",
        "GyroX": "gx:deg/s",
        "GyroY": "gy:deg/s",
        "GyroZ": "gz:deg/s",
    },
    stamps=Stamps.UNKNOWN,
    laps=LapRule(number="Lap", outside=0, stated="Lap {lap}, {time}"),
    device_family="RaceBox",
)
