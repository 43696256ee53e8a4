"""Aggregation: each message counts once, for its vehicle and the hour of its arrival."""

from __future__ import annotations

import json
import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from raw_hours import START_NS, first_hour, message, put, put_lines, tables_of
from telemparse.live import aggregation
from telemparse.live.aggregation import aggregate
from telemparse.live.compaction import compact
from telemparse.live.faults import LiveFault
from telemparse.live.parts import PartReader
from telemparse.live.raw_layout import HOUR_NS


def _rows(root, hour=0):
    return pq.read_table(
        tables_of(root, "aggregates", hour) / "vehicles.parquet", partitioning=None
    ).to_pylist()


def test_messages_are_counted_for_each_vehicle_and_hour(tmp_path):
    put(tmp_path, *(message(n, vehicle=f"veh-{n % 3}") for n in range(10)))
    put(tmp_path, *(message(n, vehicle="veh-0") for n in range(3600, 3604)))
    report = aggregate(tmp_path)
    assert (report.hours, report.computed, report.messages, report.duplicates) == (2, 2, 14, 0)
    assert report.vehicles == {"veh-0": 8, "veh-1": 3, "veh-2": 3}
    assert report.issues == ()
    first = _rows(tmp_path)
    assert [row["vehicle_id"] for row in first] == ["veh-0", "veh-1", "veh-2"]
    assert [row["messages"] for row in first] == [4, 3, 3]
    assert {row["hour_start"].value for row in first} == {START_NS}
    assert (first[1]["first_t"].value, first[1]["last_t"].value) == (
        START_NS + 1_000_000_000, START_NS + 7_000_000_000
    )  # fmt: skip
    assert [row["messages"] for row in _rows(tmp_path, 1)] == [4]


def test_a_message_that_came_more_than_once_counts_once(tmp_path):
    put(tmp_path, message(0), message(1), message(0, arrival_s=4))
    put(tmp_path, message(1, arrival_s=9), message(0, payload={"engine_rpm": 7}, arrival_s=5))
    report = aggregate(tmp_path)
    assert (report.messages, report.duplicates, report.conflicts) == (2, 3, 1)
    assert [(issue.code, issue.evidence["count"]) for issue in report.issues] == [("MESSAGES_DUPLICATED", 3)]
    (row,) = _rows(tmp_path)
    assert (row["messages"], row["duplicates"], row["conflicts"]) == (2, 3, 1)


def test_a_repetition_over_the_edge_of_the_hour_counts_in_the_first_hour(tmp_path):
    put(tmp_path, message(0, arrival_s=3599), message(0, arrival_s=3601))
    report = aggregate(tmp_path)
    assert (report.messages, report.duplicates) == (1, 1)
    (row,) = _rows(tmp_path, 1)
    assert (row["messages"], row["duplicates"], row["first_t"], row["last_t"]) == (0, 1, None, None)


def test_the_hour_before_is_known_when_only_the_later_one_is_asked_for(tmp_path):
    put(tmp_path, message(0, arrival_s=3599), message(0, arrival_s=3601))
    report = aggregate(tmp_path, since_ns=START_NS + HOUR_NS)
    assert (report.hours, report.messages, report.duplicates) == (1, 0, 1)


def test_an_hour_that_has_not_changed_is_not_read_again(tmp_path, monkeypatch):
    put(tmp_path, message(0), message(3600))
    before = aggregate(tmp_path)
    monkeypatch.setattr(aggregation, "PartReader", None)
    again = aggregate(tmp_path)
    assert (before.computed, again.computed) == (2, 0)
    assert (again.messages, again.vehicles) == (2, {"veh-1": 2})


def test_a_part_that_comes_later_is_counted_and_so_is_the_hour_after_it(tmp_path):
    put(tmp_path, message(0), message(5, arrival_s=3700), message(9000))
    assert aggregate(tmp_path).messages == 3
    put(tmp_path, message(1), message(5))
    report = aggregate(tmp_path)
    # The repetition in the second hour is one now, for the first hour has the message.
    assert (report.computed, report.messages, report.duplicates) == (2, 4, 1)


def test_parts_that_are_being_written_and_other_files_are_not_counted(tmp_path):
    (part,) = put(tmp_path, message(0))
    (part.parent / "part-00000000-0000-4000-8000-000000000000.jsonl.open").write_bytes(message(1).line())
    (part.parent / "notes.txt").write_text("x")
    assert aggregate(tmp_path).messages == 1


def test_damaged_lines_are_told_and_told_again(tmp_path):
    part = put_lines(first_hour(tmp_path), message(0).line(), b"{", message(1).line())
    for _time in range(2):
        report = aggregate(tmp_path)
        assert (report.messages, report.damaged_lines) == (2, 1)
        (issue,) = report.issues
        assert (issue.code, issue.locus.artifact, issue.locus.line) == ("RAW_LINES_DAMAGED", part.name, 2)


def test_counts_stay_when_raw_parts_are_gone(tmp_path):
    (part,) = put(tmp_path, message(0), message(1))
    put(tmp_path, message(2))
    assert aggregate(tmp_path).messages == 3
    part.unlink()
    put(tmp_path, message(3))
    report = aggregate(tmp_path)
    assert (report.computed, report.orphaned, report.uncounted_parts, report.messages) == (0, 1, 1, 3)


def test_counts_stay_when_the_hour_before_is_gone(tmp_path):
    (part, _later) = put(tmp_path, message(0, arrival_s=3599), message(0, arrival_s=3601))
    aggregate(tmp_path)
    part.unlink()
    report = aggregate(tmp_path)
    assert (report.computed, report.messages, report.duplicates) == (0, 0, 1)


@pytest.mark.parametrize("content", [b"", b"PAR1 no", None])
def test_a_damaged_or_foreign_file_of_counts_is_made_anew(tmp_path, content):
    put(tmp_path, message(0))
    aggregate(tmp_path)
    place = tables_of(tmp_path, "aggregates") / "vehicles.parquet"
    if content is None:
        pq.write_table(pq.read_table(place, partitioning=None).replace_schema_metadata({}), place)
    else:
        place.write_bytes(content)
    report = aggregate(tmp_path)
    assert (report.computed, report.messages) == (1, 1)
    assert [row["messages"] for row in _rows(tmp_path)] == [1]


def test_a_folder_without_messages_has_no_hours(tmp_path):
    assert aggregate(tmp_path / "none").hours == 0
    assert not (tmp_path / "none").exists()


def test_files_that_cannot_be_written_are_said_with_a_code(tmp_path):
    put(tmp_path, message(0))
    (tmp_path / "aggregates").write_text("in the way")
    with pytest.raises(LiveFault) as caught:
        aggregate(tmp_path)
    assert caught.value.code == "TABLES_UNAVAILABLE"


def test_nothing_unfinished_is_left_when_writing_fails(tmp_path, monkeypatch):
    put(tmp_path, message(0))

    def fail(*_args, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq, "write_table", fail)
    with pytest.raises(LiveFault, match="No space left"):
        aggregate(tmp_path)
    assert [path for path in (tmp_path / "aggregates").rglob("*") if path.is_file()] == []


def test_what_a_killed_process_left_is_removed_when_it_is_old(tmp_path):
    put(tmp_path, message(0))
    folder = tables_of(tmp_path, "aggregates")
    folder.mkdir(parents=True)
    old, young = folder / ".unfinished-a", folder / ".unfinished-b"
    old.write_bytes(b"")
    young.write_bytes(b"")
    os.utime(old, (0, 0))
    aggregate(tmp_path)
    assert (old.exists(), young.exists()) == (False, True)


@pytest.mark.parametrize("make", [aggregate, compact])
def test_hours_that_are_removed_meanwhile_are_left_out(tmp_path, monkeypatch, make):
    put(tmp_path, message(0), message(3600), message(7200))
    read = PartReader.read

    def vanish(reader, path):
        if path.parent == first_hour(tmp_path):
            path.unlink(missing_ok=True)
        return read(reader, path)

    monkeypatch.setattr(PartReader, "read", vanish)
    report = make(tmp_path)
    assert (report.hours, report.messages) == (2, 2)


def test_an_error_of_the_file_library_is_said_with_a_code(tmp_path, monkeypatch):
    put(tmp_path, message(0))

    def fail(*_args, **_options):
        raise pa.ArrowInvalid("values of a message")

    monkeypatch.setattr(pq, "write_table", fail)
    with pytest.raises(LiveFault) as caught:
        aggregate(tmp_path)
    assert caught.value.evidence == {"error": "ArrowInvalid"}


def test_counts_of_another_version_are_made_anew(tmp_path):
    put(tmp_path, message(0))
    aggregate(tmp_path)
    place = tables_of(tmp_path, "aggregates") / "vehicles.parquet"
    table = pq.read_table(place, partitioning=None)
    document = json.loads(table.schema.metadata[b"telemparse"]) | {"v": 0}
    pq.write_table(table.replace_schema_metadata({b"telemparse": json.dumps(document)}), place)
    assert aggregate(tmp_path).computed == 1


def test_the_file_says_what_its_columns_mean(tmp_path):
    put(tmp_path, message(0))
    aggregate(tmp_path)
    schema = pq.read_schema(tables_of(tmp_path, "aggregates") / "vehicles.parquet")
    assert all(field.metadata[b"description"] and field.metadata[b"unit"] for field in schema)
    assert json.loads(schema.metadata[b"telemparse"])["sources"]["own"]
