"""Decimal commas in the rows of a VBO file, which programs write where the system's language has them."""

from __future__ import annotations

import enum
import re

__all__ = ["Decimal", "decimal_of", "pointed"]

_NUMBER = re.compile(r"[+-]?\d+,\d+(?:[eE][+-]?\d+)?")
_MARK = re.compile(rb"(?<=\d),(?=\d)")


class Decimal(enum.Enum):
    """What stands before the decimals."""

    POINT = "."
    COMMA = ","


def decimal_of(rows: list[str]) -> Decimal:
    """Return the decimal mark of the first rows: a comma where most rows have some and none has a point."""
    told = [row for row in rows if row.strip()]
    with_comma = sum(any(_NUMBER.fullmatch(cell) for cell in row.split()) for row in told)
    comma = 2 * with_comma > len(told) and not any("." in row for row in told)
    return Decimal.COMMA if comma else Decimal.POINT


def pointed(data: bytes, decimal: Decimal) -> bytes:
    """Return rows with points for decimal commas, every byte at its place."""
    return _MARK.sub(b".", data) if decimal is Decimal.COMMA else data
