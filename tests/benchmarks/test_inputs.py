"""The files of the bench: the same bytes each time, and no damage that costs good rows or crashes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import telemparse
from benchmarks import huge as huge_files
from benchmarks.damage import KINDS, damaged, in_steps
from benchmarks.huge import FORMS, huge_input
from benchmarks.inputs import bench_input
from benchmarks.layouts import LAYOUTS
from benchmarks.report import page
from benchmarks.tables import huge
from benchmarks.values import Bar, Section

ROWS = 300
FILES = [(form, kind) for form, kinds in KINDS.items() for kind in kinds]
# Rows that the damage itself takes; of every other kind of file all rows must come out.
LOST = {
    ("csv", "rows of rubbish"): ROWS // 50,
    ("csv", "cells that are no number"): ROWS // 20,
    ("csv", "rows too short"): ROWS // 30,
    ("csv", "rows too long"): ROWS // 30,
    ("csv", "a quote never closed"): 1,
    ("csv", "NUL bytes in rows"): ROWS // 100,
    ("csv", "NUL bytes in one place"): 1,
    ("csv", "one endless line"): ROWS - 100,
    ("csv", "cut off at the end"): 2,
    ("gpx", "broken in the middle"): 1,
    ("gpx", "elements never closed"): ROWS // 3,
    ("gpx", "latitudes that are no number"): ROWS // 20,
    ("gpx", "NUL bytes in one place"): 1,
    ("gpx", "cut off at the end"): 1,
    ("vbo", "rows of rubbish"): ROWS // 50,
    ("vbo", "latitudes that are no number"): ROWS // 20,
    ("vbo", "rows too short"): ROWS // 30,
    ("vbo", "rows too long"): ROWS // 30,
    ("vbo", "NUL bytes in rows"): ROWS // 100,
    ("vbo", "one endless line"): ROWS - 100,
    ("vbo", "cut off at the end"): 2,
    ("nmea", "lines of rubbish"): ROWS // 50,
    ("nmea", "sentences too short"): ROWS // 30,
    ("nmea", "fixes lost by turns"): ROWS // 2,
    ("nmea", "one endless line"): ROWS - 100,
    ("nmea", "cut off at the end"): 2,
    ("tcx", "broken in the middle"): 1,
    ("tcx", "elements never closed"): ROWS // 3,
    ("tcx", "NUL bytes in one place"): 1,
    ("tcx", "cut off at the end"): 1,
    ("tcx", "points without a position by turns"): ROWS // 2,
    ("tcx", "latitudes that are no number"): ROWS // 20,
    ("kml", "broken in the middle"): 1,
    ("kml", "elements never closed"): ROWS // 3,
    ("kml", "NUL bytes in one place"): 1,
    ("kml", "cut off at the end"): 3,
    ("kml", "positions that are no number"): ROWS // 20,
    ("kml", "times without places"): ROWS // 3,
    ("igc", "lines of rubbish"): ROWS // 50,
    ("igc", "positions that are no number"): ROWS // 20,
    ("igc", "records too short"): ROWS // 30,
    ("igc", "fixes lost by turns"): ROWS // 2,
    ("igc", "NUL bytes in records"): ROWS // 100,
    ("igc", "NUL bytes in one place"): 1,
    ("igc", "one endless line"): ROWS - 100,
    ("igc", "cut off at the end"): 5,
    ("ubx", "wrong checksums"): ROWS // 20,
    ("ubx", "lengths of 64 KB"): ROWS // 20,
    ("ubx", "lengths of 64 KB everywhere"): ROWS - 100,
    ("ubx", "frames without a sync"): ROWS // 20,
    ("ubx", "frames too short"): ROWS // 30,
    ("ubx", "fixes lost by turns"): ROWS // 2,
    ("ubx", "NUL bytes in frames"): ROWS // 100,
    ("ubx", "one endless stretch of rubbish"): ROWS - 100,
    ("ubx", "cut off at the end"): 2,
    ("fit", "headers that are damaged"): ROWS // 20,
    ("fit", "times that are damaged"): ROWS // 20,
    ("fit", "messages too short"): 2 * ROWS // 30,
    ("fit", "positions lost by turns"): ROWS // 2,
    ("fit", "NUL bytes in one place"): 1,
    ("fit", "one header that is damaged"): 1,
    ("fit", "cut off at the end"): 6,
    **{
        (form, kind): lost
        for form in ("json", "ndjson", "jsondoc")
        for kind, lost in (
            ("values that are no number", ROWS // 20),
            ("values that are no JSON", ROWS // 20),
            # The next record begins before the damaged one has ended.
            ("records too short", 2 * ROWS // 30),
            ("brackets never closed", 2 * ROWS // 30),
            ("a quote never closed", 1),
            ("deeper and deeper", ROWS // 10),
            ("NUL bytes in records", ROWS // 100),
            ("cut off at the end", 2),
        )
    },
}


@pytest.mark.parametrize("form", LAYOUTS)
def test_an_input_is_the_same_each_time(form: str, tmp_path: Path) -> None:
    for name in ("one", "two"):
        bench_input(form, 50).write(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_no_damage_is_without_effect() -> None:
    assert set(LOST) <= set(FILES)
    assert set(KINDS) == set(LAYOUTS)
    assert all(next(iter(kinds)) == "clean" for kinds in KINDS.values())


@pytest.mark.parametrize(("form", "kind"), FILES)
def test_every_row_that_the_damage_spares_comes_out(form: str, kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"file.{form}"
    damaged(form, kind, ROWS).write(path)
    assert kind == "clean" or path.read_bytes() != _clean(form, tmp_path)
    result = telemparse.parse(path, on_error="return")
    codes = {issue.code for issue in (*result.errors, *result.warnings)}
    assert "PARSER_CRASHED" not in codes
    assert result.streams["gnss_pvt"].num_rows >= ROWS - LOST.get((form, kind), 0)


def _clean(form: str, folder: Path) -> bytes:
    path = folder / f"clean.{form}"
    damaged(form, "clean", ROWS).write(path)
    return path.read_bytes()


def test_a_folder_of_steps_holds_files_of_so_many_rows_in_order(tmp_path: Path) -> None:
    in_steps("csv", "clean", 20, (1, 4, 16)).write(tmp_path / "steps")
    files = sorted((tmp_path / "steps").iterdir())
    assert [file.read_text("utf-8").count("\n") - 1 for file in files] == [20, 80, 320]


@pytest.mark.parametrize("form", FORMS)
def test_a_huge_file_is_a_longer_one_whose_stamps_go_on_over_midnight(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(huge_files, "ROWS", 700)
    monkeypatch.setattr(huge_files, "STEP_MS", 60_000)
    path, short = tmp_path / f"long.{form}", tmp_path / f"short.{form}"
    bench_input(form, 700).write(short)
    huge_input(form, 2 * short.stat().st_size).write(path)
    result = telemparse.parse(path)
    rows = result.streams["gnss_pvt"]
    assert not result.warnings  # such as wrong checksums
    assert rows.num_rows % 700 == 0
    assert rows.num_rows >= 1400
    minutes = (rows["t"].to_numpy() - rows["t"].to_numpy()[0]) / np.timedelta64(1, "m")
    assert minutes.tolist() == list(range(rows.num_rows))
    once = telemparse.parse(short).streams["gnss_pvt"]
    assert rows["lat_deg"].to_pylist() == once["lat_deg"].to_pylist() * (rows.num_rows // 700)


def test_figures_of_huge_files_say_when_they_were_measured() -> None:
    run = {
        "date": "2025-01-02", "mb": 4002.7, "rows": 37_600_000, "cpu_s": 31.25, "wall_s": 40.5,
        "peak_mb": 160.4, "version": "0.1", "machine": "a machine",
    }  # fmt: skip
    section = huge.section({"csv": run})
    assert section.rows == (("csv", "2025-01-02", "0.1", "4,003", "37,600,000", "31.2", "40.5", "160"),)
    assert [(bar.what, bar.met) for bar in section.bars] == [
        ("CSV: peak memory of converting 4 GB (2025-01-02)", True)
    ]


def test_a_bar_that_is_not_met_is_shown_as_such() -> None:
    bars = (Bar("fast", 2.0, 1.0, "s"), Bar("many", 2.0, 1.0, "x", at_least=True))
    text = page([Section("Title", "A note.", ("a", "b"), (("1", "2"),), bars)], rounds=3)
    assert "| fast | 2.00 s | ≤ 1 s | **not met** |" in text
    assert "| many | 2.00 x | ≥ 1 x | met |" in text
