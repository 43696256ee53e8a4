"""The gg-diagram holds the accelerations of the source that it names."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from recorded import fixes, inertial, result
from telemparse.analysis import find_laps
from telemparse.errors import CallError
from telemparse.plot import plot_gg
from telemparse.schemas import build, channel_field


def channels(across, along):
    t_ns = np.arange(len(across)) * 10_000_000 + 1_700_000_000_000_000_000
    names = {"accel_lat_mps2": across, "accel_long_mps2": along}
    fields = {name: channel_field(name, pa.float32()) for name in names}
    columns = {"t": t_ns, **{name: pa.array(values, pa.float32()) for name, values in names.items()}}
    return pa.Table.from_batches([build("channels.main", columns, fields=fields)])


def points(ax):
    return ax.lines[0].get_xdata(), ax.lines[0].get_ydata()


def test_a_circle_to_the_left_is_all_lateral_and_positive():
    ax = plot_gg(fixes(seconds=60.0))  # 20 m/s on a radius of 60 m
    across, along = points(ax)
    assert np.median(across) == pytest.approx(20.0**2 / 60, rel=0.05)
    assert abs(np.median(along)) < 0.3
    assert ax.get_title() == "smoothed motion of the receiver"


def test_accelerations_are_those_of_the_truth(run, laps):
    across, along = points(plot_gg(laps))
    truth = run.truth.at(laps.motion.path.t_ns)
    speed = np.hypot(*truth.velocity_mps.T)
    rows = laps.motion.speed_mps >= 1.0
    (vx, vy), (ax, ay) = truth.velocity_mps.T, truth.acceleration_mps2.T
    assert np.median(np.abs(across - ((vx * ay - vy * ax) / speed)[rows])) < 0.5
    assert np.median(np.abs(along - ((vx * ax + vy * ay) / speed)[rows])) < 0.5


def test_one_lap_has_its_own_points_only(laps):
    assert 0 < len(points(plot_gg(laps, lap=3))[0]) < len(points(plot_gg(laps))[0]) / 2


def test_channels_are_drawn_as_they_are_without_rows_that_lack_one():
    recording = result({"channels.main": channels([1.0, None, 3.0], [4.0, 5.0, None])})
    ax = plot_gg(recording, of="channels")
    assert [values.tolist() for values in points(ax)] == [[1.0], [4.0]]
    assert ax.get_title() == "channels.main"
    assert "as the source counts it" in ax.get_xlabel()


def test_a_sensor_is_drawn_along_its_own_axes():
    table = inertial()
    ax = plot_gg(result({"imu_accel": table}), of="imu")
    across, along = points(ax)
    assert np.array_equal(across, table["ay_mps2"].to_numpy().astype(np.float64))
    assert np.array_equal(along, table["ax_mps2"].to_numpy().astype(np.float64))
    assert ax.get_xlabel() == "ay_mps2 (m/s²), sensor's own axis"


def test_rings_are_few_however_hard_the_knocks():
    for reach in (3.0, 25.0, 400.0):
        ax = plot_gg(result({"channels.main": channels([reach, 0.0], [0.0, 1.0])}), of="channels")
        rings = [line for line in ax.lines if line.get_label().endswith("m/s2")]
        assert 2 <= len(rings) <= 8
        assert max(line.get_xdata().max() for line in rings) >= reach


def test_what_is_not_known_is_refused_with_the_reason(run, laps):
    with pytest.raises(CallError, match="straight lines were asked for"):
        plot_gg(find_laps(run.gnss, track=run.track, method="linear"))
    with pytest.raises(CallError, match="of must be one of"):
        plot_gg(laps, of="guess")
    with pytest.raises(CallError, match="needs a result"):
        plot_gg(laps, of="imu")
    with pytest.raises(CallError, match="no stream imu_accel"):
        plot_gg(result({"gnss_pvt": run.gnss}), of="imu")
    with pytest.raises(CallError, match="of the motion only"):
        plot_gg(laps, of="imu", lap=2)
