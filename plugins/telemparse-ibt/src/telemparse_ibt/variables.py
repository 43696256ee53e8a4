"""The variables of a file: what stands at which bytes of each record.

Facts: `irsdk_varHeader` and `irsdk_VarType` of iRacing's SDK: 144 bytes each; 4 + 4 + 4 bytes of type,
offset and count, 1 byte that says whether the count is one of time, 3 of padding, then name (32 bytes),
description (64) and unit (32).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping

import attrs
import numpy as np

from telemparse.model.artifacts import Artifact

from telemparse_ibt.layout import VARIABLE_BYTES, Layout

__all__ = ["Kind", "Variable", "Variables", "record_type"]

_FIELDS = struct.Struct("<3i?3x32s64s32s")
_MOST_COLUMNS = 4096
_MOST_OVERLAPS = 4  # variables that lie over each other may not make much of little


@attrs.frozen
class Kind:
    """A type of the SDK: its word, and how numpy reads it."""

    word: str
    numpy: str
    size: int


_KINDS = (
    Kind("char", "S1", 1),
    Kind("bool", "u1", 1),
    Kind("int", "<i4", 4),
    Kind("bitfield", "<u4", 4),
    Kind("float", "<f4", 4),
    Kind("double", "<f8", 8),
)


@attrs.frozen
class Variable:
    """One variable.

    Args:
        key: name of its field in the numpy type of a record.
        name, unit, description: as the simulator writes them.
        kind: its type.
        offset: of its first byte in a record.
        count: of its elements.
        is_timed: the elements are samples one after the other within a tick.
    """

    key: str
    name: str
    unit: str
    description: str
    kind: Kind
    offset: int
    count: int
    is_timed: bool

    @property
    def is_text(self) -> bool:
        """The elements are the letters of one text."""
        return self.kind.word == "char"

    @property
    def format(self) -> object:
        """How numpy reads all elements."""
        if self.is_text:
            return f"S{self.count}"
        return self.kind.numpy if self.count == 1 else (self.kind.numpy, (self.count,))


@attrs.frozen
class Variables:
    """The variables of a file that can be read, in its order, and the names of those that cannot."""

    readable: tuple[Variable, ...]
    unreadable: tuple[str, ...]
    by_name: Mapping[str, Variable]

    @classmethod
    def read(cls, artifact: Artifact, layout: Layout) -> Variables:
        """Return what the variable headers describe; of two with one name the first has it."""
        table = artifact.read_at(layout.variables_at, layout.variables * VARIABLE_BYTES)
        readable: list[Variable] = []
        unreadable: list[str] = []
        columns, decoded_bytes = 0, 0
        for number, fields in enumerate(_FIELDS.iter_unpack(table)):
            code, offset, count, is_timed, *texts = fields
            name, description, unit = (_text(text) for text in texts)
            kind = _KINDS[code] if 0 <= code < len(_KINDS) else None
            inside = kind is not None and count > 0 and 0 <= offset <= layout.record_bytes - count * kind.size
            if kind is not None and inside:
                columns += 1 if kind.word == "char" else count
                decoded_bytes += count * kind.size
            is_too_much = columns > _MOST_COLUMNS or decoded_bytes > _MOST_OVERLAPS * layout.record_bytes
            if kind is None or not inside or not name or is_too_much:
                unreadable.append(name or f"variable {number}")
                continue
            readable.append(
                Variable(f"v{number}", name, unit, description, kind, offset, count, is_timed and count > 1)
            )
        by_name = {variable.name: variable for variable in reversed(readable)}
        return cls(tuple(readable), tuple(unreadable), by_name)

    def single(self, name: str, *words: str) -> Variable | None:
        """Return the variable of a name, if it has one element of one of these types."""
        variable = self.by_name.get(name)
        fits = variable is not None and variable.count == 1 and variable.kind.word in words
        return variable if fits else None


def _text(field: bytes) -> str:
    letters = field.partition(b"\0")[0].decode("cp1252", "replace")
    return "".join(letter if letter.isprintable() else "?" for letter in letters).strip()


def record_type(variables: Iterable[Variable], record_bytes: int) -> np.dtype[np.void]:
    """Return the numpy type of a record with a field for each of some variables."""
    chosen = {variable.key: variable for variable in variables}
    return np.dtype(
        {
            "names": list(chosen),
            "formats": [variable.format for variable in chosen.values()],
            "offsets": [variable.offset for variable in chosen.values()],
            "itemsize": record_bytes,
        }
    )
