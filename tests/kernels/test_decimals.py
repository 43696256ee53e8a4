"""Decimal numbers by words: equal in every bit to Python's own, and silent about all else."""

from __future__ import annotations

import math
import re
import struct

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from telemparse.kernels.decimals import decimals
from telemparse.kernels.words import words_of

PLAIN = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
MOST_DIGITS = 15

WRITTEN = st.from_regex(r"\A-?[0-9]{1,9}(\.[0-9]{1,8})?\Z") | st.from_regex(r"\A[0-9]{4,5}\.[0-9]{5}\Z")
ODD = st.sampled_from(
    ["", "-", ".", ".5", "5.", "-.5", "+1", " 1", "1 ", "1e3", "--1", "1-", "1..2", "1.2.3", "nan", "0x1",
     "12:30", "1/2", "\x001", "9" * 15, "9" * 16, "9" * 40, "0." + "1" * 14, "0.1234567", "1.12345678",
     "\xff1", "\x101"],
)  # fmt: skip


def read(texts, lead=0):
    """Return values and masks of texts between commas; `lead` moves them against the words."""
    data = [text.encode("latin-1") for text in texts]
    buffer = np.frombuffer(b"7" * lead + b",".join(data), np.uint8)
    lengths = np.array([len(text) for text in data], np.int64)
    begins = lead + np.cumsum(lengths + 1) - lengths - 1
    values, mask = decimals(words_of(buffer), begins, begins + lengths)
    return values, np.ones(len(data), np.bool_) if mask is None else mask


def bits(value):
    return struct.pack("<d", value)


@settings(max_examples=40)
@given(st.lists(WRITTEN | ODD, min_size=1, max_size=12), st.integers(0, 8))
@example(["-0.0", "-0"], 0)
@example(["1202.52296", "0000.00000", "9959.99999"], 3)
@example(["99999999", "999999999", "999999999999999", "0.1"], 1)
@example(["1.0", "2.00", "3.000", "4.0000"], 0)
def test_what_is_read_is_the_nearest_float_and_what_is_odd_is_left(texts, lead):
    values, mask = read(texts, lead)
    for text, value, known in zip(texts, values, mask, strict=True):
        if known:
            assert PLAIN.fullmatch(text)
            assert bits(value) == bits(float(text))
        else:
            assert math.isnan(value)


@settings(max_examples=25)
@given(st.lists(st.integers(0, 10**8 - 1), min_size=1, max_size=30), st.integers(1, 7), st.integers(0, 7))
def test_a_column_with_one_number_of_decimals_is_read_whole(numbers, places, lead):
    texts = [f"{'-' * (number % 3 == 0)}{number // 7}.{number % 10**places:0{places}d}" for number in numbers]
    values, mask = read(texts, lead)
    assert mask.all()
    assert [bits(value) for value in values] == [bits(float(text)) for text in texts]


def test_every_length_of_digits_is_read_at_every_place():
    for length in range(1, MOST_DIGITS + 1):
        text = "987654321012345"[:length]
        for lead in range(9):
            values, mask = read([text], lead)
            assert (values[0], mask[0]) == (float(text), True)


def test_three_layouts_are_read_and_a_fourth_is_left_to_others():
    texts = ["22"] * 3 + ["1.5"] * 5 + ["4.125"] + ["3.25"] * 2
    values, mask = read(texts)
    assert mask.tolist() == [True] * 8 + [False] + [True] * 2
    assert values[mask].tolist() == [float(text) for text in texts if text != "4.125"]


def test_every_byte_but_a_digit_is_refused_wherever_it_stands():
    for text in ("12.34", "123456", "12345.678901"):
        others = [chr(byte) for byte in range(256) if chr(byte) not in "0123456789.-"]
        odd = [text[:place] + other + text[place + 1 :] for place in range(len(text)) for other in others]
        assert read([text, *odd, text])[1].tolist() == [True, *[False] * len(odd), True]


def test_a_buffer_of_any_length_is_read_to_its_end():
    for length in range(1, 20):
        buffer = np.frombuffer(b"1" * length, np.uint8)
        values, mask = decimals(words_of(buffer), np.array([length - 1]), np.array([length]))
        assert (values.tolist(), mask) == ([1.0], None)
    values, mask = decimals(words_of(np.zeros(0, np.uint8)), np.zeros(0, np.int64), np.zeros(0, np.int64))
    assert (len(values), mask) == (0, None)
