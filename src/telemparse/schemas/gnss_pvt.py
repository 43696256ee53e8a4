"""Stream `gnss_pvt`: position, velocity and time of a GNSS receiver, one row a valid fix."""

from __future__ import annotations

import pyarrow as pa

from telemparse.schemas.common import FLAGS, T
from telemparse.schemas.fields import Origin, field, schema

__all__ = ["GNSS_PVT"]

_F = pa.float32()

GNSS_PVT = schema(
    "gnss_pvt",
    "Position, velocity and time of a GNSS receiver. Epochs without a position do not enter.",
    [
        T,
        field("lat_deg", pa.float64(), "deg", "WGS-84 latitude.", required=True, low=-90, high=90),
        field("lon_deg", pa.float64(), "deg", "WGS-84 longitude.", required=True, low=-180, below=180),
        field(
            "alt_m", pa.float64(), "m", "Altitude above mean sea level; ellipsoidal when flag bit 8 is set."
        ),
        field("speed_mps", _F, "m/s", "Speed over ground.", low=0),
        field("course_deg", _F, "deg", "Direction of travel, clockwise from true north.", low=0, below=360),
        field("vel_n_mps", _F, "m/s", "Velocity to the north."),
        field("vel_e_mps", _F, "m/s", "Velocity to the east."),
        field("vel_d_mps", _F, "m/s", "Velocity down."),
        field(
            "hacc_m",
            _F,
            "m",
            "Horizontal accuracy as the receiver estimates it.",
            origin=Origin.ESTIMATED,
            low=0,
        ),
        field(
            "vacc_m",
            _F,
            "m",
            "Vertical accuracy as the receiver estimates it.",
            origin=Origin.ESTIMATED,
            low=0,
        ),
        field(
            "sacc_mps",
            _F,
            "m/s",
            "Speed accuracy as the receiver estimates it.",
            origin=Origin.ESTIMATED,
            low=0,
        ),
        field("hdop", _F, "1", "Horizontal dilution of precision.", low=0),
        field("vdop", _F, "1", "Vertical dilution of precision.", low=0),
        field("pdop", _F, "1", "Position dilution of precision.", low=0),
        field("sat_count", pa.uint8(), "1", "Satellites used in the solution."),
        field(
            "fix_type",
            pa.uint8(),
            "1",
            "0 none, 1 dead reckoning, 2 2D, 3 3D, 4 GNSS + dead reckoning, 5 time only,"
            " 6 RTK float, 7 RTK fixed.",
            high=7,
        ),
        FLAGS,
    ],
)
