"""Units that are plausible pass and wrong ones are told, on drives whose speed and course are known."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest

from telemparse.schemas import build, channel_field
from telemparse.testing.checks.plausibility import units_are_plausible
from telemparse.testing.kit import Broken
from telemparse.testing.subject import Sample

EARTH_M = 6_371_000.0
NS_PER_S = 1_000_000_000
START_S = 1_746_352_800


def seen(**streams):
    """Return what the check says of a recording with these streams, None when all is plausible."""
    tables = {name.replace("__", "."): pa.table(batch) for name, batch in streams.items()}
    subject = SimpleNamespace(
        samples=(Sample("drive", {}),), result=lambda _files: SimpleNamespace(streams=tables)
    )
    try:
        units_are_plausible(subject)
    except Broken as broken:
        return str(broken)
    return None


def drive(true_mps=10.0, bearing_deg=0.0, *, at=(48.0, 11.0), rows=24, step_s=1.0, **columns):
    """Return fixes in a straight line at a constant speed; further columns are constants or lists."""
    way_m, bearing = np.arange(rows) * true_mps * step_s, math.radians(bearing_deg)
    north, east = way_m * math.cos(bearing), way_m * math.sin(bearing)
    lat_deg = at[0] + np.degrees(north / EARTH_M)
    lon_deg = at[1] + np.degrees(east / (EARTH_M * math.cos(math.radians(at[0]))))
    given = {name: value if isinstance(value, list) else [value] * rows for name, value in columns.items()}
    return build(
        "gnss_pvt",
        {
            "t": np.round((START_S + np.arange(rows) * step_s) * NS_PER_S).astype(np.int64),
            "lat_deg": lat_deg,
            "lon_deg": (lon_deg + 180) % 360 - 180,
            **given,
        },
    )


def axes(stream, values, *names):
    """Return samples of three axes: the length is the value, the direction turns."""
    angle = np.arange(len(values)) * 0.7
    parts = (np.cos(angle) * 0.6, np.sin(angle) * 0.6, np.full(len(values), 0.8))
    columns = {name: np.asarray(values) * part for name, part in zip(names, parts, strict=True)}
    return build(stream, {"t": np.arange(len(values)) * NS_PER_S, **columns}, time_base="relative")


def accelerations(values):
    return axes("imu_accel", values, "ax_mps2", "ay_mps2", "az_mps2")


# --- speed --------------------------------------------------------------------------------------

BEARINGS = [0.0, 37.0, 90.0, 180.0, 270.0, 323.0]
PLACES = [(48.0, 11.0), (0.0, 0.0), (-33.0, -70.0), (65.0, 25.0), (52.0, 179.9999), (-17.0, -179.9999)]


@pytest.mark.parametrize("bearing_deg", BEARINGS)
@pytest.mark.parametrize("at", PLACES)
def test_a_speed_in_metres_a_second_is_plausible_wherever_and_however_one_drives(at, bearing_deg):
    radians = math.radians(bearing_deg)
    fixes = drive(
        10.0, bearing_deg, at=at, speed_mps=10.0, course_deg=bearing_deg,
        vel_n_mps=10 * math.cos(radians), vel_e_mps=10 * math.sin(radians),
    )  # fmt: skip

    assert seen(gnss_pvt=fixes) is None


@pytest.mark.parametrize("true_mps", [3.0, 30.0])
@pytest.mark.parametrize("step_s", [0.1, 1.0, 4.0])
@pytest.mark.parametrize(
    ("factor", "is_plausible"),
    [
        (1.0, True), (1.55, True), (1 / 1.55, True), (1.65, False), (1 / 1.65, False), (0.0, False),
        (3.6, False), (1 / 3.6, False), (1.94384, False), (1 / 1.94384, False), (2.23694, False),
    ],
)  # fmt: skip
def test_a_speed_in_any_other_unit_is_told(true_mps, step_s, factor, is_plausible):
    rows = max(round(160 / (true_mps * step_s)), 6) + 1
    told = seen(gnss_pvt=drive(true_mps, 60.0, rows=rows, step_s=step_s, speed_mps=true_mps * factor))

    assert (told is None) is is_plausible
    if told is not None:
        assert told.startswith(f"sample drive, stream gnss_pvt: speed_mps are {factor:.2f} times the speed")


def test_a_velocity_is_the_length_of_both_its_parts():
    both = drive(10.0, 45.0, vel_n_mps=10 * math.sqrt(0.5), vel_e_mps=10 * math.sqrt(0.5))
    knots = drive(10.0, 45.0, vel_n_mps=19.4 * math.sqrt(0.5), vel_e_mps=19.4 * math.sqrt(0.5))
    lone = drive(10.0, 45.0, vel_n_mps=10 * math.sqrt(0.5))

    assert (seen(gnss_pvt=both), seen(gnss_pvt=lone)) == (None, None)
    assert "vel_n_mps and vel_e_mps are 1.94 times the speed" in seen(gnss_pvt=knots)


@pytest.mark.parametrize(("true_mps", "is_judged"), [(0.45, False), (0.55, True)])
def test_who_hardly_moves_is_not_judged_by_the_way(true_mps, is_judged):
    fixes = drive(true_mps, 90.0, rows=400, speed_mps=50.0)

    assert (seen(gnss_pvt=fixes) is not None) is is_judged


@pytest.mark.parametrize(("rows", "is_judged"), [(0, False), (1, False), (2, False), (5, False), (6, True)])
def test_fewer_than_five_legs_are_no_evidence(rows, is_judged):
    assert (seen(gnss_pvt=drive(20.0, rows=rows, speed_mps=50.0)) is not None) is is_judged
    assert (seen(gnss_pvt=drive(20.0, rows=rows, course_deg=180.0)) is not None) is is_judged
    assert (seen(gnss_pvt=drive(900.0, rows=rows)) is not None) is is_judged


@pytest.mark.parametrize(("metres", "is_judged"), [(14.9, False), (15.1, True)])
def test_a_way_too_short_for_five_legs_of_fifteen_metres_is_no_evidence(metres, is_judged):
    assert (seen(gnss_pvt=drive(metres, rows=6, speed_mps=99.0)) is not None) is is_judged


@pytest.mark.parametrize(("pause_s", "is_judged"), [(10.0, True), (11.0, False)])
def test_nobody_judges_the_way_between_fixes_that_are_far_apart(pause_s, is_judged):
    assert (seen(gnss_pvt=drive(10.0, step_s=pause_s, speed_mps=50.0)) is not None) is is_judged


def test_rows_without_a_speed_say_nothing_about_it():
    gaps = [None, 36.0, None, 36.0, 36.0, None, 36.0, 36.0, 36.0, None, 36.0, 36.0] * 2

    assert "speed_mps are 3.60 times" not in (seen(gnss_pvt=drive(10.0, speed_mps=[None] * 24)) or "")
    # Two steps at once where a row is left out: the way and the time grow together.
    assert "speed_mps are 3.60 times" in seen(gnss_pvt=drive(10.0, speed_mps=gaps))


def changed(fixes, **columns):
    """Return fixes with other values in some columns."""
    table = pa.table(fixes)
    for name, values in columns.items():
        place = table.schema.get_field_index(name)
        table = table.set_column(place, table.field(place), pa.array(values, table.field(place).type))
    return table


def test_a_parked_car_may_tremble():
    noise = np.random.default_rng(7)
    at = {name: where + noise.normal(0, 1e-5, 600) for name, where in (("lat_deg", 48), ("lon_deg", 11))}

    assert seen(gnss_pvt=changed(drive(0.0, rows=600, step_s=0.1, speed_mps=0.0), **at)) is None


def test_a_receiver_may_be_slower_than_its_logger():
    fixes = drive(20.0, rows=300, step_s=0.1, speed_mps=20.0, course_deg=0.0)
    held = np.repeat(pa.table(fixes).column("lat_deg").to_numpy()[::10], 10)

    assert seen(gnss_pvt=changed(fixes, lat_deg=held)) is None


def test_positions_may_be_rounded_to_metres():
    fixes = drive(2.0, rows=600, step_s=0.1, speed_mps=2.0, course_deg=0.0)
    rounded = np.round(pa.table(fixes).column("lat_deg").to_numpy(), 5)

    assert seen(gnss_pvt=changed(fixes, lat_deg=rounded)) is None


def test_a_car_may_stand_for_most_of_a_recording():
    fixes = drive(10.0, rows=100, course_deg=0.0)
    lat_deg = pa.table(fixes).column("lat_deg").to_numpy().copy()
    lat_deg[30:90], lat_deg[90:] = lat_deg[30], lat_deg[90:] - lat_deg[90] + lat_deg[30]
    driven = [10.0] * 31 + [0.0] * 60 + [10.0] * 9

    assert seen(gnss_pvt=changed(fixes, lat_deg=lat_deg, speed_mps=driven)) is None


@pytest.mark.parametrize("time_base", ["index", "relative"])
def test_numbers_of_rows_are_no_clock(time_base):
    fixes = pa.table(drive(900.0, speed_mps=5.0))
    facts = {**fixes.schema.metadata, b"time_base": time_base.encode()}

    assert (seen(gnss_pvt=fixes.replace_schema_metadata(facts)) is None) is (time_base == "index")


@pytest.mark.parametrize(("flag", "is_judged"), [(0, False), (1, True), (2, False), (4, True)])
def test_times_that_were_made_up_say_nothing(flag, is_judged):
    assert (seen(gnss_pvt=drive(10.0, speed_mps=50.0, quality_flags=1 << flag)) is not None) is is_judged


def test_rows_of_one_instant_are_no_step():
    fixes = pa.table(drive(10.0, speed_mps=10.0))
    twice = fixes.take([row for row in range(24) for _ in range(2)])

    assert seen(gnss_pvt=twice) is None


def test_one_leap_is_no_speed():
    fixes = drive(10.0, speed_mps=10.0)
    lat_deg = pa.table(fixes).column("lat_deg").to_numpy().copy()
    lat_deg[5] += 1.0

    assert seen(gnss_pvt=changed(fixes, lat_deg=lat_deg)) is None


@pytest.mark.parametrize(("true_mps", "is_plausible"), [(390.0, True), (410.0, False)])
@pytest.mark.parametrize("bearing_deg", [0.0, 90.0])
def test_nobody_drives_faster_than_400_metres_a_second(true_mps, bearing_deg, is_plausible):
    told = seen(gnss_pvt=drive(true_mps, bearing_deg, at=(60.0, 5.0)))

    assert told == (
        None if is_plausible else "sample drive, stream gnss_pvt: positions and times show 410 m/s"
    )


def test_milliseconds_that_were_taken_for_nanoseconds_are_a_speed():
    t_ns = START_S * NS_PER_S + np.arange(24) * 1000

    assert "positions and times show" in seen(gnss_pvt=changed(drive(10.0), t=t_ns))


def test_latitude_and_longitude_that_changed_places_show_in_the_course():
    fixes = drive(10.0, 0.0, at=(48.0, 11.0), speed_mps=10.0, course_deg=0.0)
    swapped = changed(
        fixes,
        lat_deg=pa.table(fixes).column("lon_deg").to_numpy(),
        lon_deg=pa.table(fixes).column("lat_deg").to_numpy(),
    )

    assert "course_deg is 90 degrees off" in seen(gnss_pvt=swapped)


# --- course and altitude ------------------------------------------------------------------------


@pytest.mark.parametrize("bearing_deg", [0.5, 90.0, 179.5, 225.0, 359.5])
@pytest.mark.parametrize(
    ("off_deg", "is_plausible"),
    [(0, True), (50, True), (-50, True), (70, False), (-70, False), (90, False), (180, False)],
)
def test_a_course_is_the_way_clockwise_from_north(bearing_deg, off_deg, is_plausible):
    told = seen(gnss_pvt=drive(10.0, bearing_deg, course_deg=(bearing_deg + off_deg) % 360))

    assert (told is None) is is_plausible
    if told is not None:
        assert f"course_deg is {abs(off_deg)} degrees off the way between fixes" in told


@pytest.mark.parametrize(("bearing_deg", "is_told"), [(0.0, True), (45.0, False), (180.0, True)])
def test_a_velocity_points_where_one_goes(bearing_deg, is_told):
    radians = math.radians(bearing_deg)
    parts = {"vel_n_mps": 10 * math.sin(radians), "vel_e_mps": 10 * math.cos(radians)}  # the wrong way round

    told = seen(gnss_pvt=drive(10.0, bearing_deg, **parts))

    assert told is None or "vel_n_mps and vel_e_mps are 90 degrees off the way between fixes" in told
    assert (told is not None) is is_told


def test_courses_in_radians_and_angles_from_the_east_are_told():
    assert "course_deg" in seen(gnss_pvt=drive(10.0, 270.0, course_deg=math.radians(270.0)))
    assert "course_deg" in seen(gnss_pvt=drive(10.0, 270.0, course_deg=(90.0 - 270.0) % 360))


@pytest.mark.parametrize(
    ("altitude_m", "is_plausible"),
    [(-499.0, True), (-501.0, False), (0.0, True), (49_999.0, True), (50_001.0, False)],
)
def test_altitudes_are_those_of_wheels_and_wings(altitude_m, is_plausible):
    told = seen(gnss_pvt=drive(10.0, alt_m=altitude_m))

    assert told == (
        None
        if is_plausible
        else f"sample drive, stream gnss_pvt: the median of alt_m is {altitude_m:g}, outside -500 to 50000"
    )


def test_one_altitude_that_is_off_and_none_at_all_are_nothing():
    assert seen(gnss_pvt=drive(10.0, alt_m=[100.0] * 23 + [90_000.0])) is None
    assert seen(gnss_pvt=drive(10.0, alt_m=[None] * 24)) is None


# --- inertial -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "is_plausible"),
    [
        (0.89, True), (0.91, False), (1.0, False), (1.09, False), (1.11, True), (9.81, True),
        (399.0, True), (401.0, False),
    ],
)  # fmt: skip
def test_a_steady_acceleration_of_one_is_gravity_in_g_and_one_of_forty_g_is_none(length, is_plausible):
    told = seen(imu_accel=accelerations([length] * 8))

    assert (told is None) is is_plausible
    if told is not None:
        assert ("gravity in g" in told) is (length < 2)


@pytest.mark.parametrize(("rows", "is_judged"), [(4, False), (5, True)])
def test_fewer_than_five_samples_of_an_accelerometer_are_no_evidence(rows, is_judged):
    assert (seen(imu_accel=accelerations([1.0] * rows)) is not None) is is_judged


@pytest.mark.parametrize(("swing", "is_plausible"), [(0.1, False), (0.3, True)])
def test_an_acceleration_of_one_that_swings_is_one_of_free_fall(swing, is_plausible):
    lengths = [1.0, 1.0, *[1.0 - swing, 1.0 + swing] * 6]

    assert (seen(imu_accel=accelerations(lengths)) is None) is is_plausible


@pytest.mark.parametrize(("rate_rps", "is_plausible"), [(0.0, True), (39.0, True), (41.0, False)])
def test_rotations_in_degrees_are_told(rate_rps, is_plausible):
    told = seen(imu_gyro=axes("imu_gyro", [rate_rps] * 6, "gx_rps", "gy_rps", "gz_rps"))

    assert (told is None) is is_plausible
    assert told is None or "rotations of 41 rad/s are no rarity" in told


@pytest.mark.parametrize(("bends", "is_plausible"), [(3, True), (7, False)])
def test_degrees_a_second_show_in_the_bends(bends, is_plausible):
    rates = [0.5] * (100 - bends) + [60.0] * bends

    assert (seen(imu_gyro=axes("imu_gyro", rates, "gx_rps", "gy_rps", "gz_rps")) is None) is is_plausible


@pytest.mark.parametrize(("rows", "is_judged"), [(4, False), (5, True)])
def test_fewer_than_five_rotations_are_no_evidence(rows, is_judged):
    told = seen(imu_gyro=axes("imu_gyro", [500.0] * rows, "gx_rps", "gy_rps", "gz_rps"))

    assert (told is not None) is is_judged


@pytest.mark.parametrize(
    ("field_ut", "is_plausible"), [(4.9, False), (5.1, True), (48.0, True), (499.0, True), (501.0, False)]
)
def test_a_field_in_gauss_or_nanotesla_is_told(field_ut, is_plausible):
    told = seen(imu_mag=axes("imu_mag", [field_ut] * 6, "mx_ut", "my_ut", "mz_ut"))

    assert (told is None) is is_plausible
    assert told is None or "the median of the magnetic field" in told


# --- channels -----------------------------------------------------------------------------------

BOUNDS = {
    "rpm": (0.0, 150_000.0), "throttle_pct": (-10.0, 150.0), "brake_pct": (-10.0, 150.0),
    "steering_deg": (-1080.0, 1080.0), "heart_rate_bpm": (0.0, 250.0), "battery_v": (0.0, 1000.0),
    "lambda": (0.0, 10.0),
}  # fmt: skip


def channel(name, value):
    fields = {name: channel_field(name, pa.float64(), source_name=name)}
    columns = {"t": [0, 1, 2], name: [value] * 3}
    return build("channels.main", columns, fields=fields, time_base="relative")


@pytest.mark.parametrize("name", BOUNDS)
def test_channels_lie_within_the_bounds_of_their_units(name):
    low, high = BOUNDS[name]
    near = 0.01 * (high - low)

    for value in (low, low + near, high - near, high):
        assert seen(channels__main=channel(name, value)) is None
    for value in (low - near, high + near):
        assert f"stream channels.main: the median of {name} is " in seen(channels__main=channel(name, value))


def test_a_channel_that_no_bound_is_known_of_may_hold_anything():
    assert seen(channels__main=channel("mood", 1e9)) is None


def test_a_channel_of_words_has_no_bounds():
    words = {"t": [0], "rpm": ["many"]}
    fields = {"rpm": channel_field("rpm", pa.string())}

    assert seen(channels__main=build("channels.main", words, fields=fields, time_base="relative")) is None


# --- the clock ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "is_plausible"),
    [
        ("1979-12-31", False), ("1980-01-06", True), ("2025-05-04", True), ("2099-12-31", True),
        ("2100-01-02", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("time_base", ["utc", "relative", "time_of_day"])
def test_instants_in_utc_are_of_the_time_of_recorders(at, is_plausible, time_base):
    t_ns = np.array([at, at], "datetime64[ns]").astype(np.int64)
    events = build("events", {"t": t_ns, "event_type": ["start", "stop"]}, time_base=time_base)

    told = seen(events=events)

    assert (told is None) is (is_plausible or time_base != "utc")
    assert told is None or "the median of t, in seconds since 1970, is " in told


def test_milliseconds_that_were_taken_for_nanoseconds_are_of_1970():
    t_ns = [START_S * 1000, START_S * 1000 + 1000]

    assert "the median of t" in seen(events=build("events", {"t": t_ns, "event_type": ["start", "stop"]}))


def test_laps_that_have_no_instants_have_no_clock():
    laps = build(
        "laps",
        {
            "lap_number": [1], "stint_index": [1], "duration_ns": [90 * NS_PER_S], "validity": ["VALID"],
            "confidence": ["HIGH"], "source": ["device"],
        },
    )  # fmt: skip

    assert seen(laps=laps) is None


# --- which streams ------------------------------------------------------------------------------


def test_second_sources_are_looked_at_too_and_other_streams_are_let_be():
    words = {"t": [0, 1], "event_type": ["start", "stop"], "value": [1e9, -1e9]}
    events = build("events", words, time_base="relative")

    assert seen(events=events, gnss_pvt=drive(10.0, speed_mps=10.0)) is None
    assert "stream gnss_pvt.raw: " in seen(gnss_pvt__raw=drive(10.0, speed_mps=36.0), gnss_pvt=drive(10.0))
