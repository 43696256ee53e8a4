"""Drawings: lines of few points that look the same, scales, words of figures, and labels that find room."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from recorded import SECOND, displaced, fixes, result, rows_of
from telemparse.report import describe
from telemparse.report.figures import (
    byte_size,
    decimals_for,
    instant,
    length,
    minutes,
    rate,
    signed,
    span,
)
from telemparse.report.map_labels import place_labels
from telemparse.report.polylines import Numbers, drawn, path_text, runs_of, simplified
from telemparse.report.scales import Scale, round_step, time_step
from telemparse.report.speed_colours import STEPS, SpeedColours

LINES = arrays(np.float64, st.tuples(st.integers(1, 60), st.just(2)), elements=st.floats(-1000, 1000))


def away(point, start, stop):
    along, there = stop - start, point - start
    size = along @ along
    share = np.clip(there @ along / size, 0, 1) if size else 0.0
    return float(np.hypot(*(there - share * along)))


# ---- lines


@given(LINES, st.sampled_from([0.3, 5.0, 200.0]))
def test_no_point_left_out_lies_farther_away_than_the_tolerance(line, tolerance):
    kept = simplified(line, tolerance)
    assert kept[0] == 0
    assert kept[-1] == len(line) - 1
    for row in range(len(line)):
        left = int(np.searchsorted(kept, row, side="right")) - 1
        stop = kept[min(left + 1, len(kept) - 1)]
        assert away(line[row], line[kept[left]], line[stop]) <= tolerance + 1e-9


def test_a_straight_line_is_two_points():
    line = np.stack([np.linspace(0, 900, 1000)] * 2, axis=1)
    assert drawn(line) == "M0 0 900 900"


def test_a_line_breaks_where_it_is_not_known_and_points_alone_are_none():
    nothing = [np.nan, np.nan]
    line = np.array([[0, 0], [1, 1], nothing, [5, 5], nothing, nothing, [7, 0], [8, 0], [9, 9]], float)
    assert runs_of(line) == (slice(0, 2), slice(6, 9))
    assert drawn(line) == "M0 0 1 1M7 0 8 0 9 9"
    assert drawn(line[:0]) == ""


def test_numbers_of_a_path_are_not_escaped_and_stay_numbers():
    text = path_text([np.array([[0.04, -1.26], [10.0, 3.0]])], close=True)
    assert isinstance(text, Numbers)
    assert text.__html__() == "M0 -1.3 10 3Z"


# ---- scales


@given(st.floats(1e-3, 1e6), st.integers(1, 12))
def test_round_steps_are_few_and_round(extent, most):
    step = round_step(extent, most)
    assert extent / step <= most * (1 + 1e-6)
    assert re.match(r"[125]\.0*e", f"{step:.6e}")


@pytest.mark.parametrize(
    ("extent_s", "step_s"), [(5, 1), (200, 30), (3600, 600), (86_400, 14_400), (86_400 * 30, 86_400 * 5)]
)
def test_steps_of_time_are_those_of_clocks(extent_s, step_s):
    assert time_step(extent_s, 8) == step_s


def test_ticks_stand_at_round_values():
    scale = Scale(42.0, 187.0, 0.0, 100.0)
    ticks = scale.ticks(50.0, lambda value: f"{value:.0f}")
    assert [tick.words for tick in ticks] == ["50", "100", "150"]
    assert ticks[1].place == pytest.approx(100 * (100 - 42) / 145, abs=0.01)


# ---- words


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (signed(-0.1234, 3), "\N{MINUS SIGN}0.123"),
        (signed(0.5, 1), "+0.5"),
        (signed(-0.0004, 3), "0.000"),
        (span(12_340_000_000), "12.3 s"),
        (span(59_990_000_000), "1:00 min"),
        (span(26_000 * SECOND), "7:13:20 h"),
        (minutes(30), "0:30"),
        (minutes(754.6), "12:35"),
        (minutes(3725), "1:02:05"),
        (instant(1_700_000_000 * SECOND), "2023-11-14 22:13:20"),
        (instant(10**12 * SECOND), "1000000000000 s"),
        (length(5.25), "5.2 m"),
        (length(512.4), "512 m"),
        (length(3331.0), "3.33 km"),
        (rate(None), ""),
        (rate(24.955), "25 Hz"),
        (rate(1000.4), "1000 Hz"),
        (byte_size(999), "999 B"),
        (byte_size(2_450_000), "2.5 MB"),
        (byte_size(3 * 10**15), "3000.0 TB"),
    ],
)
def test_figures_are_short_words(words, wanted):
    assert words == wanted


@pytest.mark.parametrize(
    ("std_s", "decimals"), [(None, 3), (0.0, 4), (0.3, 2), (0.5, 1), (0.017, 3), (0.00002, 4), (7.0, 1)]
)
def test_a_time_has_the_decimals_that_its_deviation_deserves(std_s, decimals):
    assert decimals_for(std_s) == decimals


# ---- colours


def test_colours_run_from_slow_to_fast_and_lines_break_where_no_speed_is_known():
    speed = np.concatenate([np.linspace(10, 50, 101), [np.nan], np.linspace(50, 10, 101)])
    colours = SpeedColours.of(speed)
    assert colours.named == ("37", "179")
    points = np.stack([np.arange(203.0), np.zeros(203)], axis=1)
    strokes = colours.strokes(points, speed)
    assert [stroke.step for stroke in strokes] == list(range(STEPS))
    assert all(stroke.path.count("M") == 2 for stroke in strokes[:-1])
    ends = sorted(float(x) for stroke in strokes for x in re.findall(r"M(\S+)", stroke.path))
    assert 101.0 not in ends
    assert SpeedColours.of(np.array([np.nan])) is None


def test_one_speed_has_a_scale_too():
    colours = SpeedColours.of(np.full(9, 10.0))
    assert colours.low_kmh <= 36.0 < colours.high_kmh
    assert colours.high_kmh - colours.low_kmh >= 1.0


# ---- the map


def test_labels_stand_beside_the_way_on_the_paper_and_not_on_each_other():
    angle = np.linspace(0, 2 * np.pi, 400)
    way = np.stack([320 + 200 * np.cos(angle), 300 + 200 * np.sin(angle)], axis=1)
    rows = np.arange(0, 400, 20)
    outward = (way[rows] - [320, 300]) / 200
    words = [str(number) for number in range(len(rows))]
    labels = place_labels(
        words, way[rows], outward, way=way, taken=np.array([[550.0, 300.0]]), size=(640.0, 600.0)
    )
    spots = np.array([[label.x, label.y] for label in labels])
    assert [label.words for label in labels] == words
    apart = np.hypot(*(spots[:, None] - spots[None]).transpose(2, 0, 1)) + 1000 * np.eye(len(spots))
    assert apart.min() > 20
    assert np.hypot(*(spots[:, None] - way[None]).transpose(2, 0, 1)).min() > 12.5
    assert np.hypot(*(spots - [550.0, 300.0]).T).min() > 20


def test_a_label_at_the_edge_stays_on_the_paper():
    (label,) = place_labels(
        ["1"], np.array([[630.0, 50.0]]), np.array([[1.0, 0.0]]),
        way=np.array([[630.0, 50.0]]), taken=np.zeros((0, 2)), size=(640.0, 100.0),
    )  # fmt: skip
    assert 13 < label.x < 627
    assert 13 < label.y < 87


def test_the_map_shows_gates_corners_direction_and_scale(chapter):
    track = chapter.map
    assert [gate.words for gate in track.gates if gate.start_finish] == ["S/F"]
    assert len([gate for gate in track.gates if not gate.start_finish]) == len(chapter.sectors.names) - 1
    assert [label.words for label in track.corners] == [str(n + 1) for n in range(len(track.corners))]
    assert len(chapter.corners.lines) == len(track.corners) > 3
    assert track.arrow.endswith("Z")
    assert track.scale_words.endswith(" m")
    assert track.description.startswith(
        f"Map, north up, of lap {track.lap}, other laps faint, coloured by speed"
    )
    xs, ys = np.array(re.findall(r"(-?[\d.]+) (-?[\d.]+)", " ".join(s.path for s in track.strokes)), float).T
    assert 0 < xs.min() < xs.max() < track.width
    assert 0 < ys.min() < ys.max() < track.height


def test_places_for_the_read_outs_lie_on_the_way(chapter):
    places = [place for place in chapter.map.read_outs.split(" ") if place != "-"]
    assert len(places) > 200
    way = np.array(re.findall(r"(-?[\d.]+) (-?[\d.]+)", " ".join(s.path for s in chapter.map.strokes)), float)
    for place in places[::10]:
        x, y = map(int, place.split(","))
        assert np.hypot(*(way - [x, y]).T).min() < 60


def test_a_gap_is_bridged_by_a_dashed_line_and_a_wild_fix_does_not_shrink_the_map():
    table = fixes(15.0)
    table = rows_of(displaced(table, [70], 100_000.0), np.r_[0:50, 70:150])
    track = describe(result({"gnss_pvt": table})).map
    assert track.bridges.count("M") == 1
    assert track.lap is None
    assert track.faint == ""
    reach = float(track.scale_words.split()[0])
    assert reach <= 100


# ---- charts


def test_traces_end_at_the_differences_of_the_lap_times(chapter):
    speed, delta = chapter.traces.charts
    assert [chart.quantity for chart in (speed, delta)] == ["speed", "delta"]
    assert delta.traces[-1].style == "reference"
    assert set(re.findall(r" (\S+?)(?= |$)", delta.traces[-1].path)) == {f"{round(delta.zero, 1):g}", "1000"}
    times = {line.number: line.time for line in chapter.laps.lines}
    for trace in delta.traces:
        y = float(trace.path.split(" ")[-1])
        behind = delta.high - (y - delta.top) / (delta.bottom - delta.top) * (delta.high - delta.low)
        told = _seconds(times[trace.lap]) - _seconds(times[chapter.traces.laps[0]])
        assert behind == pytest.approx(told, abs=0.01)


def _seconds(words):
    whole, _colon, rest = words.rpartition(":")
    return 60 * int(whole or 0) + float(rest)


def test_a_line_of_speed_over_time_breaks_at_gaps():
    table = rows_of(fixes(15.0), np.r_[0:50, 80:150])
    traces = describe(result({"gnss_pvt": table})).traces
    (chart,) = traces.charts
    (trace,) = chart.traces
    assert traces.over_time
    assert trace.path.count("M") == 2
    assert traces.extent == pytest.approx(14.9)


def test_slopes_between_positions_are_said_to_be_no_measured_speed():
    table = fixes(15.0, speed_mps=None, course_deg=None)
    chapter = describe(result({"gnss_pvt": table}))
    assert "slopes between positions" in chapter.traces.caption
    assert chapter.top_kmh == ""
