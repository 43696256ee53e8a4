"""Stream `imu_accel`: specific force of an accelerometer, in the sensor's own frame."""

from __future__ import annotations

import pyarrow as pa

from telemparse.schemas.common import FLAGS, TEMPERATURE, T
from telemparse.schemas.fields import field, schema

__all__ = ["IMU_ACCEL"]

IMU_ACCEL = schema(
    "imu_accel",
    "Specific force of a three-axis accelerometer, in the sensor's own frame.",
    [
        T,
        field("ax_mps2", pa.float32(), "m/s2", "Specific force along x.", required=True),
        field("ay_mps2", pa.float32(), "m/s2", "Specific force along y.", required=True),
        field("az_mps2", pa.float32(), "m/s2", "Specific force along z.", required=True),
        TEMPERATURE,
        FLAGS,
    ],
)
