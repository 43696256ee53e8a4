"""What a cell of text looks like: a number, a number with its unit, a date, a clock, a coordinate, a word."""

from __future__ import annotations

import enum
import re

from telemparse.kernels.units import find_unit

__all__ = ["NULL_WORDS", "CellKind", "is_value", "kind_of", "number_in", "unit_in"]

NULL_WORDS = (
    "", "-", "--", "---", "n/a", "N/A", "NA", "#N/A", "nan", "NaN", "NAN", "-nan", "-NaN", "null", "NULL",
    "Null", "inf", "-inf", "+inf", "Inf", "-Inf", "INF", "-INF", "infinity", "Infinity", "-Infinity", "?",
    "*",
)  # fmt: skip
"""Cells that say "no value"; an infinite value is none either."""

_NULLS = frozenset(NULL_WORDS)


class CellKind(enum.Enum):
    """What a cell looks like by itself."""

    BLANK = "blank"
    NUMBER = "number"
    QUANTITY = "quantity"
    """A number with its unit behind it (`2.081 km/h`), or with more behind it in brackets (`6(9)`)."""
    ISO = "iso"
    """An ISO 8601 instant."""
    STAMP = "stamp"
    """A date and a clock, not in ISO's form."""
    DATE = "date"
    CLOCK = "clock"
    COORDINATE = "coordinate"
    """Degrees with a hemisphere letter, or degrees and minutes."""
    LETTER = "letter"
    """A hemisphere."""
    WORD = "word"


_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d{1,4})?")
_QUANTITY = re.compile(r"([+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+))\s*(\(\d+\)|/\d+|[^\d\s.,][^\d]{0,7}[²2]?)")
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?\s*(?:Z|z|[+-]\d\d(?::?\d\d)?)?")
_CLOCK_TEXT = r"\d{1,2}:\d\d(?::\d\d(?:[.,:]\d+)?)?(?:\s?[AaPp]\.?[Mm]\.?)?"
_DATE_TEXT = (
    r"(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}[-/. ][A-Za-z]{3,9}\.?[-/., ]\d{2,4}"
    r"|[A-Za-z]{3,9}\.? \d{1,2},? \d{4})"
)
_CLOCK = re.compile(_CLOCK_TEXT)
_DATE = re.compile(_DATE_TEXT)
_ZONE_TEXT = r"\s*(?:Z|UTC|GMT|[+-]\d{1,2}(?::?\d\d)?)?"
_STAMP = re.compile(_DATE_TEXT + r"(?:[ ,;_]+|T)" + _CLOCK_TEXT + _ZONE_TEXT)
# `20240601 12:34:56.7`, and ISO's basic form `20240601T123456`.
_COMPACT = re.compile(rf"\d{{8}}(?:(?:[ _]|T){_CLOCK_TEXT}|T\d{{6}}(?:[.,]\d+)?){_ZONE_TEXT}")
_COORDINATE = re.compile(
    r"[NSEWnsew]?\s*[+-]?\d{1,5}(?:[.,]\d+)?(?:[°:\s]\s*\d{1,2}(?:[.,]\d+)?)?"
    r"(?:['\u2032:\s]\s*\d{1,2}(?:[.,]\d+)?)?[°'\u2032\"\u2033\s]*[NSEWnsew]?"
)
# `s0`, `E1`: numbered names; a position in whole degrees alone is none that a receiver writes.
_NUMBERED = re.compile(r"[NSEWnsew]\d{1,3}")
_LONGEST = 64


def kind_of(cell: str) -> CellKind:
    """Return what a cell looks like; a decimal comma counts as a point."""
    text = cell.strip()
    if text in _NULLS:
        return CellKind.BLANK
    if _NUMBER.fullmatch(text):
        return CellKind.NUMBER
    return _written_kind(text) if len(text) <= _LONGEST else CellKind.WORD


def _written_kind(text: str) -> CellKind:
    if len(text) == 1 and text in "NSEWnsew":
        return CellKind.LETTER
    if any(letter.isdigit() for letter in text) and not _NUMBERED.fullmatch(text):
        for pattern, kind in _PATTERNS:
            if pattern.fullmatch(text):
                return kind
        if unit_in(text) is not None:
            return CellKind.QUANTITY
    return CellKind.WORD


_PATTERNS = (
    (_ISO, CellKind.ISO),
    (_CLOCK, CellKind.CLOCK),
    (_DATE, CellKind.DATE),
    (_STAMP, CellKind.STAMP),
    (_COMPACT, CellKind.STAMP),
    (_COORDINATE, CellKind.COORDINATE),
)


def is_value(cell: str) -> bool:
    """Tell whether a cell belongs to data rather than to a header."""
    return kind_of(cell) not in (CellKind.BLANK, CellKind.WORD, CellKind.LETTER)


def unit_in(cell: str) -> str | None:
    """Return the unit behind a number (`km/h`), an empty one for a count in brackets, None for neither."""
    found = _QUANTITY.fullmatch(cell.strip())
    if found is None:
        return None
    tail = found[2].strip()
    if tail[0] in "(/" and tail.strip("(/)").isdigit():
        return ""
    return tail if find_unit(tail) is not None else None


def number_in(cell: str) -> float | None:
    """Return the number that a cell is or begins with, None where there is none."""
    found = _NUMBER.match(cell.strip())
    return float(found[0].replace(",", ".")) if found else None
