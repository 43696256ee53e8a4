"""Real JSON files: traces of MyChronoGPS, compared with the standard library's reading of their lines."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest

import telemparse

# Fixes, first and last instant, gates; read off the files.
TRACES = {
    "carole": (9091, "2021-02-17T19:37:56.600Z", "2021-02-17T19:55:19.200Z", ["FL", "Int1", "Int2", "Int3"]),
    "jerez": (9662, "2021-02-17T19:38:48.500Z", "2021-02-17T19:54:54.700Z", ["FL", "Int1", "Int2", "Int3"]),
    "ledenon": (
        13619, "2012-09-23T09:10:23.200Z", "2012-09-23T09:55:49.600Z",
        ["FL", "PitIn", "PitOut", "Int1", "Int2", "Int3"],
    ),
}  # fmt: skip


@pytest.fixture(params=TRACES)
def trace(request, corpus):
    path = corpus / "mychronogps" / f"{request.param}-trace-laps.json"
    return request.param, path, telemparse.parse(path)


def by_lines(path):
    return [json.loads(line)[0] for line in path.read_text("utf-8").splitlines()]


def test_every_trace_of_the_corpus_is_expected_here(corpus):
    found = {path.name for path in (corpus / "mychronogps").glob("*.json")}
    assert found == {f"{name}-trace-laps.json" for name in TRACES}


def test_a_trace_is_recognised_with_certainty(trace):
    _name, path, _result = trace
    for source in (path, {"log.csv": path.read_bytes()}):
        winner = telemparse.detect(source).winner
        assert (winner.parser_id, winner.score) == ("json", 1.0)


def test_counts_and_instants_are_those_of_the_file(trace):
    name, _path, result = trace
    table = result.streams["gnss_pvt"]
    ends = [
        table["t"][row].as_py().isoformat(timespec="milliseconds").replace("+00:00", "Z") for row in (0, -1)
    ]
    assert (table.num_rows, *ends) == TRACES[name][:3]
    assert result.metadata["dialect"] == "mychronogps"
    assert not result.errors
    assert result.metadata["epochs_without_fix"] == 0


def test_fixes_are_those_of_the_lines(trace):
    _name, path, result = trace
    table = result.streams["gnss_pvt"]
    _head, *fixes = by_lines(path)
    assert list(zip(table["lat_deg"].to_pylist(), table["lon_deg"].to_pylist(), strict=True)) == [
        tuple(fix["pointgps"]) for fix in fixes
    ]
    speeds = np.array([fix["vitesse"] for fix in fixes]) / 3.6
    np.testing.assert_allclose(table["speed_mps"].to_numpy(), speeds, rtol=1e-6)
    np.testing.assert_allclose(table["course_deg"].to_numpy(), [fix["cap"] % 360 for fix in fixes], rtol=1e-6)


def test_speed_is_metres_per_second(trace):
    _name, _path, result = trace
    table = result.streams["gnss_pvt"]
    t_s = table["t"].cast(pa.int64()).to_numpy() / 1e9
    lat, lon = (np.radians(table[axis].to_numpy()) for axis in ("lat_deg", "lon_deg"))
    step = np.diff(t_s)
    way = np.hypot(np.diff(lat), np.diff(lon) * np.cos(lat[1:])) * 6_371_000
    fast = (table["speed_mps"].to_numpy()[1:] > 20) & (step > 0) & (step < 1)
    ratio = table["speed_mps"].to_numpy()[1:][fast] / (way / step)[fast]
    assert np.median(ratio) == pytest.approx(1, abs=0.02)


def test_gates_are_those_of_the_first_line(trace):
    name, path, result = trace
    head = by_lines(path)[0]
    assert [gate.name for gate in result.metadata["gates"]] == TRACES[name][3]
    for gate in result.metadata["gates"]:
        assert [gate.lat1_deg, gate.lon1_deg, gate.lat2_deg, gate.lon2_deg] == head[gate.name]
    assert result.metadata["track"] == head["NomCircuit"]
