"""Penalties: rows of a versioned table that say what an observation costs whom, and by which reason."""

from __future__ import annotations

import enum
import math
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.analysis.quality.subjects import SUBJECTS
from telemparse.errors import CallError
from telemparse.model.codes import CODES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.analysis.quality.observed import Observed

__all__ = ["Charge", "Penalty", "Side"]

_FULL = 100.0


class Side(enum.StrEnum):
    """On which side of its threshold an observation is bad."""

    ABOVE = "above"
    BELOW = "below"


class Charge(enum.StrEnum):
    """How a penalty is counted."""

    ONCE = "once"
    """The points, once the threshold is passed."""
    EACH = "each"
    """The points for each one counted, up to the cap."""
    CRITICAL = "critical"
    """No points: nothing of what it concerns may be used, whatever the numbers say."""


def _word(_row: Penalty, field: attrs.Attribute[str], value: Any) -> None:
    if not (isinstance(value, str) and value.isidentifier()):
        raise CallError(f"{field.name} of a penalty is a word, not {value!r}")


def _points(row: Penalty, field: attrs.Attribute[float], value: float) -> None:
    if not 0 <= value <= _FULL:
        raise CallError(f"{field.name} of penalty {row.name} lies within 0 and 100, not {value}")


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise CallError(f"a penalty needs a finite number, not {value!r}")
    return float(value)


def _known(row: Penalty, _field: attrs.Attribute[str], value: str) -> None:
    if value not in CODES:
        raise CallError(f"penalty {row.name} names no code of the registry: {value!r}")


def _names(value: Any) -> tuple[str, ...]:
    names = (value,) if isinstance(value, str) else tuple(value)
    strange = [name for name in names if name not in SUBJECTS]
    if strange or not names:
        raise CallError(f"penalties concern {', '.join(SUBJECTS)}, not {strange or 'nobody'}")
    return tuple(dict.fromkeys(str(name) for name in names))


def _side(value: Any) -> Side:
    if value not in tuple(Side):
        raise CallError(f"a side is {' or '.join(Side)}, not {value!r}")
    return Side(value)


def _charge(value: Any) -> Charge:
    if value not in tuple(Charge):
        raise CallError(f"a charge is one of {', '.join(Charge)}, not {value!r}")
    return Charge(value)


@attrs.frozen(kw_only=True)
class Penalty:
    """One row: what is observed, from where on it costs, how much, and whom.

    Args:
        name: of the row, unique in its table.
        observation: name of the observation that is looked at; one that could not be made costs nothing.
        side: on which side of the threshold it costs.
        threshold: number that is still good.
        points: taken from the scores, 0 to 100; 0 tells the reason and takes nothing.
        charge: once, for each one counted, or critical.
        cap: most points that `EACH` takes.
        code: of the reason, in the registry.
        concerns: signals and tasks whose scores pay.
    """

    name: str = attrs.field(validator=_word)
    observation: str = attrs.field(validator=_word)
    side: Side = attrs.field(default=Side.ABOVE, converter=_side)
    threshold: float = attrs.field(converter=_number)
    points: float = attrs.field(default=0.0, converter=_number, validator=_points)
    charge: Charge = attrs.field(default=Charge.ONCE, converter=_charge)
    cap: float = attrs.field(default=_FULL, converter=_number, validator=_points)
    code: str = attrs.field(validator=_known)
    concerns: tuple[str, ...] = attrs.field(converter=_names)

    def applies(self, observed: Observed | None) -> bool:
        """Tell whether an observation passes the threshold; one that was not made does not."""
        if observed is None or observed.value is None:
            return False
        above = observed.value > self.threshold
        return above if self.side is Side.ABOVE else observed.value < self.threshold

    def points_of(self, observed: Observed) -> float:
        """Return the points that an observation which passes the threshold costs."""
        if self.charge is Charge.EACH:
            return min(self.points * max(observed.value or 0.0, 0.0), self.cap)
        return self.points

    @classmethod
    def of(cls, mapping: Mapping[str, Any]) -> Penalty:
        """Return a row from a mapping, as of JSON or TOML; raises CallError for one that is none."""
        names = {field.name for field in attrs.fields(cls)}
        strange = sorted(set(mapping) - names)
        if strange:
            raise CallError(f"a penalty has no {', '.join(strange)}; it has {', '.join(sorted(names))}")
        missing = sorted({"name", "observation", "threshold", "code", "concerns"} - set(mapping))
        if missing:
            raise CallError(f"penalty {mapping.get('name', '?')} lacks {', '.join(missing)}")
        return cls(**mapping)
