"""Stream `imu_mag`: magnetic field, in the sensor's own frame."""

from __future__ import annotations

import pyarrow as pa

from telemparse.schemas.common import FLAGS, T
from telemparse.schemas.fields import field, schema

__all__ = ["IMU_MAG"]

IMU_MAG = schema(
    "imu_mag",
    "Magnetic field of a three-axis magnetometer, in the sensor's own frame.",
    [
        T,
        field("mx_ut", pa.float32(), "uT", "Field along x.", required=True),
        field("my_ut", pa.float32(), "uT", "Field along y.", required=True),
        field("mz_ut", pa.float32(), "uT", "Field along z.", required=True),
        field(
            "cal_state",
            pa.uint8(),
            "1",
            "Calibration state as the device reports it; the meaning is the device's.",
        ),
        FLAGS,
    ],
)
