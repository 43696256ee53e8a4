"""A chart's rows are rows of the table, few, with every extreme and every break of the line."""

from __future__ import annotations

import json
import sys
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.analysis import select_for_chart
from telemparse.errors import CallError, MissingExtra

START = 1_760_000_000_000_000_000
VALUES = st.lists(st.none() | st.floats(-1e6, 1e6), max_size=120)


def table(values, t_ns=None, **columns):
    t_ns = np.arange(len(values)) * 10_000_000 if t_ns is None else np.asarray(t_ns, np.int64)
    return pa.table(
        {
            "t": pa.array(START + t_ns, pa.timestamp("ns", "UTC")),
            "x": pa.array(values, pa.float64()),
            "row": np.arange(len(values)),
            **columns,
        },
        metadata={"time_base": "utc"},
    )


def rows(chosen):
    return chosen["row"].to_pylist()


def test_few_rows_stay_as_they_are():
    source = table([1.0, None, 3.0])
    assert select_for_chart(source, "x", 8).equals(source)


def test_a_spike_of_one_row_survives_in_a_million():
    values = np.sin(np.arange(1_000_000) / 1e4)
    values[123_457], values[765_432] = 9.0, -9.0
    chosen = select_for_chart(table(values), "x", 500)
    assert {123_457, 765_432} <= set(rows(chosen))
    assert chosen.num_rows <= 500


@pytest.mark.parametrize("points", [8, 9, 40])
@given(VALUES, st.data())
def test_extremes_of_each_window_survive_and_no_row_is_made_up(points, values, data):
    steps = data.draw(st.lists(st.integers(0, 10**9), min_size=len(values), max_size=len(values)))
    source = table(values, np.cumsum(steps) if values else None)
    chosen = select_for_chart(source, "x", points)
    assert chosen.equals(source.take(pa.array(rows(chosen), pa.int64())))
    assert rows(chosen) == sorted(set(rows(chosen)))
    drawn = chosen.filter(chosen["x"].is_valid())
    known = source.filter(source["x"].is_valid())
    if known.num_rows <= points:
        assert drawn.equals(known)
        return
    assert drawn.num_rows <= points
    t_ns = known["t"].cast(pa.int64()).to_numpy()
    window = (t_ns - t_ns[0]) // ((t_ns[-1] - t_ns[0]) // (points // 4) + 1)
    kept = np.isin(known["row"].to_numpy(), rows(chosen))
    everything = known["x"].to_numpy()
    for number in np.unique(window):
        here = window == number
        left = everything[here & kept]
        assert (left.min(), left.max()) == (everything[here].min(), everything[here].max())
    assert kept[0]
    assert kept[-1]


@given(VALUES)
def test_a_line_breaks_where_values_are_missing(values):
    chosen = select_for_chart(table(values), "x", 8)
    kept = rows(chosen)
    for left, right in pairwise(kept):
        between = values[left + 1 : right]
        # Where nulls lie between two rows of a line, it breaks at one of these rows.
        if None in between:
            assert values[left] is None or values[right] is None


def test_a_column_of_nulls_draws_nothing():
    chosen = select_for_chart(table([None] * 30), "x", 8)
    assert rows(chosen) == [0]


def test_rows_of_one_instant_are_one_window():
    chosen = select_for_chart(table(np.arange(50.0), np.zeros(50)), "x", 8)
    assert {0, 49} <= set(rows(chosen))
    assert chosen.num_rows <= 8


def test_whole_numbers_are_numbers():
    source = table(np.zeros(100), gear=pa.array(np.arange(100) % 7, pa.int8()))
    assert set(select_for_chart(source, "gear", 12)["gear"].to_pylist()) >= {0, 6}


def test_the_metadata_names_the_method():
    facts = select_for_chart(table(np.arange(100.0)), "x", 10).schema.metadata
    assert facts[b"technique"] == b"minmax_lttb"
    assert json.loads(facts[b"parameters"]) == {"column": "x", "points": 10}
    assert facts[b"time_base"] == b"utc"


@pytest.mark.parametrize(
    ("column", "points", "problem"),
    [
        ("y", 10, "no column y"),
        ("word", 10, "holds no numbers but string"),
        ("x", 7, "at least 8 points, not 7"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_the_reason(column, points, problem):
    with pytest.raises(CallError, match=problem):
        select_for_chart(table([1.0, 2.0], word=["a", "b"]), column, points)


def test_rows_out_of_order_are_refused():
    with pytest.raises(CallError, match="align"):
        select_for_chart(table([1.0, 2.0], [1, 0]), "x", 8)


def test_without_the_library_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "tsdownsample", None)
    with pytest.raises(MissingExtra, match=r"telemparse\[analysis\]"):
        select_for_chart(table(np.arange(100.0)), "x", 8)
