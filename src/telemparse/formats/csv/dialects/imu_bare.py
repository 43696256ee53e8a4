"""Headerless six-axis IMU logs: accelerometer in g, gyroscope in deg/s, a millisecond tick."""

from __future__ import annotations

from telemparse.extension.csv_dialect import CsvDialect, NumberRange, Shape

__all__ = ["IMU_BARE"]

# Gravity shows in the first three columns (their median length is 1 g), the tick in the last.
IMU_BARE = CsvDialect(
    name="imu_bare",
    title="Bare IMU log",
    shape=Shape(
        columns=(
            *(NumberRange(low=-32, high=32, decimals=2),) * 3,
            *(NumberRange(low=-4000, high=4000, decimals=2),) * 3,
            NumberRange(low=0, high=2**32, rising=True),
        ),
        unit_vector=(0, 1, 2),
        tolerance=0.2,
    ),
    columns={0: "ax:g", 1: "ay:g", 2: "az:g", 3: "gx:deg/s", 4: "gy:deg/s", 5: "gz:deg/s", 6: "t:ms"},
)
