"""Fixed widths: lines and numbers are those of a slow reading."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.kernels.fixed_width import line_index, numbers, windows

NUMBER = re.compile(rb" *[+-]?\d+")


def cells_of(texts):
    return np.array([list(text) for text in texts], np.uint8).reshape(len(texts), -1)


@given(st.lists(st.text(alphabet="B12 \r", max_size=6), max_size=8), st.booleans())
def test_lines_are_those_of_a_split(lines, ended):
    data = "\n".join(lines).encode() + (b"\n" if ended and lines else b"")
    expected = data.split(b"\n")
    expected = expected[:-1] if expected[-1] == b"" else expected
    expected = [line.removesuffix(b"\r") for line in expected]
    index = line_index(data, 8)
    assert [index.line(number) for number in range(len(index.starts))] == expected
    assert index.letters.tolist() == [line[0] if line else 0 for line in expected]


@given(st.lists(st.text(alphabet="0123456789+- x", min_size=4, max_size=4), min_size=1, max_size=20))
def test_numbers_are_those_of_int(texts):
    cells = [text.encode() for text in texts]
    values, valid = numbers(cells_of(cells))
    assert valid.tolist() == [NUMBER.fullmatch(cell) is not None for cell in cells]
    assert values.tolist() == [int(cell) if NUMBER.fullmatch(cell) else 0 for cell in cells]


@pytest.mark.parametrize(("text", "value"), [(b"9" * 18, 10**18 - 1), (b"-" + b"9" * 17, 1 - 10**17)])
def test_eighteen_digits_fit(text, value):
    values, valid = numbers(cells_of([text]))
    assert (values.tolist(), valid.tolist()) == ([value], [True])


def test_no_rows_and_no_bytes_give_nothing():
    assert windows(np.zeros(4, np.uint8), np.zeros(0, np.int64), 3).shape == (0, 3)
    assert windows(np.zeros(4, np.uint8), np.zeros(2, np.int64), 0).shape == (2, 0)
    assert numbers(np.zeros((2, 0), np.uint8))[1].tolist() == [False, False]


def test_windows_are_the_bytes_from_each_start():
    buffer = np.frombuffer(b"abcdef", np.uint8)
    assert [bytes(row) for row in windows(buffer, np.array([0, 3]), 3)] == [b"abc", b"def"]
