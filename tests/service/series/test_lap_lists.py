"""Laps and streams as lists: which laps are told, which is the best, and what can be asked for."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest

from telemparse.service.series import lap_list, streams

TIME = pa.timestamp("ns", "UTC")
S = 1_000_000_000


def test_laps_of_analysis_go_before_those_of_the_device(shelf, begin_ns, new_lap):
    fixes = pa.table({"t": pa.array([begin_ns, begin_ns + 90 * S], TIME), "speed_mps": [1.0, 2.0]})
    marks = pa.table({"lap_number": [1]})
    tables = {("gnss_pvt", "L0"): fixes, ("laps", "L0"): marks, ("laps.linear", "L0"): marks}
    laps = [
        new_lap(1, begin_ns, begin_ns + 1 * S, "laps"),
        new_lap(2, begin_ns + 40 * S, begin_ns + 70 * S, "laps.linear"),
        new_lap(
            1,
            begin_ns + 10 * S,
            begin_ns + 40 * S,
            "laps.linear",
            validity="INVALID",
            reasons=["GAP_WITHIN_LAP"],
        ),
        new_lap(3, begin_ns + 70 * S, begin_ns + 80 * S, "laps.linear", validity="INLAP"),
    ]
    found = lap_list(shelf.pipeline, shelf.session(tables, laps=laps))
    assert (found.stream, found.method, found.time_base, found.best_lap) == (
        "laps.linear",
        "linear",
        "utc",
        2,
    )
    assert [(lap.lap_number, lap.t_start_s, lap.t_end_s, lap.duration_s) for lap in found.items] == [
        (1, 10.0, 40.0, 30.0), (2, 40.0, 70.0, 30.0), (3, 70.0, 80.0, 10.0),
    ]  # fmt: skip
    assert [lap.is_best for lap in found.items] == [False, True, False]
    document = json.loads(json.dumps(found.to_dict()))
    assert document["items"][0]["reasons"] == ["GAP_WITHIN_LAP"]
    assert document["origin_ns"] == str(begin_ns)


def test_laps_of_a_device_that_only_knows_durations_have_no_instants(shelf, begin_ns, new_lap):
    tables = {("channels.main", "L0"): pa.table({"t": pa.array([begin_ns], TIME), "rpm": [1.0]})}
    laps = [new_lap(1, None, None, "laps", duration_ns=5 * S)]
    found = lap_list(shelf.pipeline, shelf.session(tables, laps=laps))
    assert (found.method, found.items[0].t_start_s, found.items[0].duration_s) == ("device", None, 5.0)


def test_a_session_without_laps_has_an_empty_list(shelf, begin_ns):
    tables = {("gnss_pvt", "L0"): pa.table({"t": pa.array([begin_ns], TIME), "speed_mps": [1.0]})}
    found = lap_list(shelf.pipeline, shelf.session(tables))
    assert (found.items, found.best_lap, found.stream, found.method) == ((), None, None, None)


def test_laps_of_a_recording_are_those_that_the_pipeline_found(lapped):
    pipeline, session_id = lapped
    found = lap_list(pipeline, session_id)
    session = pipeline.session(session_id)
    best = next(lap for lap in found.items if lap.is_best)
    assert best.duration_s == pytest.approx(session.best_lap_s)
    assert best.t_end_s - best.t_start_s == pytest.approx(best.duration_s, abs=1e-6)
    assert found.run_id == session.run_id


def test_streams_say_what_can_be_asked_for(lapped):
    pipeline, session_id = lapped
    found = {(each["stream"], each["level"]): each for each in streams(pipeline, session_id)}
    assert {("gnss_pvt", level) for level in ("L0", "L1", "L2")} <= set(found)
    fixes = found["gnss_pvt", "L0"]
    assert (fixes["t_first_s"], fixes["rate_hz"], fixes["time_base"]) == (0.0, 10.0, "utc")
    assert fixes["rows"] > 100
    speed = next(column for column in fixes["columns"] if column["name"] == "speed_mps")
    assert (speed["unit"], speed["drawable"]) == ("m/s", True)
    assert speed["description"]
    assert json.loads(json.dumps([*found.values()])) == [*found.values()]
