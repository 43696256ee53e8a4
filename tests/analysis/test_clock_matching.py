"""Two clocks are matched to a part of a sample with honest errors, or the answer is that they cannot be."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest

from telemparse.analysis import match_clocks
from telemparse.errors import CallError
from telemparse.schemas import QualityFlag, build

START_NS = 1_760_000_000_000_000_000
_STEP_S = 0.02


def drive(duration_s, seed, *, mean_mps=12.0, spread_mps=4.0):
    """Return a drive's speed as a function of true time: random, smooth over about two seconds."""
    dice = np.random.default_rng(seed)
    at = np.arange(-5.0, duration_s + 5.0, _STEP_S)
    bell = np.exp(-((np.arange(-4.0, 4.0, _STEP_S) / 1.0) ** 2) / 2)
    shape = np.convolve(dice.standard_normal(len(at)), bell, mode="same")
    speed = np.maximum(mean_mps + spread_mps * shape / shape.std(), 0.3)
    return lambda t_s: np.interp(t_s, at, speed)


def recorded(
    speed, t_s, *, seed=0, noise_mps=0.05, gain=1.0, offset_s=0.0, drift_ppm=0.0, column="speed_mps", **facts
):
    """Return what a recorder writes whose clock reads `t (1 + drift) + offset` at the true time t."""
    dice = np.random.default_rng(seed)
    values = gain * speed(t_s) + noise_mps * dice.standard_normal(len(t_s))
    stamps = START_NS + np.round((t_s * (1 + drift_ppm * 1e-6) + offset_s) * 1e9).astype(np.int64)
    return pa.table(
        {"t": pa.array(stamps, pa.timestamp("ns", "UTC")), column: pa.array(values, pa.float32())},
        metadata={"time_base": "utc", **facts},
    )


def error_s(match, offset_s, drift_ppm):
    """Return by how much a match misses at its pivot, where b's clock is off and a's is true."""
    there_s = (match.pivot_ns - START_NS) / 1e9
    true_s = (there_s - offset_s) / (1 + drift_ppm * 1e-6)
    return match.offset_ns / 1e9 - (true_s - there_s)


def every(rate_hz, start_s, end_s):
    return np.arange(start_s, end_s, 1 / rate_hz)


def reasons(match):
    return [(issue.code, issue.evidence["reason"]) for issue in match.issues]


@pytest.mark.parametrize(("offset_s", "drift_ppm"), [(0.0, 0.0), (-187.123, 50.0), (3_600.5, -200.0)])
def test_offset_drift_and_gain_are_found_with_their_errors(offset_s, drift_ppm):
    speed = drive(300, seed=1)
    a = recorded(speed, every(10, 0.03, 300), seed=2)
    b = recorded(
        speed, every(100, 0.4, 280), seed=3, gain=1.04, noise_mps=0.1, offset_s=offset_s, drift_ppm=drift_ppm
    )
    match = match_clocks(a, b)
    assert not match.uncertain
    assert abs(error_s(match, offset_s, drift_ppm)) < 3 * match.offset_std_s
    assert match.offset_std_s < 0.0015
    true_ppm = (1 / (1 + drift_ppm * 1e-6) - 1) * 1e6
    assert match.drift_ppm == pytest.approx(true_ppm, abs=3 * match.drift_std_ppm)
    assert match.drift_std_ppm < 15
    assert match.gain == pytest.approx(1 / 1.04, rel=2e-3)
    assert match.correlation > 0.99
    assert match.overlap_s == pytest.approx(280, abs=10)


@pytest.mark.parametrize(("rate_hz", "bound_s"), [(10, 0.005), (25, 0.0012)])
def test_errors_are_within_the_bound_and_their_sigma_is_calibrated(rate_hz, bound_s):
    errors, ratios = [], []
    for seed in range(24):
        speed = drive(150, seed=seed)
        offset_s, drift_ppm = 20.0 - seed, 50.0 * (seed % 3 - 1)
        a = recorded(speed, every(rate_hz, 0.01, 150), seed=100 + seed)
        # The same rate, half a step beside: noise between samples must not draw.
        b = recorded(
            speed,
            every(rate_hz, 0.01 + 0.5 / rate_hz, 150),
            seed=200 + seed,
            offset_s=offset_s,
            drift_ppm=drift_ppm,
        )
        match = match_clocks(a, b)
        assert not match.uncertain
        errors.append(error_s(match, offset_s, drift_ppm))
        ratios.append(errors[-1] / match.offset_std_s)
    assert np.sqrt(np.mean(np.square(errors))) < bound_s
    assert 0.65 < np.sqrt(np.mean(np.square(ratios))) < 1.45


def test_a_recording_matches_itself_exactly():
    a = recorded(drive(90, seed=4), every(10, 0, 90))
    match = match_clocks(a, a)
    assert abs(match.offset_ns) < 1_000
    assert match.gain == pytest.approx(1.0)
    assert not match.uncertain


def test_swapped_recordings_give_the_opposite_answer():
    speed = drive(200, seed=5)
    a = recorded(speed, every(10, 0, 200), seed=1)
    b = recorded(speed, every(25, 0, 200), seed=2, offset_s=33.3, drift_ppm=80)
    there, back = match_clocks(a, b), match_clocks(b, a)
    stamps = np.array([START_NS, there.pivot_ns])
    away = back.moved_ns(there.moved_ns(stamps)) - stamps
    assert np.abs(away).max() < 2e6


def test_part_of_a_drive_is_found_within_the_whole():
    speed = drive(900, seed=6)
    a = recorded(speed, every(10, 0, 900), seed=1)
    b = recorded(speed, every(50, 610, 700), seed=2, offset_s=-600.0)
    match = match_clocks(a, b)
    assert not match.uncertain
    assert abs(error_s(match, -600.0, 0.0)) < 4 * match.offset_std_s


def test_outliers_and_gaps_do_not_draw():
    speed = drive(300, seed=7)
    dice = np.random.default_rng(8)
    t_a, t_b = every(10, 0, 300), every(50, 0, 300)
    t_a = t_a[(t_a < 100) | (t_a > 112)]
    t_b = t_b[(t_b < 200) | (t_b > 203)]
    a = recorded(speed, t_a, seed=1)
    slipping = lambda t_s: speed(t_s) + 8.0 * (np.sin(t_s / 7) > 0.97)  # noqa: E731  (a wheel that spins at times)
    b = recorded(
        slipping, t_b[dice.random(len(t_b)) > 0.05], seed=2, offset_s=5.0, column="wheel_speed_fl_mps"
    )
    match = match_clocks(a, b, columns_b="wheel_speed_fl_mps")
    assert not match.uncertain
    assert abs(error_s(match, 5.0, 0.0)) < 0.005
    assert match.overlap_s < 300 - 15


def test_rows_out_of_order_repeats_and_nulls_change_nothing():
    speed = drive(120, seed=9)
    a = recorded(speed, every(10, 0, 120), seed=1)
    b = recorded(speed, every(10, 0, 120), seed=2, offset_s=1.0)
    order = np.concatenate([np.arange(300, 1_200), np.arange(0, 400)])
    mixed = b.take(pa.array(order))
    nothing = pa.table({"t": b["t"].slice(5, 3), "speed_mps": pa.nulls(3, pa.float32())})
    assert match_clocks(a, pa.concat_tables([nothing, mixed.replace_schema_metadata(None)])) == match_clocks(
        a, b
    )


def test_velocities_serve_where_there_is_no_speed():
    speed = drive(120, seed=10)
    t_s = every(10, 0, 120)
    course = np.sin(t_s / 9)
    fixes = build(
        "gnss_pvt",
        {
            "t": START_NS + np.round(t_s * 1e9).astype(np.int64),
            "lat_deg": np.zeros(len(t_s)),
            "lon_deg": np.zeros(len(t_s)),
            "vel_n_mps": speed(t_s) * np.cos(course),
            "vel_e_mps": speed(t_s) * np.sin(course),
        },
    )
    match = match_clocks(pa.Table.from_batches([fixes]), recorded(speed, t_s, offset_s=2.0))
    assert match.offset_ns == pytest.approx(-2e9, abs=2e6)


def test_the_mean_of_an_axle_serves_where_one_wheel_does_not():
    speed = drive(200, seed=20)
    t_s = every(20, 0, 200)
    a = recorded(speed, every(10, 0, 200), seed=1)
    # In bends, which come with braking, the wheels of an axle are not equally fast.
    turn = 0.05 * np.gradient(speed(t_s), t_s)
    wheels = {
        "wheel_speed_fl_mps": recorded(lambda t: speed(t) - turn, t_s, seed=2)["speed_mps"],
        "wheel_speed_fr_mps": recorded(lambda t: speed(t) + turn, t_s, seed=3)["speed_mps"],
    }
    b = pa.table({"t": recorded(speed, t_s)["t"], **wheels})
    match = match_clocks(a, b)
    assert abs(match.offset_ns) < 4e9 * match.offset_std_s
    assert match == match_clocks(a, b, columns_b=tuple(wheels))
    assert abs(match_clocks(a, b, columns_b="wheel_speed_fl_mps").offset_ns) > 30e6


def test_no_column_at_all_is_refused():
    a = recorded(drive(60, seed=1), every(10, 0, 60))
    with pytest.raises(CallError, match="no column of speeds is named"):
        match_clocks(a, a, columns_a=())


def test_below_a_minute_no_drift_is_claimed():
    speed = drive(45, seed=11)
    a, b = (recorded(speed, every(10, 0, 45), seed=seed) for seed in (1, 2))
    match = match_clocks(a, b)
    assert (match.drift_ppm, match.drift_std_ppm) == (None, None)
    assert not match.uncertain
    assert match.moved_ns(np.array([START_NS])) == pytest.approx(START_NS + match.offset_ns, abs=0)


def test_laps_that_are_all_alike_do_not_tell_which_is_which():
    shape = drive(30, seed=12)
    speed = lambda t_s: shape(np.mod(t_s, 30.0))  # noqa: E731  (a robot's laps)
    a = recorded(speed, every(10, 0, 300), seed=1)
    b = recorded(speed, every(10, 90, 210), seed=2)
    ((code, reason),) = reasons(match_clocks(a, b))
    assert code == "TIME_ALIGNMENT_DRIFT"
    assert "as well" in reason


def test_a_match_less_sure_than_asked_is_uncertain_and_still_given():
    speed = drive(100, seed=13)
    a, b = (recorded(speed, every(5, 0, 100), seed=seed, noise_mps=1.0) for seed in (1, 2))
    match = match_clocks(a, b, tolerance_s=0.001)
    assert "standard deviation" in reasons(match)[0][1]
    assert match.offset_ns is not None
    assert not match_clocks(a, b, tolerance_s=0.5).uncertain


@pytest.mark.parametrize(
    ("speed_b", "t_b", "words"),
    [
        (drive(200, seed=99), every(10, 0, 200), "resemble"),
        (lambda t_s: np.full(len(t_s), 7.0), every(10, 0, 200), "do not resemble"),
        (lambda t_s: np.zeros(len(t_s)), every(10, 0, 200), "do not resemble"),
        (drive(200, seed=14), every(10, 50, 65), "do not resemble"),
        (drive(200, seed=14), every(10, 50, 72), "for long enough"),
        (drive(200, seed=14), every(10, 50, 50.15), "resemble"),
        (drive(200, seed=14), np.array([50.0]), "too few"),
        (drive(200, seed=14), np.zeros(0), "too few"),
        (drive(200, seed=14), np.array([0.0, 3e9]), "do not resemble"),
    ],
)
def test_what_cannot_be_matched_is_said_and_nothing_is_made_up(speed_b, t_b, words):
    a = recorded(drive(200, seed=14), every(10, 0, 200), seed=1)
    match = match_clocks(a, recorded(speed_b, t_b, noise_mps=0.0, seed=2))
    ((code, reason),) = reasons(match)
    assert code == "TIME_ALIGNMENT_DRIFT"
    assert words in reason
    if match.offset_ns is None:
        assert match.drift_ppm is match.offset_std_s is match.pivot_ns is None
        with pytest.raises(CallError, match="not matched"):
            match.moved_ns(np.array([0]))


@pytest.mark.parametrize("afterwards_mps", [0.0, 9.0])
def test_what_changes_at_the_edge_alone_is_no_match(afterwards_mps):
    t_s = every(10, 0, 120)
    both = recorded(lambda t: np.where(t < 0.7, 3.0 + afterwards_mps, afterwards_mps), t_s, noise_mps=0.0)
    assert "resemble" in reasons(match_clocks(both, both))[0][1]


@pytest.mark.parametrize(
    "speed",
    [
        lambda t: 5.0 + 0.02 * t,
        lambda t: np.exp(t / 50),
        lambda t: 5.0 + 0.1 * np.sqrt(t),
        lambda t: 5 + 1e-3 * t,
    ],
)
def test_a_drive_that_only_speeds_up_has_no_marks_in_time(speed):
    a = recorded(speed, every(10, 0, 200), seed=1, noise_mps=0.02)
    b = recorded(speed, every(10, 0, 200), seed=2, noise_mps=0.02, offset_s=8.0, drift_ppm=500)
    match = match_clocks(a, b)
    assert match.uncertain


def test_streams_move_to_the_other_clock_and_say_so():
    speed = drive(120, seed=15)
    a = recorded(speed, every(10, 0, 120), seed=1)
    b = recorded(speed, every(10, 0, 120), seed=2, offset_s=-4.0, time_base="relative")
    match = match_clocks(a, b)
    sensor = pa.table({"t": b["t"], "quality_flags": pa.array(np.full(1_200, 64), pa.uint32())})
    moved = match.moved(sensor)
    assert (
        moved["t"].cast(pa.int64()).to_numpy().tolist()
        == match.moved_ns(b["t"].cast(pa.int64()).to_numpy()).tolist()
    )
    assert set(moved["quality_flags"].to_pylist()) == {64 | QualityFlag.TIME_REPAIRED}
    facts = moved.schema.metadata
    assert facts[b"technique"] == b"match_clocks"
    assert json.loads(facts[b"parameters"])["offset_ns"] == match.offset_ns
    assert facts[b"time_base"] == b"utc"
    assert match.moved(b).schema.metadata[b"time_base"] == b"utc"


@pytest.mark.parametrize(
    ("column", "problem"), [("rpm", "no column rpm"), ("note", "note holds no numbers but string")]
)
def test_a_column_that_is_no_speed_is_refused(column, problem):
    a = recorded(drive(60, seed=1), every(10, 0, 60))
    b = a.append_column("note", pa.array(["x"] * a.num_rows))
    with pytest.raises(CallError, match=problem):
        match_clocks(a, b, columns_b=column)
