"""Encodings of XML documents, reading from an offset, and line numbers."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.kernels.xml_text import XmlText, declared_encoding


def text_of(data):
    return XmlText.of(lambda: io.BytesIO(data))


def whole(data, size=7):
    return b"".join(text_of(data).pieces(size)).decode()


@pytest.mark.parametrize(
    ("encoding", "codec", "mark"),
    [
        ("UTF-8", "utf-8", b""),
        ("UTF-8", "utf-8", b"\xef\xbb\xbf"),
        ("ISO-8859-1", "iso-8859-1", b""),
        ("iso-8859-15", "iso-8859-15", b""),
        ("Windows-1252", "cp1252", b""),
        ("windows-1251", "cp1251", b""),
        ("UTF-16", "utf-16-le", b"\xff\xfe"),
        ("UTF-16", "utf-16-be", b"\xfe\xff"),
        ("UTF-16", "utf-16-le", b""),
        ("UTF-16", "utf-16-be", b""),
        ("UTF-32", "utf-32-le", b"\xff\xfe\0\0"),
        ("Shift_JIS", "shift_jis", b""),
    ],
)
def test_every_declared_encoding_comes_out_as_utf8(encoding, codec, mark):
    letters = {"cp1251": "Ж", "shift_jis": "道"}.get(codec, "ü")
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n<gpx a="{letters}"/>'
    assert whole(mark + text.encode(codec)) == text


def test_a_declaration_that_contradicts_the_bytes_is_not_believed():
    data = '<?xml version="1.0" encoding="UTF-16"?><a>ü</a>'.encode()
    assert declared_encoding(data) == ("utf-8", 0, "declared as utf-16, which it is not")


@pytest.mark.parametrize(
    "name", ["klingon", "utf-c", "utf-7", "zlib", "rot13", "idna", "unicode_escape", "base64"]
)
def test_names_that_are_no_character_set_are_odd_and_read_as_utf8(name):
    found = declared_encoding(f'<?xml version="1.0" encoding="{name}"?><a/>'.encode())
    assert found == ("utf-8", 0, f"unknown encoding {name}")


def test_blanks_before_the_declaration_are_skipped_and_said():
    text = text_of(b"\r\n  <?xml version='1.0'?><a/>")
    assert (text.first, text.odd) == (4, "blank bytes before the XML declaration")
    assert next(text.pieces(100)).startswith(b"<?xml")
    assert declared_encoding(b"\n<a/>") == ("utf-8", 1, None)


@given(st.text("aü\n<", max_size=60), st.sampled_from(["utf-8", "utf-16-le"]), st.data())
def test_reading_from_an_offset_and_lines_agree_with_the_whole(body, codec, data):
    raw = ("<a>\n" + body).encode(codec)
    text = text_of(raw)
    content = ("<a>\n" + body).encode()
    offsets = data.draw(st.lists(st.integers(0, len(content)), max_size=5))
    for offset in offsets:
        assert b"".join(text.pieces(3, offset)) == content[offset:]
        assert text.line_of(offset) == content[:offset].count(b"\n") + 1


@given(st.text("aü<", max_size=40), st.sampled_from(["utf-8", "utf-16-le"]), st.integers(1, 9), st.data())
def test_windows_begin_with_what_is_sent_back(body, codec, size, data):
    content = ("<a>" + body).encode()
    windows = text_of(("<a>" + body).encode(codec)).windows(size)
    window, again, read_to = next(windows), 0, 0
    while len(window) > again:
        assert content[read_to - again : read_to - again + len(window)] == window
        read_to += len(window) - again
        again = data.draw(st.integers(0, len(window)))
        window = windows.send(again)
    assert read_to == len(content)
    assert window == content[len(content) - again :]


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "cp1252", "shift_jis", "gb18030", "utf-8"])
@pytest.mark.parametrize("before", ["", "a", "道§", "x" * 300_000 + "§"])
def test_a_place_in_the_text_is_found_in_the_file(codec, before):
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(codec, b"")
    head = f'<?xml version="1.0" encoding="{codec}"?>{before}'.encode(codec, "replace")
    text = text_of(mark + head + "<a>".encode(codec))
    size = sum(map(len, text.pieces(1 << 20)))
    shift = text.first  # of the pieces, which do not hold a mark of UTF-8
    assert text.file_offset(shift + size - 3) == len(mark + head)
    assert text.file_offset(shift + size) == len(mark + head + "<a>".encode(codec))


def test_a_place_in_damaged_text_is_inside_the_file():
    lone = "\ud800".encode("utf-16-le", "surrogatepass")
    data = b"\xff\xfe" + "<a>".encode("utf-16-le") + lone * 5 + b"<"
    text = text_of(data)
    size = sum(map(len, text.pieces(1 << 20)))
    places = [text.file_offset(offset) for offset in range(size + 1)]
    assert places == sorted(places)
    assert (places[0], places[3], places[-1]) == (2, 8, len(data))
