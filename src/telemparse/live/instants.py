"""Instants of messages: RFC 3339 to nanoseconds since 1970 and back."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

__all__ = ["instant", "instant_text"]

_FORM = re.compile(
    r"(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d):(\d\d)(?:\.(\d{1,9}))?(?:([Zz])|([+-])(\d\d):(\d\d))", re.ASCII
)
_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001  (both ends of the difference are UTC)
_SECOND_NS = 10**9
_MINUTE_S, _LAST_SECOND, _LAST_HOUR, _LAST_MINUTE = 60, 59, 23, 59
_END_S = 9_214_646_400  # 2262-01-01, the last whole year that 64 bits of nanoseconds hold


def instant(text: str) -> int:
    """Return the instant that a text means, ns since 1970 UTC.

    Args:
        text: RFC 3339 with an offset or Z, years 1970 to 2261, fractions of up to nine digits.

    Raises ValueError, in words without the text, for any other.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError("it must be RFC 3339 with an offset from UTC or Z")
    minute, second, fraction, _zulu, sign, hours, minutes = found.groups()
    seconds = int(second)
    if seconds > _LAST_SECOND:
        raise ValueError("it has no such second; leap seconds are not counted")
    total_s = _minute_s(minute) + seconds
    if sign is not None:
        if int(hours) > _LAST_HOUR or int(minutes) > _LAST_MINUTE:
            raise ValueError("its offset from UTC cannot be")
        offset_s = int(hours) * 3600 + int(minutes) * _MINUTE_S
        total_s += offset_s if sign == "-" else -offset_s
    if not 0 <= total_s < _END_S:
        raise ValueError("it must be in the years 1970 to 2261")
    return total_s * _SECOND_NS + (int(fraction.ljust(9, "0")) if fraction else 0)


def instant_text(t_ns: int) -> str:
    """Return an instant as RFC 3339 in UTC with Z, and three, six or nine digits as it needs.

    Args:
        t_ns: since 1970 UTC.
    """
    total_s, rest_ns = divmod(t_ns, _SECOND_NS)
    minute, second = divmod(total_s, _MINUTE_S)
    if not rest_ns % 1_000_000:
        return f"{_minute_text(minute)}:{second:02d}.{rest_ns // 1_000_000:03d}Z"
    if not rest_ns % 1_000:
        return f"{_minute_text(minute)}:{second:02d}.{rest_ns // 1_000:06d}Z"
    return f"{_minute_text(minute)}:{second:02d}.{rest_ns:09d}Z"


# Messages come in the order of time: most of them share their minute with the one before.
@lru_cache(maxsize=4096)
def _minute_s(text: str) -> int:
    try:
        moment = dt.datetime.fromisoformat(text.replace("t", "T"))
    except ValueError:
        raise ValueError("there is no such day or time") from None
    return round((moment - _EPOCH).total_seconds())


@lru_cache(maxsize=4096)
def _minute_text(minute: int) -> str:
    return (_EPOCH + dt.timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M")
