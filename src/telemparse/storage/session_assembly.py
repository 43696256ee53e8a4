"""One table of tables of laps: absent columns become null, units and types are made one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from telemparse.kernels.arrays import to_arrow
from telemparse.storage.session_columns import (
    FIXED,
    LAP_NUMBER,
    STANDARD,
    TIME,
    column_field,
    field_facts,
    standard_field,
)  # fmt: skip
from telemparse.storage.session_failures import violation
from telemparse.storage.session_tables import MOST_PIECES, check_names, check_time, check_type, is_number
from telemparse.storage.session_units import in_unit, unit_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemparse.storage.session_values import LapTelemetry

__all__ = ["assembled"]

_MOST_LAP = 2**31 - 1


def assembled(laps: Sequence[LapTelemetry]) -> pa.Table:
    """Return the table of a session from tables of laps, in the order in which they come.

    Raises SessionFailed for columns that clash, units of different kinds, types that cannot be one column,
    and times that are unknown or run backwards.
    """
    names = dict.fromkeys(FIXED)
    for lap in laps:
        check_names(lap.table.column_names)
        _check_lap(lap)
        names.update(dict.fromkeys(lap.table.column_names))
    check_names(names)
    if len(laps) * len(names) > MOST_PIECES:
        raise violation(f"{len(laps)} laps of {len(names)} columns are more than a file holds")
    numbers = [np.full(lap.table.num_rows, lap.lap_number, np.int32) for lap in laps]
    columns = [pa.chunked_array([to_arrow(each, LAP_NUMBER.type) for each in numbers], LAP_NUMBER.type)]
    fields = [LAP_NUMBER]
    for name in list(names)[1:]:
        field, column = _Gathering(name).gathered(laps)
        fields.append(field)
        columns.append(column)
    check_time(columns[1])
    return pa.Table.from_arrays(columns, schema=pa.schema(fields))


def _check_lap(lap: LapTelemetry) -> None:
    number = lap.lap_number
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= _MOST_LAP:
        raise violation("a lap has a number that is none from 0 to 2147483647")
    if TIME.name not in lap.table.column_names:
        raise violation(f"lap {number} has no column time", lap_number=number)
    if LAP_NUMBER.name not in lap.table.column_names:
        return
    own = lap.table[LAP_NUMBER.name]
    other = len(own) and (own.null_count or not pc.all(pc.equal(own, number)).as_py())
    if not pa.types.is_integer(own.type) or other:
        raise violation(f"the table of lap {number} has other numbers in its column lap_number")


@attrs.define
class _Gathering:
    """Gathers one column of all laps.

    Args:
        name: of the column.
        unit: that all values get: the store's, or of the first lap that tells one.
        facts: of its field, each from the first lap that tells it.
    """

    name: str
    unit: str = attrs.field(default=attrs.Factory(lambda self: unit_of(self.name) or "", takes_self=True))
    facts: dict[str, str] = attrs.field(factory=dict)

    def gathered(self, laps: Sequence[LapTelemetry]) -> tuple[pa.Field, pa.ChunkedArray]:
        """Return field and values of the column over all laps."""
        parts = [
            self._part(lap.table.schema.field(self.name), lap.table[self.name])
            if self.name in lap.table.column_names
            else None
            for lap in laps
        ]
        kind = self._kind([part.type for part in parts if part is not None])
        chunks = [
            chunk
            for lap, part in zip(laps, parts, strict=True)
            for chunk in ([pa.nulls(lap.table.num_rows, kind)] if part is None else _cast(part, kind).chunks)
        ]
        column = pa.chunked_array(chunks, kind)
        if self.name == TIME.name:
            return TIME, column.cast(TIME.type)
        if self.name in STANDARD:
            return standard_field(STANDARD[self.name], self.facts, kind), column
        return column_field(self.name, kind, {**self.facts, "unit": self.unit}), column

    def _part(self, field: pa.Field, column: pa.ChunkedArray) -> pa.ChunkedArray | None:
        if pa.types.is_null(field.type):
            return None
        if pa.types.is_large_string(field.type):
            field, column = field.with_type(pa.string()), column.cast(pa.string())
        check_type(field)
        facts = field_facts(field)
        self.facts = {**facts, **self.facts}
        given = facts.get("unit", "")
        if not is_number(field.type):
            self.unit = self.unit or given
            return column
        self.unit = self.unit or given
        return in_unit(self.name, column, given, self.unit)

    def _kind(self, kinds: list[pa.DataType]) -> pa.DataType:
        """Return the type that holds the values of all laps."""
        if not kinds:
            return pa.float64()
        if all(kind == kinds[0] for kind in kinds):
            return kinds[0]
        words = [not is_number(kind) for kind in kinds]
        if all(words):
            return pa.string()
        if any(words):
            raise violation(f"{self.name} has numbers in one lap and words in another", column=self.name)
        if all(map(pa.types.is_integer, kinds)) and not any(kind == pa.uint64() for kind in kinds):
            return pa.int64()
        if all(map(pa.types.is_floating, kinds)):
            return max(kinds, key=lambda kind: kind.bit_width)
        return pa.float64()


def _cast(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if column.type == kind:
        return column
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.uint8())
    try:
        return column.cast(kind)
    except pa.ArrowInvalid:  # a whole number that a float cannot hold
        raise violation("a column has whole numbers and fractions that one type cannot hold") from None
