"""What inertial streams show of their quality: rate, gaps, saturation, gravity, and which axes there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from telemparse.analysis.quality.observed import seen, share_pct, unseen
from telemparse.analysis.stamps import stamps_ns
from telemparse.kernels.arrays import numpy_view
from telemparse.kernels.clocks import NS_PER_S
from telemparse.schemas.common import QualityFlag

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa
    from numpy.typing import NDArray

    from telemparse.analysis.quality.observed import Observed
    from telemparse.kernels.arrays import Mask

__all__ = ["ACCEL_AXES", "GYRO_AXES", "observe_imu", "saturated"]

ACCEL_AXES = ("ax_mps2", "ay_mps2", "az_mps2")
GYRO_AXES = ("gx_rps", "gy_rps", "gz_rps")
# No sensor's range ends below: +-2 g is 19.6 m/s2, +-250 degrees a second are 4.4 rad/s.
_LEAST_LIMIT = {**dict.fromkeys(ACCEL_AXES, 15.0), **dict.fromkeys(GYRO_AXES, 4.0)}
_CLIPPED_RUN = 3
_GRAVITY_MPS2 = 9.81
_MISSING = 1.5


def observe_imu(accel: pa.Table | None, gyro: pa.Table | None) -> Mapping[str, Observed]:
    """Return the observations of an accelerometer and a gyroscope, at least one of them with rows."""
    tables = [table for table in (accel, gyro) if table is not None]
    return {
        **_evenness(tables[0]),
        "imu_saturated_pct": _saturation(tables),
        "imu_gyro_missing": seen(
            float(gyro is None or accel is None),
            reason="no accelerometer" if accel is None else "no gyroscope",
        ),
        "imu_gravity_off_mps2": unseen("there is no accelerometer") if accel is None else _gravity(accel),
    }


def saturated(table: pa.Table) -> dict[str, Mask]:
    """Return True at samples of each axis that stay at its extreme, shape (n,): a sensor's limit.

    An extreme counts that lies where ranges of sensors end, and that three samples in a row have.

    Args:
        table: stream `imu_accel` or `imu_gyro`.
    """
    return {
        name: _stays(numpy_view(table[name]), least)
        for name, least in _LEAST_LIMIT.items()
        if name in table.column_names
    }


def _stays(values: NDArray[Any], least: float) -> Mask:
    rows = np.zeros(len(values), np.bool_)
    for extreme in (values.max(initial=-np.inf), values.min(initial=np.inf)):
        if abs(extreme) < least or not np.isfinite(extreme):
            continue
        at = values == extreme
        edges = np.diff(np.concatenate([[0], at.view(np.int8), [0]]))
        begin, end = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
        long = end - begin >= _CLIPPED_RUN
        change = np.zeros(len(values) + 1, np.int64)
        change[begin[long]], change[end[long]] = 1, -1
        rows |= np.cumsum(change[:-1]) > 0
    return rows


def _saturation(tables: list[pa.Table]) -> Observed:
    shares = {}
    for table in tables:
        flagged: Mask | np.bool_ = np.False_
        if "quality_flags" in table.column_names:
            flagged = (numpy_view(table["quality_flags"]) & QualityFlag.SATURATED) > 0
        shares.update({name: share_pct(clipped | flagged) for name, clipped in saturated(table).items()})
    axis = max(shares, key=lambda name: shares[name])
    rows = next(table.num_rows for table in tables if axis in table.column_names)
    return seen(shares[axis], count=round(shares[axis] * rows / 100), axis=axis)


def _evenness(table: pa.Table) -> dict[str, Observed]:
    t_ns = stamps_ns(table)
    steps = np.diff(t_ns) / NS_PER_S
    steps = steps[steps > 0]
    names = ("imu_rate_hz", "imu_dropout_pct", "imu_longest_gap_s")
    if not len(steps):
        return {name: unseen("one instant has no rate") for name in names}
    # Samples that share an instant came together: the rate is that of all of them.
    rate = (len(t_ns) - 1) / float(steps.sum())
    period = float(np.median(steps))
    wide = steps[steps > _MISSING * period + 1 / rate]
    lost = float((wide - period).sum())
    share = 100 * lost / (float(steps.sum()) + period)
    # Without its gaps.
    rate = (len(t_ns) - 1) / max(float(steps.sum()) - lost, period)
    longest = float(wide.max()) if len(wide) else 0.0
    return {
        "imu_rate_hz": seen(rate, rate_hz=rate),
        "imu_dropout_pct": seen(share, share_pct=share, longest_s=longest),
        "imu_longest_gap_s": seen(longest, share_pct=share, longest_s=longest),
    }


def _gravity(accel: pa.Table) -> Observed:
    force = np.sqrt(sum(numpy_view(accel[name]).astype(np.float64) ** 2 for name in ACCEL_AXES))
    # Curves and brakes add to gravity, now and then; nothing takes from it for half of the time.
    quiet, usual = (float(value) for value in np.quantile(force, (0.1, 0.5)))
    off = max(quiet - _GRAVITY_MPS2, _GRAVITY_MPS2 - usual, 0.0)
    return seen(off, usual_mps2=quiet if quiet > _GRAVITY_MPS2 else usual)
