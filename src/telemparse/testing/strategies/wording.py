"""The same text in other clothes: other encodings, other line ends."""

from __future__ import annotations

import codecs
import itertools
import re
from functools import partial
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from telemparse.testing.strategies.blows import Blow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hypothesis.strategies import SearchStrategy

__all__ = ["other_encodings", "other_newlines"]


def _text(data: bytes) -> str:
    """Return bytes as text that keeps all of them: UTF-8, or Latin-1 where it is none."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _latin_1(data: bytes) -> bytes:
    """Return the text in one byte a letter; letters that Latin-1 lacks become question marks."""
    return _text(data).encode("latin-1", "replace")


def _mistaken_for_latin_1(data: bytes) -> bytes:
    """Return the text after somebody took each of its bytes for a letter."""
    return data.decode("latin-1").encode()


def _utf_16(data: bytes, *, order: str, mark: bytes) -> bytes:
    return mark + _text(data).encode(f"utf-16-{order}")


_ENCODINGS: Mapping[str, Callable[[bytes], bytes]] = {
    "a mark of UTF-8 in front": lambda data: codecs.BOM_UTF8 + data,
    "written in Latin-1": _latin_1,
    "taken for Latin-1 and written in UTF-8": _mistaken_for_latin_1,
    "UTF-16, low byte first, with a mark": partial(_utf_16, order="le", mark=codecs.BOM_UTF16_LE),
    "UTF-16, low byte first, no mark": partial(_utf_16, order="le", mark=b""),
    "UTF-16, high byte first, with a mark": partial(_utf_16, order="be", mark=codecs.BOM_UTF16_BE),
    "UTF-16, high byte first, no mark": partial(_utf_16, order="be", mark=b""),
}

_END = re.compile(rb"\r\n|\r|\n")


def _mixed(data: bytes) -> bytes:
    """Return the lines with CRLF behind every other one."""
    ends = itertools.cycle((b"\r\n", b"\n"))
    return _END.sub(lambda _end: next(ends), data)


_NEWLINES: Mapping[str, Callable[[bytes], bytes]] = {
    "LF behind each line": lambda data: _END.sub(b"\n", data),
    "CRLF behind each line": lambda data: _END.sub(b"\r\n", data),
    "CRLF behind every other line": _mixed,
    "CR behind each line": lambda data: _END.sub(b"\r", data),
    "no line ends at all": lambda data: _END.sub(b"", data),
}


def _forms(data: bytes, forms: Mapping[str, Callable[[bytes], bytes]]) -> SearchStrategy[Blow] | None:
    """Return the forms that differ from `data`, in the order of the table; None where none does."""
    changed = [Blow(new, words) for words, form in forms.items() if (new := form(data)) != data]
    return st.sampled_from(changed) if changed else None


def other_encodings(data: bytes) -> SearchStrategy[Blow] | None:
    """Return the text of `data` in each encoding that makes other bytes of it."""
    return _forms(data, _ENCODINGS)


def other_newlines(data: bytes) -> SearchStrategy[Blow] | None:
    """Return the lines of `data` with other ends; None where there is but one line."""
    return _forms(data, _NEWLINES)
