"""Does this look like a CSV recording? Answers from the head alone, without numpy and pyarrow."""

from __future__ import annotations

import functools
import re
from collections import Counter
from typing import TYPE_CHECKING

from telemparse.formats.csv.cells import CellKind, kind_of
from telemparse.formats.csv.headers import read_heading
from telemparse.formats.csv.layout import read_layout
from telemparse.formats.csv.recognition import evidence, fitting
from telemparse.formats.csv.session_lines import recognised
from telemparse.formats.csv.vocabulary import Role
from telemparse.model.detection import Detection, Rung

if TYPE_CHECKING:
    from telemparse.formats.csv.layout import Layout
    from telemparse.model.detection import Sniff

__all__ = ["HEAD_BYTES", "detect", "layout_of"]

HEAD_BYTES = (16 * 1024, 64 * 1024)
"""Sizes of head to look at: the larger one only where the smaller one shows no header and rows."""

_NAMES = (".csv", ".tsv", ".tab")
_SURE_FIT = 0.8
_FEWEST_ROWS = 2
_MEASURED = (CellKind.NUMBER, CellKind.QUANTITY, CellKind.COORDINATE)

# How other formats begin, or a line of theirs near the top; content outweighs the name.
_STRANGERS = (
    ("XML", re.compile(rb"\A\s*<[?!A-Za-z]")),
    ("JSON", re.compile(rb"\A\s*(?:\{\s*[\"}]|\[\s*[\[{\"\d])")),
    ("NMEA", re.compile(rb"(?m)^.{0,40}[$!][A-Z]{2}[A-Z0-9]{3},[^\r\n]{0,120}\*[0-9A-F]{2}")),
    ("VBO", re.compile(rb"(?m)^\[(?:header|column names|data)\]")),
    ("IGC", re.compile(rb"(?m)\AA[A-Z0-9]{3}[^,;\r\n]*\r?\nH[FO]")),
    ("IGC", re.compile(rb"(?m)^B\d{6}\d{7}[NS]\d{8}[EW][AV]")),
)
_MAGICS = (b"PK\x03\x04", b"\x1f\x8b", b"%PDF", b"\x89PNG", b"SQLite", b"PAR1", b"ARROW1", b"\x89HDF")


def detect(sniffs: tuple[Sniff, ...]) -> Detection:
    """Return how strongly the first artifact that is a table speaks for CSV."""
    answers = [_detect(sniff) for sniff in sniffs]
    return max(answers, key=lambda answer: answer.rung.value, default=Detection(Rung.NO))


@functools.lru_cache(maxsize=4)
def layout_of(head: bytes, *, whole: bool) -> Layout | None:
    """Return the layout told from the shortest head that shows one with rows below a header.

    The last few are kept: the detector and the parser ask for the same one.
    """
    layout = None
    for size in HEAD_BYTES:
        if size >= len(head):
            return read_layout(head, whole=whole)
        layout = read_layout(head[:size], whole=False)
        if layout is not None and layout.header is not None and layout.rows:
            return layout
    return layout


def _detect(sniff: Sniff) -> Detection:
    name = (
        Detection(Rung.NAME, (f"extension {sniff.extension}",))
        if sniff.extension in _NAMES
        else Detection(Rung.NO)
    )
    head = sniff.head
    if head.startswith(_MAGICS):
        return Detection(Rung.NO)
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    probe = head[2:].replace(b"\0", b"") if wide else head.removeprefix(b"\xef\xbb\xbf")
    for format_name, pattern in _STRANGERS:
        if pattern.search(probe[:4096]):
            return Detection(Rung.NO, (f"looks like {format_name}",))
    session = recognised(head)
    if session is not None or not head.strip(b"\0\r\n\t "):
        return session or name
    layout = layout_of(head, whole=sniff.size <= len(head))
    if layout is None:
        return name
    dialects = fitting(layout)
    if dialects:
        return Detection(Rung.MARKER, (*evidence(dialects), _shape_words(layout)))
    return _generic(layout, name)


def _shape_words(layout: Layout) -> str:
    names = {"\t": "tabs", ";": "semicolons", ",": "commas", "|": "bars", " ": "blanks"}
    return (
        f"{layout.width} columns between {names[layout.delimiter]}, {layout.fit:.0%} of the sampled rows fit"
    )


def _generic(layout: Layout, name: Detection) -> Detection:
    headings = [read_heading(cell) for cell in layout.header or ()]
    known = [heading for heading in headings if heading.quantity is not None]
    roles = {heading.quantity.role for heading in known if heading.quantity is not None}
    if layout.header is not None and not layout.rows:
        return Detection(Rung.SHAPE, (f"header names {_words(known)}", "no rows"))
    if layout.fit < _SURE_FIT or layout.width < 2:  # noqa: PLR2004  (one column is no table)
        return name
    if layout.header is not None and (len(known) > 1 or roles & {Role.TIME, Role.GNSS}):
        return Detection(Rung.SHAPE, (f"header names {_words(known)}", _shape_words(layout)))
    if len(layout.rows) >= _FEWEST_ROWS and _is_numeric(layout):
        header = "unknown column names" if layout.header is not None else "no header"
        return Detection(Rung.SHAPE, (header, _shape_words(layout), "cells are numbers"))
    return name


def _words(known: list) -> str:  # type: ignore[type-arg]
    return ", ".join(heading.text for heading in known[:6])


def _is_numeric(layout: Layout) -> bool:
    """Tell whether most cells are values, and some of them more than a date or a clock, as a log has."""
    kinds = Counter(kind_of(cell) for row in layout.rows for cell in row.cells)
    measured = sum(kinds[kind] for kind in _MEASURED)
    words = kinds[CellKind.WORD] + kinds[CellKind.LETTER]
    values = kinds.total() - kinds[CellKind.BLANK] - words
    return measured > 0 and values > words
