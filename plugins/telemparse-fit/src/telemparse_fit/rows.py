"""Messages of one kind as columns: gathered by definition, joined in the order of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import attrs
import numpy as np

from telemparse.kernels.fixed_width import windows

from telemparse_fit.base_types import Kind
from telemparse_fit.describing import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Ints, Mask
    from telemparse.kernels.gather import Bytes

    from telemparse_fit.definitions import Definition, DeveloperField, Field

__all__ = ["Column", "Group", "Key", "Table", "slices", "table_of"]


@attrs.frozen
class Key:
    """What makes a column: developer's index or None, field, place in an array, kind, description."""

    developer: int | None
    number: int
    element: int
    kind: Kind
    described: DeveloperField | None = None
    is_array: bool = False


@attrs.frozen
class Column:
    """Values of a field, shape (n,), and which of them are known."""

    values: NDArray[Any]
    known: Mask


_DTYPES = {Kind.WHOLE: np.int64, Kind.UNSIGNED_64: np.uint64, Kind.FLOAT: np.float64}
_LONGEST = 32  # longer arrays stay bytes: no one draws so many columns
_MOST_KEYS = 1024
_MOST_CELLS = 1 << 21
_Texts: TypeAlias = "NDArray[Any]"


@attrs.define
class Group:
    """The messages of one definition in a piece.

    Args:
        definition: theirs.
        places: in the piece, ascending, shape (n,).
        seconds: timestamps, shape (n,).
        stamped: which have one, shape (n,).
        rows: their bytes as the definition sees them, shape (n,).
    """

    definition: Definition
    places: Ints
    seconds: Ints
    stamped: Mask
    rows: NDArray[Any]

    @classmethod
    def of(cls, buffer: Bytes, definition: Definition, places: Ints, stamps: tuple[Ints, Mask]) -> Group:
        """Return the group with its bytes gathered."""
        cells = windows(buffer, places, definition.size)
        return cls(definition, places, *stamps, cells.view(definition.dtype)[:, 0])

    def between(self, low: int, high: int) -> Group:
        """Return the messages at places from `low` up to and with `high`."""
        return self._part(slice(*np.searchsorted(self.places, [low, high + 1]).tolist()))

    def first(self, count: int) -> Group:
        """Return so many messages from the beginning."""
        return self._part(slice(count))

    def _part(self, part: slice) -> Group:
        return Group(
            self.definition, self.places[part], self.seconds[part], self.stamped[part], self.rows[part]
        )

    def field(self, number: int) -> tuple[int, Field] | None:
        """Return index and form of a field of the profile, the last one where it comes twice."""
        found = None
        for index, field in enumerate(self.definition.fields):
            if field.number == number and field.developer is None:
                found = (index, field)
        return found

    def numbers(self, number: int, count: int | None = None) -> tuple[NDArray[Any], NDArray[Any]] | None:
        """Return the values of a field and which are known, shape (n, k); None without numbers."""
        found = self.field(number)
        if found is None or found[1].base.kind not in _DTYPES:
            return None
        index, field = found
        raw = self.rows[str(index)].reshape(len(self.rows), field.count)
        if count is not None and field.count < count:
            return None
        values = _cast(raw, field.base.kind)
        return values, _known(raw, field)

    def one(self, number: int) -> Column | None:
        """Return the first value of a field of numbers."""
        found = self.numbers(number)
        return None if found is None else Column(found[0][:, 0], found[1][:, 0])

    def text(self, number: int, row: int) -> str:
        """Return a text of one message, empty without one."""
        found = self.field(number)
        if found is None or found[1].base.kind is not Kind.TEXT:
            return ""
        return text_of(self.rows[str(found[0])][row].tobytes())

    def columns(self, wanted: Any = None) -> dict[Key, Column]:
        """Return all columns of the messages, those of timestamps and unwanted fields left out."""
        found: dict[Key, Column] = {}
        for index, field in enumerate(self.definition.fields):
            if field.developer is None and wanted is not None and not wanted(field.number):
                continue
            raw = self.rows[str(index)]
            kind = field.base.kind
            if kind in _DTYPES and field.count > _LONGEST:
                kind = Kind.BYTES
                raw = np.ascontiguousarray(raw).view(np.uint8).reshape(len(raw), -1)
            if kind in _DTYPES:
                arrays = raw.reshape(len(raw), field.count)
                known = _known(arrays, field)
                for element in range(field.count):
                    key = Key(field.developer, field.number, element, kind, field.described, field.count > 1)
                    found[key] = Column(_cast(arrays[:, element], kind), known[:, element])
            else:
                key = Key(field.developer, field.number, 0, kind, field.described)
                texts = _texts(raw.reshape(len(raw), -1), kind)
                found[key] = Column(texts, texts != "")
        return found


def _cast(raw: NDArray[Any], kind: Kind) -> NDArray[Any]:
    with np.errstate(invalid="ignore"):  # a signalling NaN is a NaN
        return raw.astype(_DTYPES[kind])


def _known(raw: NDArray[Any], field: Field) -> NDArray[Any]:
    known: NDArray[Any] = np.isfinite(raw) if field.base.kind is Kind.FLOAT else raw != field.base.invalid
    return known


def _texts(raw: NDArray[Any], kind: Kind) -> _Texts:
    """Return texts, or bytes as hexadecimal digits, empty where unknown; each distinct one is made once."""
    cells = np.ascontiguousarray(raw).view(f"V{raw.shape[1]}")[:, 0].tolist()
    distinct = set(cells)
    made = {cell: text_of(cell) if kind is Kind.TEXT else _digits(cell) for cell in distinct}
    texts = np.empty(len(cells), object)
    texts[:] = [made[cell] for cell in cells]
    return texts


def _digits(cell: bytes) -> str:
    return "" if cell.count(0xFF) == len(cell) else cell.hex()


@attrs.define
class Table:
    """Messages of one kind in a piece, in the order of the file.

    Attributes:
        places: in the piece, shape (n,).
        seconds, stamped: timestamps, shape (n,).
        columns: by key, in the order of the definitions.
        numbers: fields of the profile that each row has, by number: a mask of shape (n,).
        beyond: columns that were left out because there are too many.
    """

    places: Ints
    seconds: Ints
    stamped: Mask
    columns: dict[Key, Column]
    numbers: dict[int, Mask]
    beyond: int = 0

    def element(self, number: int, element: int) -> Column | None:
        """Return one value of an array of whole numbers; None where no row has it."""
        return self.columns.get(Key(None, number, element, Kind.WHOLE, None, is_array=True))

    def first(self, number: int) -> Column | None:
        """Return the first value of a field of whole numbers or floats; None where no row has it."""
        found: Column | None = None
        for kind in (Kind.WHOLE, Kind.FLOAT):
            for is_array in (False, True):
                column = self.columns.get(Key(None, number, 0, kind, None, is_array))
                if column is None:
                    continue
                if found is None:
                    found = column
                else:
                    values = np.where(found.known, found.values, column.values)
                    found = Column(values, found.known | column.known)
        return found


def table_of(groups: Sequence[Group], wanted: Any = None) -> Table:
    """Return the messages of several definitions as one table."""
    if len(groups) == 1:
        group = groups[0]
        rows = len(group.places)
        everywhere = np.ones(rows, np.bool_)
        whole_numbers = {
            field.number: everywhere for field in group.definition.fields if field.developer is None
        }
        return Table(group.places, group.seconds, group.stamped, group.columns(wanted), whole_numbers)
    places = np.concatenate([group.places for group in groups])
    order = np.argsort(places, kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    columns: dict[Key, Column] = {}
    numbers: dict[int, Mask] = {}
    begin = beyond = 0
    for group in groups:
        at = rank[begin : begin + len(group.places)]
        begin += len(group.places)
        for field in group.definition.fields:
            if field.developer is None:
                numbers.setdefault(field.number, np.zeros(len(order), np.bool_))[at] = True
        for key, column in group.columns(wanted).items():
            whole = columns.get(key)
            if whole is None and len(columns) >= _MOST_KEYS:
                beyond += 1
                continue
            if whole is None:
                kind = _DTYPES.get(key.kind)
                values = np.full(len(order), "", object) if kind is None else np.zeros(len(order), kind)
                whole = columns[key] = Column(values, np.zeros(len(order), np.bool_))
            whole.values[at] = column.values
            whole.known[at] = column.known
    return Table(
        places[order],
        np.concatenate([group.seconds for group in groups])[order],
        np.concatenate([group.stamped for group in groups])[order],
        columns,
        numbers,
        beyond,
    )


def slices(groups: Sequence[Group], columns: int) -> Iterator[list[Group]]:
    """Yield the groups in parts of the file that are small enough for tables of so many more columns."""
    rows = sum(len(group.places) for group in groups)
    columns += sum(min(field.count, _LONGEST) for group in groups for field in group.definition.fields)
    step = max(_MOST_CELLS // max(columns, 1), 1)
    if rows <= step:
        yield list(groups)
        return
    places = np.sort(np.concatenate([group.places for group in groups]))
    for begin in range(0, rows, step):
        low, high = places[begin], places[min(begin + step, rows) - 1]
        parts = [group.between(low, high) for group in groups]
        yield [part for part in parts if len(part.places)]
