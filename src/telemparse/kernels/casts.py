"""Text columns to numbers and instants: one Arrow cast where all is well, a slower tolerant way where not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from telemparse.kernels.arrays import bools, numpy_view, to_arrow, validity
from telemparse.kernels.texts import blank, only

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemparse.kernels.arrays import Floats, Ints, Mask

__all__ = ["Strings", "floats", "instants"]

Strings: TypeAlias = "pa.StringArray | pa.LargeStringArray | pa.ChunkedArray"

_BLANKS = "\t\n\v\f\r "
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"

# ISO 8601 extended form (clause 5.4); `T` or blanks between day and time, as RFC 3339 section 5.6 allows.
_INSTANT = (
    r"^(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?:[Tt]|[ \t]+)"
    r"(?P<hour>\d{2})(?::(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d+))?)?)?"
    r"[ \t]*(?P<zone>[Zz]|[+-]\d{2}(?::?\d{2})?|)$"
)
_USUAL = (
    r"^(1[7-9]|2[01])\d{2}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[T ]"
    r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?"
)
_ZONED = _USUAL + r"(Z|[+-]([01]\d|2[0-3]):?[0-5]\d)$"
_NAIVE = _USUAL + "$"
_ENDS_IN_ZONE = re.compile(rb"(?:Z|[+-]\d{2}(?::?\d{2})?)\Z")
_NO_OFFSET = 1_000_000
_NS_PER_S = 1_000_000_000
_FRACTION_DIGITS = 9
_DATE_LENGTH = len("2000-01-01")

# Years that 64 bits of nanoseconds hold completely, so that no sum can overflow.
_FIRST_YEAR, _LAST_YEAR = 1678, 2261
_FIRST_NS, _END_NS = (
    int(np.datetime64(f"{year}-01-01", "ns").astype(np.int64)) for year in (_FIRST_YEAR, _LAST_YEAR + 1)
)


def floats(strings: Strings) -> tuple[Floats, Mask]:
    """Return decimal numbers and a mask of those that are valid, both of shape (n,).

    Surrounding ASCII blanks are allowed. Null, blank, NaN, infinite, too large for 64 bits and
    everything that is not a plain decimal number (`1e3` is one, `1_000` and `0x1` are not) is
    invalid; the value there is NaN.
    """
    return _by_chunk(strings, _floats)


def instants(strings: Strings) -> tuple[Ints, Mask, Mask]:
    """Return ns since 1970-01-01T00:00:00Z, a mask of valid ones and one of those with a zone; each (n,).

    Takes `2024-05-04T10:20:30.25Z`: `T` or blanks in the middle, a zone of `Z`, `+02`, `+0200` or
    `+02:00` or none, any number of fraction digits (those beyond nanoseconds are cut off), a leap
    second `:60` (the instant after `:59`), `24:00:00` as the day's end, surrounding ASCII blanks.
    Minutes and seconds may be absent, the hour may not. Without a zone the value is the wall clock's
    own, as if it were UTC. Null, anything else, and years outside 1678 to 2261 are invalid; the value
    there is 0.
    """
    return _by_chunk(strings, _instants)


def _by_chunk(strings: Strings, cast: Callable[[Any], tuple[Any, ...]]) -> tuple[Any, ...]:
    if not isinstance(strings, pa.ChunkedArray):
        return cast(strings)
    if strings.num_chunks == 1:
        return cast(strings.chunk(0))
    parts = [cast(chunk) for chunk in strings.chunks] or [cast(pa.nulls(0, pa.string()))]
    return tuple(np.concatenate(columns) for columns in zip(*parts, strict=True))


def _tried(strings: pa.Array, kind: pa.DataType) -> pa.Array | None:
    try:
        return pc.cast(strings, kind)
    except pa.ArrowInvalid:
        return None


def _trimmed(strings: pa.Array) -> pa.Array:
    return pc.ascii_trim(strings, characters=_BLANKS)


def _floats(strings: pa.Array) -> tuple[Floats, Mask]:
    numbers = _tried(strings, pa.float64())
    if numbers is None:
        trimmed = _trimmed(strings)
        plain = bools(pc.match_substring_regex(trimmed, _NUMBER))
        numbers = pc.cast(only(trimmed, plain), pa.float64())
    values: Floats = numpy_view(numbers)
    valid = np.isfinite(values) & validity(numbers)
    return (values if valid.all() else np.where(valid, values, np.nan)), valid


def _instants(strings: pa.Array) -> tuple[Ints, Mask, Mask]:
    whole = _uniform(strings)
    if whole is not None:
        return whole
    # One odd row must not slow down a million good ones: only what C does not take is decoded here.
    text = _trimmed(strings)
    columns = (np.zeros(len(text), np.int64), np.zeros(len(text), np.bool_), np.zeros(len(text), np.bool_))
    left = np.ones(len(text), np.bool_)
    for shape in (_ZONED, _NAIVE):
        rows = left & bools(pc.match_substring_regex(text, shape))
        part = _uniform(text.take(to_arrow(np.flatnonzero(rows), pa.int64())))
        if part is not None:
            _put(columns, rows, part)
            left &= ~rows
    _put(columns, left, _decoded(text.take(to_arrow(np.flatnonzero(left), pa.int64()))))
    return columns


def _put(columns: tuple[Ints, Mask, Mask], rows: Mask, part: tuple[Ints, Mask, Mask]) -> None:
    for column, values in zip(columns, part, strict=True):
        column[rows] = values


def _uniform(strings: pa.Array) -> tuple[Ints, Mask, Mask] | None:
    """Cast a column whose rows all have a zone, or all have none; None where Arrow refuses."""
    # A refused cast costs more than a good one, so the first row says which of the two to try.
    first = strings.slice(0, 1).cast(pa.large_binary())
    has_zone = not len(first) or _ENDS_IN_ZONE.search(first[0].as_py() or b"", _DATE_LENGTH) is not None
    # Arrow takes a bare date for midnight; here that is no instant.
    if not has_zone and (pc.min(pc.binary_length(strings)).as_py() or 0) <= _DATE_LENGTH:
        return None
    stamps = _tried(strings, pa.timestamp("ns", "UTC" if has_zone else None))
    return None if stamps is None else _within(stamps, has_zone=has_zone)


def _within(stamps: pa.Array, *, has_zone: bool) -> tuple[Ints, Mask, Mask]:
    ns: Ints = numpy_view(stamps)
    valid = validity(stamps) & (ns >= _FIRST_NS) & (ns < _END_NS)
    return (ns if valid.all() else np.where(valid, ns, 0)), valid, valid & has_zone


def _decoded(strings: pa.Array) -> tuple[Ints, Mask, Mask]:
    """Decode field by field what Arrow's cast does not take; linear, all in C."""
    fields = pc.extract_regex(strings, _INSTANT)
    matched = validity(fields)

    def number(text: pa.Array) -> Ints:
        digits = pc.cast(pc.ascii_lpad(text, 1, padding="0"), pa.int64())
        return np.where(validity(digits), numpy_view(digits), 0)

    year, month, day, hour, minute, second = (
        number(fields.field(name)) for name in ("year", "month", "day", "hour", "minute", "second")
    )
    fraction = pc.utf8_slice_codeunits(fields.field("fraction"), 0, _FRACTION_DIGITS)
    fraction_ns = number(pc.ascii_rpad(fraction, _FRACTION_DIGITS, padding="0"))
    zone = fields.field("zone")
    offset_s, zone_valid = _offsets(zone)

    month_index = (year - 1970) * 12 + np.clip(month, 1, 12) - 1
    first = month_index.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    after = (month_index + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    midnight = (hour == 24) & (minute == 0) & (second == 0) & (fraction_ns == 0)  # noqa: PLR2004  (the day's end)
    valid = (
        matched
        & zone_valid
        & (year >= _FIRST_YEAR - 1)
        & (year <= _LAST_YEAR + 1)
        & (month >= 1)
        & (month <= 12)  # noqa: PLR2004  (calendar)
        & (day >= 1)
        & (day <= after - first)
        & ((hour <= 23) | midnight)  # noqa: PLR2004  (clock)
        & (minute <= 59)  # noqa: PLR2004  (clock)
        & (second <= 60)  # noqa: PLR2004  (leap second)
    )
    seconds = (first + day - 1) * 86_400 + hour * 3600 + minute * 60 + second - offset_s
    valid &= (seconds >= _FIRST_NS // _NS_PER_S) & (seconds < _END_NS // _NS_PER_S)
    ns = np.where(valid, seconds, 0) * _NS_PER_S + np.where(valid, fraction_ns, 0)
    return ns, valid, valid & ~blank(zone)


def _offsets(zones: pa.Array) -> tuple[Ints, Mask]:
    """Return seconds east of UTC of `Z`, ``, `+02`, `+0200`, `+02:00`, and whether they can be."""
    names = zones.dictionary_encode()
    known: list[int] = []
    for name in names.dictionary.to_pylist():
        digits = name[1:].replace(":", "").ljust(4, "0") if name[1:] else "0000"
        hours, minutes = int(digits[:2]), int(digits[2:])
        sign = -1 if name.startswith("-") else 1
        known.append(sign * (hours * 3600 + minutes * 60) if hours <= 23 and minutes <= 59 else _NO_OFFSET)  # noqa: PLR2004  (clock)
    codes = np.where(validity(names.indices), numpy_view(names.indices), len(known))
    offsets = np.array([*known, _NO_OFFSET], np.int64)[codes]
    valid = offsets != _NO_OFFSET
    return np.where(valid, offsets, 0), valid
