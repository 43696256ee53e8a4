"""Clocks of the databases, as expressions: no instant of the queue is that of a worker's machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import attrs
import sqlalchemy as sa

from telemparse.errors import CallError
from telemparse.runner.stamps import UtcDateTime

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

__all__ = ["SQLITE_NOW", "Clock", "PostgresClock", "SqliteClock"]

# As `stamps.utc_text` writes it; SQLite's own clock has milliseconds.
_SQLITE_STAMP = "%Y-%m-%d %H:%M:%f000"
SQLITE_NOW = f"strftime('{_SQLITE_STAMP}', 'now')"
_SECONDS_A_DAY = 86_400
_LONGEST_S = 10 * 365 * _SECONDS_A_DAY


def _checked(seconds: float) -> float:
    if not 0 <= seconds <= _LONGEST_S:
        raise CallError(f"a wait of the queue must be 0 to {_LONGEST_S} seconds, not {seconds!r}")
    return seconds


class Clock(Protocol):
    """What a database says of time."""

    def now(self) -> ColumnElement[Any]:
        """This instant."""
        ...

    def after(self, seconds: float) -> ColumnElement[Any]:
        """The instant so many seconds from now. Raises CallError for less than none, and beyond ten years."""
        ...

    def before(self, seconds: float) -> ColumnElement[Any]:
        """The instant so many seconds ago. Raises CallError as `after` does."""
        ...

    def seconds_since(self, instant: ColumnElement[Any]) -> ColumnElement[float]:
        """How long ago an instant was."""
        ...


@attrs.frozen
class PostgresClock:
    """The clock of the server; it goes on within a transaction."""

    def now(self) -> ColumnElement[Any]:
        """See `Clock`."""
        return sa.func.clock_timestamp(type_=UtcDateTime)

    def after(self, seconds: float) -> ColumnElement[Any]:
        """See `Clock`."""
        return self.now() + self._interval(seconds)

    def before(self, seconds: float) -> ColumnElement[Any]:
        """See `Clock`."""
        return self.now() - self._interval(seconds)

    def seconds_since(self, instant: ColumnElement[Any]) -> ColumnElement[float]:
        """See `Clock`."""
        return sa.cast(sa.extract("epoch", self.now() - instant), sa.Double)

    def _interval(self, seconds: float) -> ColumnElement[Any]:
        return sa.func.make_interval(0, 0, 0, 0, 0, 0, _checked(seconds), type_=sa.Interval)


@attrs.frozen
class SqliteClock:
    """The clock of this machine, which all users of the file share, as SQLite reads it."""

    def now(self) -> ColumnElement[Any]:
        """See `Clock`."""
        return self._stamp()

    def after(self, seconds: float) -> ColumnElement[Any]:
        """See `Clock`."""
        return self._stamp(f"+{_checked(seconds):.3f} seconds")

    def before(self, seconds: float) -> ColumnElement[Any]:
        """See `Clock`."""
        return self._stamp(f"-{_checked(seconds):.3f} seconds")

    def seconds_since(self, instant: ColumnElement[Any]) -> ColumnElement[float]:
        """See `Clock`."""
        days = sa.func.julianday("now", type_=sa.Double) - sa.func.julianday(instant, type_=sa.Double)
        return days * _SECONDS_A_DAY

    def _stamp(self, *shift: str) -> ColumnElement[Any]:
        return sa.func.strftime(_SQLITE_STAMP, "now", *shift, type_=UtcDateTime)
