"""The files of the bench: the same bytes each time, and no damage that costs good rows or crashes."""

from __future__ import annotations

from pathlib import Path

import pytest

import telemparse
from benchmarks.damage import damaged, kinds
from benchmarks.inputs import csv_input, gpx_input, tcx_input, vbo_input
from benchmarks.report import page
from benchmarks.values import Bar, Section

ROWS = 600
FILES = [(form, kind) for form in ("csv", "gpx", "vbo") for kind in kinds(form)]
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
}


@pytest.mark.parametrize("make", [csv_input, gpx_input, tcx_input, vbo_input])
def test_an_input_is_the_same_each_time(make, tmp_path: Path) -> None:
    for name in ("one", "two"):
        make(50).write(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize(("form", "kind"), FILES)
def test_every_row_that_the_damage_spares_comes_out(form: str, kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"file.{form}"
    damaged(form, kind, ROWS).write(path)
    result = telemparse.parse(path, on_error="return")
    codes = {issue.code for issue in (*result.errors, *result.warnings)}
    assert "PARSER_CRASHED" not in codes
    assert result.streams["gnss_pvt"].num_rows >= ROWS - LOST.get((form, kind), 0)


def test_a_bar_that_is_not_met_is_shown_as_such() -> None:
    bars = (Bar("fast", 2.0, 1.0, "s"), Bar("many", 2.0, 1.0, "x", at_least=True))
    text = page([Section("Title", "A note.", ("a", "b"), (("1", "2"),), bars)], rounds=3)
    assert "| fast | 2.00 s | ≤ 1 s | **not met** |" in text
    assert "| many | 2.00 x | ≥ 1 x | met |" in text
