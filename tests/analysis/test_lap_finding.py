"""Laps are those that were driven; where there are none, a code says why, and none is made up."""

from __future__ import annotations

import attrs
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import telemparse
from moving import FRAME, along, replaced, rounds
from recorded import result
from telemparse import schemas
from telemparse.analysis import find_laps
from telemparse.analysis.gate_lines import gate_across
from telemparse.analysis.lap_rules import LapRules
from telemparse.errors import CallError
from telemparse.kernels.arrays import numpy_view
from telemparse.testing.simulate import (
    CIRCUITS,
    Dropouts,
    FewLaps,
    Gap,
    HalfLap,
    Jitter,
    Marshalled,
    NoVelocity,
    Parking,
    PitStop,
    Stationary,
    Stints,
    Teleports,
    VelocityLag,
    simulate,
    write_csv,
    write_gpx,
    write_nmea,
    write_ubx,
    write_vbo,
)

KART = simulate("kart", seed=1, laps=3)
SLOW = pytest.mark.slow
BOTH = pytest.mark.parametrize("method", ["smoothed", "linear"])


def checked(source, gate=None, **asked):
    """Return laps after a look that their tables are canonical and without numbers that are none."""
    laps = find_laps(source, gate, **asked)
    for stream, table in (("laps", laps.table), ("sectors", laps.sectors)):
        _kept, problems = schemas.check(stream, table)
        assert problems == []
    for name in ("distance_m", "duration_std_s"):
        assert all(value is None or np.isfinite(value) for value in laps.table[name].to_pylist())
    return laps


def validities(laps):
    return laps.table["validity"].to_pylist()


def complete(laps):
    return [each for each in validities(laps) if each in ("VALID", "INVALID")]


def valid_s(laps):
    table = laps.table.to_pandas()
    return (table[table.validity == "VALID"].duration_ns / 1e9).to_numpy()


def why_none(laps):
    assert len(laps) == laps.sectors.num_rows == 0
    (issue,) = (each for each in laps.issues if each.code == "LAPS_NOT_FOUND")
    return issue.evidence["reason"]


def fixes(path, **columns):
    """Return the table of a path."""
    lat, lon = path.frame.geodetic_deg(path.position_m)
    east, north = path.velocity_mps.T
    facts = {"t": path.t_ns, "lat_deg": lat, "lon_deg": lon, "vel_n_mps": north, "vel_e_mps": east}
    return pa.Table.from_batches(
        [schemas.build("gnss_pvt", {**facts, "speed_mps": path.speed_mps, **columns})]
    )


GATE = gate_across(FRAME, np.zeros(2), (1.0, 0.0), half_m=6.0, source="user_defined")


@BOTH
@pytest.mark.parametrize("circuit", CIRCUITS)
def test_without_noise_laps_are_true_to_a_tenth_of_a_millisecond(circuit, method):
    run = simulate(circuit, seed=2, laps=3, gnss="perfect")
    laps = checked(run.gnss, run.gate, method=method)
    assert validities(laps) == ["OUTLAP", *["VALID"] * 3, "INLAP"]
    off = np.abs(valid_s(laps) - run.lap_times_s)
    assert off.max() < (1e-4 if method == "smoothed" else 5e-3)
    assert laps.diagnostics["method"] == method
    assert laps.gate == run.gate


@BOTH
@pytest.mark.parametrize(
    "happening",
    [
        [Dropouts(0.05)],
        [Jitter(0.005)],
        [Teleports(6)],
        [NoVelocity()],
        [VelocityLag(0.13, 0.97), Dropouts(0.05)],
        [PitStop(2)],
        [Marshalled(2)],
        [Stints(2)],
        [Stints(2, parking=Parking.SILENT)],
        [FewLaps(1)],
    ],
    ids=lambda happening: "-".join(type(each).__name__ for each in happening),
)
def test_whatever_happens_laps_are_those_that_were_driven(happening, method):
    run = simulate("rc_offroad", seed=1, laps=4, disturbances=happening)
    laps = checked(run.gnss, run.gate, method=method)
    assert complete(laps) == run.laps["validity"].to_pylist()
    assert np.abs(valid_s(laps) - run.lap_times_s[run.valid_laps]).max() < 0.15


@BOTH
@pytest.mark.parametrize("rate_hz", [1.0, 2.0, 5.0, 25.0])
def test_laps_are_found_at_any_rate(rate_hz, method):
    run = simulate("rc_figure8", seed=3, laps=4, rate_hz=rate_hz)
    laps = checked(run.gnss, run.gate, method=method)
    assert complete(laps) == ["VALID"] * 4
    off = np.abs(valid_s(laps) - run.lap_times_s) / np.array(laps.table["duration_std_s"].to_pylist()[1:-1])
    assert off.max() < 4.5


def test_a_gap_over_the_line_makes_one_invalid_lap_of_two():
    over = KART.crossings_s[1]
    run = simulate("kart", seed=1, laps=3, disturbances=[Gap(over - 2, 4)])
    laps = checked(run.gnss, run.gate)
    assert complete(laps) == ["INVALID", "VALID"]
    assert "GAP_WITHIN_LAP" in laps.table["reasons"].to_pylist()[1]
    assert laps.diagnostics["crossings_hidden"] == 1


@BOTH
@pytest.mark.parametrize(
    ("happening", "reason"),
    [
        (HalfLap(), "the gate was crossed only once"),
        (FewLaps(0), "the gate was crossed only once"),
        (Stationary(), "the gate was never crossed"),
    ],
)
def test_without_a_complete_lap_the_reason_is_told(happening, reason, method):
    run = simulate("kart", seed=1, disturbances=[happening])
    assert why_none(checked(run.gnss, run.gate, method=method)) == reason
    assert why_none(checked(run.gnss, method=method)) != ""


@pytest.mark.parametrize("rows", [1, 2, 3, 40])
def test_recordings_of_a_few_epochs_have_no_laps(rows):
    assert why_none(checked(KART.gnss.slice(0, rows), KART.gate)) == "the gate was never crossed"
    assert why_none(checked(KART.gnss.slice(0, rows))) == "the vehicle hardly moved" or rows == 40


def test_a_gate_that_misses_the_track_says_by_how_much():
    away = attrs.evolve(KART.gate, lat1_deg=KART.gate.lat1_deg + 0.01, lat2_deg=KART.gate.lat2_deg + 0.01)
    laps = checked(KART.gnss, away)
    assert why_none(laps) == "the gate was never crossed"
    assert 700 < laps.issues[-1].evidence["nearest_m"] < 1200


def test_a_gate_that_all_cross_backwards_gives_no_laps():
    turned = attrs.evolve(KART.gate, course_deg=(KART.gate.course_deg + 180) % 360)
    laps = checked(KART.gnss, turned)
    assert why_none(laps) == "no crossing of the gate counts"
    assert laps.issues[-1].evidence["ignored"]["backwards"] == 4


def test_a_gate_without_direction_takes_the_way_it_is_crossed():
    bare = attrs.evolve(KART.gate, course_deg=None)
    assert checked(KART.gnss, bare).table.equals(checked(KART.gnss, KART.gate).table)


def test_crossings_of_different_stints_make_no_lap():
    path = rounds(*[(0.0, 20.0)] * 2)
    parted = attrs.evolve(path, t_ns=path.t_ns + np.where(path.t_s > 35, 10**11, 0))
    laps = checked(fixes(parted), GATE)
    assert why_none(laps) == "no two crossings of the gate lie in one stint"
    assert laps.issues[-1].evidence["crossings"] == 2


def test_lanes_of_two_directions_four_metres_apart_are_told_apart():
    lane = [(-300, 0), (300, 0), (300, 4), (-300, 4)]
    path = along([*lane * 5, (-300, 0)], [20.0] * 20)
    noisy = attrs.evolve(
        path, position_m=path.position_m + np.random.default_rng(1).normal(0, 0.05, (len(path), 2))
    )
    for directed in (GATE, attrs.evolve(GATE, course_deg=None)):
        laps = checked(fixes(noisy), directed)
        assert complete(laps) == ["VALID"] * 4
        assert laps.diagnostics["crossings_ignored"]["backwards"] == 5


@pytest.mark.parametrize(
    "receiver", [pytest.param("perfect", marks=SLOW), pytest.param("m8", marks=SLOW), "m9"]
)
@pytest.mark.parametrize("pit_offset_m", [4.0, 9.0, None])
@pytest.mark.parametrize("circuit", ["rc_offroad", "kart"])
def test_a_lap_through_the_pit_lane_beside_the_line_is_never_valid(circuit, pit_offset_m, receiver):
    course = attrs.evolve(CIRCUITS[circuit], pit_offset_m=pit_offset_m)
    run = simulate(course, seed=1, laps=6, gnss=receiver, disturbances=[PitStop(3, seconds=8)])
    laps = checked(run.gnss, run.gate)
    table = laps.table.to_pandas()
    stopped = run.truth.at_s(np.arange(0, run.truth.seconds, 0.1))
    still = np.flatnonzero(stopped.speed_mps < 0.05) / 10
    still = still[(still > run.crossings_s[0]) & (still < run.crossings_s[-1])].mean()
    at_ns = run.truth.start_ns + int(still * 1e9)
    starts, ends = (table[name].astype("int64").to_numpy() for name in ("t_start", "t_end"))
    (row,) = np.flatnonzero((starts <= at_ns) & (ends > at_ns))
    assert table.validity[row] == "INVALID"
    assert "PIT_AFFECTED" in table.reasons[row]
    usual = np.median(run.lap_times_s)
    assert (np.abs(valid_s(laps) - usual) < 0.35 * usual).all()
    assert len(valid_s(laps)) >= 4


def test_places_all_over_the_earth_have_no_laps():
    drawn = np.random.default_rng(1)
    count = KART.gnss.num_rows
    table = replaced(
        KART.gnss, lat_deg=drawn.uniform(-80, 80, count), lon_deg=drawn.uniform(-179, 179, count)
    )
    assert why_none(checked(table, KART.gate)) != ""
    assert why_none(checked(table)) == "no place is passed twice in one direction"


@pytest.mark.parametrize(
    "origin", [(89.9999, 10.0, 0.0), (-90.0, 0.0, 0.0), (12.0, 180.0, 0.0), (0.0, 0.0, 0.0)]
)
def test_poles_and_the_antimeridian_are_no_edge(origin):
    run = simulate("rc_offroad", seed=2, laps=3, gnss="perfect", origin=origin)
    laps = checked(run.gnss, run.gate)
    assert np.abs(valid_s(laps) - run.lap_times_s).max() < 1e-4


def test_without_absolute_time_laps_are_relative():
    facts = {**KART.gnss.schema.metadata, b"time_base": b"relative"}
    start = numpy_view(KART.gnss["t"]).astype(np.int64)
    table = replaced(KART.gnss, t=start - start[0]).replace_schema_metadata(facts)
    laps, dated = checked(table, KART.gate), checked(KART.gnss, KART.gate)
    assert laps.table.schema.metadata[b"time_base"] == b"relative"
    assert laps.table["duration_ns"].equals(dated.table["duration_ns"])


def test_a_result_without_positions_has_no_laps_and_one_with_them_has():
    bare = checked(result({}))
    assert why_none(bare) == "the recording has no positions"
    assert (bare.motion, bare.gate) == (None, None)
    laps = checked(result({"gnss_pvt": KART.gnss}), KART.gate)
    assert laps.table.equals(checked(KART.gnss, KART.gate).table)


def test_the_gates_of_a_file_are_used_and_said_to_be_its_own():
    parsed = telemparse.parse(write_vbo(KART))
    laps = checked(parsed)
    assert laps.gate.source == "file"
    assert complete(laps) == ["VALID"] * 3
    assert set(laps.table["source"].to_pylist()) == {"file"}


def test_calls_that_make_no_sense_are_refused():
    with pytest.raises(CallError, match="method"):
        find_laps(KART.gnss, KART.gate, method="best")
    with pytest.raises(CallError, match="the same place"):
        find_laps(
            KART.gnss, attrs.evolve(KART.gate, lat2_deg=KART.gate.lat1_deg, lon2_deg=KART.gate.lon1_deg)
        )
    with pytest.raises(CallError, match="no rows"):
        find_laps(KART.gnss.slice(0, 0), KART.gate)
    with pytest.raises(CallError, match="lon_deg"):
        find_laps(KART.gnss.drop_columns(["lon_deg"]), KART.gate)


def test_a_track_brings_the_gates_of_its_pits():
    run = simulate("kart", seed=1, laps=4, disturbances=[PitStop(2)])
    issues = [each for each in checked(run.gnss, track=run.track).issues if each.code == "PIT_AFFECTED"]
    assert [(each.evidence["pit_in"], each.evidence["pit_out"]) for each in issues] == [(True, True)]


def test_the_rules_are_the_callers():
    strict = LapRules(high_s=1e-6, medium_s=1e-5)
    laps = checked(KART.gnss, KART.gate, rules=strict)
    assert laps.table["confidence"].to_pylist()[1:-1] == ["LOW"] * 3
    assert laps.diagnostics["rules"]["high_s"] == 1e-6


@BOTH
def test_jumps_are_told_of_their_laps_whatever_the_method(method):
    run = simulate("kart", seed=1, laps=3, disturbances=[Teleports(12)])
    laps = checked(run.gnss, run.gate, method=method)
    told = [each.evidence for each in laps.issues if each.code == "GNSS_TELEPORT_EVENTS"]
    assert sum(each["count"] for each in told) == 12
    assert all(each["limit_mps"] > 300 for each in told)


def test_a_doubtful_automatic_gate_lowers_every_lap():
    path = rounds(*[(0.0, 20.0)] * 9, rate_hz=1.0)
    wander = np.cumsum(np.random.default_rng(4).normal(0.0, 3.0, (len(path), 2)), axis=0)
    table = fixes(attrs.evolve(path, position_m=path.position_m + wander))
    laps = checked(table.drop_columns(["vel_n_mps", "vel_e_mps", "speed_mps"]))
    assert len(complete(laps)) >= 3
    assert set(laps.table["confidence"].to_pylist()) == {"LOW"}
    assert [each.code for each in laps.issues].count("LAP_DETECTION_UNSTABLE") == 1


@BOTH
def test_the_same_recording_gives_the_same_laps_and_stays_as_it_is(method):
    before = pa.table(KART.gnss.to_pydict(), schema=KART.gnss.schema)
    first, second = (checked(KART.gnss, method=method) for _again in range(2))
    assert first.table.equals(second.table, check_metadata=True)
    assert first.gate == second.gate
    assert KART.gnss.equals(before, check_metadata=True)


@settings(max_examples=5)
@given(
    turn=st.floats(0, 360),
    place=st.tuples(st.floats(-85, 85), st.floats(-180, 179), st.just(0.0)),
)
def test_laps_do_not_depend_on_where_a_track_lies_and_how_it_is_turned(turn, place):
    run = simulate("rc_offroad", seed=1, laps=3, rotation_deg=turn, origin=place, gnss="perfect")
    laps = checked(run.gnss, run.gate)
    assert np.abs(valid_s(laps) - run.lap_times_s).max() < 1e-4


@settings(max_examples=5)
@given(shift_s=st.integers(-10_000_000, 10_000_000), rows=st.lists(st.integers(0, 10_000), max_size=100))
def test_laps_do_not_depend_on_the_clock_and_on_repeated_rows(shift_s, rows):
    order = np.sort(np.r_[np.arange(KART.gnss.num_rows), np.array(rows, int) % KART.gnss.num_rows])
    again = KART.gnss.take(pa.array(order))
    later = replaced(again, t=numpy_view(again["t"]).astype(np.int64) + shift_s * 10**9)
    laps, there = find_laps(KART.gnss, KART.gate), find_laps(later, KART.gate)
    for name in ("duration_ns", "validity", "duration_std_s", "distance_m"):
        assert there.table[name].equals(laps.table[name])


# A tenth of a microdegree, the last digit of UBX, is 1 cm; half of it are 0.4 ms at 14 m/s.
FORMATS = {write_ubx: 5e-4, write_csv: 2e-5, write_vbo: 2e-5, write_nmea: 2e-5, write_gpx: 2e-5}


@pytest.mark.parametrize("write", FORMATS, ids=lambda write: write.__name__)
@pytest.mark.parametrize("circuit", ["rc_offroad", "car"])
def test_from_a_file_to_lap_times_nothing_but_the_digits_is_lost(write, circuit):
    run = simulate(circuit, seed=1, laps=3, gnss="perfect")
    laps = checked(telemparse.parse(write(run)), run.gate)
    assert complete(laps) == ["VALID"] * 3
    assert np.abs(valid_s(laps) - run.lap_times_s).max() < FORMATS[write]
    assert laps.diagnostics["method"] == "smoothed"


@pytest.mark.parametrize("write", FORMATS, ids=lambda write: write.__name__)
def test_from_a_file_of_a_noisy_receiver_lap_times_are_within_their_sigmas(write):
    run = simulate("kart", seed=4, laps=3)
    laps = checked(telemparse.parse(write(run)), run.gate)
    sigma = np.array(laps.table["duration_std_s"].to_pylist()[1:-1])
    assert (np.abs(valid_s(laps) - run.lap_times_s) < 4 * sigma).all()
    assert sigma.max() < 0.1
