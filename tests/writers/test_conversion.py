"""`convert` writes what `write(parse(...))` writes, however the rows come, in bounded memory."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import telemparse
from telemparse import ParseOptions, writers
from telemparse.errors import CallError, ParseFailed
from telemparse.model.messages import Batch, Meta
from telemparse.schemas import build, channel_field
from telemparse.writers import filing, recorder, runs

SECOND_NS = 1_000_000_000


def fixes(stamps_s, first=0):
    """Return fixes whose altitude is their number in order of arrival."""
    rows = np.arange(first, first + len(stamps_s), dtype=np.float64)
    t_ns = np.array(stamps_s, np.int64) * SECOND_NS
    return Batch(
        "gnss_pvt", build("gnss_pvt", {"t": t_ns, "lat_deg": rows % 90, "lon_deg": rows % 180, "alt_m": rows})
    )


def channels(stamps_s, **columns):
    """Return rows of a channel group; a column is named after its channel."""
    fields = {name: channel_field(name, pa.array(values).type) for name, values in columns.items()}
    t_ns = np.array(stamps_s, np.int64) * SECOND_NS
    return Batch("channels.main", build("channels.main", {"t": t_ns, **columns}, fields=fields))


def events(stamps_s, kinds):
    t_ns = np.array(stamps_s, np.int64) * SECOND_NS
    return Batch("events", build("events", {"t": t_ns, "event_type": kinds}))


def laps(numbers):
    columns = {
        "lap_number": numbers,
        "stint_index": [0] * len(numbers),
        "duration_ns": [SECOND_NS * number for number in numbers],
        "validity": ["VALID" if number % 2 else "OUTLAP" for number in numbers],
        "confidence": ["HIGH"] * len(numbers),
        "reasons": [["PIT_AFFECTED"][: number % 3] or None for number in numbers],
        "source": ["device"] * len(numbers),
    }
    return Batch("laps", build("laps", columns))


def plain(table):
    """Return a table without dictionaries, whose order of words may differ between equal columns."""
    return {
        "schema": table.schema.to_string(show_field_metadata=True, truncate_metadata=False),
        "rows": [column.cast(_value_type(column.type)).combine_chunks() for column in table.columns],
    }


def _value_type(kind):
    return kind.value_type if pa.types.is_dictionary(kind) else kind


@pytest.fixture
def small_groups(monkeypatch):
    """Make row groups, blocks and merges tiny, so that a few rows go every way that many do."""
    monkeypatch.setattr(recorder, "GROUP_ROWS", 4)
    monkeypatch.setattr(filing, "GROUP_ROWS", 4)
    monkeypatch.setattr(runs, "_BLOCK_ROWS", 2)
    monkeypatch.setattr(runs, "_FAN_IN", 2)


def assert_converts_like_write(source, folder, form="parquet"):
    whole = telemparse.parse(source, on_error="return")
    written = telemparse.convert(source, folder / "streamed", format=form, on_error="return")
    expected = writers.write(whole, folder / "whole", format=form)
    assert [record.name for record in written.streams] == [record.name for record in expected.streams]
    assert [record.rows for record in written.streams] == [record.rows for record in expected.streams]
    assert written.result == expected.result
    streamed = writers.read(folder / "streamed")
    assert set(streamed.streams) == set(whole.streams)
    for name, table in whole.streams.items():
        assert plain(streamed.streams[name]) == plain(table), name
    return written


SHAPES = {
    "in order": [fixes(range(7)), fixes(range(7, 30), 7), fixes([30], 30)],
    "one batch": [fixes(range(50))],
    "late within a group": [fixes([0, 2, 1, 3]), fixes([5, 4, 6, 7], 4)],
    "late over groups": [fixes(range(10, 20)), fixes(range(15), 10), fixes(range(5, 40), 25)],
    "reversed": [fixes(range(40, 0, -1))],
    "interleaved": [fixes([index // 2 + 100 * (index % 2) for index in range(40)])],
    "twins that only sorting brings together": [
        fixes([5, 5, 3, 9]), fixes([5, 9, 3, 12, 5], 4), fixes([12, 5, 9, 13], 9),
    ],
    "twins on both sides of a group's edge": [fixes([1, 10, 3, 4, 10, 11, 12, 13])],
    "all at one instant, then one before": [fixes([7] * 21), fixes([6] * 5 + [7] * 5, 21)],
    "channels that gain columns": [
        channels(range(9), rpm=np.arange(9.0)),
        channels(range(9, 15), rpm=np.arange(6.0), gear=np.arange(6)),
        channels(range(15, 30), gear=np.arange(15), note=[f"n{n}" for n in range(15)]),
        channels(range(30, 31), rpm=np.arange(1.0)),
    ],
    "channels that gain columns late": [
        channels(range(9), rpm=np.arange(9.0)),
        channels(range(4, 15), rpm=np.arange(11.0), gear=np.arange(11)),
        channels(range(2, 8), note=[f"n{n}" for n in range(6)]),
    ],
    "channels whose numbers widen": [
        channels(range(6), gear=np.arange(6, dtype=np.int16)),
        channels(range(6, 12), gear=np.arange(6.0) / 2),
    ],
    "words": [
        events(range(5), ["marker"] * 5),
        events(range(5, 16), ["pit_in", "pit_out", "marker"] * 3 + ["start", "stop"]),
    ],
    "late words": [
        events([4, 5, 6, 7, 8], ["marker"] * 5),
        events([1, 2, 3, 9], ["pit_in", "stop", "start", "other"]),
    ],
    "laps without a time of their own": [laps([1, 2, 3]), laps([4, 5, 6, 7, 8])],
    "several streams by turns": [
        message
        for start in range(0, 40, 5)
        for message in (
            fixes(range(start, start + 5), start),
            channels(range(start, start + 5), rpm=np.arange(5.0)),
            events([start], ["marker"]),
        )
    ],
}  # fmt: skip


@pytest.mark.usefixtures("small_groups")
@pytest.mark.parametrize("form", ["parquet", "arrow"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_converted_recording_holds_the_tables_of_a_parsed_one(shape, form, toy, tmp_path):
    assert_converts_like_write(toy(*SHAPES[shape]), tmp_path, form)


@pytest.mark.parametrize("shape", SHAPES)
def test_groups_of_full_size_hold_the_same_tables(shape, toy, tmp_path):
    assert_converts_like_write(toy(*SHAPES[shape]), tmp_path)


stamps = st.lists(st.lists(st.integers(0, 12), min_size=1, max_size=9), min_size=1, max_size=8)


@pytest.mark.usefixtures("small_groups")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(batches=stamps)
def test_any_order_of_rows_converts_like_it_parses(batches, toy, tmp_path_factory):
    firsts = np.cumsum([0, *map(len, batches)])
    source = toy(*(fixes(batch, int(first)) for batch, first in zip(batches, firsts, strict=False)))
    assert_converts_like_write(source, tmp_path_factory.mktemp("order"))


columns = st.lists(st.sampled_from(["rpm", "gear", "lambda"]), unique=True)


@pytest.mark.usefixtures("small_groups")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    batches=st.lists(
        st.tuples(st.lists(st.integers(0, 12), min_size=1, max_size=9), columns), min_size=1, max_size=6
    )
)
def test_any_coming_and_going_of_channels_converts_like_it_parses(batches, toy, tmp_path_factory):
    source = toy(
        *(channels(at, **{name: np.arange(float(len(at))) for name in names}) for at, names in batches)
    )
    assert_converts_like_write(source, tmp_path_factory.mktemp("columns"))


def test_what_was_good_before_a_crash_is_in_the_folder_and_the_failure_is_raised(toy, tmp_path):
    source = toy(fixes(range(20)), Meta("device_model", "P-10"), ZeroDivisionError("bad parser"))

    with pytest.raises(ParseFailed, match="PARSER_CRASHED") as caught:
        telemparse.convert(source, tmp_path)

    assert not caught.value.result.streams
    kept = writers.read(tmp_path)
    assert kept.streams["gnss_pvt"].num_rows == 20
    assert kept.device_model == "P-10"
    assert [issue.code for issue in kept.errors] == ["PARSER_CRASHED"]
    assert kept.errors == caught.value.result.errors


def test_a_failure_can_be_had_as_a_manifest_that_is_not_ok(toy, tmp_path):
    manifest = telemparse.convert(toy(), tmp_path, on_error="return")

    assert not manifest.ok
    assert [issue.code for issue in manifest.errors] == ["NO_STREAMS"]
    assert manifest.streams == ()
    assert writers.read(tmp_path).errors == manifest.errors


def test_a_stream_all_of_whose_rows_are_cut_away_gives_no_file(toy, tmp_path):
    options = ParseOptions(time_range=(0, 5 * SECOND_NS))

    manifest = telemparse.convert(
        toy(fixes(range(3)), channels(range(10, 20), rpm=np.arange(10.0))), tmp_path, options
    )

    assert [record.name for record in manifest.streams] == ["gnss_pvt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["gnss_pvt.parquet", "manifest.json"]


def test_a_format_that_does_not_exist_is_refused_before_anything_is_read(tmp_path):
    with pytest.raises(CallError, match="must be one of"):
        telemparse.convert(tmp_path / "absent.csv", tmp_path / "out", format="xml")
    assert list(tmp_path.iterdir()) == []


def test_a_source_that_cannot_be_read_is_an_oserror_and_makes_no_folder(tmp_path):
    with pytest.raises(FileNotFoundError):
        telemparse.convert(tmp_path / "absent.csv", tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("small_groups")
def test_late_rows_are_written_to_csv_in_their_place(toy, tmp_path):
    telemparse.convert(toy(fixes([0, 3, 6, 9, 12]), fixes([1, 4, 7, 10, 13], 5)), tmp_path, format="csv")

    lines = (tmp_path / "gnss_pvt.csv").read_text().splitlines()
    t = lines[0].split(",").index("t")
    stamps = [line.split(",")[t] for line in lines[1:]]
    assert stamps == sorted(stamps)
    assert len(stamps) == 10


@pytest.fixture
def held(monkeypatch):
    """Record how many bytes of rows the recorder holds after each batch."""
    seen = []
    real = recorder.Recorder.write

    def write(self, stream, table):
        real(self, stream, table)
        seen.append(sum(table.nbytes for shelf in self.shelves.values() for table in shelf._pieces))

    monkeypatch.setattr(recorder.Recorder, "write", write)
    return seen


def test_rows_in_memory_are_bounded_by_bytes_over_all_streams(toy, tmp_path, monkeypatch, held):
    monkeypatch.setattr(recorder, "_BUFFER_BYTES", 200_000)
    wide = {f"c{number}": np.arange(100.0) for number in range(40)}
    batches = [channels(range(start, start + 100), **wide) for start in range(0, 3000, 100)]
    groups = [Batch(f"channels.g{number % 3}", batch.data) for number, batch in enumerate(batches)]

    manifest = telemparse.convert(toy(*groups), tmp_path)

    assert sum(record.rows for record in manifest.streams) == 3000
    assert max(held) <= 200_000


def test_a_batch_larger_than_the_buffer_is_taken_in_slices(toy, tmp_path, monkeypatch, held):
    monkeypatch.setattr(recorder, "_BUFFER_BYTES", 20_000)

    manifest = telemparse.convert(toy(fixes(range(5000))), tmp_path)

    assert manifest.streams[0].rows == 5000
    assert max(held) <= 20_000


@pytest.mark.parametrize(
    "name", ["sample_gnss_10hz.csv", "sample_track.gpx", "csv_out_of_order.csv", "gpx_zip.zip"]
)
def test_real_recordings_convert_like_they_parse(name, fixtures_dir, tmp_path):
    manifest = assert_converts_like_write(fixtures_dir / name, tmp_path)
    assert manifest.ok
    assert manifest.streams[0].name == "gnss_pvt"


def test_a_recording_parsed_in_a_child_process_converts_to_the_same_tables(fixtures_dir, tmp_path):
    source = fixtures_dir / "sample_gnss_10hz.csv"

    telemparse.convert(source, tmp_path / "here")
    telemparse.convert(source, tmp_path / "child", ParseOptions(isolation="process", timeout_s=300))

    here, child = writers.read(tmp_path / "here"), writers.read(tmp_path / "child")
    assert {name: plain(table) for name, table in here.streams.items()} == {
        name: plain(table) for name, table in child.streams.items()
    }
    assert child.provenance.options["isolation"] == "process"
