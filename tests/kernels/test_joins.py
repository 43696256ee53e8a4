"""Joins by time, against a walk over the records one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.kernels.joins import fill_in, last_before, same_time


def walked(times, numbers, kinds, reach):
    """Return the groups of records as the words of `same_time` say it."""
    groups, latest = [], {}
    for time, number, kind in zip(times, numbers, kinds, strict=True):
        group = latest.get(time)
        if group is None or kind in group["kinds"] or number - group["first"] > reach:
            group = latest[time] = {"first": number, "kinds": set(), "index": len({id(g) for g in groups})}
        group["kinds"].add(kind)
        groups.append(group)
    return [group["index"] for group in groups]


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 3), st.integers(1, 3)), max_size=60),
    st.integers(0, 12),
    st.sampled_from([0, 45]),
)
def test_groups_are_those_of_a_walk(records, reach, more_kinds):
    times = [time for time, _kind, _step in records]
    kinds = [kind + more_kinds for _time, kind, _step in records]
    numbers = np.cumsum([step for _time, _kind, step in records], dtype=np.int64)
    arrays = np.array(times, np.int64), numbers, np.array(kinds, np.int64)
    assert same_time(*arrays, reach).tolist() == walked(times, numbers.tolist(), kinds, reach)
    in_order = sorted(times)
    found = same_time(np.array(in_order, np.int64), *arrays[1:], reach)
    assert found.tolist() == walked(in_order, numbers.tolist(), kinds, reach)


def test_fast_and_slow_sentences_of_one_instant_meet_whatever_order_they_come_in():
    times = np.array([40, 80, 40, 120, 80, 160])
    kinds = np.array([0, 0, 1, 0, 1, 0])
    assert same_time(times, np.arange(6), kinds, 10).tolist() == [0, 1, 0, 2, 1, 3]


@given(st.lists(st.integers(0, 30), max_size=20), st.lists(st.integers(0, 30), max_size=20))
def test_the_last_place_before_is_found(places, wanted):
    places = sorted(set(places))
    expected = [sum(place < want for place in places) - 1 for want in wanted]
    assert last_before(np.array(places, np.int64), np.array(wanted, np.int64)).tolist() == expected


@pytest.mark.parametrize(
    ("rows", "values", "expected"),
    [
        ([0, 1, 2], [5.0, np.nan, 7.0], [5.0, np.nan, 7.0]),
        ([0, 0, 2, 2], [np.nan, 6.0, 7.0, 8.0], [6.0, np.nan, 7.0]),
        ([], [], [np.nan, np.nan, np.nan]),
    ],
)
def test_the_first_known_value_of_a_row_is_filled_in(rows, values, expected):
    target = np.full(3, np.nan)
    fill_in(target, np.array(rows, np.int64), np.array(values))
    np.testing.assert_array_equal(target, expected)


def test_what_is_known_already_stays():
    target = np.array([1.0, np.nan])
    fill_in(target, np.array([0, 1]), np.array([8.0, 9.0]))
    assert target.tolist() == [1.0, 9.0]
