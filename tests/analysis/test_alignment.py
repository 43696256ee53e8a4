"""Aligned rows strictly rise in time; what was dropped or moved is counted and flagged, no value changes."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import telemparse
from telemparse.analysis import align
from telemparse.errors import CallError
from telemparse.schemas import QualityFlag, build

SECOND = 1_000_000_000
STAMPS = st.lists(st.integers(-5, 30), max_size=25)


def fixes(stamps, **columns):
    """Return a `gnss_pvt` table whose speed is the row's number in the file."""
    count = len(stamps)
    given_columns = {
        "t": np.array(stamps, np.int64) * SECOND,
        "lat_deg": np.zeros(count),
        "lon_deg": np.zeros(count),
        "speed_mps": np.arange(count, dtype=float),
        **columns,
    }
    return pa.Table.from_batches([build("gnss_pvt", given_columns)])


def seconds(table):
    return [t.value // SECOND for t in table["t"]]


def test_what_is_in_order_stays_as_it_is():
    table = fixes([1, 2, 3])
    aligned = align(table)
    assert aligned.table.equals(table)
    assert aligned.issues == ()


def test_of_rows_with_one_instant_the_first_is_kept_and_flagged():
    aligned = align(fixes([1, 2, 2, 2, 3]))
    assert seconds(aligned.table) == [1, 2, 3]
    assert aligned.table["speed_mps"].to_pylist() == [0, 1, 4]
    assert aligned.table["quality_flags"].to_pylist() == [0, QualityFlag.DUPLICATE_TIME, 0]
    assert [(issue.code, issue.evidence["count"]) for issue in aligned.issues] == [
        ("TIME_DUPLICATES_DROPPED", 2)
    ]


def test_late_rows_are_sorted_in_and_flagged():
    aligned = align(fixes([1, 4, 2, 3, 5], quality_flags=np.array([0, 16, 16, 0, 0])))
    assert seconds(aligned.table) == [1, 2, 3, 4, 5]
    assert aligned.table["speed_mps"].to_pylist() == [0, 2, 3, 1, 4]
    repaired = QualityFlag.TIME_REPAIRED
    assert aligned.table["quality_flags"].to_pylist() == [0, 16 | repaired, repaired, 16, 0]
    assert [(issue.code, issue.evidence["count"]) for issue in aligned.issues] == [("TIME_NOT_MONOTONIC", 2)]


def test_a_late_row_that_repeats_an_instant_gives_way_to_the_row_that_came_first():
    aligned = align(fixes([1, 2, 3, 2]))
    assert aligned.table["speed_mps"].to_pylist() == [0, 1, 2]
    assert aligned.table["quality_flags"].to_pylist() == [0, QualityFlag.DUPLICATE_TIME, 0]
    assert {issue.code for issue in aligned.issues} == {"TIME_NOT_MONOTONIC", "TIME_DUPLICATES_DROPPED"}


def test_the_metadata_says_what_was_done_beside_what_stood_there():
    table = fixes([1, 2, 2, 4, 3], quality_flags=np.array([1, 0, 0, 0, 0]))
    facts = align(table).table.schema.metadata
    assert facts[b"technique"] == b"align"
    assert json.loads(facts[b"parameters"]) == {"duplicates_dropped": 1, "rows_moved": 1}
    assert facts[b"telemparse_version"] == telemparse.__version__.encode()
    assert float(facts[b"interpolated_share"]) == 0.25
    assert table.schema.metadata.items() <= facts.items()


def test_channels_without_flags_are_put_in_order_just_so():
    stamps = pa.array([3 * SECOND, SECOND, SECOND], pa.timestamp("ns", "UTC"))
    table = pa.table({"t": stamps, "gear": pa.array([3, None, 1], pa.int8()), "note": ["c", "a", "b"]})
    aligned = align(table)
    assert aligned.table.to_pydict() == {
        "t": table["t"].take(pa.array([1, 0])).to_pylist(),
        "gear": [None, 3],
        "note": ["a", "c"],
    }
    assert aligned.table.schema.equals(table.schema)
    assert (aligned.timing.out_of_order, aligned.timing.duplicates) == (2, 1)


@pytest.mark.parametrize("stamps", [[], [7]])
def test_a_table_of_no_row_or_one_is_aligned(stamps):
    aligned = align(fixes(stamps))
    assert seconds(aligned.table) == stamps
    assert aligned.issues == ()


@given(STAMPS)
def test_time_strictly_rises_and_no_row_is_lost_but_the_counted_ones(stamps):
    table = fixes(stamps)
    aligned = align(table)
    assert seconds(aligned.table) == sorted(set(stamps))
    assert aligned.table.num_rows + aligned.timing.duplicates == aligned.timing.rows == len(stamps)
    assert aligned.table.schema.equals(table.schema)
    # Each row kept is the first one of the file with its instant.
    assert aligned.table["speed_mps"].to_pylist() == [stamps.index(t) for t in sorted(set(stamps))]


@given(STAMPS)
def test_aligning_twice_is_aligning_once(stamps):
    once = align(fixes(stamps))
    twice = align(once.table)
    assert twice.table.equals(once.table, check_metadata=True)
    assert (twice.timing.duplicates, twice.timing.out_of_order) == (0, 0)


@given(STAMPS, st.integers(0, 25))
def test_chunks_make_no_difference(stamps, cut):
    table = fixes(stamps)
    pieces = pa.concat_tables([table.slice(0, cut), table.slice(cut)])
    assert align(pieces).table.equals(align(table).table, check_metadata=True)


def test_the_table_given_is_not_changed():
    table = fixes([3, 1, 1])
    before = table.to_pydict()
    align(table)
    assert table.to_pydict() == before


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        (pa.table({"x": [1]}), "no column t"),
        (pa.table({"t": [1]}), "nanoseconds, not int64"),
        (pa.table({"t": pa.array([1], pa.timestamp("us"))}), r"timestamp\[us\]"),
        (pa.table({"t": pa.array([1, None], pa.timestamp("ns"))}), "null in 1 rows"),
    ],
)
def test_a_table_without_stamps_is_refused_with_the_reason(table, problem):
    with pytest.raises(CallError, match=problem):
        align(table)
