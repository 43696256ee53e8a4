"""Which column of a stream becomes which column of a session, and how it is read between its samples."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa

from telemparse.kernels.arrays import numpy_view, validity
from telemparse.kernels.unique_names import UniqueNames
from telemparse.storage.session_columns import BY_CANONICAL_NAME, FIXED
from telemparse.storage.session_tables import is_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemparse.storage.session_bases import Samples
    from telemparse.storage.session_columns import StandardColumn

__all__ = ["Assignment", "FoldedNames", "assignments", "is_state", "whole_turn"]

_DIRECTIONS = re.compile(r"(^|_)(lon|course|heading|bearing|azimuth|yaw|roll)(_|$)")
_TURNS = {"deg": 360.0, "rad": 2 * np.pi}


@attrs.frozen(eq=False)
class Assignment:
    """A column of a stream and the name that it has in the session.

    Args:
        samples: stream.
        column: name in the stream.
        name: in the session.
        standard: the standard column that it is, or None.
    """

    samples: Samples
    column: str
    name: str
    standard: StandardColumn | None


@attrs.define
class FoldedNames:
    """Hands out names of which no two are equal, even where capitals do not count."""

    _names: UniqueNames = attrs.field(factory=UniqueNames)

    def take(self, wish: str) -> str:
        """Return `wish`, or `wish_2`, `wish_3`, ... when it is taken; it is taken from now on."""
        folded = wish.lower()
        return wish + self._names.take(folded).removeprefix(folded)


def assignments(samples: Sequence[Samples]) -> tuple[list[Assignment], tuple[str, ...]]:
    """Return all columns with a value under their names in the session, and those without any value.

    Of several columns that could be a standard one, the first in order of authority is; the others keep their
    canonical names as auxiliary ones.

    Args:
        samples: streams in order of authority.
    """
    names = FoldedNames()
    for fixed in FIXED:
        names.take(fixed)
    given: set[str] = set()
    found: list[Assignment] = []
    empty: list[str] = []
    for each in samples:
        for field, column in zip(each.table.schema, each.table.columns, strict=True):
            if field.name == "t":
                continue
            if column.null_count == len(column):
                empty.append(f"{each.stream}/{field.name}")
                continue
            standard = _standard(each.stream, field)
            if standard is None or standard.name in given:
                found.append(Assignment(each, field.name, names.take(field.name), None))
            else:
                given.add(standard.name)
                found.append(Assignment(each, field.name, standard.name, standard))
    return found, tuple(empty)


def _standard(stream: str, field: pa.Field) -> StandardColumn | None:
    standard = BY_CANONICAL_NAME.get(field.name)
    if standard is None or not is_number(field.type):
        return None
    kind = stream.partition(".")[0]
    of_positions = field.name in {"lat_deg", "lon_deg"}
    if kind == "gnss_pvt" or (kind == "channels" and not of_positions):
        return standard
    return None


def is_state(field: pa.Field, column: pa.ChunkedArray) -> bool:
    """Tell whether values stand for states, between which there is nothing: gears, words, whole numbers.

    Floats do where they are whole throughout and nobody tells a unit.
    """
    if not pa.types.is_floating(field.type) or field.name == "gear":
        return True
    if (field.metadata or {}).get(b"unit", b"") not in {b"", b"1"}:
        return False
    values = numpy_view(column)[validity(column)]
    return bool((values == np.floor(values)).all())


def whole_turn(field: pa.Field) -> float | None:
    """Return the value of a whole turn where a column holds directions that begin anew after one."""
    unit = (field.metadata or {}).get(b"unit", b"").decode("utf-8", "replace")
    return _TURNS.get(unit) if _DIRECTIONS.search(field.name) else None
