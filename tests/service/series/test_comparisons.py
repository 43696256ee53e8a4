"""Laps beside each other: figures that agree with the lap times, and a sandbox that no question can hold."""

from __future__ import annotations

import itertools
import json
import threading

import pyarrow as pa
import pytest

from telemparse.service.series import Analyst, SeriesRefused, compare, lap_list

TIME = pa.timestamp("ns", "UTC")
S = 1_000_000_000


def valid_laps(pipeline, session_id):
    return {lap.lap_number: lap for lap in lap_list(pipeline, session_id).items if lap.validity == "VALID"}


@pytest.mark.slow
def test_delta_at_the_end_is_the_difference_of_the_lap_times(lapped, analyst):
    pipeline, session_id = lapped
    laps = valid_laps(pipeline, session_id)
    assert len(laps) >= 3
    for first, second in itertools.permutations(laps, 2):
        found = compare(analyst, pipeline, session_id, laps=[first], reference=second)
        trace = found.traces[first]
        expected = laps[first].duration_s - laps[second].duration_s
        assert trace["delta_s"][-1] == pytest.approx(expected, abs=2e-9)
        assert trace["t_s"][-1] == pytest.approx(laps[first].duration_s, abs=2e-9)
        assert (trace["delta_s"][0], found.reference) == (0.0, second)
        assert set(found.traces[second]["delta_s"]) <= {0.0, None}
        assert (found.difference["first"], found.difference["second"]) == (first, second)
        assert found.difference["seconds"] == pytest.approx(expected, abs=2e-9)
        assert found.difference["verdict"] in ("faster", "slower", "not distinguishable")


@pytest.mark.slow
def test_a_comparison_has_corners_sectors_and_traces_of_one_length(lapped, analyst):
    pipeline, session_id = lapped
    numbers = [*valid_laps(pipeline, session_id)][:3]
    found = compare(analyst, pipeline, session_id, laps=numbers, max_points=50)
    assert len(found.s_m) == 50
    assert found.s_m[0] == 0.0
    assert [*found.s_m] == sorted(found.s_m)
    assert {len(values) for trace in found.traces.values() for values in trace.values()} == {50}
    assert [lap["lap_number"] for lap in found.laps] == numbers
    assert found.difference is None
    assert [corner["number"] for corner in found.corners] == [*range(1, len(found.corners) + 1)]
    assert len(found.corners) >= 3
    for corner in found.corners:
        assert (corner["turn_deg"] > 0) == (corner["direction"] == "left")
        assert set(corner["laps"]) == {str(number) for number in numbers}
        for done in corner["laps"].values():
            assert done["min_mps"] <= done["entry_mps"]
            assert done["duration_s"] > 0
    document = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert set(document["traces"]) == {str(number) for number in numbers}
    again = compare(analyst, pipeline, session_id, laps=numbers, max_points=50)
    assert again.to_dict() == found.to_dict()


@pytest.mark.slow
def test_laps_that_are_not_there_are_unknown(lapped, analyst):
    pipeline, session_id = lapped
    for request in ({"laps": [1, 999]}, {"laps": [1], "reference": 999}, {"laps": [0]}, {"laps": [2**40]}):
        with pytest.raises(SeriesRefused) as refused:
            compare(analyst, pipeline, session_id, **request)
        assert (refused.value.code, refused.value.status) == ("LAP_UNKNOWN", 404)
    for request in ({"laps": []}, {"laps": [*range(1, 14)]}, {"laps": [1], "max_points": 3}):
        with pytest.raises(SeriesRefused) as refused:
            compare(analyst, pipeline, session_id, **request)
        assert (refused.value.code, refused.value.status) == ("SERIES_INVALID", 422)


def test_a_session_without_fixes_has_nothing_to_compare(shelf, begin_ns, analyst):
    tables = {("channels.main", "L0"): pa.table({"t": pa.array([begin_ns], TIME), "rpm": [1.0]})}
    with pytest.raises(SeriesRefused, match="NO_POSITION"):
        compare(analyst, shelf.pipeline, shelf.session(tables), laps=[1])


@pytest.mark.slow
def test_a_recording_that_cannot_be_read_fails_the_question_and_no_other(shelf, begin_ns, lapped, analyst):
    fixes = pa.table({"t": pa.array([begin_ns], TIME), "lat_deg": [1.0], "lon_deg": [2.0]})
    with pytest.raises(SeriesRefused, match="ANALYSIS_FAILED"):
        compare(analyst, shelf.pipeline, shelf.session({("gnss_pvt", "L0"): fixes}), laps=[1])
    assert compare(analyst, *lapped, laps=[2]).reference == 2


@pytest.mark.slow
def test_an_analysis_that_hangs_or_crashes_ends_and_the_next_one_works(lapped, tmp_path):
    with Analyst(timeout_s=0.5) as hurt:
        hurt.warm()
        with pytest.raises(SeriesRefused) as refused:
            hurt.answer("hang", "sandbox_targets:sleep", tmp_path, dict)
        assert (refused.value.code, refused.value.status) == ("ANALYSIS_TIMEOUT", 503)
        hurt.timeout_s = 60.0
        for target in ("segfault", "fail", "kill"):
            with pytest.raises(SeriesRefused) as refused:
                hurt.answer(target, f"sandbox_targets:{target}", tmp_path, dict)
            assert (refused.value.code, refused.value.status) == ("ANALYSIS_FAILED", 503)
        found = compare(hurt, *lapped, laps=[2, 3])
        assert len(found.traces) == 2


@pytest.mark.slow
def test_a_comparison_itself_ends_at_the_deadline_and_works_with_more_time(lapped):
    with Analyst(timeout_s=30.0) as hurried:
        hurried.warm()
        hurried.timeout_s = 1e-6
        with pytest.raises(SeriesRefused, match="ANALYSIS_TIMEOUT"):
            compare(hurried, *lapped, laps=[2, 3])
        hurried.timeout_s = 60.0
        assert compare(hurried, *lapped, laps=[2, 3]).reference in (2, 3)


@pytest.mark.slow
def test_who_waits_for_a_question_that_hangs_is_told_so_and_closing_ends_it(lapped, tmp_path):
    busy = Analyst(timeout_s=60.0)
    busy.warm()
    ended = []

    def hang():
        try:
            busy.answer("hang", "sandbox_targets:sleep", tmp_path, dict)
        except SeriesRefused as refused:
            ended.append(refused.code)

    thread = threading.Thread(target=hang)
    thread.start()
    try:
        while not (tmp_path / "started").exists():
            thread.join(0.01)
        busy.timeout_s = 0.05
        with pytest.raises(SeriesRefused) as refused:
            compare(busy, *lapped, laps=[2, 3])
        assert refused.value.code == "ANALYSIS_TIMEOUT"
    finally:
        busy.close()
        thread.join()
    assert ended == ["ANALYSIS_FAILED"]
    with pytest.raises(SeriesRefused, match="ANALYSIS_FAILED"):
        compare(busy, *lapped, laps=[2, 3])


@pytest.mark.slow
def test_the_same_question_is_asked_once(tmp_path):
    with Analyst() as kept:
        asked = []

        def ask():
            asked.append(1)
            return {}

        first = kept.answer("pid", "sandbox_targets:noop", tmp_path, ask)
        assert kept.answer("pid", "sandbox_targets:noop", tmp_path, ask) == first
        assert len(asked) == 1
        for number in range(40):
            kept.answer(number, "sandbox_targets:noop", tmp_path, ask)
        assert kept.known("pid") is None
        assert kept.known(39) == first
