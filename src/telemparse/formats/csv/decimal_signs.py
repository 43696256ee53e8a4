"""Columns whose numbers bear another decimal sign than the file's, told apart from marks of thousands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.compute as pc

from telemparse.formats.csv.assignment import NUMERIC, NUMERIC_SHARE, TYPED_SHARE
from telemparse.formats.csv.cells import CellKind, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from telemparse.formats.csv.assignment import Assignment
    from telemparse.formats.csv.profiles import Profile
    from telemparse.formats.csv.source_column import Column

__all__ = ["exchanged", "other_signs"]

_KINDS = (*NUMERIC, CellKind.COORDINATE)
_OTHER = {".": ",", ",": "."}
_GROUP = 3
_POSITION = ("lat_deg", "lon_deg")
# Nothing that a cell holds.
_HELD = "\x01"


def other_signs(assignment: Assignment, decimal: str) -> frozenset[int]:
    """Return the indices of columns in which the file's decimal sign stands nowhere and the other one does.

    Groups of three digits (`1.234`) may be thousands and prove nothing; no position has thousands of degrees.
    """
    columns = {column.index: column for column in _columns(assignment)}
    places = {measured.column.index for name, measured in assignment.gnss.items() if name in _POSITION}
    words = {channel.source.column.index for channel in assignment.channels if not channel.numeric}
    return frozenset(
        index
        for index, column in columns.items()
        if index not in words and not column.pair and _is_other(column.profile, decimal, sure=index in places)
    )


def exchanged(array: pa.Array) -> pa.Array:
    """Return texts with points for commas and commas for points."""
    for sign, instead in ((",", _HELD), (".", ","), (_HELD, ".")):
        array = pc.replace_substring(array, sign, instead)
    return array


def _columns(assignment: Assignment) -> Iterator[Column]:
    yield from (measured.column for measured in assignment.gnss.values())
    yield from (measured.column for axes in assignment.triads.values() for measured in axes)
    yield from (channel.source.column for channel in assignment.channels)
    yield from assignment.aids.values()
    yield from assignment.watched.values()
    yield from assignment.times


def _is_other(profile: Profile, decimal: str, *, sure: bool) -> bool:
    other = _OTHER[decimal]
    if not any(other in cell for cell in profile.cells) or profile.share(*_KINDS) < NUMERIC_SHARE:
        return False
    told = [cell for cell in profile.cells if kind_of(cell) in _KINDS]
    marked = [cell for cell in told if other in cell]
    proofs = sum(_is_fraction(cell, other) for cell in marked)
    alone = sum(decimal in cell for cell in told) <= (1 - TYPED_SHARE) * len(marked)
    return bool(marked) and alone and (sure or proofs > (1 - TYPED_SHARE) * len(marked))


def _is_fraction(cell: str, sign: str) -> bool:
    """Tell whether a number with a sign in it can be no thousands: `0.123`, `1234.567`, `1.25`."""
    head, _sign, tail = cell.partition(sign)
    whole = head.strip().lstrip("+-")
    digits = len(tail) - len(tail.lstrip("0123456789"))
    return digits != _GROUP or not whole or whole.startswith("0") or len(whole) > _GROUP
