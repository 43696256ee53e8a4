"""Constraints and sensors that may be chosen: what they add in an outage, and when they are not believed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from telemparse.analysis import FusionOptions, fuse
from telemparse.analysis.fusion.rotations import turned_by, wrapped
from telemparse.testing.simulate import Gap, simulate

pytestmark = pytest.mark.slow

FIELD = ("mx_ut", "my_ut", "mz_ut")
WHEELS = [f"wheel_speed_{corner}_mps" for corner in ("fl", "fr", "rl", "rr")]
OUTAGE = (60.5, 84.5)


@pytest.fixture(scope="module")
def run():
    """A kart whose receiver hears nothing for 25 s, with wheels and a magnetometer."""
    return simulate("kart", seed=3, laps=4, imu=9, phase_s=None, disturbances=[Gap(start_s=60, length_s=25)])


def changed(table, **columns):
    for name, values in columns.items():
        index = table.schema.get_field_index(name)
        field = table.schema.field(index)
        table = table.set_column(index, field, pa.array(values, field.type))
    return table


def with_field(run, change):
    """Return the tables of a run with another magnetic field, as a function of the one that was felt."""
    table = run.tables["imu_mag"]
    felt = np.stack([table[name].to_numpy().astype(float) for name in FIELD])
    return {**run.tables, "imu_mag": changed(table, **dict(zip(FIELD, change(felt), strict=True)))}


def with_wheels(run, change):
    table = run.tables["channels.main"]
    columns = {name: change(table[name].to_numpy().astype(float)) for name in WHEELS}
    return {**run.tables, "channels.main": changed(table, **columns)}


def drift_m(run, found):
    """Return how far the position is off in the outage, RMS of the larger part, and how far it says."""
    t_ns = found.table["t"].cast(pa.int64()).to_numpy()
    true = run.truth.at(t_ns)
    since = (t_ns - run.truth.start_ns) / 1e9
    inside = (since > OUTAGE[0]) & (since < OUTAGE[1])
    before = (since > OUTAGE[0] - 5) & (since < OUTAGE[0] - 0.5)
    off = np.stack([found.table[name].to_numpy() for name in ("x_e_m", "y_n_m")], axis=1) - true.position_m
    # The receiver's slow error stays as it is: what drifts is the rest.
    off = off - off[before].mean(axis=0)
    std = np.hypot(*(found.table[name].to_numpy()[inside] for name in ("pos_std_e_m", "pos_std_n_m")))
    return float(np.sqrt(np.mean(off[inside] ** 2))), float(std.max())


def yaw_deg(run, found):
    t_ns = found.table["t"].cast(pa.int64()).to_numpy()
    true = run.truth.at(t_ns)
    off = wrapped(found.table["yaw_rad"].to_numpy() - true.yaw_rad)[true.speed_mps > 2]
    return float(np.degrees(np.sqrt(np.mean(off**2))))


@pytest.fixture(scope="module")
def plain(run):
    return fuse(run.tables, frame=run.frame, options=FusionOptions(magnetometer=False))


def test_wheels_bridge_an_outage_better(run, plain):
    options = FusionOptions(magnetometer=False, wheels=True)
    found = fuse(run.tables, frame=run.frame, options=options)
    assert found.ok
    told = found.parameters["wheels"]
    assert told["scale"] == pytest.approx(1.0, abs=0.02)
    assert 0.03 < told["std_mps"] < 0.3
    assert found.health.innovation["wheels"] < 1.5
    (off, std), (off_without, std_without) = drift_m(run, found), drift_m(run, plain)
    assert std < 0.9 * std_without
    assert off < off_without
    assert off < 3 * std
    assert plain.parameters["wheels"] is None


def test_a_vehicle_that_is_held_to_its_nose_drifts_less(run, plain):
    found = fuse(run.tables, frame=run.frame, options=FusionOptions(magnetometer=False, sideways_mps=0.5))
    assert found.ok
    assert found.parameters["sideways_mps"] == 0.5
    (_off, std), (_off_without, std_without) = drift_m(run, found), drift_m(run, plain)
    assert std < std_without
    assert "sideways" in found.health.innovation


@pytest.mark.parametrize(
    ("change", "words"),
    [(lambda speed: 3.6 * speed, "of their speed"), (lambda speed: speed[::-1], "off by")],
    ids=["km/h", "backwards"],
)
def test_wheels_that_do_not_turn_as_the_vehicle_moves_are_not_used(run, plain, change, words):
    options = FusionOptions(magnetometer=False, wheels=True)
    found = fuse(with_wheels(run, change), frame=run.frame, options=options)
    assert words in found.parameters["wheels"]["unused"]
    assert found.table.drop_columns(["t"]).equals(plain.table.drop_columns(["t"]))


def test_wheels_that_are_not_there_are_said_to_be_missing(run):
    tables = {name: table for name, table in run.tables.items() if name != "channels.main"}
    found = fuse(tables, options=FusionOptions(wheels=True))
    assert found.ok
    assert found.parameters["wheels"] == {"unused": "no speeds of wheels on the clock of the fixes"}


def test_the_field_makes_the_yaw_better(run, plain):
    found = fuse(run.tables, frame=run.frame)
    told = found.parameters["magnetometer"]
    assert found.issues == ()
    assert told["level_ut"] == pytest.approx(22, abs=1)
    assert told["off_deg"] < 2
    assert yaw_deg(run, found) < yaw_deg(run, plain)
    assert found.table["yaw_std_rad"].to_numpy().mean() < plain.table["yaw_std_rad"].to_numpy().mean()


def test_a_field_of_the_vehicle_s_own_is_told_from_the_earth_s(run):
    found = fuse(with_field(run, lambda felt: felt + np.array([[30.0], [-20.0], [50.0]])), frame=run.frame)
    assert found.issues == ()
    assert found.parameters["magnetometer"]["level_ut"] == pytest.approx(22, abs=1)


def test_it_is_read_in_the_unit_s_own_axes(run, plain):
    into = turned_by(np.array([0, 0, 2.0]))
    tables = with_field(run, lambda felt: into @ felt)
    for stream, names in (
        ("imu_accel", ("ax_mps2", "ay_mps2", "az_mps2")),
        ("imu_gyro", ("gx_rps", "gy_rps", "gz_rps")),
    ):
        values = np.stack([tables[stream][name].to_numpy().astype(float) for name in names])
        tables[stream] = changed(tables[stream], **dict(zip(names, into @ values, strict=True)))
    found = fuse(tables, frame=run.frame)
    assert found.issues == ()
    assert yaw_deg(run, found) < yaw_deg(run, plain) + 0.3


@pytest.mark.parametrize(
    "change",
    [
        lambda felt: felt + 25 * np.sin(np.arange(felt.shape[1]) / 700),
        lambda felt: felt[[1, 0, 2]],
        lambda felt: np.random.default_rng(1).normal(0, 30, felt.shape),
    ],
    ids=["currents", "axes", "noise"],
)
def test_a_disturbed_field_is_said_and_not_used(run, plain, change):
    found = fuse(with_field(run, change), frame=run.frame)
    assert [issue.code for issue in found.issues] == ["MAG_INTERFERENCE"]
    assert "unused" in found.parameters["magnetometer"]
    assert found.ok
    assert found.table["yaw_rad"].equals(plain.table["yaw_rad"])


def test_a_magnetometer_on_another_clock_is_not_used(run):
    facts = {**run.tables["imu_mag"].schema.metadata, b"time_base": b"relative"}
    tables = {**run.tables, "imu_mag": run.tables["imu_mag"].replace_schema_metadata(facts)}
    assert "another clock" in fuse(tables).parameters["magnetometer"]["unused"]


def test_one_of_a_few_samples_is_not_used(run):
    tables = {**run.tables, "imu_mag": run.tables["imu_mag"].slice(0, 50)}
    assert "too few samples" in fuse(tables).parameters["magnetometer"]["unused"]
