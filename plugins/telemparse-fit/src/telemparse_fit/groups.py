"""Messages of one definition in a piece: their fields as arrays, gathered in one step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import attrs
import numpy as np

from telemparse.kernels.fixed_width import windows

from telemparse_fit.base_types import Kind
from telemparse_fit.describing import text_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Ints, Mask
    from telemparse.kernels.gather import Bytes

    from telemparse_fit.definitions import Definition, DeveloperField, Field

__all__ = ["DTYPES", "LONGEST", "Column", "Group", "Key"]


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


LONGEST = 32
"""Elements of an array that become columns; longer ones stay bytes, for no one draws so many."""

DTYPES = {Kind.WHOLE: np.int64, Kind.UNSIGNED_64: np.uint64, Kind.FLOAT: np.float64}
"""Of the values of a column."""

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
        if found is None or found[1].base.kind not in DTYPES:
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
            if kind in DTYPES and field.count > LONGEST:
                kind = Kind.BYTES
                raw = np.ascontiguousarray(raw).view(np.uint8).reshape(len(raw), -1)
            if kind in DTYPES:
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
        return raw.astype(DTYPES[kind])


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
