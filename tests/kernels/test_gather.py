"""Gathering spans and comparing literals, against slices of bytes."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from telemparse.kernels.gather import equal_at, positions, spans


def array(data):
    return np.frombuffer(data, np.uint8)


@st.composite
def cut_text(draw):
    """ASCII bytes and spans in them, as lists."""
    data = draw(st.text('ab<"c ', max_size=80)).encode()
    place = st.integers(0, len(data))
    pairs = draw(st.lists(st.tuples(place, place).map(sorted), max_size=10))
    return data, [begin for begin, _end in pairs], [end for _begin, end in pairs]


@given(cut_text(), st.integers(0, 300))
def test_spans_are_the_slices(cut, longer):
    data, starts, ends = cut
    # One span much longer than the others makes a window wasteful: the other way must agree.
    padded = data + b"x" * longer
    starts, ends = [*starts, len(data)], [*ends, len(padded)]
    texts = spans(array(padded), np.array(starts), np.array(ends))
    assert texts.to_pylist() == [padded[b:e].decode() for b, e in zip(starts, ends, strict=True)]


def test_one_long_span_among_many_short_ones_is_gathered_whole():
    data = b"ab" * 200_000
    starts, ends = np.arange(3000), np.arange(3000) + 1
    ends[7] = len(data)
    texts = spans(array(data), starts, ends)
    assert len(texts[7].as_py()) == len(data) - 7
    assert texts[8].as_py() == "a"


def test_spans_of_no_rows_are_no_strings():
    nothing = np.zeros(0, np.int64)
    assert spans(array(b"abc"), nothing, nothing).to_pylist() == []


@given(st.text("ab<", max_size=40), st.text("ab<", max_size=4), st.lists(st.integers(-5, 45), max_size=10))
def test_equal_at_agrees_with_slices_also_beyond_the_edges(text, word, starts):
    data, literal = text.encode(), word.encode()
    found = equal_at(array(data), np.array(starts, np.int64), literal)
    expected = [not literal or (s >= 0 and data[s : s + len(literal)] == literal) for s in starts]
    assert found.tolist() == expected


@given(st.text("ab", min_size=60, max_size=90), st.integers(1, 25), st.data())
def test_equal_at_looks_at_every_byte_of_a_long_literal(text, width, data):
    begin = data.draw(st.integers(0, len(text) - width))
    literal = bytearray(text[begin : begin + width].encode())
    every = np.arange(-1, len(text) + 1)
    expected = [at >= 0 and text[at : at + width].encode() == literal for at in every]
    assert expected[begin + 1]
    assert equal_at(array(text.encode()), every, bytes(literal)).tolist() == expected
    literal[data.draw(st.integers(0, width - 1))] = ord("c")
    assert not equal_at(array(text.encode()), every, bytes(literal)).any()


@given(st.binary(max_size=50))
def test_positions_are_where_the_byte_stands(data):
    assert positions(array(data), 0x61).tolist() == [i for i, byte in enumerate(data) if byte == 0x61]
