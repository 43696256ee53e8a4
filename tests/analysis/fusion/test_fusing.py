"""Fusion of simulated drives: better than the fixes alone, honest about it, and refused where it must be."""

from __future__ import annotations

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from telemparse import schemas
from telemparse.analysis import smooth
from telemparse.analysis.fusion.fusing import fuse
from telemparse.analysis.fusion.parameters import FusionOptions, UnitNoise
from telemparse.analysis.fusion.rotations import turned_by, wrapped
from telemparse.analysis.paths import Path
from telemparse.errors import CallError
from telemparse.testing.simulate import Gap, NoVelocity, Stationary, simulate

FORCES, RATES = ("ax_mps2", "ay_mps2", "az_mps2"), ("gx_rps", "gy_rps", "gz_rps")
MS = 1_000_000


def drive(track="rc_offroad", seed=1, laps=4, **options):
    return simulate(track, seed=seed, laps=laps, imu=6, phase_s=None, **options)


@pytest.fixture(scope="module")
def run():
    return drive()


@pytest.fixture(scope="module")
def fused(run):
    return fuse(run.tables, frame=run.frame)


def changed(run, stream, names, change):
    """Return the tables of a run with some columns of a stream changed together."""
    table = run.tables[stream]
    values = np.stack([table[name].to_numpy().astype(float) for name in names])
    for name, column in zip(names, change(values), strict=True):
        index = table.schema.get_field_index(name)
        field = table.schema.field(index)
        table = table.set_column(index, field, pa.array(column, field.type))
    return {**run.tables, stream: table}


def with_column(table, name, values):
    index = table.schema.get_field_index(name)
    field = table.schema.field(index)
    return table.set_column(index, field, pa.array(values, field.type))


def stamped(run, change):
    """Return the tables of a run with other stamps of the inertial unit."""
    tables = dict(run.tables)
    for stream in ("imu_accel", "imu_gyro"):
        table = tables[stream]
        t_ns = change(table["t"].cast(pa.int64()).to_numpy())
        field = table.schema.field("t")
        tables[stream] = table.set_column(0, field, pa.array(t_ns, pa.int64()).cast(field.type))
    return tables


def columns(fused, *names):
    return np.stack([fused.table[name].to_numpy().astype(float) for name in names], axis=1)


def truth_of(run, fused):
    return run.truth.at(fused.table["t"].cast(pa.int64()).to_numpy())


def rms(values):
    return float(np.sqrt(np.mean(np.square(values))))


def errors(run, fused):
    """Return errors of speed, course and yaw (degrees) while moving, and of the position."""
    true = truth_of(run, fused)
    moving = true.speed_mps > 2
    velocity, position = columns(fused, "vx_mps", "vy_mps"), columns(fused, "x_e_m", "y_n_m")
    course = np.arctan2(velocity[:, 1], velocity[:, 0])
    true_course = np.arctan2(true.velocity_mps[:, 1], true.velocity_mps[:, 0])
    yaw = columns(fused, "yaw_rad")[:, 0]
    return (
        rms((np.hypot(*velocity.T) - true.speed_mps)[moving]),
        np.degrees(rms(wrapped(course - true_course)[moving])),
        np.degrees(rms(wrapped(yaw - true.yaw_rad)[moving])),
        rms(position - true.position_m),
    )


def alone(run):
    """Return errors of speed and course of the receiver alone."""
    motion = smooth(Path.of(run.gnss, frame=run.frame))
    true = run.truth.at(motion.path.t_ns)
    moving = true.speed_mps > 2
    (east, north), (true_east, true_north) = motion.velocity_mps.T, true.velocity_mps.T
    course = wrapped(np.arctan2(north, east) - np.arctan2(true_north, true_east))
    return rms((motion.speed_mps - true.speed_mps)[moving]), np.degrees(rms(course[moving]))


def test_speed_course_and_yaw_are_better_than_those_of_the_receiver(run, fused):
    speed, course, yaw, _position = errors(run, fused)
    own_speed, own_course = alone(run)
    assert fused.ok
    assert fused.issues == ()
    assert speed <= 0.042
    assert course <= 0.30
    assert yaw <= 0.45
    assert speed < 0.8 * own_speed
    assert course < 0.8 * own_course


def test_the_deviations_are_true(run, fused):
    true = truth_of(run, fused)
    off = columns(fused, "x_e_m", "y_n_m") - true.position_m
    east, north, shared = columns(fused, "pos_std_e_m", "pos_std_n_m", "pos_cov_en_m2").T
    moved = columns(fused, "vx_mps", "vy_mps") - true.velocity_mps
    speed, yaw = columns(fused, "vel_std_mps", "yaw_std_rad").T
    turned = wrapped(columns(fused, "yaw_rad")[:, 0] - true.yaw_rad)
    assert (np.abs(off) < 3 * np.stack([east, north], axis=1)).mean() >= 0.97
    assert (np.abs(shared) <= east * north).all()
    assert 0.5 < np.mean(moved**2 / speed[:, None] ** 2) < 2.0
    moving = true.speed_mps > 2
    assert 0.4 < np.mean((turned / yaw)[moving] ** 2) < 2.5


def test_a_slow_error_that_a_short_drive_cannot_show_is_no_less_than_stated(run):
    found = fuse(run.tables, frame=run.frame)
    stated = float(np.median(run.gnss["hacc_m"].to_numpy()))
    assert found.parameters["receiver_noise"]["slow_m"] >= stated
    vague = {**run.tables, "gnss_pvt": with_column(run.gnss, "hacc_m", np.full(run.gnss.num_rows, 4.0))}
    assert columns(fuse(vague), "pos_std_e_m").mean() > 3


def test_the_table_is_canonical_and_names_what_made_it(fused):
    table, problems = schemas.check("pose", fused.table)
    assert problems == []
    assert table.num_rows == fused.table.num_rows
    facts = fused.table.schema.metadata
    assert facts[b"pose_source"] == b"server_fused"
    assert facts[b"technique"] == b"fuse"
    assert fused.parameters["parameters_version"] == "1"
    assert fused.health.innovation["place"] == pytest.approx(1.0, abs=0.3)
    assert fused.health.outlier_pct < 1
    assert (np.diff(fused.table["t"].cast(pa.int64()).to_numpy()) > 0).all()


def test_heights_that_nobody_measured_are_null(run):
    bare = run.gnss.drop_columns(["alt_m"])
    found = fuse({**run.tables, "gnss_pvt": bare}, frame=run.frame)
    assert found.ok
    assert found.table["z_u_m"].null_count == found.table.num_rows


@pytest.mark.slow
def test_an_outage_is_bridged_with_growing_deviations():
    run = drive(laps=6, gnss="f9_rtk", disturbances=[Gap(start_s=60.0, length_s=20.0)])
    found = fuse(run.tables, frame=run.frame)
    true = truth_of(run, found)
    t_s = (true.t_ns - run.truth.start_ns) / 1e9
    off = columns(found, "x_e_m", "y_n_m") - true.position_m
    std = columns(found, "pos_std_e_m", "pos_std_n_m")
    inside = (t_s > 60.5) & (t_s < 79.5)
    assert np.abs(off[inside]).max() < 3.0
    assert (np.abs(off) < 3 * std)[inside].mean() >= 0.97
    middle, early, outside = (std[np.abs(t_s - at).argmin()] for at in (70, 62, 50))
    assert (middle > 2 * early).all()
    assert (early > 2 * outside).all()
    flags = found.table["quality_flags"].to_numpy()
    assert (flags[inside] == 1).all()
    assert (flags[t_s < 59.5] == 0).all()
    (span,) = found.health.degraded
    assert (span.reason, round(span.seconds)) == ("no fixes", 20)
    assert span.position_std_m == pytest.approx(float(std[inside].max()), rel=0.1)


TURNS = [(0, 0, np.pi), (0, 0, 0.5), (np.pi / 2, 0, 0), (0.3, -0.2, 1.0)]


@pytest.mark.parametrize(
    "turn", [TURNS[0], *(pytest.param(turn, marks=pytest.mark.slow) for turn in TURNS[1:])]
)
def test_how_the_unit_is_built_in_does_not_matter(run, turn):
    into = turned_by(np.array(turn, float))
    tables = changed(run, "imu_accel", FORCES, lambda values: into @ values)
    tables["imu_gyro"] = changed(run, "imu_gyro", RATES, lambda values: into @ values)["imu_gyro"]
    found = fuse(tables, frame=run.frame)
    speed, course, yaw, _position = errors(run, found)
    assert found.ok
    assert speed <= 0.042
    assert course <= 0.30
    assert yaw <= 0.6
    assert found.health.mounting_deg == pytest.approx(np.degrees(np.linalg.norm(turn)), abs=4)


@pytest.mark.parametrize(
    ("columns_of", "factor", "unit"),
    [(("imu_accel", FORCES), 1 / 9.80665, "g"), (("imu_gyro", RATES), 180 / np.pi, "deg/s")],
)
def test_other_units_are_seen_and_said(run, fused, columns_of, factor, unit):
    found = fuse(changed(run, *columns_of, lambda values: values * factor), frame=run.frame)
    assert [(issue.code, issue.evidence["unit"]) for issue in found.issues] == [("UNIT_ASSUMED", unit)]
    np.testing.assert_allclose(columns(found, "vx_mps"), columns(fused, "vx_mps"), atol=1e-3)


def test_forces_that_count_downwards_are_taken_the_other_way_up_and_that_is_said(run, fused):
    upside = changed(run, "imu_accel", FORCES, lambda values: values * np.array([[1.0], [1.0], [-1.0]]))
    found = fuse(upside, frame=run.frame)
    assert [issue.code for issue in found.issues] == ["IMU_AXIS_MIRRORED"]
    np.testing.assert_allclose(columns(found, "vx_mps"), columns(fused, "vx_mps"), atol=1e-3)


@pytest.mark.parametrize("late_ms", [pytest.param(-50, marks=pytest.mark.slow), 200, 2000])
def test_clocks_that_stand_apart_are_found_to_a_few_milliseconds(run, late_ms):
    found = fuse(stamped(run, lambda t_ns: t_ns + late_ms * MS), frame=run.frame)
    assert found.ok
    assert found.health.offset_s == pytest.approx(late_ms / 1000, abs=0.004)
    assert found.health.offset_std_s < 0.002


@pytest.mark.slow
def test_clocks_that_drift_apart_are_followed(run):
    found = fuse(
        stamped(run, lambda t_ns: t_ns[0] + ((t_ns - t_ns[0]) * 1.0001).astype(np.int64)), frame=run.frame
    )
    speed, course, yaw, _position = errors(run, found)
    assert found.ok
    assert speed <= 0.042
    assert course <= 0.30
    assert yaw <= 0.45


def broken(run, seconds):
    """Return the tables of a run whose logger was off for so long in its middle, and that instant."""
    middle = int(np.median(run.gnss["t"].cast(pa.int64()).to_numpy()))
    tables = {}
    for name, table in run.tables.items():
        t_ns = table["t"].cast(pa.int64()).to_numpy()
        later = pa.array(np.where(t_ns > middle, t_ns + seconds * 1000 * MS, t_ns))
        tables[name] = table.set_column(0, table.schema.field("t"), later.cast(table.schema.field("t").type))
    return tables, middle


@pytest.mark.parametrize("seconds", [pytest.param(15, marks=pytest.mark.slow), 120, 10 * 365 * 86_400])
def test_a_break_is_no_time_to_fill_and_what_comes_behind_begins_anew(run, fused, seconds):
    tables, middle = broken(run, seconds)
    found = fuse(tables, frame=run.frame)
    assert found.ok
    # A fix may be the last word before the break, or the first one behind it.
    whole = found.table.filter(pc.is_valid(found.table["yaw_rad"]))
    assert found.table.num_rows - whole.num_rows <= 2
    t_ns = whole["t"].cast(pa.int64()).to_numpy()
    together = np.where(t_ns > middle, t_ns - seconds * 1000 * MS, t_ns)
    assert np.abs(together - fused.table["t"].cast(pa.int64()).to_numpy()).max() < MS
    field = whole.schema.field("t")
    joined = whole.set_column(0, field, pa.array(together).cast(field.type))
    speed, course, yaw, position = errors(run, attrs.evolve(found, table=joined))
    assert (speed <= 0.042, course <= 0.30, yaw <= 0.45) == (True, True, True)
    # A receiver's slow error is a new one behind a long break, for all that the filter knows.
    assert position < errors(run, fused)[3] + 0.3
    (longest,) = {round(span.seconds) for span in found.health.degraded}
    assert longest == seconds


def test_where_the_unit_is_silent_the_fixes_remain_without_attitude(run):
    start_ns = run.truth.start_ns

    def silent(table):
        since = (table["t"].cast(pa.int64()).to_numpy() - start_ns) / 1e9
        return table.filter(pa.array((since > 8) & ~((since > 40) & (since < 60))))

    tables = {**run.tables, **{name: silent(run.tables[name]) for name in ("imu_accel", "imu_gyro")}}
    found = fuse(tables, frame=run.frame)
    assert found.ok
    true = truth_of(run, found)
    since = (true.t_ns - start_ns) / 1e9
    silence = (since < 7.9) | ((since > 40.1) & (since < 59.9))
    known = found.table["yaw_rad"].is_valid().to_numpy()
    assert not known[silence].any()
    assert known[~silence & (since > 8.1)].mean() > 0.99
    for first, last in ((0, 7.9), (40, 60)):
        rows = (since > first) & (since < last)
        assert rows.sum() == pytest.approx(10 * (last - first), abs=3)
    off = columns(found, "x_e_m", "y_n_m") - true.position_m
    std = columns(found, "pos_std_e_m", "pos_std_n_m")
    assert (np.abs(off) < 3 * std).mean() > 0.97
    velocity = columns(found, "vx_mps", "vy_mps")
    assert rms((np.hypot(*velocity.T) - true.speed_mps)[silence & (true.speed_mps > 2)]) < 0.15


def test_a_unit_with_a_clock_of_its_own_that_lasts_for_years_is_refused(run):
    tables, _middle = broken(run, 10 * 365 * 86_400)
    for stream in ("imu_accel", "imu_gyro"):
        facts = {**tables[stream].schema.metadata, b"time_base": b"relative"}
        tables[stream] = tables[stream].replace_schema_metadata(facts)
    assert [issue.code for issue in fuse(tables).issues] == ["TIME_ALIGNMENT_DRIFT"]


@pytest.mark.slow
def test_a_clock_of_its_own_is_found_by_how_both_turned(run):
    tables = stamped(run, lambda t_ns: t_ns - t_ns[0])
    for stream in ("imu_accel", "imu_gyro"):
        facts = {**tables[stream].schema.metadata, b"time_base": b"relative"}
        tables[stream] = tables[stream].replace_schema_metadata(facts)
    found = fuse(tables, frame=run.frame)
    speed, course, yaw, _position = errors(run, found)
    assert found.ok
    assert speed <= 0.042
    assert course <= 0.30
    assert yaw <= 0.6


@pytest.mark.slow
def test_stamps_that_jitter_by_20_ms_do_no_harm(run):
    jitter = np.rint(np.random.default_rng(2).normal(0, 20, 100_000)).astype(np.int64) * MS
    found = fuse(stamped(run, lambda t_ns: t_ns + jitter[: len(t_ns)]), frame=run.frame)
    speed, course, _yaw, _position = errors(run, found)
    assert found.ok
    assert speed <= 0.042
    assert course <= 0.30


def test_a_clipped_gyroscope_is_no_false_witness(run):
    found = fuse(changed(run, "imu_gyro", RATES, lambda values: np.clip(values, -2.0, 2.0)), frame=run.frame)
    assert "IMU_SATURATION" in [issue.code for issue in found.issues]
    yaw = wrapped(columns(found, "yaw_rad")[:, 0] - truth_of(run, found).yaw_rad)
    within = np.abs(yaw) < 3 * columns(found, "yaw_std_rad")[:, 0]
    assert not found.ok or within[truth_of(run, found).speed_mps > 2].mean() > 0.95


@pytest.mark.parametrize(
    ("stream", "names", "change"),
    [
        ("imu_gyro", RATES, lambda values: values[[1, 2, 0]]),
        ("imu_gyro", RATES, lambda values: -values),
        ("imu_gyro", RATES, lambda values: values * 0),
        ("imu_accel", FORCES, lambda values: values[[1, 0, 2]]),
        ("imu_accel", FORCES, lambda values: values * 1.5),
        ("imu_accel", FORCES, lambda values: values[:, ::-1]),
        ("imu_accel", FORCES, lambda values: values * np.array([[0.05], [1.0], [1.0]])),
    ],
    ids=["axes", "signs", "nothing", "forces", "scale", "backwards", "one_axis"],
)
def test_what_does_not_fit_the_drive_is_refused_and_the_receiver_speaks_alone(run, stream, names, change):
    found = fuse(changed(run, stream, names, change), frame=run.frame)
    assert not found.ok
    assert found.source == "gnss_measured"
    assert [issue.code for issue in found.issues] == ["FUSION_SKIPPED"]
    assert "fallback" in found.parameters
    motion = smooth(Path.of(run.gnss, frame=run.frame))
    np.testing.assert_allclose(columns(found, "x_e_m", "y_n_m"), motion.position_m)
    table, problems = schemas.check("pose", found.table)
    assert (table.num_rows, problems) == (len(motion), [])


def test_a_gyroscope_without_a_value_is_none(run):
    nothing = changed(run, "imu_gyro", RATES, lambda values: values * np.nan)
    found = fuse(nothing, frame=run.frame)
    assert [issue.code for issue in found.issues] == ["FUSION_SKIPPED_NO_IMU"]


@pytest.mark.parametrize("lost", [("imu_accel", "imu_gyro"), ("imu_gyro",)])
def test_without_six_axes_there_is_nothing_to_fuse(run, lost):
    found = fuse({name: table for name, table in run.tables.items() if name not in lost})
    assert [issue.code for issue in found.issues] == ["FUSION_SKIPPED_NO_IMU"]
    assert found.source == "gnss_measured"
    assert found.health is None


@pytest.mark.slow
def test_samples_of_another_time_or_drive_are_refused(run):
    later = fuse(stamped(run, lambda t_ns: t_ns + 3_600_000 * MS))
    assert [issue.code for issue in later.issues] == ["TIME_ALIGNMENT_DRIFT"]
    other = drive(seed=9)
    strangers = fuse({**run.tables, **{name: other.tables[name] for name in ("imu_accel", "imu_gyro")}})
    assert not strangers.ok
    assert [issue.code for issue in strangers.issues] in (["FUSION_SKIPPED"], ["FUSION_DIVERGED"])


def test_a_vehicle_that_stands_is_not_fused():
    found = fuse(drive(disturbances=[Stationary(60.0)]).tables)
    assert [issue.code for issue in found.issues] == ["FUSION_SKIPPED"]
    assert "hardly moves" in found.parameters["fallback"]


@pytest.mark.slow
def test_without_measured_velocities_forces_make_up_for_them():
    run = drive(laps=6, disturbances=[NoVelocity()])
    found = fuse(run.tables, frame=run.frame)
    speed, course, _yaw, _position = errors(run, found)
    own_speed, own_course = alone(run)
    assert found.ok
    assert speed < 0.5 * own_speed
    assert course < 0.5 * own_course


def test_a_pose_of_the_device_itself_is_passed_on_beside(run, fused):
    facts = {**fused.table.schema.metadata, b"pose_source": b"onboard_fused"}
    device = fused.table.replace_schema_metadata(facts)
    found = fuse({**run.tables, "pose": device}, frame=run.frame)
    assert found.onboard is device
    assert found.ok
    assert fuse({**run.tables, "pose": fused.table}).onboard is None


def test_the_temperature_of_the_unit_is_kept(run, fused):
    table = run.tables["imu_gyro"]
    warming = pa.array(np.linspace(21.5, 38.25, table.num_rows), pa.float32())
    at = table.schema.get_field_index("temp_c")
    warm = {**run.tables, "imu_gyro": table.set_column(at, table.schema.field(at), warming)}
    assert fuse(warm).health.temperature_c == (21.5, 38.25)
    assert fused.health.temperature_c is None


def test_noise_and_rate_may_be_chosen(run):
    noise = UnitNoise(force=0.2, rate=0.01)
    found = fuse(run.tables, options=FusionOptions(noise=noise, rate_hz=20.0))
    assert found.health.force_noise == pytest.approx(0.2)
    assert np.median(np.diff(found.table["t"].cast(pa.int64()).to_numpy())) == 50 * MS


@pytest.mark.slow
def test_an_arm_of_the_antenna_is_taken_off():
    run = drive(gnss="f9_rtk")
    true = run.truth.at(run.gnss["t"].cast(pa.int64()).to_numpy())
    along = np.stack([np.cos(true.yaw_rad), np.sin(true.yaw_rad)], axis=1)
    aside = np.stack([-along[:, 1], along[:, 0]], axis=1)
    path = Path.of(run.gnss, frame=run.frame)
    lat, lon = run.frame.geodetic_deg(path.position_m + 0.5 * along)
    velocity = path.velocity_mps + 0.5 * true.yaw_rate_rps[:, None] * aside
    ahead = run.gnss
    moved = {"lat_deg": lat, "lon_deg": lon, "vel_e_mps": velocity[:, 0], "vel_n_mps": velocity[:, 1]}
    for name, values in moved.items():
        index = ahead.schema.get_field_index(name)
        field = ahead.schema.field(index)
        ahead = ahead.set_column(index, field, pa.array(values, field.type))
    tables = {**run.tables, "gnss_pvt": ahead}
    known = fuse(tables, frame=run.frame, options=FusionOptions(lever_m=(0.5, 0.0, 0.0)))
    unknown = fuse(tables, frame=run.frame)
    assert known.ok
    assert errors(run, known)[3] < 0.05
    assert not unknown.ok or errors(run, unknown)[3] > 0.2


@pytest.mark.slow
def test_the_same_drive_gives_the_same_pose_to_the_last_bit(run, fused):
    again = fuse(run.tables, frame=run.frame)
    assert again.table.equals(fused.table)


def test_fixes_without_an_error_are_left_alone():
    run = drive(gnss="perfect", laps=2)
    found = fuse(run.tables, frame=run.frame)
    assert [issue.code for issue in found.issues] == ["FUSION_SKIPPED"]
    assert "agree to a centimetre" in found.parameters["fallback"]
    motion = smooth(Path.of(run.gnss, frame=run.frame))
    np.testing.assert_allclose(columns(found, "vx_mps", "vy_mps"), motion.velocity_mps, rtol=1e-6)


@pytest.mark.parametrize("change", [lambda gnss: gnss.slice(0, 1), lambda gnss: gnss.slice(0, 2)])
def test_one_or_two_fixes_are_handed_back_with_the_reason(run, change):
    found = fuse({**run.tables, "gnss_pvt": change(run.gnss)})
    assert found.source == "gnss_measured"
    assert [issue.code for issue in found.issues] in (["FUSION_SKIPPED"], ["TIME_ALIGNMENT_DRIFT"])


def test_a_source_without_positions_is_a_mistake_of_the_caller(run):
    with pytest.raises(CallError, match="gnss_pvt"):
        fuse({"imu_accel": run.tables["imu_accel"]})
