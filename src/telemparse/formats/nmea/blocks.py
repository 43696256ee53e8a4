"""The sentences of a piece as columns, on the clock of the day: those with a time, and those without."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.formats.nmea.fields import Fields
from telemparse.formats.nmea.readings import read_fields
from telemparse.formats.nmea.sentences import TIMED, Kind
from telemparse.formats.nmea.tables import Table, chosen
from telemparse.kernels.clocks import civil_days
from telemparse.kernels.joins import last_before

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from telemparse.formats.nmea.addresses import Told
    from telemparse.formats.nmea.sentences import Sentences
    from telemparse.formats.nmea.tally import Tally
    from telemparse.kernels.arrays import Floats, Ints, Mask

__all__ = ["NO_DAY", "Block", "StatusWatch", "read_block", "read_times"]

NO_DAY = np.iinfo(np.int64).min
"""Stands for a day that a sentence does not name."""

_LAST_WITH_STATUS = Kind.GLL
_NOWHERE = -2
_WITHOUT_TIME = (Kind.VTG, Kind.GSA, Kind.HDT)
# Receivers begin with 1980 until they know better; before this year none wrote NMEA 0183 of version 2.
_FIRST_YEAR = 1990
_CENTURY = 80  # of two digits of a year: `80` is 1980 and `79` is 2079


@attrs.frozen
class Block:
    """The sentences of a piece.

    Args:
        places: of sentences that have a time, in order, shape (n,).
        of_day_ns: their times.
        days: since 1970 that they name, `NO_DAY` where they name none.
        addresses: numbers of their addresses.
        joins: which of them belong to epochs; ZDA tells the date alone.
        blanks: places of sentences of a fix that leave their time out, shape (m,).
        blank_addresses: numbers of their addresses.
        tables: columns by kind; rows count over the sentences that join, -1 for one before this piece, and
            as many as there are for one behind it.
        begins_blank: whether the first sentence of a fix leaves its time out.
    """

    places: Ints
    of_day_ns: Ints
    days: Ints
    addresses: Ints
    joins: Mask
    blanks: Ints
    blank_addresses: Ints
    tables: dict[Kind, Table]
    begins_blank: bool


@attrs.define
class StatusWatch:
    """Remembers from piece to piece what the last sentence of a fix was like.

    Args:
        void: it said that there is no fix.
        blank: it left its time out.
    """

    void: bool = False
    blank: bool = False


def read_block(
    sentences: Sentences,
    told: Told,
    tally: Tally,
    watch: StatusWatch,
    leading: frozenset[Kind] = frozenset(),
    *,
    extras: bool,
) -> Block:
    """Return the sentences of a piece as columns.

    Args:
        sentences: of the piece.
        told: what they are.
        tally: hears of what cannot be read.
        watch: of the log.
        leading: kinds that stand before the sentences with a time of their epochs.
        extras: whether to read what only channels want.
    """
    timed = np.flatnonzero((told.kinds >= 0) & (told.kinds <= TIMED))
    of_day_ns, bad = read_times(sentences, timed, told.kinds[timed], tally)
    if bad.any():
        tally.lose_times(sentences.places[timed[bad]])
        timed, of_day_ns = timed[~bad], of_day_ns[~bad]
    kinds = told.kinds[timed]
    clocked = of_day_ns >= 0
    joins = clocked & (kinds != Kind.ZDA)
    rank = np.cumsum(joins) - 1
    tables: dict[Kind, Table] = {}
    void = np.ones(len(timed), np.bool_)
    for kind in Kind:
        if kind >= TIMED:
            break
        rows = np.flatnonzero(joins & (kinds == kind))
        if len(rows):
            fields = Fields(sentences, timed[rows], tally)
            columns = read_fields(kind, fields, extras=extras)
            tables[kind] = Table(rank[rows], columns)
            if kind is Kind.RMC:
                tally.rmc_fields = max(tally.rmc_fields, fields.most)
            void[rows] = columns.get("void", False)
    days = _days(sentences, timed, kinds, void, watch, tally)
    status = kinds <= _LAST_WITH_STATUS
    blank = status & ~clocked
    places = sentences.places
    fixes = np.flatnonzero(joins | blank)
    # Each is behind the fix before it in the log, -1 stands for that of the piece before; or before the
    # next one, which may be the first of the next piece.
    own = np.where(blank[fixes], _NOWHERE, rank[fixes])
    behind = np.append(_NOWHERE if watch.blank else -1, own)
    ahead = np.append(own, np.count_nonzero(joins))
    for kind in _WITHOUT_TIME:
        rows = np.flatnonzero(told.kinds == kind)
        if len(rows):
            anchor = (ahead if kind in leading else behind)[last_before(timed[fixes], rows) + 1]
            if kind not in leading:
                rows, anchor = rows[anchor != _NOWHERE], anchor[anchor != _NOWHERE]
            # What stands ahead is read in any case, for its fix may be in the next piece.
            table = Table(anchor, read_fields(kind, Fields(sentences, rows, tally), extras=extras))
            tables[kind] = chosen(table, anchor != _NOWHERE) if kind in leading else table
    watch.blank = bool(blank[fixes[-1]]) if len(fixes) else watch.blank
    blanks = timed[blank]
    if not clocked.all():
        timed, of_day_ns, days, joins = timed[clocked], of_day_ns[clocked], days[clocked], joins[clocked]
    return Block(
        places.take(timed),
        of_day_ns,
        days,
        told.numbers.take(timed),
        joins,
        places[blanks],
        told.numbers[blanks],
        tables,
        bool(len(fixes)) and bool(blank[fixes[0]]),
    )


def read_times(sentences: Sentences, timed: Ints, kinds: NDArray[np.int8], tally: Tally) -> tuple[Ints, Mask]:
    """Return ns since midnight of sentences with a time, -1 where it is empty, and which hold no time.

    Args:
        sentences: of a piece.
        timed: which of them, ascending, shape (n,).
        kinds: of those, shape (n,).
        tally: hears of nothing here.
    """
    of_day_ns, bad = np.empty(len(timed), np.int64), np.empty(len(timed), np.bool_)
    behind = kinds == Kind.GLL
    for rows, number in ((~behind, 1), (behind, 5)):
        if rows.all():
            return Fields(sentences, timed, tally).times(number)
        if rows.any():
            of_day_ns[rows], bad[rows] = Fields(sentences, timed[rows], tally).times(number)
    return of_day_ns, bad


def _days(  # noqa: PLR0917  (the columns of one table)
    sentences: Sentences, timed: Ints, kinds: NDArray[np.int8], void: Mask, watch: StatusWatch, tally: Tally
) -> Ints:
    """Return the days that RMC and ZDA name; those that a receiver names before it has a fix are none."""
    days = np.full(len(timed), NO_DAY)
    rmc = np.flatnonzero((kinds == Kind.RMC) & ~void)
    if len(rmc):
        days[rmc] = _named(Fields(sentences, timed[rmc], tally).dates(9))
    zda = np.flatnonzero(kinds == Kind.ZDA)
    status = np.flatnonzero(kinds <= _LAST_WITH_STATUS)
    if len(zda):
        fields = Fields(sentences, timed[zda], tally)
        day, month, year = (_whole(fields.numbers(number, "date", 0, 9999), zda) for number in (2, 3, 4))
        before = last_before(status, zda)
        lost = (
            np.where(before >= 0, void[status[np.maximum(before, 0)]], watch.void)
            if len(status)
            else watch.void
        )
        days[zda] = np.where(lost, NO_DAY, _civil(year, month, day))
    if len(status):
        watch.void = bool(void[status[-1]])
    return days


def _whole(values: Floats | None, rows: Ints) -> Ints:
    return np.zeros(len(rows), np.int64) if values is None else np.nan_to_num(values).astype(np.int64)


def _named(dates: Ints) -> Ints:
    """Return the days of dates ddmmyy; -1 is none."""
    if len(dates) > 1 and (dates == dates[0]).all():
        return np.repeat(_named(dates[:1]), len(dates))
    year = dates % 100
    days = _civil(year + np.where(year < _CENTURY, 2000, 1900), dates // 100 % 100, dates // 10_000)
    return np.where(dates < 0, NO_DAY, days)


def _civil(year: Ints, month: Ints, day: Ints) -> Ints:
    days, valid = civil_days(year, month, day)
    return np.where(valid & (year >= _FIRST_YEAR), days, NO_DAY)
