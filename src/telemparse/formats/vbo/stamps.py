"""When a VBO file says that it was created or begun: the line above the sections, and comments."""

from __future__ import annotations

import datetime as dt
import enum
import re
from typing import TYPE_CHECKING

import attrs

from telemparse.kernels.clocks import DAY_NS, NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Created", "Zone", "created"]

_TIME = (
    r"(?:[^\d\n]{1,20}(?P<hour>\d{1,2}):?(?P<minute>\d\d)(?::?(?P<second>\d\d))?(?:\.\d*)?"
    r"\s*(?P<half>[ap]m)?)?"
)
# Day first as Racelogic writes it, and the forms of converters.
_CREATED = tuple(
    re.compile(rf"{date}{_TIME}", re.IGNORECASE | re.ASCII)
    for date in (
        r"file created(?: on)?\s+(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4}|\d\d)(?!\d)",
        r"file created(?: on)?\s+(?P<year>\d{4})(?P<gap>[/.-]?)(?P<month>\d\d)(?P=gap)(?P<day>\d\d)(?!\d)",
    )
)
_STARTED = (
    re.compile(
        rf"\s*utc date started\s*:\s*(?P<day>\d\d)/(?P<month>\d\d)/(?P<year>\d{{4}}){_TIME}", re.IGNORECASE
    ),
)
_HALF_HOURS = 12
_CENTURY_PIVOT = 80  # two digits: the GPS epoch lies in 1980
_EPOCH = dt.date(1970, 1, 1)
_MONTHS = 12
_FIRST_YEAR, _LAST_YEAR = 1980, 2200


class Zone(enum.Enum):
    """Whose clock a stamp is of."""

    UNKNOWN = "unknown"
    UTC = "UTC"


@attrs.frozen
class Created:
    """When a file says that it was created.

    Args:
        day: days since 1970-01-01.
        of_day_ns: time of day, None where only the date is written.
        zone: of the clock.
    """

    day: int
    of_day_ns: int | None
    zone: Zone = Zone.UNKNOWN


def created(preamble: Sequence[str], comments: Sequence[str] = ()) -> Created | None:
    """Return the stamp of a head, None without one.

    Day before month; month before day where nothing else is a date. RaceBox says in its comments when the
    recording began by UTC, which is better than when the file was created.
    """
    return _stamp(comments, _STARTED, Zone.UTC) or _stamp(preamble, _CREATED, Zone.UNKNOWN)


def _stamp(lines: Sequence[str], forms: Sequence[re.Pattern[str]], zone: Zone) -> Created | None:
    matches = (form.search(line[:200]) for line in lines for form in forms)
    found = next((match for match in matches if match), None)
    if found is None:
        return None
    day, month, year = (int(found[part]) for part in ("day", "month", "year"))
    if len(found["year"]) == 2:  # noqa: PLR2004  (digits)
        year += 2000 if year < _CENTURY_PIVOT else 1900
    if month > _MONTHS >= day:
        day, month = month, day
    try:
        days = (dt.date(year, month, day) - _EPOCH).days
    except ValueError:
        return None
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    return Created(days, _of_day_ns(found), zone)


def _of_day_ns(found: re.Match[str]) -> int | None:
    if not found["hour"]:
        return None
    hour, minute, second = (int(found[part] or 0) for part in ("hour", "minute", "second"))
    if found["half"]:
        hour = hour % _HALF_HOURS + _HALF_HOURS * (found["half"].lower() == "pm")
    of_day_ns = ((hour * 60 + minute) * 60 + second) * NS_PER_S
    return of_day_ns if of_day_ns < DAY_NS else None
