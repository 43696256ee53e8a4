"""Fusion of fixes and inertial samples into a pose that is no worse than what went in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.analysis.derivations import derived
from telemparse.analysis.fusion.attempts import attempt
from telemparse.analysis.fusion.conditioning import Refused, conditioned
from telemparse.analysis.fusion.outcomes import Fused
from telemparse.analysis.fusion.parameters import FAMILIES, VERSION, FusionOptions
from telemparse.analysis.fusion.poses import measured_table, poses_of, table_of
from telemparse.analysis.fusion.verdicts import degraded_spans, health_of, verdict
from telemparse.analysis.paths import Path, fixes_of
from telemparse.analysis.smoothing.receptions import reception_of
from telemparse.analysis.smoothing.smoother import measured, motion_of
from telemparse.errors import CallError
from telemparse.model.issues import Issue

if TYPE_CHECKING:
    import pyarrow as pa

    from telemparse.analysis.motions import Motion
    from telemparse.analysis.smoothing.noises import Noise
    from telemparse.analysis.smoothing.receptions import Reception
    from telemparse.kernels.local_frame import LocalFrame
    from telemparse.model.results import ParseResult

__all__ = ["fuse"]

_FEWEST = 2
_FLAWLESS = "positions and velocities agree to a centimetre: there is nothing that a unit could make better"
_SLOW_S = 0.5


def fuse(
    source: ParseResult | Mapping[str, pa.Table],
    *,
    options: FusionOptions | None = None,
    frame: LocalFrame | None = None,
) -> Fused:
    """Return the pose of a vehicle from its fixes and its inertial unit.

    A strapdown filter with its errors as states, and a smoother's way back, about a trajectory that is tried
    again until it stands. How the unit is built in, its biases, the scale of what matters, the
    offset of the clocks and all noise come from the recording. The absolute position hardly gets better by
    it, for the slow error of a receiver is beyond what any unit tells; velocity, course, attitude and what
    happens in gaps do.

    What does not fit is not handed out: the pose is then that of the receiver alone, `gnss_measured`, and
    an issue says why. A pose that the device fused itself is passed on beside it.

    Args:
        source: a result, or tables by the names of their streams: `gnss_pvt`, `imu_accel`, `imu_gyro`, and,
            where they are to count, `imu_mag` and channels with speeds of wheels.
        options: what may be chosen.
        frame: of the pose; one in the middle of the places when absent.

    Raises CallError for a source without positions, and MissingExtra without the extra `analysis`.
    """
    options = options or FusionOptions()
    streams: Mapping[str, pa.Table] = source if isinstance(source, Mapping) else source.streams
    onboard = _onboard(streams)
    if "gnss_pvt" not in streams:
        raise CallError("fusion needs the stream gnss_pvt")
    path = Path.of(fixes_of(streams["gnss_pvt"]), frame=frame)
    if len(path) < _FEWEST:
        issue = Issue("FUSION_SKIPPED", reason="fewer than two fixes")
        return _alone(measured(path), onboard, (issue,), reason="fewer than two fixes")
    reception = reception_of(path)
    motion = motion_of(reception)
    reception = attrs.evolve(reception, noise=_known(reception))
    family = options.family or _family(source)
    noise = options.noise or FAMILIES.get(family, FAMILIES["generic"])
    if reception.noise.flawless:
        issue = Issue("FUSION_SKIPPED", reason=_FLAWLESS)
        return _alone(motion, onboard, (issue,), reason=_FLAWLESS)
    try:
        ready = conditioned(streams, motion, noise)
    except Refused as refused:
        return _alone(motion, onboard, refused.issues, reason=refused.reason)
    tried = attempt(ready, streams, reception, motion, options)
    doubt = verdict(tried, motion)
    spans = degraded_spans(tried, path)
    health = health_of(tried, ready, spans)
    issues = (*ready.issues, *(tried.field.issues if tried.field is not None else ()))
    if doubt is not None:
        return _alone(motion, onboard, (*issues, doubt), reason=doubt.message, health=health)
    poses = poses_of(tried.found, tried.unit, options.rate_hz)
    table = table_of(
        tried.levelled(poses),
        path.frame,
        path.time_base,
        heights=tried.heights,
        flagged=tried.nodes.far(path.gap_s)[poses.node],
    )
    parameters: dict[str, Any] = {
        "family": family,
        "parameters_version": VERSION,
        "lever_m": list(options.lever_m),
        "gate": options.gate,
        "rate_hz": options.rate_hz,
        "unit_noise": attrs.asdict(tried.found.noise),
        "noise_factor": tried.found.factor,
        "receiver_noise": attrs.asdict(reception.noise),
        "offset_s": health.offset_s,
        "mounting_deg": health.mounting_deg,
        "sideways_mps": options.sideways_mps,
        "wheels": tried.wheels.facts if tried.wheels is not None else None,
        "magnetometer": tried.field.facts if tried.field is not None else None,
    }
    return Fused(
        table=derived(table, "fuse", **parameters),
        onboard=onboard,
        health=health,
        issues=issues,
        parameters=parameters,
    )


def _known(reception: Reception) -> Noise:
    """Return a receiver's noise as far as the recording shows it, and where it does not, as it states it.

    What positions are off by is found beside velocities that are integrated: over a second or more of a way
    that bends, that tells the bends. And what wanders for minutes hides from a drive of minutes, but where
    phases are measured.
    """
    path, noise = reception.path, reception.noise
    stated = path.hacc_m[np.isfinite(path.hacc_m) & (path.hacc_m > 0)]
    found = float(np.sqrt(noise.white_m**2 + noise.fast_m**2 + noise.slow_m**2))
    if not len(stated):
        return noise
    usual = float(np.median(stated))
    if path.period_s < _SLOW_S or usual >= found:
        return noise if noise.exact else attrs.evolve(noise, slow_m=max(noise.slow_m, usual))
    share = usual / found
    return attrs.evolve(
        noise, white_m=share * noise.white_m, fast_m=share * noise.fast_m, slow_m=share * noise.slow_m
    )


def _alone(
    motion: Motion, onboard: pa.Table | None, issues: tuple[Issue, ...], *, reason: str, **facts: Any
) -> Fused:
    """Return what the receiver says by itself."""
    parameters: dict[str, Any] = {"fallback": reason, "method": str(motion.method)}
    return Fused(
        table=derived(measured_table(motion), "fuse", **parameters),
        onboard=onboard,
        issues=issues,
        parameters=parameters,
        **facts,
    )


def _onboard(streams: Mapping[str, pa.Table]) -> pa.Table | None:
    table = streams.get("pose")
    own = table is not None and (table.schema.metadata or {}).get(b"pose_source") == b"onboard_fused"
    return table if own else None


def _family(source: Any) -> str:
    parts = getattr(getattr(source, "provenance", None), "parts", ())
    return parts[0].parser_id if parts else "generic"
