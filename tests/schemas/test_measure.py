"""Figures of a stream, and the capabilities that follow from them and from nothing else."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.model.capabilities import Capabilities
from telemparse.schemas import build
from telemparse.schemas.measure import Measure, capabilities

SECOND = 1_000_000_000
POSE_FACTS = {"origin_lat_deg": 0, "origin_lon_deg": 0}


def gnss(stamps: list[int], *, time_base: str = "utc", **columns: object) -> pa.Table:
    zeros = np.zeros(len(stamps))
    fixed = {"t": np.array(stamps, np.int64), "lat_deg": zeros, "lon_deg": zeros}
    return pa.Table.from_batches([build("gnss_pvt", {**fixed, **columns}, time_base=time_base)])


def imu(kind: str, names: str, step_ns: int = SECOND // 100) -> pa.Table:
    columns = {"t": np.arange(3) * step_ns, **{name: np.zeros(3) for name in names.split()}}
    return pa.Table.from_batches([build(f"imu_{kind}", columns)])


ACCEL, GYRO, MAG = (
    imu("accel", "ax_mps2 ay_mps2 az_mps2"),
    imu("gyro", "gx_rps gy_rps gz_rps"),
    imu("mag", "mx_ut my_ut mz_ut"),
)


def able(**tables: pa.Table) -> Capabilities:
    return capabilities({name.replace("__", "."): Measure.of(table) for name, table in tables.items()})


def test_figures_are_rows_range_base_and_filled_columns():
    measure = Measure.of(gnss([3, 9, 5], time_base="relative", hdop=pa.array([1, None, 2], pa.float32())))

    assert (measure.rows, measure.t_first_ns, measure.t_last_ns, measure.time_base) == (3, 3, 9, "relative")
    assert measure.values["hdop"] == 2
    assert measure.has("t", "hdop")
    assert not measure.has("t", "vdop")


def test_a_stream_without_rows_has_no_range_and_no_rate():
    measure = Measure.of(gnss([]))

    assert (measure.t_first_ns, measure.t_last_ns, measure.rate_hz) == (None, None, None)


@pytest.mark.parametrize(
    ("stamps", "rate_hz"),
    [
        ([0], None),
        ([5, 5, 5], None),
        ([0, SECOND // 10, SECOND // 5], 10.0),
        ([0, SECOND // 10, SECOND // 5, 60 * SECOND], 10.0),
        ([0, SECOND, 0, SECOND], 1.0),
    ],
    ids=["one row", "one instant", "even", "with a gap", "running back"],
)
def test_the_rate_is_one_over_the_median_positive_step(stamps, rate_hz):
    assert Measure.of(gnss(stamps)).rate_hz == rate_hz


def test_only_the_first_hundred_thousand_steps_make_the_rate():
    fast, slow = np.arange(100_001), 100_000 + SECOND * np.arange(1, 300_000)

    assert Measure.of(gnss(list(np.concatenate([fast, slow])))).rate_hz == SECOND


def test_later_batches_leave_the_rate_alone_and_still_count():
    measure = Measure.of(gnss(list(range(100_002))))
    measure.update(gnss([10**12, 2 * 10**12]))

    assert (measure.rows, measure.rate_hz, measure.t_last_ns) == (100_004, SECOND, 2 * 10**12)


def test_table_metadata_that_is_no_text_does_no_harm():
    table = gnss([1]).replace_schema_metadata({b"time_base": b"utc", b"\xff": b"\xfe"})

    assert Measure.of(table).time_base == "utc"


@given(st.lists(st.integers(0, 10**12), max_size=40), st.integers(1, 41))
def test_figures_do_not_depend_on_how_the_rows_are_cut(stamps, width):
    table, pieces = gnss(stamps), Measure()
    for start in range(0, len(stamps), width):
        pieces.update(table.slice(start, width))
    whole = Measure.of(table) if stamps else Measure()

    assert (pieces.rows, pieces.t_first_ns, pieces.t_last_ns, pieces.rate_hz, pieces.values) == (
        whole.rows, whole.t_first_ns, whole.t_last_ns, whole.rate_hz, whole.values,
    )  # fmt: skip


def test_nothing_is_claimed_without_streams():
    assert capabilities({}) == Capabilities()
    assert able(gnss_pvt=gnss([]), imu_accel=ACCEL.slice(0, 0)) == Capabilities()


def test_positions_alone_are_positions_and_absolute_time():
    assert able(gnss_pvt=gnss([0, SECOND])) == Capabilities(
        has_gnss_position=True, has_absolute_time=True, sample_rate_gnss_hz=1.0
    )


@pytest.mark.parametrize("base", ["gps_week_seconds", "time_of_day", "relative", "index"])
def test_only_utc_is_absolute(base):
    assert not able(gnss_pvt=gnss([0], time_base=base)).has_absolute_time


@pytest.mark.parametrize(
    ("columns", "known"),
    [
        ({}, False),
        ({"speed_mps": np.ones(1)}, True),
        ({"vel_n_mps": np.ones(1)}, False),
        ({"vel_n_mps": np.ones(1), "vel_e_mps": np.ones(1)}, True),
        ({"speed_mps": pa.nulls(1, pa.float32())}, False),
    ],
)
def test_velocity_is_a_speed_or_two_horizontal_components(columns, known):
    assert able(gnss_pvt=gnss([0], **columns)).has_gnss_velocity is known


@pytest.mark.parametrize("column", ["hdop", "pdop", "hacc_m", "sat_count", "fix_type"])
def test_one_filled_quality_column_is_enough(column):
    assert able(gnss_pvt=gnss([0], **{column: np.ones(1)})).has_gnss_quality_fields


@pytest.mark.parametrize(
    ("tables", "dof"),
    [
        ({"imu_accel": ACCEL}, 3),
        ({"imu_accel": ACCEL, "imu_gyro": GYRO}, 6),
        ({"imu_accel": ACCEL, "imu_gyro": GYRO, "imu_mag": MAG}, 9),
    ],
)
def test_three_degrees_of_freedom_a_sensor(tables, dof):
    found = able(**tables)

    assert found.imu_dof == dof
    assert (found.has_imu_accel, found.has_imu_gyro, found.has_magnetometer) == (True, dof >= 6, dof == 9)
    assert found.sample_rate_imu_hz == 100.0


def test_a_second_source_counts_too_but_the_first_names_the_rate():
    found = able(gnss_pvt=gnss([0, SECOND]), gnss_pvt__raw=gnss([0, SECOND // 10]))

    assert found.sample_rate_gnss_hz == 1.0


@pytest.mark.parametrize(("source", "fused"), [("onboard_fused", True), ("gnss_measured", False)])
def test_only_an_onboard_fused_pose_is_one(source, fused):
    columns = {"t": [0], "x_e_m": [0.0], "y_n_m": [0.0], "yaw_rad": [0.0]}
    pose = pa.Table.from_batches([build("pose", columns, **POSE_FACTS, pose_source=source)])
    found = able(pose=pose)

    assert (found.has_onboard_fused_pose, found.has_onboard_fused_orientation) == (fused, fused)


def test_a_fused_pose_without_yaw_has_no_orientation():
    columns = {"t": [0], "x_e_m": [0.0], "y_n_m": [0.0]}
    pose = pa.Table.from_batches([build("pose", columns, **POSE_FACTS, pose_source="onboard_fused")])

    assert not able(pose=pose).has_onboard_fused_orientation


def test_laps_of_an_analysis_are_no_device_laps():
    laps = pa.Table.from_batches([build("laps", {"lap_number": [1]})])

    assert able(laps=laps).has_device_laps
    assert not able(laps__gate=laps).has_device_laps


def test_laps_without_instants_have_no_absolute_time():
    laps = pa.Table.from_batches([build("laps", {"lap_number": [1]})])

    assert not able(laps=laps).has_absolute_time


def test_events_that_say_so_are_sync_markers():
    columns = {"t": [0], "event_type": ["marker"]}

    assert able(
        events=pa.Table.from_batches([build("events", columns, sync_markers=True)])
    ).has_time_sync_markers
    assert not able(events=pa.Table.from_batches([build("events", columns)])).has_time_sync_markers
