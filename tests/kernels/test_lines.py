"""Text of unknown encoding as blocks of whole lines."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.kernels.lines import Encoding, Lines, Newlines, decoded, line_blocks, sniff_encoding

TEXT = "Zeit;Höhe\n1,5;20\n2,5;30 m²\n"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (TEXT.encode(), Encoding("utf-8")),
        (TEXT.encode("utf-8-sig"), Encoding("utf-8", 3)),
        (TEXT.encode("utf-16"), Encoding("utf-16-le", 2)),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), Encoding("utf-16-be", 2)),
        (TEXT.encode("utf-16-le"), Encoding("utf-16-le")),
        (TEXT.encode("utf-16-be"), Encoding("utf-16-be")),
        (TEXT.encode("cp1252"), Encoding("cp1252")),
        ((TEXT + "\x81").encode("latin-1"), Encoding("latin-1")),
        (TEXT.encode()[:7], Encoding("utf-8")),  # the head ends inside a letter
        (b"", Encoding("utf-8")),
        (b"a\n" + b"\0" * 30 + b"b,c\n", Encoding("utf-8")),  # padding, and no second bytes
    ],
)
def test_an_encoding_is_told_from_the_head(data, expected):
    assert sniff_encoding(data) == expected


@pytest.mark.parametrize("data", [b"\xff\xfe\0\0a\0\0\0", b"\0\0\xfe\xff", bytes(range(1, 32)) * 9])
def test_what_is_no_text_is_refused(data):
    assert sniff_encoding(data) is None


def test_text_comes_without_its_mark_and_without_nul_bytes():
    assert decoded(b"\xef\xbb\xbfa\0b\xff", Encoding("utf-8", 3)) == "ab\ufffd"


def _blocks(data, encoding=None, **how):
    encoding = encoding or Encoding("utf-8")
    return list(line_blocks(io.BytesIO(data), encoding, start=encoding.bom, **how))


@given(
    st.lists(
        st.text(st.characters(codec="cp1252", exclude_characters="\r\n\0"), max_size=30),
        min_size=1,
        max_size=30,
    ),
    st.integers(1, 40),
    st.sampled_from(["utf-8", "utf-16-le", "utf-16-be", "cp1252"]),
)
def test_blocks_join_to_the_text_and_end_where_lines_end(lines, size, name):
    text = "\n".join(lines)
    blocks = _blocks(text.encode(name), Encoding(name), block_bytes=size)
    assert b"".join(block.lines for block in blocks).decode() == text
    assert [block.last for block in blocks] == [False] * (len(blocks) - 1) + [True]
    longest = max(len(line.encode(name)) for line in lines)
    if longest < 4 * size:
        assert all(block.lines.endswith(b"\n") for block in blocks[:-1])


def test_offsets_of_plain_blocks_point_at_their_first_byte():
    data = b"one\ntwo\nthree\nfour\n"
    for size in (5, 6, 9, 100):
        assert all(data[block.offset :].startswith(block.lines) for block in _blocks(data, block_bytes=size))


def test_lone_carriage_returns_come_out_as_line_ends():
    blocks = _blocks(b"one\rtwo\rthree", block_bytes=5, newlines=Newlines.CR)
    assert b"".join(block.lines for block in blocks) == b"one\ntwo\nthree"


def test_line_ends_inside_quotes_end_nothing():
    data = b'a,"x\ny"\nb,"z\n\n"\nc,d\n'
    for size in range(4, 30):
        for block in _blocks(data, block_bytes=size, lines=Lines.QUOTED):
            assert block.lines.count(b'"') % 2 == 0


def _record_ends(text):
    """Return where records end, letter by letter: a quote opens only at the beginning of a cell."""
    ends, state = [], "begin"
    for place, letter in enumerate(text, 1):
        if state == "quoted":
            state = "quote" if letter == '"' else "quoted"
        elif letter == '"' and state in {"begin", "quote"}:
            state = "quoted"
        elif letter in ";\r\n":
            state = "begin"
            ends += [place] * (letter == "\n")
        else:
            state = "letters"
    return ends


@given(st.text('ab";\r\n', max_size=80), st.integers(12, 40))
def test_blocks_of_quoted_lines_end_where_records_end_whatever_quotes_are_astray(text, size):
    places, ends = 0, [0, *_record_ends(text), len(text)]
    for block in _blocks(text.encode(), block_bytes=size, lines=Lines.QUOTED, delimiter=";"):
        places += len(block.lines)
        assert places in ends
    assert places == len(text)


@pytest.mark.parametrize("name", ["utf-8", "cp1252"])
def test_a_line_without_end_is_cut_after_eight_blocks(name):
    blocks = _blocks(b"x" * 10_000, Encoding(name), block_bytes=100)
    assert max(len(block.lines) for block in blocks) <= 1000
    assert sum(len(block.lines) for block in blocks) == 10_000


def test_nul_bytes_are_left_out_of_blocks():
    assert [block.lines for block in _blocks(b"a\0\0,b\n\0\0")] == [b"a,b\n"]
