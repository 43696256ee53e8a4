"""Spans of time as people write them: decimals of a unit, and clocks that count from zero."""

from __future__ import annotations

import re
from decimal import Decimal

__all__ = ["LONGEST_NS", "clock_ns", "decimal_ns"]

_NUMBER = re.compile(r"\d{1,12}(?:[.,]\d{0,9})?")
_CLOCK = re.compile(r"(?:(?P<hours>\d{1,4}):)?(?P<minutes>\d{1,4}):(?P<seconds>\d{1,2}(?:\.\d{1,9})?)")
_NS_PER_S = 1_000_000_000
LONGEST_NS = 10_000_000 * _NS_PER_S
"""A third of a year: what is longer is no lap."""


def decimal_ns(text: str, scale: float = 1.0) -> int | None:
    """Return a number of a unit of `scale` seconds in ns, None for what is no number or no lap."""
    word = text.strip()
    if not _NUMBER.fullmatch(word):
        return None
    span = round(Decimal(word.replace(",", ".")) * Decimal(str(scale)) * _NS_PER_S)
    return span if span <= LONGEST_NS else None


def clock_ns(text: str) -> int | None:
    """Return `1:21.638` or `00:02:35.138` in ns, None for what is none."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        return None
    minutes = 60 * int(found["hours"] or 0) + int(found["minutes"])
    span = round((60 * minutes + Decimal(found["seconds"])) * _NS_PER_S)
    return span if span <= LONGEST_NS else None
