"""What a result can do, computed from its streams and never claimed by hand."""

from __future__ import annotations

import attrs

__all__ = ["Capabilities"]


@attrs.frozen(kw_only=True)
class Capabilities:
    """Facts that a caller asks before using a result; rates are medians in Hz, None without samples."""

    has_gnss_position: bool = False
    has_gnss_velocity: bool = False
    has_gnss_quality_fields: bool = False
    has_imu_accel: bool = False
    has_imu_gyro: bool = False
    has_magnetometer: bool = False
    has_onboard_fused_pose: bool = False
    has_onboard_fused_orientation: bool = False
    has_time_sync_markers: bool = False
    has_device_laps: bool = False
    has_absolute_time: bool = False
    sample_rate_gnss_hz: float | None = None
    sample_rate_imu_hz: float | None = None
    imu_dof: int = 0
