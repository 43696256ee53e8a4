"""Tables of fixes and of sensors: canonical, complete as asked, and at rest when smallest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemparse.errors import CallError
from telemparse.schemas import SCHEMAS, check
from telemparse.schemas.batches import TIME_BASES
from telemparse.testing.strategies import gnss_pvt_tables, imu_tables

HEALTHY = settings(suppress_health_check=[])
DAY_NS = 86_400 * 10**9
GRAVITY_MPS2 = 9.80665
AXES = {
    "imu_accel": ("ax_mps2", "ay_mps2", "az_mps2"),
    "imu_gyro": ("gx_rps", "gy_rps", "gz_rps"),
    "imu_mag": ("mx_ut", "my_ut", "mz_ut"),
}
SWINGS = {"imu_accel": 30.0, "imu_gyro": 4.0, "imu_mag": 20.0}
SENSORS = st.sampled_from(sorted(AXES)).flatmap(lambda stream: imu_tables(stream=stream))


def _stream(table):
    return table.schema.metadata[b"stream"].decode()


def _instants_ns(table):
    return table.column("t").cast("int64").to_numpy()


def _vectors(table):
    """Return the axes of a sensor, shape (n, 3)."""
    return np.column_stack([table.column(name).to_numpy() for name in AXES[_stream(table)]])


def _assert_canonical(table):
    checked, issues = check(_stream(table), table)
    assert issues == []
    assert checked.num_rows == table.num_rows
    assert (np.diff(_instants_ns(table)) > 0).all()
    assert not any(table.column("quality_flags").to_pylist())


@HEALTHY
@given(gnss_pvt_tables(gaps=("alt_m", "sat_count", "course_deg")))
def test_tables_of_fixes_are_canonical(table):
    _assert_canonical(table)
    assert 1 <= table.num_rows <= 50


@HEALTHY
@given(SENSORS)
def test_tables_of_sensors_are_canonical(table):
    _assert_canonical(table)
    assert 1 <= table.num_rows <= 100


@pytest.mark.parametrize("time_base", TIME_BASES)
def test_every_time_base_has_its_own_times(time_base):
    @given(gnss_pvt_tables(time_base=time_base, max_rows=20))
    def times_fit(table):
        _assert_canonical(table)
        assert table.schema.metadata[b"time_base"] == time_base.encode()
        first_ns, last_ns = _instants_ns(table)[[0, -1]]
        if time_base in ("relative", "index"):
            assert first_ns == 0
        elif time_base == "time_of_day":
            assert 0 <= first_ns <= last_ns < DAY_NS
        else:
            assert first_ns > 10_000 * DAY_NS

    times_fit()


@given(gnss_pvt_tables(columns=("t", "speed_mps", "hdop"), max_rows=10))
def test_only_the_wanted_columns_and_the_required_ones_hold_values(table):
    holding = {name for name in table.column_names if table.column(name).null_count == 0}
    assert holding == {"t", "lat_deg", "lon_deg", "quality_flags", "speed_mps", "hdop"}
    assert all(table.column(name).null_count in (0, table.num_rows) for name in table.column_names)


@given(gnss_pvt_tables(max_rows=10))
def test_all_columns_hold_values_unless_told(table):
    assert not any(table.column(name).null_count for name in table.column_names)


def test_gaps_appear_only_where_they_may(smallest):
    table = smallest(
        gnss_pvt_tables(gaps=("alt_m",), min_rows=3), lambda found: found.column("alt_m").null_count == 2
    )
    assert {name for name in table.column_names if table.column(name).null_count} == {"alt_m"}
    sensors = imu_tables(stream="imu_mag", gaps=("cal_state",))
    assert smallest(sensors, lambda found: found.column("cal_state").null_count).num_rows == 1


@given(gnss_pvt_tables(decimals=5, value_decimals=1, step_ns=10**6, rates_hz=(3, 7)))
def test_values_have_the_digits_asked_for(table):
    assert (_instants_ns(table) % 10**6 == 0).all()
    for name in ("lat_deg", "lon_deg"):
        values = table.column(name).to_numpy()
        assert [float(f"{value:.5f}") for value in values] == values.tolist()
    for field in table.schema:
        if str(field.type) == "float" or field.name == "alt_m":
            values = table.column(field.name).to_numpy()
            np.testing.assert_allclose(
                values, values.astype(np.float64).round(1), rtol=1e-6, err_msg=field.name
            )


@given(gnss_pvt_tables(min_rows=2))
def test_velocities_are_those_of_speed_and_course(table):
    columns = {
        name: table.column(name).to_numpy().astype(float) for name in table.column_names if name != "t"
    }
    course = np.radians(columns["course_deg"])
    np.testing.assert_allclose(columns["vel_n_mps"], columns["speed_mps"] * np.cos(course), atol=0.003)
    np.testing.assert_allclose(columns["vel_e_mps"], columns["speed_mps"] * np.sin(course), atol=0.003)
    climbed = np.gradient(columns["alt_m"], (_instants_ns(table) - _instants_ns(table)[0]) / 1e9)
    np.testing.assert_allclose(-columns["vel_d_mps"], climbed, atol=0.05)
    assert not any(np.signbit(column[column == 0]).any() for column in columns.values())


def test_tables_of_fixes_shrink_to_a_car_at_rest_with_a_good_fix(smallest):
    rows = smallest(gnss_pvt_tables(min_rows=2)).to_pylist()
    assert [row["t"].value for row in rows] == [1_746_352_800 * 10**9, 1_746_352_801 * 10**9]
    for row in rows:
        assert (row["lat_deg"], row["lon_deg"], row["alt_m"]) == (48.0, 11.0, 500.0)
        assert (row["speed_mps"], row["course_deg"], row["vel_d_mps"]) == (0.0, 0.0, 0.0)
        assert (row["fix_type"], row["sat_count"]) == (3, 24)


@HEALTHY
@given(imu_tables(motion=0))
def test_an_accelerometer_at_rest_shows_gravity(table):
    np.testing.assert_allclose(np.linalg.norm(_vectors(table), axis=1), GRAVITY_MPS2, atol=2e-4)


@HEALTHY
@given(SENSORS)
def test_motion_stays_within_its_swings(table):
    rest = {"imu_accel": GRAVITY_MPS2, "imu_gyro": 0.0, "imu_mag": 48.0}[_stream(table)]
    assert (np.abs(_vectors(table)) <= rest + SWINGS[_stream(table)] + 1e-3).all()


RESTS = {"imu_accel": [0, 0, GRAVITY_MPS2], "imu_gyro": [0, 0, 0], "imu_mag": [0, 0, 48]}


@pytest.mark.parametrize("stream", RESTS)
def test_tables_of_sensors_shrink_to_one_at_rest(smallest, stream):
    table = smallest(imu_tables(stream=stream, min_rows=2))
    np.testing.assert_allclose(_vectors(table), [RESTS[stream]] * 2, atol=1e-4)


def test_sensors_have_the_columns_of_their_schema(smallest):
    table = smallest(imu_tables(columns=(), stream="imu_accel"))
    assert table.column_names == SCHEMAS["imu_accel"].names
    assert table.column("temp_c").null_count == 1
    assert smallest(imu_tables(stream="imu_mag")).column("cal_state").to_pylist() == [0]


@pytest.mark.parametrize(
    ("tables", "wrong"),
    [
        (gnss_pvt_tables, {"columns": ("velocity",)}),
        (gnss_pvt_tables, {"columns": ("alt_m",), "gaps": ("hdop",)}),
        (gnss_pvt_tables, {"gaps": ("lat_deg",)}),
        (gnss_pvt_tables, {"time_base": "tai"}),
        (gnss_pvt_tables, {"decimals": 12}),
        (gnss_pvt_tables, {"value_decimals": -1}),
        (gnss_pvt_tables, {"min_rows": 0}),
        (gnss_pvt_tables, {"time_base": "time_of_day", "max_rows": 2000, "rates_hz": (0.02,)}),
        (imu_tables, {"stream": "imu"}),
        (imu_tables, {"columns": ("cal_state",)}),
        (imu_tables, {"motion": 2}),
        (imu_tables, {"value_decimals": 10}),
    ],
)
def test_tables_that_cannot_be_are_a_call_error(tables, wrong):
    with pytest.raises(CallError):
        tables(**wrong)
