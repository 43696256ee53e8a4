"""The session store: what is written is read, whole or lap by lap, and its names lead nowhere else."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys

import attrs
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from storage.session_making import lap, session
from telemparse.errors import CallError
from telemparse.storage import LapTelemetry, SessionFailed, SessionMissing, SessionStore, SessionTelemetry
from telemparse.storage.session_columns import FIXED

STANDARD = [
    "lap_number", "time", "distance", "lat", "long", "speed", "rpm", "throttle", "brake", "gear", "steering",
    "glat", "glong",
]  # fmt: skip


@pytest.fixture
def store(tmp_path):
    return SessionStore(tmp_path / "telemetry" / "sessions")


def test_a_session_is_read_as_it_was_written(store):
    made = session()
    store.write(7, made)
    read = store.read(7)
    assert read.table.column_names == [*STANDARD, "oil_temp", "state"]
    for name in read.table.column_names:
        expected = made.table[name]
        assert read.table[name].to_pylist() == expected.to_pylist()
    assert read.source_type == "vbo"
    assert read.laps == made.laps


def test_the_columns_stand_in_their_order_with_types_and_null_rules(store):
    store.write(7, session())
    schema = pq.read_schema(store._folder / "7.parquet")
    assert schema.names[: len(STANDARD)] == STANDARD == list(FIXED)
    assert schema.field("lap_number").type == pa.int32()
    assert not schema.field("lap_number").nullable
    assert not schema.field("time").nullable
    for name in STANDARD[1:]:
        assert schema.field(name).type == pa.float64()
    assert all(schema.field(name).nullable for name in STANDARD[2:])
    assert schema.field("oil_temp").type == pa.float64()
    assert schema.field("state").type == pa.string()
    assert schema.field("speed").metadata[b"unit"] == b"m/s"


def test_typed_columns_keep_the_types_of_the_source(tmp_path):
    store = SessionStore(tmp_path, compression="zstd", types="source")
    words = pa.array(["a", "b", "a"]).dictionary_encode()
    made = lap(1, {"gear": pa.array([1, 2, 3], pa.int8()), "word": words})
    store.write("x", SessionTelemetry.from_laps([made], source_type="vbo"))
    table = store.read("x").table
    assert table.schema.field("gear").type == pa.int8()
    assert pa.types.is_dictionary(table.schema.field("word").type)
    assert table["word"].to_pylist() == ["a", "b", "a"]
    assert pq.ParquetFile(tmp_path / "x.parquet").metadata.row_group(0).column(0).compression == "ZSTD"


def test_the_usual_compression_is_snappy(store):
    store.write(1, session())
    footer = pq.read_metadata(store._folder / "1.parquet")
    columns = [footer.row_group(0).column(place) for place in range(footer.num_columns)]
    assert {column.compression for column in columns} == {"SNAPPY"}


def test_a_whole_number_that_a_float_cannot_hold_keeps_its_type(store):
    counts = pa.array([2**53 + 1, None, 3], pa.int64())
    store.write(1, SessionTelemetry.from_laps([lap(1, {"ticks": counts})], source_type="vbo"))
    assert store.read(1).table["ticks"].to_pylist() == [2**53 + 1, None, 3]


def test_nan_and_infinities_are_stored_as_null(store):
    odd = [1.0, float("nan"), float("inf"), -float("inf"), None]
    store.write(1, SessionTelemetry.from_laps([lap(1, {"speed": pa.array(odd), "x": pa.array(odd)})],
                                              source_type="vbo"))  # fmt: skip
    table = store.read(1).table
    assert table["speed"].to_pylist() == table["x"].to_pylist() == [1.0, None, None, None, None]


def test_truth_values_are_stored_as_numbers(store):
    store.write(1, SessionTelemetry.from_laps([lap(1, {"on": [True, None, False]})], source_type="vbo"))
    assert store.read(1).table["on"].to_pylist() == [1.0, None, 0.0]


def test_a_lap_is_read_alone_with_the_columns_asked_for(store):
    made = session()
    store.write(7, made)
    read = store.read_lap(7, 2, ["speed", "time"])
    assert read.lap_number == 2
    assert read.table.column_names == ["speed", "time"]
    assert read.table["speed"].to_pylist() == made.lap(2).table["speed"].to_pylist()
    assert store.read_lap(7, 1).table.column_names == made.table.column_names


def test_rows_outside_laps_are_lap_0_in_all_their_pieces(store):
    laps = [LapTelemetry(lap_number=number, table=pa.table({"time": [float(place)]}))
            for place, number in enumerate([0, 1, 0, 2, 0])]  # fmt: skip
    store.write(1, SessionTelemetry.from_laps(laps, source_type="vbo"))
    assert store.read_lap(1, 0).table["time"].to_pylist() == [0.0, 2.0, 4.0]
    assert [each.lap_number for each in store.laps(1)] == [0, 1, 0, 2, 0]
    assert store.read(1).table["lap_number"].to_pylist() == [0, 1, 0, 2, 0]


def test_a_row_group_never_holds_two_laps(store, monkeypatch):
    monkeypatch.setattr("telemparse.storage.session_parquet.GROUP_ROWS", 20)
    store.write(1, session(laps=3, rows=50))
    file = pq.ParquetFile(store._folder / "1.parquet")
    groups = [
        file.read_row_group(place, ["lap_number"])["lap_number"] for place in range(file.num_row_groups)
    ]
    assert [len(group) for group in groups] == [20, 20, 10] * 3
    assert all(len(group.unique()) == 1 for group in groups)
    assert store.read_lap(1, 1).table.num_rows == 50


def test_the_laps_of_a_session_are_told_with_rows_and_time(store):
    store.write(1, session(laps=2, rows=50))
    first, second = store.laps(1)
    assert (first.lap_number, first.first_row, first.rows, first.first_s, first.last_s) == (
        0,
        0,
        50,
        0.0,
        4.9,
    )
    assert (second.lap_number, second.first_row, second.rows, second.first_s) == (1, 50, 50, 100.0)


def test_the_channels_of_a_session_are_told_with_unit_and_kind(store):
    store.write(1, session())
    channels = {each.name: each for each in store.channels(1)}
    assert list(channels)[:13] == STANDARD
    assert (channels["speed"].unit, channels["speed"].type, channels["speed"].standard) == (
        "m/s",
        "double",
        True,
    )
    assert (channels["oil_temp"].unit, channels["oil_temp"].standard) == ("degC", False)
    assert channels["state"].type == "string"
    assert channels["rpm"].source_name is None


def test_the_footer_holds_the_facts_of_the_session(store):
    before = dt.datetime.now(dt.UTC)
    store.write("monza", session(laps=3, rows=50))
    facts = store.metadata("monza")
    assert facts.session_id == "monza"
    assert before <= facts.imported_at <= dt.datetime.now(dt.UTC)
    assert facts.source_type == "vbo"
    assert facts.total_points == 150
    assert facts.channel_count == 6  # lat, long, speed, gear, oil_temp, state
    assert facts.start is None


def test_a_session_that_is_written_again_was_imported_when_it_was_first(store):
    store.write(1, session())
    first = store.read(1)
    store.write(2, first)
    assert store.metadata(2).imported_at == first.metadata.imported_at
    assert store.metadata(2).session_id == "2"


def test_a_start_is_told_to_the_microsecond(store):
    start_ns = 1_700_000_000_123_456_789
    made = SessionTelemetry.from_laps([lap(1, {}, rows=2)], source_type="vbo", start_ns=start_ns)
    store.write(1, made)
    assert store.metadata(1).start_ns == start_ns
    assert store.metadata(1).start == dt.datetime(2023, 11, 14, 22, 13, 20, 123456, dt.UTC)


def test_a_session_replaces_the_one_of_its_name(store):
    store.write(1, session(laps=3))
    store.write(1, session(laps=1))
    assert store.metadata(1).total_points == 50
    assert [each.name for each in store._folder.iterdir()] == ["1.parquet"]


def test_a_session_without_rows_is_a_session(store):
    store.write(1, SessionTelemetry.from_laps([], source_type="vbo"))
    assert store.read(1).table.num_rows == 0
    assert store.laps(1) == ()
    assert store.metadata(1).channel_count == 0


def test_a_column_name_may_hold_dots_and_signs(store):
    names = ["a.b", "a", "list.element", "Öl °C", "x y"]
    made = SessionTelemetry.from_laps(
        [lap(1, {name: [float(place)] for place, name in enumerate(names)})], source_type="vbo"
    )
    store.write(1, made)
    for place, name in enumerate(names):
        assert store.read_lap(1, 1, [name]).table.to_pydict() == {name: [float(place)]}


def test_sessions_are_listed_by_name_and_nothing_else_is(store):
    assert store.sessions() == ()
    for name in (10, "b", "a.b"):
        store.write(name, session(laps=1))
    (store._folder / "empty.parquet").touch()
    (store._folder / ".hidden.parquet").touch()
    (store._folder / "notes.txt").touch()
    (store._folder / "folder.parquet").mkdir()
    (store._folder / "link.parquet").symlink_to(store._folder / "10.parquet")
    assert store.sessions() == ("10", "a.b", "b", "empty")


def test_a_session_exists_until_it_is_deleted(store):
    assert not store.exists(1)
    assert not store.delete(1)
    store.write(1, session())
    assert store.exists(1)
    assert store.exists("1")
    assert store.delete(1)
    assert not store.exists(1)
    assert store.sessions() == ()


@pytest.mark.parametrize("call", ["read", "laps", "channels", "metadata"])
def test_a_session_that_is_not_there_is_a_lookup_error_with_its_code(store, call):
    with pytest.raises(SessionMissing) as raised:
        getattr(store, call)("nowhere")
    assert isinstance(raised.value, LookupError)
    assert raised.value.code == "STORE_SESSION_UNKNOWN"
    assert raised.value.evidence == {"session": "nowhere"}
    assert raised.value.hint


def test_a_lap_that_is_not_there_names_those_that_are(store):
    made = session(laps=3)
    store.write(1, made)
    for ask in (lambda: store.read_lap(1, 9), lambda: store.read(1).lap(9)):
        with pytest.raises(LookupError) as raised:
            ask()
        assert raised.value.code == "STORE_LAP_UNKNOWN"
        assert raised.value.evidence == {"session": "1", "lap_number": 9, "laps": [0, 1, 2]}


def test_a_column_that_is_not_there_is_a_bad_call(store):
    store.write(1, session())
    with pytest.raises(CallError, match="warp_factor"):
        store.read_lap(1, 1, ["speed", "warp_factor"])


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../x", "a/b", "/etc/passwd", ".hidden", "a\0b", "a\n", "a b", "x" * 129, -1, "-1", True,
     1.5, None, b"a", "ä"],
)  # fmt: skip
def test_a_name_that_could_lead_elsewhere_is_a_bad_call(store, name):
    for call in (store.read, store.exists, store.delete, lambda name: store.write(name, session(laps=1))):
        with pytest.raises(CallError, match="session_id"):
            call(name)


def test_a_link_in_place_of_a_session_is_not_followed(store, tmp_path):
    store.write(1, session())
    (store._folder / "1.parquet").rename(tmp_path / "elsewhere.parquet")
    (store._folder / "1.parquet").symlink_to(tmp_path / "elsewhere.parquet")
    assert not store.exists(1)
    with pytest.raises(Exception, match="STORAGE_REFUSED"):
        store.read(1)
    assert not store.delete(1)


def test_a_pipe_in_place_of_a_session_is_refused_without_waiting(store):
    store.write(1, session())
    os.mkfifo(store._folder / "2.parquet")
    assert store.sessions() == ("1",)
    with pytest.raises(Exception, match="STORAGE_REFUSED"):
        store.read(2)


def test_a_store_refuses_settings_that_it_does_not_have(tmp_path):
    with pytest.raises(CallError, match="compression"):
        SessionStore(tmp_path, compression="gzip")
    with pytest.raises(CallError, match="types"):
        SessionStore(tmp_path, types="float32")


def test_a_table_that_is_none_of_a_session_is_not_written(store):
    made = session()
    odd = SessionTelemetry(table=made.table.select(["time", "speed"]), metadata=made.metadata)
    with pytest.raises(SessionFailed) as raised:
        store.write(1, odd)
    assert raised.value.code == "SCHEMA_VIOLATION"
    assert not store.exists(1)


def test_more_laps_than_a_footer_has_room_for_are_refused(store):
    table = pa.table({"time": [0.0]})
    laps = [LapTelemetry(lap_number=number, table=table) for number in range(20_000)]
    with pytest.raises(SessionFailed, match="more than a file holds"):
        SessionTelemetry.from_laps(laps, source_type="vbo")
    made = session(laps=1)
    numbers = pa.array(range(20_000), pa.int32())
    rows = made.table.take(pa.array([0] * 20_000)).set_column(0, made.table.schema.field(0), numbers)
    with pytest.raises(SessionFailed, match="more than a file holds"):
        store.write(1, attrs.evolve(made, table=rows))


def test_a_footer_that_nobody_could_read_is_not_written(store, monkeypatch):
    monkeypatch.setattr("telemparse.storage.session_parquet._MOST_FOOTER_BYTES", 2000)
    with pytest.raises(SessionFailed, match="footer"):
        store.write(1, session())
    assert list(store._folder.iterdir()) == []


@pytest.mark.slow
def test_the_store_needs_nothing_beyond_the_core(tmp_path):
    code = f"""
import sys
import numpy as np

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("obstore", "pandas", "polars", "duckdb", "scipy", "structlog"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
import pyarrow as pa
from telemparse.storage import LapTelemetry, SessionStore, SessionTelemetry

table = pa.table({{"time": np.arange(3.0), "lap_number": np.ones(3, int)}})
store = SessionStore({str(tmp_path)!r})
store.write(1, SessionTelemetry.from_laps([LapTelemetry(lap_number=1, table=table)], source_type="vbo"))
print(store.read_lap(1, 1).table.num_rows)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "3\n", done.stderr
