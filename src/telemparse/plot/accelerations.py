"""The gg-diagram: how hard the vehicle was accelerated along and across its way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import attrs
import numpy as np

from telemparse.analysis.motions import Method
from telemparse.errors import CallError
from telemparse.plot.canvas import FAINT, axes_of
from telemparse.plot.sources import epochs_of_lap, motion_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from telemparse.kernels.arrays import Floats

__all__ = ["plot_gg"]

_SOURCES = ("motion", "channels", "imu")
_MOVING_MPS = 1.0
_STEP_MPS2, _MOST_RINGS, _G_MPS2 = 5.0, 6, 9.80665


@attrs.frozen(eq=False, kw_only=True)
class _Accelerations:
    """Pairs of accelerations in m/s2, and what they are."""

    across: Floats
    along: Floats
    labels: tuple[str, str]
    origin: str


def plot_gg(
    source: Any,
    *,
    of: Literal["motion", "channels", "imu"] = "motion",
    lap: int | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw longitudinal over lateral acceleration in m/s2, one point a sample; the title names the source.

    Args:
        source: laps, a result, a `gnss_pvt` table, or a motion. Channels and IMU need a result.
        of: `motion`, the smoothed motion of the receiver (left turns and speeding up are positive, below
            1 m/s nothing is drawn); `channels`, `accel_lat_mps2` and `accel_long_mps2` as the device tells
            them; `imu`, `ay_mps2` over `ax_mps2` along the sensor's own axes, which only a sensor that is
            mounted straight shares with the vehicle.
        lap: number of the lap to draw, of laps and their motion; everything when absent.
        ax: to draw on; a figure of its own when absent.

    Raises CallError where the accelerations are not known, and why; MissingExtra without the extra `plot`.
    """
    if of not in _SOURCES:
        raise CallError(f"of must be one of {', '.join(_SOURCES)}, not {of!r}")
    ax = axes_of(ax, width_in=6.0, height_in=6.0)
    if of != "motion" and lap is not None:
        raise CallError("a lap can be chosen of the motion only")
    found = _of_motion(source, lap) if of == "motion" else _of_result(source, of)
    ax.plot(found.across, found.along, ".", color="#0072B2", markersize=2.5, alpha=0.4, label=found.origin)
    _draw_rings(ax, found)
    ax.set_aspect("equal", adjustable="datalim")
    ax.set_xlabel(found.labels[0])
    ax.set_ylabel(found.labels[1])
    ax.set_title(found.origin, fontsize=10)
    return ax


def _of_motion(source: Any, lap: int | None) -> _Accelerations:
    motion = motion_of(source)
    if motion.method is not Method.SMOOTHED:
        why = motion.parameters.get("fallback", "it was not smoothed")
        raise CallError(f"accelerations need a smoothed motion: {why}")
    speed = motion.speed_mps
    rows = epochs_of_lap(source, lap, motion) & (speed >= _MOVING_MPS)
    (vx, vy), (ax, ay) = motion.velocity_mps[rows].T, motion.acceleration_mps2[rows].T
    return _Accelerations(
        across=(vx * ay - vy * ax) / speed[rows],
        along=(vx * ax + vy * ay) / speed[rows],
        labels=("accel_lat_mps2 (m/s²), left positive", "accel_long_mps2 (m/s²), forwards positive"),
        origin="smoothed motion of the receiver",
    )


def _of_result(source: Any, of: str) -> _Accelerations:
    streams = getattr(source, "streams", None)
    if streams is None:
        raise CallError(f"of={of!r} needs a result")
    names, told = (
        (("accel_lat_mps2", "accel_long_mps2"), "as the source counts it")
        if of == "channels"
        else (("ay_mps2", "ax_mps2"), "sensor's own axis")
    )
    room = "channels." if of == "channels" else "imu_accel"
    for name, table in streams.items():
        if name.startswith(room) and set(names) <= set(table.column_names):
            pairs = [_numbers(table[column]) for column in names]
            known = np.isfinite(pairs[0]) & np.isfinite(pairs[1])
            lateral, longitudinal = (f"{column} (m/s²), {told}" for column in names)
            return _Accelerations(
                across=pairs[0][known], along=pairs[1][known], labels=(lateral, longitudinal), origin=name
            )
    raise CallError(f"no stream {room}* has {' and '.join(names)}")


def _numbers(column: Any) -> Floats:
    return np.asarray(column.to_numpy(zero_copy_only=False), np.float64)


def _draw_rings(ax: Axes, found: _Accelerations) -> None:
    """Draw some rings as far as there is anything, and a dashed one at 1 g."""
    reach = float(np.hypot(found.across, found.along).max(initial=0.0))
    step = _STEP_MPS2 * max(np.ceil(reach / (_MOST_RINGS * _STEP_MPS2)), 1.0)
    angle = np.linspace(0.0, 2.0 * np.pi, 181)
    rings = [(radius, "-", 0.6) for radius in np.arange(step, reach + step, step)]
    for radius, dash, width in (*rings, (_G_MPS2, "--", 1.0)):
        ax.plot(
            radius * np.cos(angle), radius * np.sin(angle), dash, color=FAINT, linewidth=width, alpha=0.5,
            label=f"_{radius:g} m/s2", zorder=1,
        )  # fmt: skip
    ax.annotate("1 g", (0.0, _G_MPS2), fontsize=8, color=FAINT, ha="center", va="bottom")
    ax.axhline(0.0, color=FAINT, linewidth=0.6, alpha=0.5)
    ax.axvline(0.0, color=FAINT, linewidth=0.6, alpha=0.5)
