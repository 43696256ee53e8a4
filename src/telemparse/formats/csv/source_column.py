"""One column of a source: where it stands, what it is taken for, and on whose word."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from telemparse.formats.csv.profiles import Profile
    from telemparse.formats.csv.vocabulary import Quantity
    from telemparse.kernels.units import Unit

__all__ = ["Basis", "Column"]


class Basis(enum.IntEnum):
    """Who says what a column means; a lower one outweighs a higher one."""

    OPTION = 0
    DIALECT = 1
    HEADER = 2


@attrs.frozen(kw_only=True)
class Column:
    """One source column and what it is taken for.

    Args:
        index: from 0.
        source: header cell as written, or `column_<n>` (from 1) without a header.
        quantity: what it means; None for an auxiliary channel.
        name: of an auxiliary channel when somebody gave one.
        qualifier: format behind the colon of a spec that is no unit (`dmy`, `s`).
        unit: stated unit, or None.
        unit_text: as the source writes it.
        base: header cell without a unit in brackets.
        unit_is_default: the unit is a dialect's default and may be another one in this file.
        rank: how telling its word is.
        basis: who says so.
        origin: word of the file's row of sources, empty without one.
        pair: what the cells hold where this is one of the two coordinates in them (`lat_lon`), else empty.
        place: of this coordinate in the cell, 0 or 1.
        whole: the column of which this is a part, None for one that is whole.
        profile: of its sampled cells.
    """

    index: int
    source: str
    quantity: Quantity | None = None
    name: str = ""
    qualifier: str = ""
    unit: Unit | None = None
    unit_text: str = ""
    base: str = ""
    unit_is_default: bool = False
    rank: int = 0
    basis: Basis = Basis.HEADER
    origin: str = ""
    pair: str = ""
    place: int = 0
    whole: Column | None = None
    profile: Profile = attrs.field(repr=False)

    def auxiliary(self) -> Column:
        """Return the same column as a channel under its own name; a part stands for the whole of it."""
        return self.whole if self.whole is not None else attrs.evolve(self, quantity=None)
