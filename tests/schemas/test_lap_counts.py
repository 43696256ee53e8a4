"""Laps out of a channel that counts them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.schemas import LapCount

STEP_NS = 50_000_000


def counted(numbers, block=1000, step_ns=STEP_NS):
    count, crossings = LapCount(), []
    numbers = np.array(numbers, np.float64)
    times = np.arange(len(numbers)) * step_ns
    for start in range(0, len(numbers), block):
        part = slice(start, start + block)
        known = ~np.isnan(numbers[part])
        found = count.read(np.nan_to_num(numbers[part]), times[part], known=known)
        crossings += [(start + row, number) for row, number in found]
    return count, crossings


def test_a_lap_lasts_from_its_first_row_to_that_of_the_next_one():
    count, crossings = counted([1] * 4 + [2] * 10 + [3] * 20 + [4])
    assert crossings == [(4, 2.0), (14, 3.0), (34, 4.0)]
    assert [(lap.device_lap, lap.duration_ns) for lap in count.laps] == [(2, 10 * STEP_NS), (3, 20 * STEP_NS)]
    assert {(lap.validity, lap.confidence, lap.stint_index) for lap in count.laps} == {("VALID", "MEDIUM", 0)}


def test_behind_lap_0_comes_an_out_lap_and_behind_a_reset_another_stint():
    count, _crossings = counted([0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2])
    assert [(lap.device_lap, lap.validity, lap.stint_index) for lap in count.laps] == [
        (1, "OUTLAP", 0), (1, "OUTLAP", 1),
    ]  # fmt: skip


def test_a_jump_of_the_count_times_no_lap():
    count, crossings = counted([1, 1, 2, 2, 5, 5, 6, 6])
    assert (count.laps, crossings) == ([], [(2, 2.0), (6, 6.0)])


def test_coarse_rows_time_a_lap_with_low_confidence():
    count, _crossings = counted([1, 2, 2, 3], step_ns=1_000_000_000)
    assert [lap.confidence for lap in count.laps] == ["LOW"]


def test_what_changes_all_the_time_counts_no_laps():
    count, _crossings = counted(np.arange(10_002) % 2)
    assert not count.is_count


@pytest.mark.parametrize("hole", [np.nan, -1.0, 1.5, 1e9])
def test_what_is_no_number_of_a_lap_is_passed_over(hole):
    assert counted([1, 1, hole, 2, 2, hole, 3])[1] == [(3, 2.0), (6, 3.0)]


@given(st.lists(st.integers(0, 4), max_size=40), st.integers(1, 7))
def test_blocks_change_nothing(numbers, block):
    whole, parts = counted(numbers), counted(numbers, block)
    assert (whole[0].laps, whole[1]) == (parts[0].laps, parts[1])
