"""Columns of a block as numpy numbers: typed ones as they are, text with the cells that are no numbers."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from telemparse.kernels.arrays import bools, numpy_view, validity
from telemparse.kernels.casts import floats
from telemparse.kernels.clocks import exact_ns
from telemparse.kernels.texts import blank, only, strings
from telemparse.kernels.units import find_unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Floats, Ints, Mask
    from telemparse.kernels.units import Unit

__all__ = ["AngleForm", "Numbers", "angles", "exact", "is_in", "numbers", "text", "to_mask"]

_BLANKS = " \t\r\n\v\f"
_QUANTITY = r"^(?P<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+))\s*(?P<tail>[^\d\s.].{0,11})$"
# `1.234` where commas are the decimal signs: as likely a thousand as a fraction.
_THOUSANDS = r"^\s*[+-]?[1-9]\d{0,2}(?:\.\d{3})+(?:\s*[^\d\s.,].*)?\s*$"
_ANGLE = (
    r"^(?P<front>[NSEWnsew]?)\s*(?P<sign>[+-]?)(?P<degrees>\d{1,10}(?:\.\d+)?)[°º:\s]*"
    r"(?:(?P<minutes>\d{1,2}(?:\.\d+)?)\s*['\x{2032}:\s]*)?(?:(?P<seconds>\d{1,2}(?:\.\d+)?)\s*[\"\x{2033}\s]*)?"
    r"(?P<back>[NSEWnsew]?)$"
)


class AngleForm(enum.Enum):
    """How a coordinate without separate minutes is written."""

    DEGREES = "degrees"
    DDMM = "degrees and minutes as one number, 4807.038"


@attrs.frozen
class Numbers:
    """A numeric column of one block.

    Args:
        values: shape (n,); anything where not valid.
        valid: shape (n,), or None when all are.
        bad: rows whose cell holds something that is no number, or None for none.
        array: the Arrow array the values lie in, when it is of their type as read.
    """

    values: NDArray[Any]
    valid: Mask | None = None
    bad: Mask | None = None
    array: pa.Array | None = None


def text(array: pa.Array) -> pa.Array:
    """Return a column as text."""
    return array if pa.types.is_string(array.type) else array.cast(pa.string())


def numbers(array: pa.Array, decimal: str, unit: Unit | None) -> Numbers:
    """Return a column as numbers of `unit`; cells that name another unit of its dimension are converted."""
    if pa.types.is_decimal(array.type):
        array = array.cast(pa.float64())  # a part of the clock, which others look at as well
    if not pa.types.is_string(array.type):
        return Numbers(numpy_view(array), validity(array) if array.null_count else None, None, array)
    values, valid = _plain(array, decimal)
    if valid.all():
        return Numbers(values)
    left = ~valid & _filled(array)
    if left.any():
        got, good = _quantities(array.filter(to_mask(left)), decimal, unit)
        places = np.flatnonzero(left)
        values = np.where(valid, values, 0.0)
        values[places[good]] = got[good]
        valid = valid.copy()
        valid[places[good]] = True
        left[places[good]] = False
    return Numbers(np.where(valid, values, 0.0), valid, left if left.any() else None)


def _plain(array: pa.Array, decimal: str) -> tuple[Floats, Mask]:
    if decimal != ",":
        return floats(array)
    values, valid = floats(pc.replace_substring(array, ",", "."))
    return values, valid & ~_thousands(array)


def _thousands(array: pa.Array) -> Mask:
    return bools(pc.match_substring_regex(array, _THOUSANDS))


def _filled(array: pa.Array) -> Mask:
    return ~blank(pc.ascii_trim(array, characters=_BLANKS))


def _quantities(array: pa.Array, decimal: str, unit: Unit | None) -> tuple[Floats, Mask]:
    trimmed = pc.ascii_trim(array, characters=_BLANKS)
    if decimal == ",":
        trimmed = pc.replace_substring(trimmed, ",", ".")
    found = pc.extract_regex(trimmed, _QUANTITY)
    values, valid = floats(found.field("number"))
    if decimal == ",":
        valid &= ~_thousands(array)
    tails = found.field("tail").dictionary_encode()
    factors = np.array([*(_factor(tail, unit) for tail in tails.dictionary.to_pylist()), np.nan])
    factor = factors[np.where(validity(tails), numpy_view(tails.indices), len(factors) - 1)]
    valid = valid & np.isfinite(factor)
    return np.where(valid, values, 0.0) * np.where(valid, factor, 1.0), valid


def _factor(tail: str | None, unit: Unit | None) -> float:
    """Return the factor of a number with this behind it; NaN when it is no number of `unit`."""
    if not tail:
        return float("nan")
    if tail[0] in "(/" and tail.strip("(/)").isdigit():
        return 1.0
    stated = find_unit(tail)
    if stated is None:
        return float("nan")
    if unit is None or stated == unit:
        return 1.0
    if stated.dimension != unit.dimension or stated.offset or unit.offset:
        return float("nan")
    return stated.scale / unit.scale


def exact(array: pa.Array, decimal: str, digits: int) -> tuple[Ints, Mask, Mask | None]:
    """Return a column as integers of 10**-digits, a mask of valid ones, and the rows that hold no number."""
    if pa.types.is_decimal(array.type):
        values, valid = exact_ns(array)
        return values, valid, None
    words = pc.ascii_trim(text(array), characters=_BLANKS)
    if decimal == ",":
        words = pc.replace_substring(words, ",", ".")
    plain = pc.match_substring_regex(words, rf"^[+-]?\d{{1,18}}(\.\d{{0,{digits}}})?$")
    values, valid = exact_ns(pc.cast(only(words, bools(plain)), pa.decimal128(38, digits)))
    # What is longer, or written with an exponent, is rounded to 53 bits.
    read = numbers(words, ".", None)
    scaled = np.rint(read.values * 10.0**digits)
    fits = (np.abs(scaled) < 2.0**62) & ~valid
    fits = fits if read.valid is None else fits & read.valid
    values = np.where(fits, np.where(fits, scaled, 0.0).astype(np.int64), values)
    return values, valid | fits, read.bad


def angles(array: pa.Array, decimal: str, form: AngleForm, *, scale: float = 1.0) -> Numbers:
    """Return coordinates in degrees: decimal, DDMM.mmmm, or with minutes, seconds and hemisphere."""
    if not pa.types.is_string(array.type):
        read = numbers(array, decimal, None)
    else:
        read = _written_angles(array, decimal, form)
    if pa.types.is_string(array.type) or form is AngleForm.DEGREES:
        return read if scale == 1.0 else Numbers(read.values * scale, read.valid, read.bad)
    return Numbers(_from_ddmm(read.values), read.valid, read.bad)


def _from_ddmm(values: NDArray[Any]) -> NDArray[Any]:
    degrees: NDArray[Any] = np.trunc(values / 100)
    whole: NDArray[Any] = degrees + (values - degrees * 100) / 60
    return whole


def _written_angles(array: pa.Array, decimal: str, form: AngleForm) -> Numbers:
    values, valid = _plain(array, decimal)
    if form is AngleForm.DDMM:
        values = _from_ddmm(np.where(valid, values, 0.0))
    left = ~valid & _filled(array)
    if not left.any():
        return Numbers(np.where(valid, values, 0.0), valid)
    rest = pc.ascii_trim(array.filter(to_mask(left)), characters=_BLANKS)
    found = pc.extract_regex(pc.replace_substring(rest, ",", ".") if decimal == "," else rest, _ANGLE)
    parts = [floats(found.field(name)) for name in ("degrees", "minutes", "seconds")]
    (degrees, good), (minutes, has_minutes), (seconds, has_seconds) = parts
    if form is AngleForm.DDMM:
        degrees = np.where(has_minutes, degrees, _from_ddmm(np.where(good, degrees, 0.0)))
    got = degrees + np.where(has_minutes, minutes, 0.0) / 60 + np.where(has_seconds, seconds, 0.0) / 3600
    letters = (pc.utf8_upper(found.field(name)) for name in ("front", "back"))
    south = np.logical_or(*(is_in(letter, "S", "W") for letter in letters)) ^ is_in(found.field("sign"), "-")
    good = good & (np.where(has_minutes, minutes, 0.0) < 60) & (np.where(has_seconds, seconds, 0.0) < 60)  # noqa: PLR2004  (base 60)
    places = np.flatnonzero(left)
    values = np.where(valid, values, 0.0)
    values[places[good]] = np.where(south, -got, got)[good]
    valid = valid.copy()
    valid[places[good]] = True
    left[places[good]] = False
    return Numbers(values, valid, left if left.any() else None)


def is_in(array: pa.Array, *words: str) -> Mask:
    """Return the rows of a text column that hold one of some words."""
    return bools(pc.is_in(array, value_set=strings(words)))


def to_mask(keep: Mask) -> pa.BooleanArray:
    """Return a numpy mask, shape (n,), as an Arrow one."""
    bits = np.packbits(keep, bitorder="little")
    return pa.BooleanArray.from_buffers(pa.bool_(), len(keep), [None, pa.py_buffer(bits)], null_count=0)
