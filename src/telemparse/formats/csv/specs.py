"""The small language in which users and dialects name columns, `canonical[:unit or format]`, understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse.formats.csv.headers import read_heading
from telemparse.formats.csv.pairs import PAIRS
from telemparse.formats.csv.vocabulary import QUANTITIES, Role, meaning_of, squash
from telemparse.kernels.units import find_unit

if TYPE_CHECKING:
    from telemparse.formats.csv.vocabulary import Quantity
    from telemparse.kernels.units import Unit

__all__ = ["Spec", "read_spec"]


@attrs.frozen
class Spec:
    """What a user or a dialect says of a column.

    Args:
        quantity: meant, None for an auxiliary channel.
        name: as written before the colon.
        qualifier: format behind the colon that is no unit (`dmy`).
        unit, unit_text: behind the colon.
        own_unit: that the name itself states (`speed_mps`).
        is_default: the unit holds only where the file names none.
    """

    quantity: Quantity | None
    name: str
    qualifier: str
    unit: Unit | None
    unit_text: str
    own_unit: Unit | None = None
    is_default: bool = False


def read_spec(text: str) -> Spec:
    """Return what `canonical[:unit or format]` says; an unknown name is one of an auxiliary channel."""
    word, _colon, tail = text.partition(":")
    is_default = tail.endswith("?")
    tail = tail.rstrip("?")
    unit = find_unit(tail) if tail else None
    if word.strip() in PAIRS:
        return Spec(PAIRS[word.strip()], word.strip(), "", unit, tail, None, is_default)
    # A canonical name is itself before it is another's word in a header: `time` is the time of a day.
    named = (QUANTITIES.get((word.strip(), role)) for role in (Role.GNSS, Role.TIME))
    found = next(filter(None, named), None) or _meaning(word)
    own = read_heading(word)
    if found is None:
        found = own.quantity
    if found is not None and found.role is Role.TIME:
        # `t:s` names a scale of the clock, `date:dmy` an order of parts.
        return Spec(found, word.strip(), tail.strip().lower(), unit, tail)
    return Spec(found, word.strip(), "" if unit else tail.strip().lower(), unit, tail, own.unit, is_default)


def _meaning(word: str) -> Quantity | None:
    found = meaning_of(squash(word))
    return found[0] if found else None
