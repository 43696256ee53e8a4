"""Tables of inertial and magnetic sensors in the canonical schemas: rest, and swings about it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
from hypothesis import strategies as st

from telemparse.testing.strategies.arguments import bounded, known
from telemparse.testing.strategies.columns import Columns
from telemparse.testing.strategies.places import MOST_DECIMALS
from telemparse.testing.strategies.sampling import Sampling

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pyarrow as pa
    from hypothesis.strategies import SearchStrategy
    from numpy.typing import NDArray

    from telemparse.testing.strategies.motion import Floats

__all__ = ["imu_tables"]

_RATES_HZ = (100.0, 25.0, 50.0, 200.0, 1000.0)


@attrs.frozen
class _Sensor:
    """What a sensor shows.

    Args:
        axes: names of its columns.
        rest: what it shows at rest along whichever axis points up (or north).
        swing: most that motion adds to or takes from each axis.
    """

    axes: tuple[str, str, str]
    rest: float
    swing: float


_SENSORS: Mapping[str, _Sensor] = {
    "imu_accel": _Sensor(("ax_mps2", "ay_mps2", "az_mps2"), rest=9.80665, swing=30.0),
    "imu_gyro": _Sensor(("gx_rps", "gy_rps", "gz_rps"), rest=0.0, swing=4.0),
    "imu_mag": _Sensor(("mx_ut", "my_ut", "mz_ut"), rest=48.0, swing=20.0),
}


def imu_tables(
    *,
    stream: str = "imu_accel",
    columns: Iterable[str] | None = None,
    gaps: Iterable[str] = (),
    min_rows: int = 1,
    max_rows: int = 100,
    time_base: str = "utc",
    rates_hz: Iterable[float] = _RATES_HZ,
    first_ns: int | None = None,
    last_ns: int | None = None,
    step_ns: int = 1,
    value_decimals: int = 4,
    motion: float = 1.0,
) -> SearchStrategy[pa.Table]:
    """Return a strategy of tables of an accelerometer, a gyroscope or a magnetometer.

    Tables pass `telemparse.schemas.check` without an issue, and times rise strictly. At rest an accelerometer
    shows 9.80665 m/s2 along an axis of its own, drawn, which points up more or less; a magnetometer shows
    48 uT along one; a gyroscope shows nothing. Motion swings each axis about that by at most 30 m/s2, 4 rad/s
    or 20 uT. Shrinks towards `min_rows` of a sensor at rest with its z axis up.

    Args:
        stream: `imu_accel`, `imu_gyro` or `imu_mag`.
        columns: names of the columns that hold values; the others are null. `t`, the axes and
            `quality_flags` always do. None for all.
        gaps: those of them in which up to eight values may be null: `temp_c` or `cal_state`.
        min_rows: fewest rows, from 1.
        max_rows: most rows, to 10 000.
        time_base: of the table's metadata; see `gnss_pvt_tables`.
        rates_hz: rates of rows to choose from, 0.01 to 10 000.
        first_ns: earliest instant, ns since 1970; None for that of the time base.
        last_ns: latest instant, ns since 1970; None for that of the time base.
        step_ns: every instant is a whole multiple of this.
        value_decimals: digits of all measured values behind the point, 0 to 9.
        motion: share of the swings that is used, 0 (at rest) to 1.

    Raises CallError for a stream or columns that do not exist, gaps in columns that hold no values or must,
    and bounds that cannot be met.
    """
    known("the list of sensors", (stream,), _SENSORS)
    bounded("value_decimals", value_decimals, value_decimals, least=0, most=MOST_DECIMALS)
    bounded("motion", motion, motion, least=0, most=1)
    sampling = Sampling(
        min_points=min_rows,
        max_points=max_rows,
        rates_hz=rates_hz,
        first_ns=first_ns,
        last_ns=last_ns,
        step_ns=step_ns,
        time_base=time_base,
    )
    return _tables(Columns.of(stream, columns, gaps), sampling, motion, value_decimals)


@attrs.frozen
class _Mount:
    """Which way a sensor's x, y and z look: up by so much each, a vector of length 1."""

    up: tuple[float, float, float]


def _mount(tilt_deg: int, turn_deg: int) -> _Mount:
    tilt, turn = math.radians(tilt_deg), math.radians(turn_deg)
    return _Mount((math.sin(tilt) * math.cos(turn), math.sin(tilt) * math.sin(turn), math.cos(tilt)))


@attrs.frozen
class _Swings:
    """Three axes swinging alike: percent of what each may, how often a second, and where in it they start."""

    percents: tuple[int, int, int]
    per_s: int
    start_deg: int

    def at(self, elapsed_s: Floats) -> Floats:
        """Return shares of the most that each axis may swing, -1 to 1, shape (3, n)."""
        starts = np.radians(self.start_deg + np.array([[0], [120], [240]]))
        shares: Floats = np.array(self.percents)[:, None] / 100
        swings: Floats = shares * np.sin(math.tau * self.per_s * elapsed_s + starts)
        return swings


_PERCENTS = st.integers(0, 100)
_MOUNTS = st.builds(_mount, st.integers(0, 180), st.integers(0, 359))
_SWINGS = st.builds(
    _Swings, st.tuples(_PERCENTS, _PERCENTS, _PERCENTS), st.integers(0, 20), st.integers(0, 359)
)


@st.composite
def _tables(draw: st.DrawFn, columns: Columns, sampling: Sampling, motion: float, digits: int) -> pa.Table:
    sensor, t_ns = _SENSORS[columns.stream], draw(sampling.instants())
    elapsed_s = (t_ns - t_ns[0]) / 1e9
    rest = sensor.rest * np.array(draw(_MOUNTS).up)[:, None]
    shown = (rest + sensor.swing * motion * draw(_SWINGS).at(elapsed_s)).round(digits) + 0.0
    warmth_c = draw(st.integers(-20, 80)) + elapsed_s / 600
    values: dict[str, NDArray[Any]] = {
        "t": t_ns,
        **dict(zip(sensor.axes, shown, strict=True)),
        "temp_c": warmth_c.round(digits),
        "cal_state": np.full(len(t_ns), draw(st.integers(0, 3)), np.uint8),
    }
    return columns.table(draw, values, sampling.time_base)
