"""All canonical schemas by stream name, and what a stream name may look like."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telemparse.errors import CallError
from telemparse.schemas.channels import CHANNELS
from telemparse.schemas.events import EVENTS
from telemparse.schemas.gnss_pvt import GNSS_PVT
from telemparse.schemas.imu_accel import IMU_ACCEL
from telemparse.schemas.imu_gyro import IMU_GYRO
from telemparse.schemas.imu_mag import IMU_MAG
from telemparse.schemas.laps import LAPS
from telemparse.schemas.pose import POSE
from telemparse.schemas.sectors import SECTORS
from telemparse.schemas.segments import SEGMENTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

__all__ = ["SCHEMAS", "is_stream", "schema_of"]

SCHEMAS: Mapping[str, pa.Schema] = {
    "gnss_pvt": GNSS_PVT,
    "imu_accel": IMU_ACCEL,
    "imu_gyro": IMU_GYRO,
    "imu_mag": IMU_MAG,
    "pose": POSE,
    "events": EVENTS,
    "laps": LAPS,
    "sectors": SECTORS,
    "segments": SEGMENTS,
    "channels": CHANNELS,
}

# A second source or group is named after a dot; names become file names, so they stay plain.
_NAME = re.compile(r"[a-z_]+(\.[A-Za-z0-9_-]+)*")


def is_stream(name: str) -> bool:
    """Tell whether a name is a canonical stream, a source of one (`gnss_pvt.raw`) or a channel group."""
    base, dot, _source = name.partition(".")
    return base in SCHEMAS and bool(_NAME.fullmatch(name)) and (base != "channels" or bool(dot))


def schema_of(stream: str) -> pa.Schema:
    """Return the canonical schema of a stream name; raises CallError for a name that is none."""
    if not is_stream(stream) and stream != "channels":
        raise CallError(f"{stream!r} is no canonical stream; there are {', '.join(SCHEMAS)}")
    return SCHEMAS[stream.partition(".")[0]]
