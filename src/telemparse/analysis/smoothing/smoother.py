"""From a path to its likeliest motion, with the checks that say whether its velocities can be trusted."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.analysis.motions import Method, Motion
from telemparse.analysis.paths import Path
from telemparse.analysis.smoothing.banded import Measurements
from telemparse.analysis.smoothing.displacements import Displacements
from telemparse.analysis.smoothing.dynamics import dynamics_of
from telemparse.analysis.smoothing.noises import assumed, noise_of
from telemparse.analysis.smoothing.receptions import reception_of
from telemparse.analysis.smoothing.robust import settle
from telemparse.analysis.smoothing.spreads import PositionSpread, PosteriorSpread
from telemparse.analysis.smoothing.velocity_clocks import velocity_clock
from telemparse.analysis.teleports import teleports
from telemparse.errors import MissingExtra

if TYPE_CHECKING:
    import pyarrow as pa

    from telemparse.analysis.smoothing.noises import Noise
    from telemparse.analysis.smoothing.receptions import Reception
    from telemparse.analysis.smoothing.velocity_clocks import VelocityClock
    from telemparse.kernels.arrays import Floats
    from telemparse.model.results import ParseResult

__all__ = ["Fallback", "measured", "motion_of", "smooth"]

_FEWEST = 30
_SEVERED_S = 30.0
_SLOWEST_HZ = 2.0
_MOST_DRIFT_M, _DRIFT_SHARE = 0.75, 3.0


class Fallback:
    """Words for why a motion is not smoothed."""

    ASKED = "straight lines were asked for"
    NO_VELOCITY = "the receiver's velocity is not known"
    FEW = "too few epochs"
    SLOW = "epochs are too far apart"
    GAPS = "no three seconds without a gap"
    DRIFT = "position and velocity contradict each other"


def smooth(source: pa.Table | ParseResult | Path) -> Motion:
    """Return the likeliest motion behind positions and measured velocities.

    One banded solution for all epochs: an acceleration that fades (Singer), measured velocities whose lag and
    scale were found first, positions that are off by two wandering errors and white noise, outliers weighed
    down (Huber). Where the velocities are unknown, or contradict the positions, the motion is the measured
    one, and its parameters say why (`fallback`).

    Args:
        source: a `gnss_pvt` table, a result that has one, or a path.

    Raises CallError for a source without positions, and MissingExtra without the extra `analysis`.
    """
    _need_scipy()
    path = source if isinstance(source, Path) else Path.of(source)
    unfit = _unfit(path)
    return measured(path, unfit) if unfit else motion_of(reception_of(path))


def _unfit(path: Path) -> str:
    """Return why a path cannot be smoothed, whatever its velocities are worth; empty where it may be."""
    if not path.has_velocity:
        return Fallback.NO_VELOCITY
    if len(path) < _FEWEST:
        return Fallback.FEW
    return Fallback.SLOW if path.period_s > 1 / _SLOWEST_HZ else ""


def motion_of(known: Reception) -> Motion:
    """Return the motion behind epochs whose worth is known, as `smooth` does.

    Raises MissingExtra without the extra `analysis`.
    """
    _need_scipy()
    path = known.path
    unfit = _unfit(path)
    if unfit:
        return measured(path, unfit)
    clock, noise = known.clock, known.noise
    if not np.isfinite(clock.drift_m):
        return measured(path, Fallback.GAPS, noise=noise, clock=clock)
    if not _consistent(path, clock):
        return measured(path, Fallback.DRIFT, noise=noise, clock=clock)
    good, velocity = known.good, known.velocity_mps
    dynamics = dynamics_of(path, velocity, known.broken)
    middle = path.position_m[good].mean(axis=0)
    measurements = Measurements(path.step_s, path.position_m - middle, velocity, path.step_s > _SEVERED_S)
    settled = settle(measurements, noise, dynamics, good)
    states = settled.posterior.states
    return Motion(
        path=path,
        method=Method.SMOOTHED,
        position_m=states[:, 0] + middle,
        velocity_mps=np.ascontiguousarray(states[:, 1]),
        acceleration_mps2=np.ascontiguousarray(states[:, 2]),
        broken=known.broken,
        apparent_m=states[:, [0, 3, 4]].sum(axis=1) + middle,
        spread=PosteriorSpread(path, settled.posterior),
        parameters={
            **_facts(noise, clock),
            "dynamics": attrs.asdict(dynamics),
            "outliers": int(settled.light.sum()),
            "strays": int(known.stray.sum()),
            "teleports": int(known.jumped.sum()),
        },
    )


def measured(
    path: Path,
    fallback: str = Fallback.ASKED,
    *,
    noise: Noise | None = None,
    clock: VelocityClock | None = None,
) -> Motion:
    """Return the motion as positions were measured, with straight lines between them; teleports are left out.

    Args:
        path: of the positions.
        fallback: why.
        noise: of the receiver, where it is known better than by its own words.
        clock: of the velocities, where it was looked for.
    """
    _need_scipy()
    jumped = teleports(path)
    if jumped.any() and not jumped.all():
        path = path.part(~jumped)
    broken = path.step_s > path.gap_s
    velocity = _differences(path)
    if noise is None and path.has_velocity and len(path) >= _FEWEST:
        good = np.ones(len(path), np.bool_)
        clock = velocity_clock(path, broken, good)
        corrected = clock.corrected(path, broken)
        noise = noise_of(path, Displacements.of(path.t_s, corrected, broken), good)
    noise = noise or assumed(path)
    rates = np.gradient(velocity, path.t_s, axis=0) if len(path) > 1 else np.zeros_like(velocity)
    return Motion(
        path=path,
        method=Method.LINEAR,
        position_m=path.position_m,
        velocity_mps=velocity,
        acceleration_mps2=rates,
        broken=broken,
        spread=PositionSpread(path, noise, _liveliness(path, rates)),
        parameters={
            **_facts(noise, clock),
            "fallback": fallback,
            "teleports": int(jumped.sum()),
        },
    )


def _need_scipy() -> None:
    if find_spec("scipy") is None:
        raise MissingExtra("analysis", "scipy")


def _differences(path: Path) -> Floats:
    """Return velocities of the straight lines around each epoch, shape (n, 2)."""
    if len(path) == 1:
        return np.zeros((1, 2))
    return np.asarray(np.gradient(path.position_m, path.t_s, axis=0))


def _liveliness(path: Path, rates: Floats) -> float:
    """Return a usual acceleration in m/s2, by which straight lines between epochs cut corners."""
    known = np.isfinite(path.velocity_mps[:, 0])
    if known.mean() > 0.5 and len(path) > 1:  # noqa: PLR2004  (half)
        velocity = path.velocity_mps[known]
        rates = np.diff(velocity, axis=0) / np.diff(path.t_s[known])[:, None]
        return float(np.sqrt(np.median((rates**2).sum(axis=1))))
    return 3.0


def _consistent(path: Path, clock: VelocityClock) -> bool:
    """Tell whether positions follow the velocities: within 3 s, not much farther off than the fixes are."""
    stated = path.hacc_m[np.isfinite(path.hacc_m)]
    limit = max(_MOST_DRIFT_M, _DRIFT_SHARE / 3 * float(np.median(stated))) if len(stated) else _MOST_DRIFT_M
    return bool(clock.drift_m <= limit)


def _facts(noise: Noise, clock: VelocityClock | None) -> dict[str, Any]:
    facts: dict[str, Any] = {"noise": attrs.asdict(noise)}
    if clock is not None:
        known = attrs.asdict(clock).items()
        facts["velocity_clock"] = {name: value if np.isfinite(value) else None for name, value in known}
    return facts
