"""Order of time: late rows and repeated instants are flagged the same however the rows are cut."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.schemas import QualityFlag, build
from telemparse.schemas.order import Arrivals, Ordering, in_order

LATE, TWIN = int(QualityFlag.TIME_REPAIRED), int(QualityFlag.DUPLICATE_TIME)


def fixes(stamps: list[int]) -> pa.Table:
    """Return fixes whose altitude is their number in order of arrival."""
    rows = np.arange(len(stamps), dtype=np.float64)
    columns = {"t": np.array(stamps, np.int64), "lat_deg": rows * 0, "lon_deg": rows * 0, "alt_m": rows}
    return pa.Table.from_batches([build("gnss_pvt", columns)])


def ordered(table: pa.Table, cuts: list[int]) -> tuple[pa.Table, Ordering]:
    ordering = Ordering()
    edges = [0, *sorted(cuts), table.num_rows]
    taken = [ordering.take(table.slice(start, end - start)) for start, end in pairwise(edges)]
    pieces = [piece for piece in (*taken, ordering.flush()) if piece is not None]
    joined = pa.concat_tables(pieces) if pieces else table
    return (joined if ordering.ordered else in_order(joined)), ordering


def flags(table: pa.Table) -> list[int]:
    return table["quality_flags"].to_pylist()


def arrivals(table: pa.Table) -> list[int]:
    return [int(number) for number in table["alt_m"].to_pylist()]


def test_rows_in_order_pass_without_a_flag():
    table, ordering = ordered(fixes([1, 2, 3]), [])

    assert flags(table) == [0, 0, 0]
    assert (ordering.ordered, ordering.late) == (True, 0)


def test_late_rows_carry_bit_2_and_are_moved_to_their_place():
    table, ordering = ordered(fixes([1, 5, 3, 4, 6]), [])

    assert arrivals(table) == [0, 2, 3, 1, 4]
    assert flags(table) == [0, LATE, LATE, 0, 0]
    assert ordering.late == 2


def test_a_row_is_late_across_the_edge_of_a_batch():
    table, ordering = ordered(fixes([1, 5, 3]), [2])

    assert arrivals(table) == [0, 2, 1]
    assert flags(table) == [0, LATE, 0]
    assert ordering.late == 1


def test_repeated_instants_carry_bit_3_on_every_row_of_them():
    table, ordering = ordered(fixes([1, 2, 2, 2, 3]), [])

    assert flags(table) == [0, TWIN, TWIN, TWIN, 0]
    assert ordering.ordered


@pytest.mark.parametrize("cuts", [[1], [2], [3], [1, 2], [1, 2, 3], [2, 2]])
def test_repeated_instants_are_found_across_the_edges_of_batches(cuts):
    table, _ordering = ordered(fixes([2, 2, 2, 3]), cuts)

    assert flags(table) == [TWIN, TWIN, TWIN, 0]


def test_a_moved_row_may_find_its_twin_only_after_sorting():
    table, _ordering = ordered(fixes([1, 2, 3, 1]), [])

    assert arrivals(table) == [0, 3, 1, 2]
    assert flags(table) == [TWIN, TWIN | LATE, 0, 0]


def test_flags_that_a_parser_set_stay():
    table = fixes([2, 2, 1])
    given_flags = pa.array([16, 0, 256], pa.uint32())
    table = table.set_column(
        table.schema.get_field_index("quality_flags"), table.schema.field("quality_flags"), given_flags
    )
    result, _ordering = ordered(table, [])

    assert flags(result) == [256 | LATE, 16 | TWIN, TWIN]


def test_a_batch_is_held_back_whole_so_that_no_chunk_is_cut():
    ordering = Ordering()

    assert ordering.take(fixes([1, 2])) is None
    assert ordering.take(fixes([3, 4]))["t"].num_chunks == 1
    assert ordering.flush().num_rows == 2
    assert ordering.flush() is None


def test_a_batch_without_rows_leaves_no_trace():
    ordering = Ordering()
    ordering.take(fixes([1]))

    assert ordering.take(fixes([])) is None
    assert ordering.flush().num_rows == 1


def test_rows_without_flags_are_counted_and_sorted_all_the_same():
    events = pa.Table.from_batches([build("events", {"t": [3, 1], "event_type": ["start", "stop"]})])
    ordering = Ordering()
    taken = ordering.take(events)

    assert ordering.late == 1
    assert in_order(taken)["event_type"].to_pylist() == ["stop", "start"]


def test_arrivals_flags_late_rows_and_holds_nothing_back():
    arrivals_only = Arrivals()

    assert arrivals_only.take(fixes([])) is None
    assert flags(arrivals_only.take(fixes([1, 5, 3]))) == [0, 0, LATE]
    assert flags(arrivals_only.take(fixes([5, 5, 4]))) == [0, 0, LATE]
    assert (arrivals_only.late, arrivals_only.flush()) == (2, None)


def test_rows_without_time_pass():
    laps = pa.Table.from_batches([build("laps", {"lap_number": [2, 1]})])

    assert Ordering().take(laps).equals(laps)


@given(st.lists(st.integers(0, 12), max_size=30), st.lists(st.integers(0, 30), max_size=5))
def test_cutting_the_rows_does_not_change_what_comes_out(stamps, cuts):
    whole, first = ordered(fixes(stamps), [])
    cut, second = ordered(fixes(stamps), [min(edge, len(stamps)) for edge in cuts])

    assert cut.to_pylist() == whole.to_pylist()
    assert (first.late, first.ordered) == (second.late, second.ordered)


@given(st.lists(st.integers(-5, 12), min_size=1, max_size=30))
def test_the_outcome_is_that_of_a_stable_sort_with_flags_by_definition(stamps):
    table, ordering = ordered(fixes(stamps), [len(stamps) // 2])
    order = sorted(range(len(stamps)), key=lambda row: stamps[row])
    late = [any(earlier > stamp for earlier in stamps[:row]) for row, stamp in enumerate(stamps)]
    expected = [LATE * late[row] | TWIN * (stamps.count(stamps[row]) > 1) for row in order]

    assert arrivals(table) == order
    assert flags(table) == expected
    assert ordering.late == sum(late)
