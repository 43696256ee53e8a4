"""What a fusion comes to: poses, how healthy the filter was, and what was found on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from telemparse.model.issues import Issue

__all__ = ["DegradedSpan", "Fused", "FusionHealth"]


@attrs.frozen(kw_only=True)
class DegradedSpan:
    """A stretch of time in which the pose rests on less than usual.

    Args:
        start_ns, end_ns: instants, ns since 1970 in the time base.
        reason: `no fixes` or `samples missing or at their limit`.
        position_std_m: largest standard deviation of the position within, of the worse axis.
    """

    start_ns: int
    end_ns: int
    reason: str
    position_std_m: float

    @property
    def seconds(self) -> float:
        """Length."""
        return (self.end_ns - self.start_ns) / 1e9


@attrs.frozen(kw_only=True)
class FusionHealth:
    """How the filter fared.

    Args:
        innovation: mean square of innovations over their variance, by what was measured (`place`, `pace`,
            ...): 1 is as foretold, less is cautious.
        outlier_pct: percent of measurements beyond the gate.
        noise_factor: by which the unit's white noise had to be raised.
        force_noise, rate_noise: white noise used, m/s2 and rad/s a root hertz.
        force_bias, rate_bias: of the unit at the end, forwards, left, up, m/s2 and rad/s.
        scale: shares by which forces forwards, to the left, and the rate of yaw are measured too large.
        offset_s, offset_std_s: by which the receiver's stamps are behind the unit's clock.
        mounting_deg: angle between the unit's axes and the vehicle's, put right before.
        temperature_c: of the unit, lowest and highest; None where it does not say. Biases move with it.
        degraded: spans without fixes or samples.
    """

    innovation: Mapping[str, float]
    outlier_pct: float
    noise_factor: float
    force_noise: float
    rate_noise: float
    force_bias: tuple[float, float, float]
    rate_bias: tuple[float, float, float]
    scale: tuple[float, float, float]
    offset_s: float
    offset_std_s: float
    mounting_deg: float
    temperature_c: tuple[float, float] | None = None
    degraded: tuple[DegradedSpan, ...] = ()


@attrs.frozen(eq=False, kw_only=True)
class Fused:
    """A fused pose, or what stands in for it.

    Args:
        table: stream `pose`; `pose_source` in its metadata is `server_fused`, or `gnss_measured` where the
            fusion was skipped or failed; None where there are no positions either.
        onboard: the pose that the device itself fused, as it was recorded; None without one.
        health: of the filter; None where it did not run.
        issues: findings with registry codes.
        parameters: of the technique, plain numbers and words.
    """

    table: pa.Table | None
    onboard: pa.Table | None = None
    health: FusionHealth | None = None
    issues: tuple[Issue, ...] = ()
    parameters: Mapping[str, Any] = attrs.field(factory=dict)

    @property
    def source(self) -> str | None:
        """`server_fused`, `gnss_measured`, or None without a table."""
        if self.table is None:
            return None
        return str(self.table.schema.metadata[b"pose_source"].decode())

    @property
    def ok(self) -> bool:
        """True where the pose is fused."""
        return self.source == "server_fused"
