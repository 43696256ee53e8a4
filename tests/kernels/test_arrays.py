"""Numpy to Arrow and back: same values, same nulls, no copies where none are needed."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.kernels.arrays import floats, null_array, numpy_view, to_arrow, validity

KINDS = [
    pa.int8(), pa.uint8(), pa.int16(), pa.uint32(), pa.int64(), pa.float32(), pa.float64(),
    pa.timestamp("ns", tz="UTC"), pa.duration("ns"), pa.date32(),
]  # fmt: skip
optional = st.lists(st.one_of(st.none(), st.integers(0, 100)), max_size=50)


@pytest.mark.parametrize("kind", KINDS, ids=str)
@given(values=optional)
def test_values_and_nulls_go_to_arrow_and_come_back(kind, values):
    valid = np.array([value is not None for value in values], np.bool_)
    array = to_arrow(np.array([value or 0 for value in values], np.int64), kind, valid)

    assert array.type == kind
    array.validate(full=True)
    assert validity(array).tolist() == valid.tolist()
    back = numpy_view(array)
    assert [int(value) if good else None for value, good in zip(back, valid, strict=True)] == values


@given(values=optional, cuts=st.lists(st.integers(0, 50), max_size=3), start=st.integers(0, 10))
def test_slices_and_chunks_are_seen_as_they_are(values, cuts, start):
    whole = pa.array(values, pa.int32()).slice(start)
    edges = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    pieces = [whole.slice(a, b - a) for a, b in pairwise(edges)]
    for array in (whole, pa.chunked_array(pieces, pa.int32())):
        seen = [int(v) if good else None for v, good in zip(numpy_view(array), validity(array), strict=True)]
        assert seen == values[start:]


def test_one_chunk_is_seen_without_a_copy():
    array = pa.array([1.0, 2.0, 3.0])

    assert numpy_view(pa.chunked_array([array])).ctypes.data == array.buffers()[1].address
    assert numpy_view(array.slice(1)).ctypes.data == array.buffers()[1].address + 8


def test_an_array_of_the_right_width_goes_to_arrow_without_a_copy():
    values = np.arange(3.0)

    assert to_arrow(values, pa.float64()).buffers()[1].address == values.ctypes.data


def test_strided_values_are_laid_out_first():
    assert to_arrow(np.arange(6.0)[::2], pa.float64()).to_pylist() == [0.0, 2.0, 4.0]


def test_a_mask_without_nulls_costs_no_bitmap():
    assert to_arrow(np.arange(3), pa.int64(), np.ones(3, np.bool_)).buffers()[0] is None


def test_values_too_large_for_the_width_become_infinite_and_warn_nobody():
    assert to_arrow(np.array([1e300]), pa.float32()).to_pylist() == [float("inf")]


def test_arrays_without_chunks_or_values_are_seen_as_empty():
    for array in (pa.chunked_array([], pa.float32()), pa.array([], pa.float32()), pa.nulls(0, pa.float32())):
        view = numpy_view(array)
        assert (view.dtype, len(view), len(validity(array))) == (np.float32, 0, 0)


def test_nulls_of_any_type_can_be_made():
    assert null_array(pa.string(), 2).to_pylist() == [None, None]


@pytest.mark.parametrize("kind", [pa.int8(), pa.uint32(), pa.float32(), pa.float64()])
def test_numbers_of_any_width_are_floats_with_nan_for_null(kind):
    column = pa.chunked_array([pa.array([1, None], kind), pa.array([], kind), pa.array([7], kind)])
    found = floats(column)
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, [1.0, np.nan, 7.0])
    np.testing.assert_array_equal(floats(column.chunk(2)), [7.0])
