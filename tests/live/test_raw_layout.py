"""Folders of hours: where they are, and what else may lie there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.live.raw_layout import HOUR_NS, hour_folder, hour_start_ns, open_parts, raw_hours

_PART = "part-0f8fad5b-d9cb-469f-a165-70867728950e.jsonl"
_HOUR_NS = 1_759_579_200_000_000_000  # 2025-10-04T12:00Z


def test_an_hour_has_its_folder(tmp_path):
    folder = hour_folder(tmp_path, _HOUR_NS + HOUR_NS - 1)
    assert folder == tmp_path / "raw/year=2025/month=10/day=04/hour=12"


@given(st.integers(0, 9_214_646_399_999_999_999))
def test_every_instant_lies_in_the_hour_that_is_found_again(tmp_path_factory, received_ns):
    root = tmp_path_factory.mktemp("live")
    folder = hour_folder(root, received_ns)
    folder.mkdir(parents=True)
    (hour,) = raw_hours(root)
    assert (hour.folder, hour.start_ns) == (folder, hour_start_ns(received_ns))
    assert hour.start_ns <= received_ns < hour.start_ns + HOUR_NS


def test_hours_come_in_the_order_of_time(tmp_path):
    starts = [_HOUR_NS + n * HOUR_NS for n in (13, 0, 800, 12)]
    for start in starts:
        hour_folder(tmp_path, start).mkdir(parents=True)
    assert [hour.start_ns for hour in raw_hours(tmp_path)] == sorted(starts)


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [(None, None, 3), (1, None, 2), (None, 1, 1), (1, 2, 1), (0.5, 1.5, 2), (3, None, 0)],
)
def test_a_span_takes_every_hour_that_it_touches(tmp_path, since, until, found):
    for n in range(3):
        hour_folder(tmp_path, _HOUR_NS + n * HOUR_NS).mkdir(parents=True)
    span = [None if n is None else _HOUR_NS + round(n * HOUR_NS) for n in (since, until)]
    assert len(raw_hours(tmp_path, *span)) == found


def test_a_folder_that_is_not_there_has_no_hours(tmp_path):
    assert raw_hours(tmp_path / "not there") == []
    assert open_parts(tmp_path / "not there") == []


def test_other_folders_files_and_links_are_left_out(tmp_path):
    folder = hour_folder(tmp_path, _HOUR_NS)
    folder.mkdir(parents=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / _PART).write_bytes(b"{}\n")
    for name in ("hour=24", "hour=1", "hour=\u0660\u0661", "hour=05x", "lost+found"):
        (folder.parent / name).mkdir()
    (folder.parent / "hour=13").symlink_to(elsewhere)
    (folder.parent / "hour=14").write_bytes(b"")
    (folder.parent.parent / "day=31").mkdir()
    (folder.parents[2] / "month=13" / "day=01" / "hour=01").mkdir(parents=True)
    for name in ("notes.txt", "part-x.jsonl", f"{_PART}.gz", f"x{_PART}"):
        (folder / name).write_bytes(b"{}\n")
    (folder / _PART.replace("0", "1")).symlink_to(elsewhere / _PART)
    (folder / _PART.replace("0", "2")).mkdir()
    (folder / _PART).write_bytes(b"{}\n")
    (folder / f"{_PART}.open").write_bytes(b"{}\n")
    (hour,) = raw_hours(tmp_path)
    assert hour.parts() == [folder / _PART]
    assert open_parts(tmp_path) == [folder / f"{_PART}.open"]
