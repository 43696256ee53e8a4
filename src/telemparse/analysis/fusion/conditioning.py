"""From streams to samples that can be fused: on one clock, in true units, in the vehicle's own frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow.compute as pc

from telemparse.analysis.fusion.clock_guesses import clock_guess
from telemparse.analysis.fusion.inertial import Inertial
from telemparse.analysis.fusion.mounting import mounting
from telemparse.model.issues import Issue

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from telemparse.analysis.fusion.mounting import Mounting
    from telemparse.analysis.fusion.parameters import UnitNoise
    from telemparse.analysis.motions import Motion
    from telemparse.kernels.arrays import Floats

__all__ = ["Conditioned", "Refused", "conditioned"]

_G_MPS2 = 9.80665
_FORCE_OFF, _RATE_OFF = 0.15, 0.25
_LEAST_SHARE = 0.5
_ALONG_DEG = 12.0
_LEAST_OVERLAP_S = 10.0
_LEAST_FORCE, _LEAST_RATE = 2e-3, 1e-4
_DIGITS = 1e-6
_MOST_LIMITED_PCT = 5.0
_DOWNWARDS = np.array([1.0, 1.0, -1.0])


@attrs.frozen(eq=False, kw_only=True)
class Conditioned:
    """Samples that can be fused.

    Args:
        unit: in the vehicle's frame, m/s2 and rad/s, on the receiver's clock as far as it is known.
        noise: of the unit, white noise known.
        mounting: how it was built in.
        later_s: by which its stamps were moved.
        temperature_c: of the unit, the lowest and the highest, None where it does not say.
        issues: what had to be put right.
    """

    unit: Inertial
    noise: UnitNoise
    mounting: Mounting
    later_s: float
    temperature_c: tuple[float, float] | None = None
    issues: tuple[Issue, ...] = ()


class Refused(Exception):  # noqa: N818  (an answer, of which the caller makes a result)
    """Why there is nothing to fuse.

    Args:
        code: of the registry.
        reason: in words.
        found: what was found before.
    """

    def __init__(self, code: str, reason: str, found: tuple[Issue, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.issues = (*found, Issue(code, reason=reason))


def conditioned(streams: Mapping[str, pa.Table], motion: Motion, noise: UnitNoise) -> Conditioned:
    """Return the inertial samples of streams, ready to be fused with a motion.

    Args:
        streams: by name; `imu_accel` and `imu_gyro` are needed.
        motion: of the receiver alone.
        noise: of the unit; white noise that is None is found here.

    Raises Refused where there are none, or none that fit the motion.
    """
    unit, later_s = _clocked(_sampled(streams, motion), motion)
    limited = 100 * float(unit.clipped.mean())
    if limited > _MOST_LIMITED_PCT:
        saturation = Issue("IMU_SATURATION", count=int(unit.clipped.sum()), axis="any axis")
        reason = f"{limited:.0f} % of the samples are at their limit"
        raise Refused("FUSION_SKIPPED", reason, found=(saturation,))
    unit, built, later_s, issues = _matched(unit, motion, later_s)
    force_unit, rate_unit = _units(built)
    if force_unit != 1.0:
        issues.append(Issue("UNIT_ASSUMED", column="imu_accel", unit="g"))
    if rate_unit != 1.0:
        issues.append(Issue("UNIT_ASSUMED", column="imu_gyro", unit="deg/s"))
    clipped = int(unit.clipped.sum())
    if clipped:
        issues.append(Issue("IMU_SATURATION", count=clipped, axis="any axis"))
    rotation = _settled(built.rotation) if built.pushed else np.eye(3)
    unit = attrs.evolve(
        unit, force=force_unit * unit.force @ rotation.T, rate=rate_unit * unit.rate @ rotation.T
    )
    return Conditioned(
        unit=unit,
        noise=_noise_of(unit, noise),
        mounting=attrs.evolve(built, rotation=rotation),
        later_s=later_s,
        temperature_c=_temperature_c(streams),
        issues=tuple(issues),
    )


def _temperature_c(streams: Mapping[str, pa.Table]) -> tuple[float, float] | None:
    tables = [streams[name] for name in ("imu_accel", "imu_gyro")]
    found = [pc.min_max(table["temp_c"]).as_py() for table in tables if "temp_c" in table.column_names]
    known = [each for each in found if each["min"] is not None]
    return (min(each["min"] for each in known), max(each["max"] for each in known)) if known else None


def _sampled(streams: Mapping[str, pa.Table], motion: Motion) -> Inertial:
    accel, gyro = (streams.get(name) for name in ("imu_accel", "imu_gyro"))
    if accel is None or not accel.num_rows:
        raise Refused("FUSION_SKIPPED_NO_IMU", "no accelerometer")
    if gyro is None or not gyro.num_rows:
        raise Refused("FUSION_SKIPPED_NO_IMU", "no gyroscope, and forces alone tell no attitude")
    unit = Inertial.of(accel, gyro, int(motion.path.t_ns[0]))
    if len(unit) < 2:  # noqa: PLR2004  (a step has two ends)
        raise Refused("FUSION_SKIPPED_NO_IMU", "fewer than two samples of forces and rates together")
    return unit


def _clocked(unit: Inertial, motion: Motion) -> tuple[Inertial, float]:
    """Return samples on the receiver's clock, found by the rates of turn where it is another one."""
    later_s = 0.0
    if unit.time_base != motion.path.time_base:
        guess = clock_guess(unit, motion, unit.zero_ns)
        if guess is None or not guess.sure:
            found = "" if guess is None else f" (correlation {guess.correlation:.2f}, next {guess.rival:.2f})"
            raise Refused(
                "TIME_ALIGNMENT_DRIFT",
                f"fixes and samples are on clocks of two kinds, and rates of turn do not tell how they stand"
                f" to each other{found}",
            )
        unit, later_s = unit.later(guess.later_s), guess.later_s
    last_s = (int(motion.path.t_ns[-1]) - unit.zero_ns) / 1e9
    common_s = float(min(unit.t_s[-1], last_s) - max(unit.t_s[0], 0.0))
    if common_s < _LEAST_OVERLAP_S:
        raise Refused("TIME_ALIGNMENT_DRIFT", f"fixes and samples have {max(common_s, 0.0):.1f} s in common")
    return unit, later_s


def _matched(unit: Inertial, motion: Motion, later_s: float) -> tuple[Inertial, Mounting, float, list[Issue]]:
    """Return samples that fit a drive, how they were built in, how far they were moved, and what was found.

    What does not fit as it is may do so with forces that count downwards, or seconds away.
    """
    built = mounting(unit, motion, unit.zero_ns)
    try:
        _units(built)
    except Refused:
        mirrored = attrs.evolve(unit, force=unit.force * _DOWNWARDS)
        other = mounting(mirrored, motion, unit.zero_ns)
        if _fits(other):
            return mirrored, other, later_s, [Issue("IMU_AXIS_MIRRORED", column="az_mps2")]
        guess = clock_guess(unit, motion, unit.zero_ns) if built.seconds and not later_s else None
        if guess is None or not guess.sure:
            raise
        moved = unit.later(guess.later_s)
        other = mounting(moved, motion, unit.zero_ns)
        if not _fits(other):
            raise
        return moved, other, guess.later_s, []
    return unit, built, later_s, []


def _fits(built: Mounting) -> bool:
    try:
        _units(built)
    except Refused:
        return False
    return built.pushed


def _units(built: Mounting) -> tuple[float, float]:
    """Return m/s2 and rad/s in one of what a unit calls force and rate."""
    if not built.seconds:
        raise Refused("FUSION_SKIPPED", "the vehicle hardly moves: nobody can tell which way the unit points")
    force = _near(built.force_unit, (1.0, _G_MPS2), _FORCE_OFF)
    if not built.pushed:
        # Along a straight road nothing tells forwards: what is upright must be so by itself.
        if force is None or built.tilt_deg > _ALONG_DEG:
            raise Refused(
                "FUSION_SKIPPED", "the vehicle hardly accelerates: nobody can tell which way the unit points"
            )
        return force, 1.0
    if force is None or built.force_share < _LEAST_SHARE:
        share = max(0.0, 100 * built.force_share)
        raise Refused(
            "FUSION_SKIPPED",
            f"forces explain {share:.0f} % of the vehicle's acceleration, in units of {built.force_unit:.3g}"
            " m/s2",
        )
    rate = _near(built.rate_unit, (1.0, float(np.pi / 180)), _RATE_OFF)
    if rate is None or (np.isfinite(built.rate_unit) and built.rate_share < _LEAST_SHARE):
        share = max(0.0, 100 * built.rate_share)
        raise Refused(
            "FUSION_SKIPPED",
            f"rates about the upright explain {share:.0f} % of how the course turns, in units of"
            f" {built.rate_unit:.3g} rad/s",
        )
    return force, rate


def _near(found: float, known: tuple[float, ...], off: float) -> float | None:
    """Return the unit that a measured one is within a share of; the first one where nothing is measured."""
    if not np.isfinite(found):
        return known[0]
    return next((each for each in known if abs(found / each - 1) < off), None)


def _settled(rotation: Floats) -> Floats:
    """Return the rotation by right angles that is near, if one is: units are built in along the vehicle."""
    square = np.rint(rotation)
    if abs(np.linalg.det(square) - 1) > _DIGITS or (np.abs(square).sum(axis=0) != 1).any():
        return rotation
    cosine = (np.trace(square.T @ rotation) - 1) / 2
    return square if np.degrees(np.arccos(np.clip(cosine, -1, 1))) < _ALONG_DEG else rotation


def _noise_of(unit: Inertial, noise: UnitNoise) -> UnitNoise:
    """Return the noise with the white part that neighbouring samples show."""
    root = np.sqrt(unit.period_s)
    force = noise.force or max(_white(unit.force) * root, _LEAST_FORCE)
    rate = noise.rate or max(_white(unit.rate) * root, _LEAST_RATE)
    return attrs.evolve(noise, force=float(force), rate=float(rate))


def _white(values: Floats) -> float:
    """Return the standard deviation of white noise, of the noisiest axis."""
    rough = values[2:] - 2 * values[1:-1] + values[:-2]
    return float((np.median(np.abs(rough), axis=0) / (0.6745 * np.sqrt(6.0))).max()) if len(rough) else 0.0
