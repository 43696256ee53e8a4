"""Stream `pose`: position, velocity and attitude in a local east-north-up frame."""

from __future__ import annotations

import pyarrow as pa

from telemparse.schemas.common import FLAGS, T
from telemparse.schemas.fields import Origin, field, schema

__all__ = ["POSE", "POSE_SOURCES"]

POSE_SOURCES = ("gnss_measured", "onboard_fused", "server_fused")

_F, _E = pa.float32(), Origin.ESTIMATED

POSE = schema(
    "pose",
    "Pose in local ENU; table metadata: origin_lat_deg, origin_lon_deg, origin_alt_m and pose_source"
    " (gnss_measured, onboard_fused or server_fused).",
    [
        T,
        field("x_e_m", pa.float64(), "m", "East of the origin.", required=True, origin=_E),
        field("y_n_m", pa.float64(), "m", "North of the origin.", required=True, origin=_E),
        field("z_u_m", pa.float64(), "m", "Up from the origin.", origin=_E),
        field("vx_mps", _F, "m/s", "Velocity to the east.", origin=_E),
        field("vy_mps", _F, "m/s", "Velocity to the north.", origin=_E),
        field("vz_mps", _F, "m/s", "Velocity up.", origin=_E),
        field("yaw_rad", _F, "rad", "Heading of the vehicle's nose, counter-clockwise from east.", origin=_E),
        field("pitch_rad", _F, "rad", "Nose up is positive.", origin=_E),
        field("roll_rad", _F, "rad", "Right side down is positive.", origin=_E),
        field("yaw_rate_rps", _F, "rad/s", "Rate of yaw.", origin=_E),
        field("pos_std_e_m", _F, "m", "Standard deviation of x_e_m.", origin=_E, low=0),
        field("pos_std_n_m", _F, "m", "Standard deviation of y_n_m.", origin=_E, low=0),
        field("pos_cov_en_m2", _F, "m2", "Covariance of x_e_m and y_n_m.", origin=_E),
        field("vel_std_mps", _F, "m/s", "Standard deviation of horizontal velocity.", origin=_E, low=0),
        field("yaw_std_rad", _F, "rad", "Standard deviation of yaw_rad.", origin=_E, low=0),
        FLAGS,
    ],
)
