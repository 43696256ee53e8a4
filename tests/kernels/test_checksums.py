"""Checksums of many spans, against a loop over their bytes."""

from __future__ import annotations

import functools
import operator

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from telemparse.kernels.checksums import fletcher_checksums, xor_checksums


@given(st.binary(max_size=300), st.data())
def test_checksums_are_those_of_a_loop(data, draw):
    place = st.integers(0, len(data))
    pairs = draw.draw(st.lists(st.tuples(place, place).map(sorted), max_size=10))
    starts, ends = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    expected = [functools.reduce(operator.xor, data[begin:end], 0) for begin, end in pairs]
    assert xor_checksums(np.frombuffer(data, np.uint8), starts, ends).tolist() == expected


def test_the_checksum_of_a_sentence_is_that_of_its_receiver():
    data = b"$GPGLL,,,,,,V,N*64\r\n"
    sums = xor_checksums(np.frombuffer(data, np.uint8), np.array([1]), np.array([data.index(b"*")]))
    assert sums.tolist() == [0x64]


def fletcher(data):
    first = second = 0
    for byte in data:
        first = (first + byte) % 256
        second = (second + first) % 256
    return first, second


@given(st.binary(max_size=700), st.data())
def test_sums_of_fletcher_are_those_of_a_loop(data, draw):
    place = st.integers(0, len(data))
    pairs = draw.draw(st.lists(st.tuples(place, place).map(sorted), max_size=100))
    starts, ends = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    first, second = fletcher_checksums(np.frombuffer(data, np.uint8), starts, ends)
    expected = [fletcher(data[begin:end]) for begin, end in pairs]
    assert list(zip(first.tolist(), second.tolist(), strict=True)) == expected


def test_sums_of_fletcher_are_those_of_a_receiver():
    # The poll of a port's settings that the receiver's protocol description shows.
    frame = bytes.fromhex("b562 0600 0100 01 0822")
    first, second = fletcher_checksums(np.frombuffer(frame, np.uint8), np.array([2]), np.array([7]))
    assert (first[0], second[0]) == (frame[7], frame[8])
