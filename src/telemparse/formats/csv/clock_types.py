"""The Arrow types that C code reads the columns of a clock with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyarrow as pa

from telemparse.formats.csv.assignment import TYPED_SHARE
from telemparse.formats.csv.timing import Form

if TYPE_CHECKING:
    from telemparse.formats.csv.timing import TimeColumn

__all__ = ["clock_type"]

_TYPED_NAIVE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?")
_TYPED_ZONED = re.compile(_TYPED_NAIVE.pattern + r"(?:Z|[+-]\d\d:?\d\d)")
_TYPED_CLOCK = re.compile(r"\d\d:\d\d:\d\d(?:\.\d{1,9})?")
_DECIMAL_DIGITS = 28


def clock_type(stamped: TimeColumn) -> pa.DataType:
    """Return the type that C code reads the column with; text where its cells vary."""
    if stamped.form is Form.ISO and _most(stamped, _TYPED_NAIVE):
        return pa.timestamp("ns")
    if stamped.form is Form.ISO and _most(stamped, _TYPED_ZONED):
        return pa.timestamp("ns", "UTC")
    if stamped.form is Form.CLOCK and _most(stamped, _TYPED_CLOCK):
        return pa.time64("ns")
    if stamped.form in (Form.EPOCH, Form.COUNTER):
        return pa.decimal128(_DECIMAL_DIGITS, 9 - stamped.digits)
    if stamped.form is Form.CLOCK_DIGITS or (stamped.form is Form.PART and stamped.name != "utc_offset"):
        scale = 0 if stamped.name == "gps_week" else 9
        return pa.decimal128(_DECIMAL_DIGITS, scale)
    return pa.string()


def _most(stamped: TimeColumn, pattern: re.Pattern[str]) -> bool:
    """Tell whether nearly all cells fit; a block with one that does not is read as text."""
    cells = stamped.column.profile.cells
    return sum(pattern.fullmatch(cell) is not None for cell in cells) >= TYPED_SHARE * len(cells)
