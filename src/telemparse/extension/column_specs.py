"""The small language of a dialect's columns, `canonical[:unit or format]`, as far as it needs no parser.

Which canonical names there are, and which unit fits which, the CSV parser knows; units and formats as such
are told here, so that a misspelt one is refused where it is declared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse.errors import CallError
from telemparse.kernels.units import find_unit

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FORMATS", "ORDERS", "SCALES", "ColumnSpec", "read_column_spec"]

ORDERS = ("ymd", "dmy", "mdy")
"""Order of the parts of a date."""
SCALES = ("s", "ms", "us", "ns")
"""What a number of a clock counts."""
_UTC = ("utc",)
_SCALES_OF_TIME = ("utc", "gps")
_WORDS = "words"

FORMATS: Mapping[str, tuple[str, ...]] = {
    "t": (*SCALES, *ORDERS, *_SCALES_OF_TIME),
    "date": (*ORDERS, *_UTC),
    "time": (*SCALES, *_SCALES_OF_TIME),
    "year": _UTC,
    "month": _UTC,
    "day": _UTC,
    "hour": _UTC,
    "minute": _UTC,
    "second": _UTC,
    "millisecond": _UTC,
    "nanosecond": _UTC,
    "utc_offset": (),
    "tick": SCALES,
    "gps_week": (),
    "gps_tow": ("s", "ms"),
}
"""The parts of a clock, and the formats that each may have."""

_LONGEST = 80


@attrs.frozen
class ColumnSpec:
    """What a dialect says of a column.

    Args:
        name: canonical name, or the name of an auxiliary channel; empty for the column's own.
        tail: unit or format, `words` for a channel whose cells are kept as they are written, or empty.
        is_default: the unit holds only where the file names none (`speed:km/h?`).
    """

    name: str
    tail: str
    is_default: bool


def read_column_spec(text: str) -> ColumnSpec:
    """Return the parts of `canonical[:unit or format]`.

    Raises CallError for what is no such text, and for a unit or format that nobody knows.
    """
    if not isinstance(text, str) or len(text) > _LONGEST:
        raise CallError(f"a column is declared as 'canonical[:unit or format]', not {text!r:.100}")
    name, colon, tail = text.partition(":")
    spec = ColumnSpec(name.strip(), tail.strip().removesuffix("?"), tail.strip().endswith("?"))
    if colon and not spec.tail:
        raise CallError(f"{text!r} has a colon and neither unit nor format behind it")
    if not spec.tail or find_unit(spec.tail) is not None:
        if spec.is_default and not spec.name:
            raise CallError(f"{text!r}: only a canonical name has a unit by default")
        return spec
    if spec.tail == _WORDS and not spec.is_default:
        return spec
    if spec.tail not in (*ORDERS, *_SCALES_OF_TIME):
        raise CallError(f"{text!r}: {spec.tail!r} is no unit and no format")
    if spec.is_default or not spec.name:
        raise CallError(f"{text!r}: {spec.tail!r} is the format of a clock and belongs to one of its parts")
    return spec
