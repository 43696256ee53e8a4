"""Text of a file in any encoding, and cells and numbers that are worth trying."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

__all__ = ["ENCODINGS", "NUMBERS", "WHOLE", "bent", "clock", "decoded", "encoded"]

# Encodings that text is brought into, with the mark at its beginning; latin-1 keeps any bytes as they are.
ENCODINGS = (
    ("latin-1", ""), ("utf-8", ""), ("utf-8", "\ufeff"), ("utf-16-le", "\ufeff"), ("utf-16-be", "\ufeff"),
    ("utf-16-le", ""), ("utf-32-le", "\ufeff"), ("cp1252", ""), ("utf-7", ""),
)  # fmt: skip

NUMBERS = (
    "0", "-0", "0.0", "1", "-1", "1e308", "-1e308", "1e309", "1e-400", "9e99999", "1e", "1e+", ".5", "5.",
    ".", "+", "-", "+-1", "0x10", "1_000", "1,000.5", "1.000,5", "1 000", "nan", "NaN", "inf", "-Infinity",
    "null", "90", "-90", "90.0000001", "180", "-180", "179.99999999", "180.5", "359.9999999", "360", "361",
    "255", "256", "65535", "2147483647", "-2147483648", "4294967296", "9223372036854775807",
    "-9223372036854775808", "9223372036854775808", "18446744073709551616", "1" * 40, "0."+"3" * 60,
    "1"+"0" * 400, "3.4028236e38", "1.7976931348623157e308", "4.9e-324", "\u0663", "\uff11\uff12", "²",
    "1\x002", "\x00", " 1 ", "1 ", "true", "1;2", "1:2",
)  # fmt: skip
"""Texts that are a number at its limits, nearly one, or none."""

WHOLE = (0, 1, 59, 60, 999, 1023, 86_399, 86_400, 604_800, 2_147_483_647, 4_102_444_800, 253_402_300_800)
_YEARS = (1, 1582, 1600, 1677, 1678, 1900, 1969, 1970, 1980, 1999, 2000, 2024, 2038, 2100, 2262, 2263, 9999)
_FORMS = (
    "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f+02:00", "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p", "%d.%m.%Y %H:%M", "%Y/%m/%d", "%d.%m.%y", "%m/%d/%y", "%H:%M:%S", "%H:%M:%S.%f",
    "%M:%S.%f", "%I:%M %p", "%y%m%d", "%Y%m%d", "%H%M%S", "%Y%m%d%H%M%S", "%d%m%y", "%d-%b-%Y", "%B %d, %Y",
    "%H:%M:%S,%f", "%Y-%m-%dT24:00:00Z", "%Y-02-30T%H:%M:%SZ", "%Y-%m-%dT%H:%M:60Z",
    "%Y-%m-%dT%H:%M:%S-14:60",
)  # fmt: skip


def clock(dice: Random) -> Callable[[float], str]:
    """Return a clock of some century and some form: what it shows after so many seconds, to its last year."""
    year = dice.choice(_YEARS) if dice.random() < 0.4 else dice.randint(2000, 2030)
    begin = datetime(year, 1, 1, tzinfo=UTC) + timedelta(seconds=dice.randrange(31_500_000))
    form = dice.choice(_FORMS)

    def shown(after_s: float) -> str:
        try:
            return (begin + timedelta(seconds=after_s)).strftime(form)
        except OverflowError:
            return begin.strftime(form)

    return shown


def decoded(data: bytes) -> tuple[str, str]:
    """Return bytes as text and the encoding that brings it back; a mark stays the first letter."""
    for encoding, mark in (("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")):
        if data.startswith(mark):
            return data.decode(encoding, "replace"), encoding
    return data.decode("latin-1"), "latin-1"


def encoded(text: str, encoding: str) -> bytes:
    """Return text as bytes; what the encoding does not have becomes `?`."""
    return text.encode(encoding, "replace")


def bent(number: str, dice: Random) -> str:
    """Return a number that is a little different, or another one altogether."""
    choice = dice.randrange(6)
    if choice == 0 or not number:
        return dice.choice(NUMBERS)
    if choice == 1:
        return str(dice.choice(WHOLE))
    place = dice.randrange(len(number))
    if choice == 2:
        return number[:place] + str(dice.randrange(10)) + number[place + 1 :]
    if choice == 3:
        return number[:place] + dice.choice(".,eE+-: /°'\"NSWZ%") + number[place:]
    if choice == 4:
        return number[:place] + number[place + 1 :]
    return "-" + number
