"""Dates, times of day, stamps and offsets as people write them, from Arrow text to integers."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from telemparse.kernels.arrays import bools, numpy_view, validity
from telemparse.kernels.clocks import DAY_NS, NS_PER_S, civil_days
from telemparse.kernels.texts import blank, only, strings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Ints, Mask

__all__ = ["MONTHS", "DateOrder", "dates", "offsets_ns", "stamps", "times_of_day"]

_BLANKS = " \t\r\n\v\f"
_CENTURY_PIVOT = 80  # the GPS epoch lies in 1980: `79` is 2079, `80` is 1980
_MAX_OFFSET_H = 15
_LAST_DAY, _DAY_DIGITS = 31, 2

# English, German, French, Italian and Spanish month names by their first letters, accents left out.
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan gen ene janv", "feb fev fevr", "mar mrz maer mars", "apr avr abr avri", "may mai mag",
            "jun giu juin",
            "jul lug juil", "aug ago aou aout", "sep set sept", "oct okt ott", "nov", "dec dez dic",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip


class DateOrder(enum.StrEnum):
    """The order of year, month and day in a date."""

    YMD = "ymd"
    DMY = "dmy"
    MDY = "mdy"


_SEPARATED = r"^(?P<a>\d{1,4})[-/. ](?P<b>\d{1,2}|[A-Za-z]{3,9})\.?[-/., ]+(?P<c>\d{1,4})$"
_NAMED_FIRST = r"^(?P<a>[A-Za-z]{3,9})\.?[-/. ]+(?P<b>\d{1,2})[,]?[-/. ]+(?P<c>\d{4})$"
_COMPACT_8 = {
    DateOrder.YMD: r"^(?P<a>\d{4})(?P<b>\d{2})(?P<c>\d{2})$",
    DateOrder.DMY: r"^(?P<a>\d{2})(?P<b>\d{2})(?P<c>\d{4})$",
    DateOrder.MDY: r"^(?P<a>\d{2})(?P<b>\d{2})(?P<c>\d{4})$",
}
# A leading zero of YYMMDD or DDMMYY is lost where a spreadsheet took it for a number.
_COMPACT_6 = r"^(?P<a>\d{1,2})(?P<b>\d{2})(?P<c>\d{2})$"


def dates(texts: pa.Array, order: DateOrder) -> tuple[Ints, Mask]:
    """Return days since 1970-01-01 of dates as text, shape (n,), and a mask of valid ones (0 elsewhere).

    Takes `2025-07-24`, `24.07.2025`, `7/24/25`, `24-JUL-25`, `Jul 24, 2025` (a month's name decides by
    itself), and the compact `250724` or `20250724`, in the given order of parts. Years of two digits
    lie in 1980 to 2079. A four-digit year in front is YMD whatever `order` says.
    """
    encoded = _whole(texts).dictionary_encode()
    words = pc.ascii_trim(encoded.dictionary.cast(pa.string()), characters=_BLANKS)
    days, valid = np.zeros(len(words), np.int64), np.zeros(len(words), np.bool_)
    for pattern in (_SEPARATED, _COMPACT_8[order], _COMPACT_6, _NAMED_FIRST):
        found = pc.extract_regex(words, pattern)
        rows = validity(found) & ~valid
        if rows.any():
            parts = tuple(found.field(name) for name in "abc")
            got, good = _ordered(parts, DateOrder.MDY if pattern is _NAMED_FIRST else order)
            days[rows & good] = got[rows & good]
            valid |= rows & good
    return _spread(encoded, days, valid)


def _ordered(parts: tuple[pa.Array, ...], order: DateOrder) -> tuple[Ints, Mask]:
    a, b, c = (_small_ints(part) for part in parts)
    which = np.full(len(a), tuple(DateOrder).index(order))
    which[bools(pc.match_substring_regex(parts[1], "^[A-Za-z]"))] = tuple(DateOrder).index(DateOrder.DMY)
    which[(numpy_view(pc.binary_length(parts[0])) > _DAY_DIGITS) & (a > _LAST_DAY)] = tuple(DateOrder).index(
        DateOrder.YMD
    )
    year, month, day = np.choose(which, (a, c, c)), np.choose(which, (b, b, a)), np.choose(which, (c, a, b))
    return civil_days(_full_year(year), month, day)


def _small_ints(texts: pa.Array) -> Ints:
    """Return numbers of up to four digits, and months by name; -1 where there is none."""
    encoded = texts.dictionary_encode()
    values = [
        -1 if word is None else int(word) if word.isdigit() else _month(word)
        for word in encoded.dictionary.to_pylist()
    ]
    table: Ints = np.array([*values, -1], np.int64)
    codes = np.where(validity(encoded), numpy_view(encoded.indices), len(values))
    numbers: Ints = table[codes]
    return numbers


def _month(word: str) -> int:
    low = word.lower()
    return MONTHS.get(low[:4], MONTHS.get(low[:3], -1))


def _full_year(year: Ints) -> Ints:
    short = (year >= 0) & (year < 100)  # noqa: PLR2004  (digits)
    return np.where(short, year + np.where(year < _CENTURY_PIVOT, 2000, 1900), year)


_CLOCK = (
    r"^(?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2})(?:[.,:](?P<f>\d+))?)?[ ]*(?P<half>[AaPp]\.?[Mm]?\.?)?$"
)
_DIGITS = r"^(?P<h>\d{1,2})(?P<m>\d{2})(?P<s>\d{2})(?:[.,](?P<f>\d+))?(?P<half>)$"
_SHORT_DIGITS = r"^(?P<h>)(?P<m>\d{0,2}?)(?P<s>\d{1,2})(?:[.,](?P<f>\d+))?(?P<half>)$"


def times_of_day(texts: pa.Array) -> tuple[Ints, Mask]:
    """Return ns since midnight of times as text, shape (n,), and a mask of valid ones (0 elsewhere).

    Takes `17:34`, `17:34:18.250` (also with a comma), `5:34:18 PM`, the compact `173418.25`, and compact
    ones that lost leading zeros (`418` is 00:04:18). A leap second `:60` is the instant after `:59`.
    """
    text = pc.ascii_trim(_whole(texts), characters=_BLANKS)
    ns, valid = np.zeros(len(text), np.int64), np.zeros(len(text), np.bool_)
    for pattern in (_CLOCK, _DIGITS, _SHORT_DIGITS):
        if valid.all():
            break
        found = pc.extract_regex(text, pattern)
        rows = validity(found) & ~valid
        if not rows.any():
            continue
        hour, minute, second = (_whole_number(found.field(name)) for name in "hms")
        half = pc.utf8_lower(pc.utf8_slice_codeunits(found.field("half"), 0, 1))
        hour = _with_half(hour, half)
        fraction = _fraction_ns(found.field("f"))
        good = rows & (hour <= 23) & (minute <= 59) & (second <= 60)  # noqa: PLR2004  (clock)
        value = ((hour * 60 + minute) * 60 + second) * NS_PER_S + fraction
        ns[good] = value[good]
        valid |= good
    return ns, valid


def _with_half(hour: Ints, half: pa.Array) -> Ints:
    """Turn hours of a twelve-hour clock into those of the day; an hour that such a clock lacks becomes 99."""
    after = _equal(half, "p")
    twelve = after | _equal(half, "a")
    odd = twelve & ((hour < 1) | (hour > 12))  # noqa: PLR2004  (clock)
    return np.where(odd, 99, np.where(twelve, hour % 12 + 12 * after, hour))


def _equal(texts: pa.Array, *words: str) -> Mask:
    return bools(pc.is_in(texts, value_set=strings(words)))


def _whole(texts: pa.Array | pa.ChunkedArray) -> pa.Array:
    if isinstance(texts, pa.ChunkedArray):
        return texts.chunk(0) if texts.num_chunks == 1 else pa.concat_arrays(texts.chunks)
    return texts


def _spread(encoded: pa.DictionaryArray, values: NDArray[Any], valid: Mask) -> tuple[Ints, Mask]:
    """Return what was found for the distinct words at the place of each row; nulls are invalid."""
    codes = np.where(validity(encoded), numpy_view(encoded.indices), len(values))
    return np.append(values, 0)[codes], np.append(valid, [False])[codes]


def _whole_number(digits: pa.Array) -> Ints:
    """Return short digit strings as integers; null and nothing are 0."""
    there = ~blank(digits)
    return np.where(there, numpy_view(pc.cast(only(digits, there), pa.int64())), 0)


def _fraction_ns(digits: pa.Array) -> Ints:
    """Return the digits after the point as ns; those beyond the ninth are cut off."""
    padded = pc.utf8_rpad(pc.utf8_slice_codeunits(digits, 0, 9), 9, "0")
    return np.where(validity(padded), numpy_view(pc.cast(padded, pa.int64())), 0)


# Day first, then clock and zone; an ISO stamp with a `T` matches too, in its basic form as well.
_STAMP = (
    r"^(?P<date>[^:]*?[^:\sT])(?:[ ,;_]+|T)"
    r"(?P<clock>\d{1,2}:[\d:.,]+(?:[ ]?[AaPp]\.?[Mm]\.?)?|\d{6}(?:[.,]\d+)?)"
    r"[ ]*(?P<zone>[Zz]|UTC|GMT|utc|gmt|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?)?$"
)
_WEEKDAY = r"^[A-Za-z]{2,9}\.?,?[ ]+(\d|[A-Za-z]{3,9}\.?[ ]+\d)"


def stamps(texts: pa.Array, order: DateOrder) -> tuple[Ints, Mask, Mask]:
    """Return ns since 1970-01-01 of `date time [zone]` texts, a mask of valid ones, one of those with a zone.

    Takes every date of `dates` with every clock of `times_of_day` behind it. The value is in UTC where a
    zone stands, else the wall clock's own as if it were UTC; 0 where invalid. A date alone is no instant.
    """
    found = pc.extract_regex(pc.ascii_trim(_whole(texts), characters=_BLANKS), _STAMP)
    days, dated = dates(found.field("date"), order)
    of_day_ns, clocked = times_of_day(found.field("clock"))
    zones = found.field("zone")
    offset_ns, zone_valid = offsets_ns(zones)
    unsaid = blank(zones)
    valid = validity(found) & dated & clocked & (zone_valid | unsaid)
    ns = days * DAY_NS + of_day_ns - np.where(unsaid, 0, offset_ns)
    return np.where(valid, ns, 0), valid, valid & ~unsaid


def offsets_ns(texts: pa.Array) -> tuple[Ints, Mask]:
    """Return UTC offsets as text (`+02:00`, `-7`, `+0530`, `Z`, `UTC+2`) in ns east of UTC, and a mask."""
    encoded = _whole(texts).dictionary_encode()
    words = pc.ascii_trim(encoded.dictionary.cast(pa.string()), characters=_BLANKS)
    found = pc.extract_regex(words, r"^(?:UTC|GMT|utc|gmt)?(?P<sign>[+-]?)(?P<h>\d{1,2}):?(?P<m>\d{2})?$")
    hours, minutes = _whole_number(found.field("h")), _whole_number(found.field("m"))
    sign = np.where(_equal(found.field("sign"), "-"), -1, 1)
    named = _equal(pc.utf8_upper(words), "Z", "UTC", "GMT")
    valid = named | (validity(found) & (hours <= _MAX_OFFSET_H) & (minutes <= 59))  # noqa: PLR2004  (clock)
    values = np.where(named, 0, sign * (hours * 60 + minutes) * 60 * NS_PER_S)
    return _spread(encoded, np.where(valid, values, 0), valid)
