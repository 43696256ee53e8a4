"""Checksums of many spans, against a loop over their bytes."""

from __future__ import annotations

import functools
import operator

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from telemparse.kernels.checksums import xor_checksums


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
