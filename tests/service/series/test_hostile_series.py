"""Tables that nobody would draw: each ends in an answer or in a refusal with a code."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.service.series import SeriesRefused, lap_list, streams, time_series, track_map
from telemparse.service.series.refusals import REFUSALS

TIME = pa.timestamp("ns", "UTC")
S = 1_000_000_000
LEAST, MOST = -(2**63), 2**63 - 1


def test_columns_of_every_type_are_drawn_or_refused(shelf, begin_ns):
    rows = 100
    drawable = {
        "f16": pa.array(np.arange(rows, dtype=np.float16)),
        "f32": pa.array(np.arange(rows, dtype=np.float32)),
        "f64": pa.array(np.arange(rows, dtype=np.float64)), "i8": pa.array(np.arange(rows), pa.int8()),
        "u64": pa.array([2**64 - 1 - row for row in range(rows)], pa.uint64()),
        "i64": pa.array([LEAST, MOST] * 50, pa.int64()), "yes": pa.array([True, None] * 50),
        "none": pa.nulls(rows), "empty": pa.nulls(rows, pa.float64()),
        "huge": pa.array([1e308, -1e308] * 50), "odd": pa.array([math.inf, math.nan, -math.inf, 1.0] * 25),
    }  # fmt: skip
    refused = {
        "word": pa.array(["<b>"] * rows), "few": pa.array(["a", "b"] * 50).dictionary_encode(),
        "list": pa.array([[1.0]] * rows), "bytes": pa.array([b"x"] * rows),
        "pair": pa.array([{"x": 1.0}] * rows), "when": pa.array([0] * rows, TIME),
    }  # fmt: skip
    table = pa.table({"t": pa.array(begin_ns + np.arange(rows) * S, TIME), **drawable, **refused})
    session_id = shelf.session({("channels.main", "L0"): table})
    found = time_series(shelf.pipeline, session_id, stream="channels.main", max_points=16)
    assert [series.name for series in found.series] == [*drawable]
    values = {each["name"]: each["values"] for each in found.to_dict()["series"]}
    assert pa.ipc.open_stream(found.to_arrow()).read_all().column_names == ["t", *drawable]
    assert {value for value in values["yes"] if value is not None} == {1.0}
    assert {value for value in values["odd"] if value is not None} == {1.0}
    assert {value for name in ("none", "empty") for value in values[name]} == {None}
    assert {min(values["huge"]), max(values["huge"])} == {-1e308, 1e308}
    for name in (*refused, "t"):
        with pytest.raises(SeriesRefused) as told:
            time_series(shelf.pipeline, session_id, stream="channels.main", columns=[name])
        assert (told.value.code, told.value.status) == ("COLUMN_NOT_NUMERIC", 422)
    listed = {each["name"]: each["drawable"] for each in streams(shelf.pipeline, session_id)[0]["columns"]}
    assert {name for name, is_drawable in listed.items() if is_drawable} == {*drawable}


@given(
    stamps=st.lists(
        st.sampled_from([LEAST, LEAST + 1, -1, 0, 1, S, MOST - 1, MOST]), min_size=1, max_size=60
    ),
    ends=st.tuples(st.none() | st.floats(allow_nan=False), st.none() | st.floats(allow_nan=False)),
    level=st.sampled_from(["auto", "L0"]),
)
def test_instants_at_the_ends_of_the_number_range_are_drawn(shelf, stamps, ends, level):
    table = pa.table(
        {"t": pa.array(stamps, pa.int64()).cast(TIME), "speed_mps": np.arange(float(len(stamps)))}
    )
    session_id = shelf.session({("gnss_pvt", "L0"): table}, group_rows=20)
    found = time_series(
        shelf.pipeline, session_id, begin_s=ends[0], end_s=ends[1], max_points=16, level=level
    )
    shown = found.series[0]
    assert (np.diff(shown.t_s) >= 0).all()
    assert np.count_nonzero(~np.isnan(shown.values)) <= 16
    assert found.to_json()
    assert pa.ipc.open_stream(found.to_arrow()).read_all().num_rows == len(shown.values)
    if ends == (None, None):
        assert found.rows == len(stamps)


def test_rows_without_an_instant_are_left_out(shelf, begin_ns):
    stamps = pa.array([begin_ns, None, begin_ns + S], TIME)
    session_id = shelf.session({("gnss_pvt", "L0"): pa.table({"t": stamps, "speed_mps": [1.0, 2.0, 3.0]})})
    assert time_series(shelf.pipeline, session_id).series[0].values.tolist() == [1.0, 3.0]


@pytest.mark.parametrize("rate_hz", [None, 0.0, -1.0, math.nan, math.inf, 5e-324, 1e308])
def test_any_rate_in_the_database_gives_an_answer(shelf, begin_ns, rate_hz):
    table = pa.table({"t": pa.array(begin_ns + np.arange(50) * S, TIME), "speed_mps": np.ones(50)})
    rate_hz = None if rate_hz is not None and math.isnan(rate_hz) else rate_hz  # which no database holds
    session_id = shelf.session({("gnss_pvt", "L0"): table}, rate_hz=rate_hz)
    values = time_series(shelf.pipeline, session_id, max_points=16).series[0].values
    assert np.count_nonzero(~np.isnan(values)) in range(3, 17)


def test_names_with_dots_are_columns_and_no_paths(shelf, begin_ns):
    columns = {"a": [1.0, 2.0], "a.b": [3.0, 4.0], "t.a": [5.0, 6.0]}
    table = pa.table({"t.x": [0.0, 0.0], "t": pa.array([begin_ns, begin_ns + S], TIME), **columns})
    session_id = shelf.session({("channels.main", "L0"): table})
    found = time_series(shelf.pipeline, session_id, stream="channels.main", columns=[*columns])
    assert [series.values.tolist() for series in found.series] == [*columns.values()]


def test_streams_without_samples_in_time_are_refused(shelf, begin_ns, new_lap):
    tables = {
        ("gnss_pvt", "L0"): pa.table({"t": pa.array([begin_ns], TIME), "speed_mps": [1.0]}),
        ("laps", "L0"): pa.table({"lap_number": [1]}),
        ("imu_accel", "L0"): pa.table({"t": pa.array([], TIME), "ax_mps2": pa.array([], pa.float32())}),
    }
    session_id = shelf.session(tables, laps=[new_lap(1, begin_ns, begin_ns + S, "laps")])
    wanted = [{"stream": name} for name in ("laps", "imu_accel", "nothing", "../../x", "", "\x00")]
    for request in (*wanted, {"stream": "gnss_pvt", "level": "L1"}):
        with pytest.raises(SeriesRefused) as refused:
            time_series(shelf.pipeline, session_id, **request)
        assert (refused.value.code, refused.value.status) == ("STREAM_UNKNOWN", 404)


@pytest.mark.parametrize(
    "request_",
    [
        {"max_points": 15}, {"max_points": 10_001}, {"max_points": True}, {"max_points": 100.0},
        {"level": "L3"}, {"level": ""}, {"begin_s": math.nan}, {"end_s": math.nan},
        {"columns": [f"c{number}" for number in range(65)]},
    ],
)  # fmt: skip
def test_requests_that_cannot_be_right_are_refused(shelf, begin_ns, request_):
    table = pa.table({"t": pa.array([begin_ns], TIME), "speed_mps": [1.0]})
    with pytest.raises(SeriesRefused) as refused:
        time_series(shelf.pipeline, shelf.session({("gnss_pvt", "L0"): table}), **request_)
    assert (refused.value.code, refused.value.status) == ("SERIES_INVALID", 422)


def test_no_columns_are_an_answer_without_series(shelf, begin_ns):
    table = pa.table({"t": pa.array([begin_ns], TIME), "word": ["x"]})
    session_id = shelf.session({("events", "L0"): table})
    for columns in (None, []):
        found = time_series(shelf.pipeline, session_id, stream="events", columns=columns)
        assert (found.rows, found.series) == (1, ())
        assert pa.ipc.open_stream(found.to_arrow()).read_all().column_names == ["t"]


def test_sessions_that_are_not_there_are_not_ready(shelf):
    for session_id in ("", "x" * 5000, "00000000-0000-0000-0000-000000000000", "\x00"):
        for call in (time_series, track_map, lap_list, streams):
            with pytest.raises(SeriesRefused) as refused:
                call(shelf.pipeline, session_id)
            assert (refused.value.code, refused.value.status) == ("SESSION_NOT_READY", 409)


@pytest.mark.parametrize("seen_before", [False, True])
@pytest.mark.parametrize("damage", ["gone", "cut", "zeroed", "other"])
def test_a_file_that_is_damaged_or_gone_cannot_be_read_at_the_moment(shelf, begin_ns, damage, seen_before):
    rows = 5000
    table = pa.table({
        "t": pa.array(begin_ns + np.arange(rows) * S, TIME),
        "speed_mps": np.random.default_rng(1).random(rows),
    })  # fmt: skip
    session_id = shelf.session({("gnss_pvt", "L0"): table}, group_rows=1000)
    dataset = shelf.pipeline.datasets(session_id)[0]
    if seen_before:
        time_series(shelf.pipeline, session_id)
    place = shelf.pipeline.storage.local_path(dataset.storage_path)
    content = place.read_bytes()
    place.unlink()
    if damage == "cut":
        place.write_bytes(content[: len(content) // 2])
    elif damage == "zeroed":
        place.write_bytes(bytes(len(content)))
    elif damage == "other":
        place.symlink_to("/dev/zero")
    with pytest.raises(SeriesRefused) as refused:
        time_series(shelf.pipeline, session_id)
    assert (refused.value.code, refused.value.status) == ("SERIES_UNREADABLE", 503)


def test_a_window_that_memory_should_not_hold_is_refused_before_it_is_read(shelf, begin_ns, monkeypatch):
    from telemparse.service.series import rows

    table = pa.table(
        {"t": pa.array(begin_ns + np.arange(400) * S, TIME), "a": np.ones(400), "b": np.ones(400)}
    )
    session_id = shelf.session({("channels.main", "L0"): table}, group_rows=100)
    monkeypatch.setattr(rows, "_MOST_CELLS", 300)
    request = {"stream": "channels.main", "end_s": 99.0}
    assert time_series(shelf.pipeline, session_id, columns=["a", "b"], **request).rows == 100
    for more in ({"columns": ["a", "b", "a"], "end_s": 100.0}, {"columns": [], "end_s": 399.0}):
        with pytest.raises(SeriesRefused) as refused:
            time_series(shelf.pipeline, session_id, **{**request, **more})
        assert (refused.value.code, refused.value.status) == ("WINDOW_TOO_LARGE", 422)


@pytest.mark.slow
def test_ten_million_rows_are_drawn_with_their_extremes(shelf, begin_ns):
    rows = 10_000_000
    values = np.sin(np.arange(rows, dtype=np.float32) / 1000)
    values[7_654_321], values[1_234_567] = 9.0, -9.0
    table = pa.table({"t": pa.array(begin_ns + np.arange(rows) * (S // 100), TIME), "speed_mps": values})
    session_id = shelf.session({("gnss_pvt", "L0"): table}, rate_hz=100.0)
    found = time_series(shelf.pipeline, session_id, max_points=1000)
    shown = found.series[0]
    assert (found.rows, shown.values.max(), shown.values.min()) == (rows, 9.0, -9.0)
    assert len(shown.values) <= 1000
    near = time_series(shelf.pipeline, session_id, begin_s=76_543.0, end_s=76_543.5)
    assert (near.rows, near.series[0].values.max()) == (51, 9.0)


def test_every_refusal_has_a_status_of_http_and_a_sentence():
    for code, (status, words) in REFUSALS.items():
        assert status in (404, 409, 422, 503)
        assert words.endswith(".")
        told = SeriesRefused(code, stream="x")
        assert (told.code, told.status, told.message, told.evidence) == (code, status, words, {"stream": "x"})
