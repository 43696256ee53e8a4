"""Retention: parts of old hours go, everything else stays."""

from __future__ import annotations

import math

import pytest

from raw_hours import START_NS, first_hour, message, put, put_lines, tables_of
from telemparse.errors import CallError
from telemparse.live.aggregation import aggregate
from telemparse.live.compaction import compact
from telemparse.live.faults import LiveFault
from telemparse.live.raw_layout import HOUR_NS, hour_folder
from telemparse.live.retention import expire

_DAY_NS = 24 * HOUR_NS
_LATER_NS = START_NS + 30 * _DAY_NS


def test_parts_of_old_hours_are_removed_with_their_folders(tmp_path):
    old = put(tmp_path, message(0), message(1), message(3600))
    report = expire(tmp_path, now_ns=_LATER_NS)
    assert (report.hours, report.parts, report.never_compacted) == (2, 2, 2)
    assert report.bytes > 0
    assert not any(part.exists() for part in old)
    assert list((tmp_path / "raw").iterdir()) == []


def test_an_hour_stays_until_it_ended_so_many_days_ago(tmp_path):
    (part,) = put(tmp_path, message(0))
    end_ns = START_NS + HOUR_NS + 7 * _DAY_NS
    assert expire(tmp_path, now_ns=end_ns).parts == 0
    assert part.exists()
    assert expire(tmp_path, now_ns=end_ns + 1).parts == 1


def test_folders_of_younger_hours_stay(tmp_path):
    put(tmp_path, message(0))
    (young,) = put(tmp_path, message(1, arrival_s=20 * 86400))
    assert expire(tmp_path, days=15, now_ns=_LATER_NS).parts == 1
    assert young.exists()
    assert not first_hour(tmp_path).exists()


def test_nothing_is_removed_in_a_dry_run(tmp_path):
    (part,) = put(tmp_path, message(0))
    said = expire(tmp_path, now_ns=_LATER_NS, dry_run=True)
    assert part.exists()
    assert said == expire(tmp_path, now_ns=_LATER_NS)


def test_an_hour_with_a_part_that_is_being_written_stays_whole(tmp_path):
    (part,) = put(tmp_path, message(0))
    written = part.with_name("part-00000000-0000-4000-8000-000000000000.jsonl.open")
    written.write_bytes(b"")
    report = expire(tmp_path, now_ns=_LATER_NS)
    assert (report.parts, report.kept_open) == (0, 1)
    assert part.exists()
    assert written.exists()


def test_only_compacted_hours_are_removed_where_that_is_asked_for(tmp_path):
    (done, raw) = put(tmp_path, message(0), message(3600))
    compact(tmp_path, until_ns=START_NS + HOUR_NS)
    report = expire(tmp_path, now_ns=_LATER_NS, compacted_only=True)
    assert (report.hours, report.kept_raw, report.never_compacted) == (1, 1, 0)
    assert not done.exists()
    assert raw.exists()


def test_an_hour_with_a_part_that_came_after_its_compaction_is_not_compacted(tmp_path):
    put(tmp_path, message(0))
    compact(tmp_path)
    put(tmp_path, message(1))
    assert expire(tmp_path, now_ns=_LATER_NS, compacted_only=True).kept_raw == 1
    assert expire(tmp_path, now_ns=_LATER_NS).never_compacted == 1


def test_a_removal_that_was_interrupted_goes_on(tmp_path):
    (first,) = put(tmp_path, message(0))
    put(tmp_path, message(1))
    compact(tmp_path)
    first.unlink()
    report = expire(tmp_path, now_ns=_LATER_NS, compacted_only=True)
    assert (report.parts, report.kept_raw, report.never_compacted) == (1, 0, 0)


def test_tables_stay(tmp_path):
    put(tmp_path, message(0))
    aggregate(tmp_path)
    compact(tmp_path)
    expire(tmp_path, now_ns=_LATER_NS)
    assert (tables_of(tmp_path, "aggregates") / "vehicles.parquet").exists()
    assert (tables_of(tmp_path, "canonical") / "vehicle=veh-1" / "gnss_pvt.parquet").parent.exists()
    assert (tables_of(tmp_path, "canonical") / "hour.json").exists()
    assert (aggregate(tmp_path).hours, compact(tmp_path).hours) == (0, 0)


def test_links_are_not_followed_and_other_files_stay(tmp_path):
    root, outside = tmp_path / "live", tmp_path / "outside"
    kept = put_lines(outside, message(0).line())
    (part,) = put(root, message(0))
    linked_part = part.with_name("part-11111111-0000-4000-8000-000000000000.jsonl")
    linked_part.symlink_to(kept)
    linked_hour = hour_folder(root, START_NS + HOUR_NS)
    linked_hour.symlink_to(outside)
    (part.parent / "notes.txt").write_text("x")
    assert expire(root, now_ns=_LATER_NS).parts == 1
    assert kept.exists()
    assert linked_part.is_symlink()
    assert (part.parent / "notes.txt").exists()


@pytest.mark.parametrize("days", [-1, math.nan, math.inf, "7", None, 1e9])
def test_days_that_cannot_be_are_refused(tmp_path, days):
    with pytest.raises(CallError, match="days must be"):
        expire(tmp_path, days=days)


def test_by_the_clock_of_this_machine_an_hour_of_2025_is_old(tmp_path):
    put(tmp_path, message(0))
    assert expire(tmp_path, days=0).parts == 1


def test_files_that_cannot_be_removed_are_said_with_a_code(tmp_path, monkeypatch):
    (part,) = put(tmp_path, message(0))

    def fail(_path, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(part), "unlink", fail)
    with pytest.raises(LiveFault, match="Permission denied") as caught:
        expire(tmp_path, now_ns=_LATER_NS)
    assert caught.value.code == "TABLES_UNAVAILABLE"
