"""The map: places as they were recorded, broken where there are none, with the gate of the laps."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest

from telemparse.service.series import SeriesRefused, time_series, track_map

TIME = pa.timestamp("ns", "UTC")
S = 1_000_000_000


def fixes(begin_ns, lat, lon, steps=None):
    rows = len(lat)
    stamps = begin_ns + (np.arange(rows) if steps is None else np.asarray(steps)) * (S // 25)
    return {("gnss_pvt", "L0"): pa.table({
        "t": pa.array(stamps, TIME), "lat_deg": pa.array(lat, pa.float64()),
        "lon_deg": pa.array(lon, pa.float64()), "speed_mps": pa.array(np.arange(rows), pa.float32()),
    })}  # fmt: skip


def test_places_are_left_out_evenly_and_the_first_and_the_last_stay(shelf, begin_ns):
    lat = np.linspace(10, 11, 1000)
    session_id = shelf.session(fixes(begin_ns, lat, -lat))
    found = track_map(shelf.pipeline, session_id, max_points=100)
    assert len(found.t_s) == len(found.lat_deg) == len(found.lon_deg) == len(found.speed_mps) == 100
    assert (found.lat_deg[0], found.lat_deg[-1], found.t_s[0], found.t_s[-1]) == (10.0, 11.0, 0.0, 39.96)
    assert np.abs(found.lat_deg - lat[found.speed_mps.astype(int)]).max() < 1e-7
    assert np.diff(found.speed_mps).max() - np.diff(found.speed_mps).min() <= 1
    assert found.bounds == {"south": 10.0, "west": -11.0, "north": 11.0, "east": -10.0}
    assert found.breaks.tolist() == []
    document = found.to_dict()
    assert (document["origin_ns"], document["gate"]) == (str(begin_ns), None)
    assert document["lat_deg"] == found.lat_deg.tolist()


@pytest.mark.parametrize("points", [16, 4000])
def test_the_line_breaks_over_rows_without_a_place_and_over_time_without_rows(shelf, begin_ns, points):
    lat = [
        None if 40 <= row < 50 else math.nan if row == 70 else 95.0 if row == 80 else 1.0
        for row in range(200)
    ]
    steps = [row + (1000 if row >= 120 else 0) for row in range(200)]
    session_id = shelf.session(fixes(begin_ns, lat, [2.0] * 200, steps))
    found = track_map(shelf.pipeline, session_id, max_points=points)
    assert len(found.t_s) == min(points, 188)
    rows = found.speed_mps.astype(int).tolist()
    assert set(found.lat_deg) == {1.0}
    crossed = {next(place for place, row in enumerate(rows) if row > last) for last in (49, 70, 80, 119)}
    assert set(found.breaks.tolist()) == crossed


def test_bounds_across_the_date_line_have_their_west_above_their_east(shelf, begin_ns):
    session_id = shelf.session(fixes(begin_ns, [0.0, 1.0, 2.0], [179.5, -179.75, 179.75]))
    assert track_map(shelf.pipeline, session_id).bounds == {
        "south": 0.0, "west": 179.5, "north": 2.0, "east": -179.75,
    }  # fmt: skip


def test_a_session_without_places_has_no_map(shelf, begin_ns):
    no_stream = {("imu_accel", "L0"): pa.table({"t": pa.array([begin_ns], TIME), "ax_mps2": [1.0]})}
    no_column = {("gnss_pvt", "L0"): pa.table({"t": pa.array([begin_ns], TIME), "speed_mps": [1.0]})}
    words = {
        ("gnss_pvt", "L0"): pa.table({"t": pa.array([begin_ns], TIME), "lat_deg": ["1"], "lon_deg": ["2"]})
    }
    for tables in (no_stream, no_column, words, fixes(begin_ns, [None, math.nan], [1.0, 2.0])):
        with pytest.raises(SeriesRefused) as refused:
            track_map(shelf.pipeline, shelf.session(tables))
        assert (refused.value.code, refused.value.status) == ("NO_POSITION", 404)


def test_fixes_without_a_speed_have_a_map_without_one(shelf, begin_ns):
    tables = fixes(begin_ns, [1.0, 2.0], [3.0, 4.0])
    tables["gnss_pvt", "L0"] = tables["gnss_pvt", "L0"].drop_columns(["speed_mps"])
    assert track_map(shelf.pipeline, shelf.session(tables)).to_dict()["speed_mps"] == [None, None]


def test_a_parsed_recording_has_the_map_and_the_gate_of_its_laps(lapped):
    pipeline, session_id = lapped
    found = track_map(pipeline, session_id)
    assert found.gate is not None
    assert set(found.gate) == {"lat1_deg", "lon1_deg", "lat2_deg", "lon2_deg", "name", "source"}
    bounds = found.bounds
    for end in ("1", "2"):
        assert bounds["south"] - 0.001 < found.gate[f"lat{end}_deg"] < bounds["north"] + 0.001
        assert bounds["west"] - 0.001 < found.gate[f"lon{end}_deg"] < bounds["east"] + 0.001
    lap = track_map(pipeline, session_id, lap=2)
    same = time_series(pipeline, session_id, columns=["lat_deg"], lap=2, max_points=4000)
    assert np.abs(lap.lat_deg - same.series[0].values).max() < 1e-7
    assert lap.t_s.tolist() == same.series[0].t_s.tolist()
    with pytest.raises(SeriesRefused, match="LAP_UNKNOWN"):
        track_map(pipeline, session_id, lap=99)
