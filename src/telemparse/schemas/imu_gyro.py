"""Stream `imu_gyro`: angular rate of a gyroscope, in the sensor's own frame."""

from __future__ import annotations

import pyarrow as pa

from telemparse.schemas.common import FLAGS, TEMPERATURE, T
from telemparse.schemas.fields import field, schema

__all__ = ["IMU_GYRO"]

IMU_GYRO = schema(
    "imu_gyro",
    "Angular rate of a three-axis gyroscope, in the sensor's own frame.",
    [
        T,
        field("gx_rps", pa.float32(), "rad/s", "Angular rate about x.", required=True),
        field("gy_rps", pa.float32(), "rad/s", "Angular rate about y.", required=True),
        field("gz_rps", pa.float32(), "rad/s", "Angular rate about z.", required=True),
        TEMPERATURE,
        FLAGS,
    ],
)
