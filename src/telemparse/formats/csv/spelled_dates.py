"""Dates that a program spells in its user's language: `sabato 15 giugno 2019`, `2:05 p. m.`."""

from __future__ import annotations

import re

from telemparse.formats.csv.vocabulary import squash
from telemparse.kernels.dates import MONTHS

__all__ = ["english_clock", "iso_date"]

_WORD = re.compile(r"[^\W\d_]+")
_DAY = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_POINTS = re.compile(r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})")
_HALF_OF_DAY = re.compile(r"(?<=\d)\s{0,3}([ap])\.?\s{0,3}m\.?$", re.IGNORECASE)
_LONGEST = 80


def iso_date(text: str) -> str | None:
    """Return `2019-06-15` of a date with its month in letters, or with points, which put the day first.

    None where day, month or year is missing. A weekday may stand in front, as the Italian `mar`, which is
    also short for a month: the last word counts.
    """
    shown = text[:_LONGEST].strip()
    points = _POINTS.fullmatch(shown)
    if points is not None:
        return f"{points['year']}-{int(points['month']):02d}-{int(points['day']):02d}"
    months = [month for word in _WORD.findall(shown) if (month := _month(squash(word)))]
    days, years = _DAY.findall(shown), _YEAR.findall(shown)
    if not months or len(days) != 1 or len(years) != 1:
        return None
    return f"{years[0]}-{months[-1]:02d}-{int(days[0]):02d}"


def _month(word: str) -> int | None:
    return MONTHS.get(word[:4], MONTHS.get(word[:3]))


def english_clock(text: str) -> str:
    """Return a time of day whose half is written `p. m.` with it written `pm`."""
    return _HALF_OF_DAY.sub(r" \1m", text[:_LONGEST].strip())
