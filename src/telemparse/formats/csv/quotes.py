"""Quotes that are left open at the end of a line, where they would swallow the rows that follow."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Ints

__all__ = ["closed_quotes"]

_QUOTE, _NEWLINE = b'"\n'


def closed_quotes(data: bytes, delimiter: str) -> bytes:
    """Return the lines, without quotes in those that leave one open.

    As pyarrow.csv reads it, a quote opens only at the beginning of a cell; once closed, or anywhere else,
    quotes are letters like others.

    Args:
        data: lines of text in UTF-8, ended by LF.
        delimiter: one ASCII letter.
    """
    letters = np.frombuffer(data, np.uint8)
    quotes, ends = np.flatnonzero(letters == _QUOTE), np.flatnonzero(letters == _NEWLINE)
    counts = np.diff(np.searchsorted(quotes, np.append(ends, len(data))), prepend=0)
    lines = np.repeat(np.arange(len(counts)), counts)
    odd = counts % 2 == 1
    for line in _irregular(letters, quotes, lines, counts, delimiter):
        if not odd[line]:
            begin = int(ends[line - 1]) + 1 if line else 0
            end = int(ends[line]) if line < len(ends) else len(data)
            odd[line] = _closed(delimiter).fullmatch(data, begin, end) is None
    return np.delete(letters, quotes[odd[lines]]).tobytes() if odd.any() else data


def _irregular(
    letters: NDArray[np.uint8], quotes: Ints, lines: Ints, counts: Ints, delimiter: str
) -> list[int]:
    """Return the lines in which some quote that should open a cell stands elsewhere."""
    first = np.cumsum(counts) - counts
    opening = (np.arange(len(quotes)) - first[lines]) % 2 == 0
    before = letters[np.maximum(quotes - 1, 0)]
    begins = (before == ord(delimiter)) | (before == _NEWLINE) | (before == _QUOTE) | (quotes == 0)
    return [int(line) for line in np.unique(lines[opening & ~begins])]


@cache
def _closed(delimiter: str) -> re.Pattern[bytes]:
    """Return what a line is whose quotes are closed; possessive, so that no cell is read in two ways."""
    sign = re.escape(delimiter.encode())
    cell = rb'(?:"(?:[^"]++|"")*+"[^%b]*+|(?!")[^%b]*+)' % (sign, sign)
    return re.compile(rb"%b(?:%b%b)*+" % (cell, sign, cell))
