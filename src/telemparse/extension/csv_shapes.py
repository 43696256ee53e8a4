"""The shape of a headerless file, as a dialect declares it: what each column holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from telemparse.errors import CallError
from telemparse.extension import declarations as told

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["NumberRange", "Shape"]

_MOST_DECIMALS = 17
_AXES = 3


@attrs.frozen(kw_only=True)
class NumberRange:
    """What a column of a headerless file holds.

    Args:
        low, high: bounds of the values, inclusive.
        decimals: fewest digits after the point in every cell.
        rising: values never fall.
    """

    low: float = float("-inf")
    high: float = float("inf")
    decimals: int = attrs.field(default=0, validator=told.whole(0, _MOST_DECIMALS))
    rising: bool = False

    def __attrs_post_init__(self) -> None:
        if not (told.is_number(self.low) and told.is_number(self.high) and self.low <= self.high):
            raise CallError(f"a range needs low <= high, not {self.low!r} and {self.high!r}")


def _ranges(_shape: Any, _field: Any, value: tuple[object, ...]) -> None:
    if not value or not all(isinstance(each, NumberRange) for each in value):
        raise CallError("the columns of a shape are NumberRange values, one for each column")


def _indices(value: Iterable[int] | None) -> tuple[Any, ...] | None:
    return None if value is None else told.several(value)


@attrs.frozen(kw_only=True)
class Shape:
    """The fingerprint of a headerless file: one range a column, and three that form a unit vector.

    Args:
        columns: one range for each column, in order.
        unit_vector: indices of three columns whose median length is 1 within `tolerance` (gravity in g).
        tolerance: of that length, above 0 and below 1.
    """

    columns: tuple[NumberRange, ...] = attrs.field(converter=told.several, validator=_ranges)
    unit_vector: tuple[int, int, int] | None = attrs.field(default=None, converter=_indices)
    tolerance: float = 0.1

    def __attrs_post_init__(self) -> None:
        axes = range(len(self.columns))
        vector = self.unit_vector
        if vector is not None and not (len({*vector} & {*axes}) == len(vector) == _AXES):
            raise CallError(f"unit_vector names three different columns of {len(axes)} from 0, not {vector}")
        if not (told.is_number(self.tolerance) and 0 < self.tolerance < 1):
            raise CallError(f"tolerance must be above 0 and below 1, not {self.tolerance!r}")
