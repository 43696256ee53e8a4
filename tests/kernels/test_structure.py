"""Stencils against a slow reference: a regular expression of the same shape."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from telemparse.kernels.structure import Index, Stencil

STENCIL = Stencil((b'<p a="', b'" b="', b'"><v>', b"</v></p>"), (0x22, 0x22, 0x3C))
SHAPE = re.compile(rb'<p a="([^"]*)" b="([^"]*)"><v>([^<]*)</v></p>')

piece = st.sampled_from(
    [
        b'<p a="1" b="2"><v>3</v></p>',
        b"<p ",
        b'a="',
        b'"',
        b' b="',
        b"><v>",
        b"</v>",
        b"</p>",
        b"<",
        b"12",
        b" ",
    ]
)


@given(st.lists(piece, max_size=20).map(b"".join))
def test_a_stencil_hits_exactly_what_the_same_pattern_matches(data):
    starts = [match.start() for match in re.finditer(rb"<p", data)]
    match = Index(np.frombuffer(data, np.uint8)).match(STENCIL, np.array(starts, np.int64))
    for row, start in enumerate(starts):
        expected = SHAPE.match(data, start)
        if match.hit[row]:
            assert expected is not None
            assert match.ends[row] == expected.end()
            found = [(int(begin[row]), int(end[row])) for begin, end in match.slots]
            assert found == [expected.span(group) for group in (1, 2, 3)]
        elif expected is not None:
            # Only a stop byte inside a value of another kind may hide a match: it shifts the count.
            assert b"<" in expected[1] + expected[2] or b'"' in expected[3]


def test_records_at_the_very_end_and_without_stops_are_no_hits():
    data = b'<p a="1" b="2"><v>3</v></p><p a="1'
    starts = np.array([0, data.rfind(b"<p")])
    assert Index(np.frombuffer(data, np.uint8)).match(STENCIL, starts).hit.tolist() == [True, False]
    lone = Stencil((b"<p>", b"</p>"), (0x3C,))
    assert Index(np.frombuffer(b"xxxx", np.uint8)).match(lone, np.array([0])).hit.tolist() == [False]


def test_a_stencil_without_slots_is_a_literal():
    match = Index(np.frombuffer(b"<p/><p/>", np.uint8)).match(Stencil((b"<p/>",), ()), np.array([0, 4, 5]))
    assert match.hit.tolist() == [True, True, False]
    assert match.ends[:2].tolist() == [4, 8]
