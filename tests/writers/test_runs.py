"""Runs merge like one stable sort, in as many passes as it takes."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.writers import runs
from telemparse.writers.columns import united
from telemparse.writers.runs import HeldRun, SpilledRun, merged, sorted_stably


def table_of(stamps, first=0):
    """Return rows with their number in order of arrival."""
    t = pa.array(np.array(stamps, np.int64)).cast(pa.timestamp("ns", "UTC"))
    return pa.table({"t": t, "arrival": pa.array(range(first, first + len(stamps)), pa.int64())})


def rows_of(tables):
    """Return (instant, number) of every row."""
    found = []
    for table in tables:
        stamps, numbers = table["t"].cast(pa.int64()).to_pylist(), table["arrival"].to_pylist()
        found += zip(stamps, numbers, strict=True)
    return found


def test_many_rows_of_few_instants_keep_the_order_they_came_in():
    stamps = np.random.default_rng(3).integers(0, 5, 5000)

    rows = rows_of([sorted_stably(table_of(stamps))])

    assert rows == sorted(rows)


@pytest.mark.parametrize("fan_in", [2, 3, 8])
@given(parts=st.lists(st.lists(st.integers(0, 6), min_size=1, max_size=12), min_size=1, max_size=12))
def test_a_merge_is_the_stable_sort_of_all_rows(parts, fan_in, tmp_path_factory):
    folder, made = tmp_path_factory.mktemp("runs"), iter(range(10**6))

    def place():
        return folder / str(next(made))

    ordered, first = [], 0
    for part in parts:
        run = sorted_stably(table_of(part, first))
        ordered.append(HeldRun(run) if first % 2 else spilled(run, place()))
        first += len(part)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "_FAN_IN", fan_in)
        patch.setattr(runs, "_BLOCK_ROWS", 3)
        rows = rows_of(merged(ordered, united(run.schema for run in ordered), place))

    arrivals = [stamp for part in parts for stamp in part]
    assert rows == sorted((stamp, number) for number, stamp in enumerate(arrivals))


def spilled(table, place):
    run = SpilledRun(place, table.schema)
    run.append(table)
    run.close()
    return run


@pytest.mark.parametrize(
    ("row_bytes", "rows"), [(0.5, 4096), (80, 3276), (32_000, 32), (120_000, 17), (1e7, 1)]
)
def test_blocks_are_of_bounded_bytes_and_wide_rows_go_together(row_bytes, rows):
    assert runs.block_rows(row_bytes) == rows


def test_a_wide_recording_is_merged_in_as_many_blocks_as_a_narrow_one_of_its_rows_needs():
    def blocks(columns):
        wide = pa.table({"t": table_of(range(128))["t"], **{f"c{n}": [1.0] * 128 for n in range(columns)}})
        return len(list(HeldRun(wide).tables()))

    # 8 and 32 kB a row: a block for each few rows would make time grow with the square of the columns.
    assert (blocks(1000), blocks(4000)) == (4, 4)
