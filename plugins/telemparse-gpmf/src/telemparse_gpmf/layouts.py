"""Samples of a stream as columns of numbers or words: types, structures and scales."""

# GPMF introduction, sections "Type", "Multiple axis sensor data" and "Complex structures".

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Floats

    from telemparse_gpmf.records import Record, Strand

__all__ = ["Column", "Layout", "LayoutError", "layout_of", "numbers_of", "units_of"]

# Letter of a type to numpy's; fixed points are whole numbers over a power of two.
_NUMPY: Mapping[str, str] = {
    "b": "i1", "B": "u1", "s": ">i2", "S": ">u2", "l": ">i4", "L": ">u4", "j": ">i8", "J": ">u8", "f": ">f4",
    "d": ">f8", "q": ">i4", "Q": ">i8", "F": "S4", "U": "S16", "c": "S1", "G": "V16",
}  # fmt: skip
_FIXED_POINT = {"q": 65536.0, "Q": 4294967296.0}
_WORDS = frozenset("FUcG")
_ELEMENT = re.compile(r"([A-Za-z])(?:\[(\d{1,3})\])?")
_MOST_BYTES = 255


class LayoutError(ValueError):
    """A description that its samples do not fit; says why."""


@attrs.frozen
class Column:
    """One value of each sample.

    Args:
        kind: letter of its type; `c` stands for a word of `length` letters.
        length: bytes.
        scale: divisor; 1 for none.
    """

    kind: str
    length: int
    scale: float

    @property
    def is_word(self) -> bool:
        """It holds text, not numbers."""
        return self.kind in _WORDS

    @property
    def divisor(self) -> float:
        """What the stored numbers are divided by."""
        return self.scale * _FIXED_POINT.get(self.kind, 1.0)


@attrs.frozen(cache_hash=True)
class Layout:
    """The columns of a stream's samples."""

    columns: tuple[Column, ...]
    _stored: np.dtype[Any] = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        kinds = [
            f"S{column.length}" if column.kind == "c" else _NUMPY[column.kind] for column in self.columns
        ]
        stored = np.dtype([(f"f{number}", kind) for number, kind in enumerate(kinds)])
        object.__setattr__(self, "_stored", stored)

    def read(self, records: list[Record]) -> NDArray[Any]:
        """Return samples as stored, a structured array of shape (n,)."""
        if len(records) == 1:
            return np.frombuffer(records[0].data, self._stored, count=records[0].repeat)
        return np.frombuffer(b"".join(record.data for record in records), self._stored)


def layout_of(strand: Strand, record: Record) -> Layout:
    """Return how the samples of a record are laid out; raises LayoutError where they do not fit."""
    structure = strand.text("TYPE") if record.kind == "?" else ""
    scale = strand.facts.get("SCAL")
    scales = None if scale is None else (scale.kind, bytes(scale.data))
    found = _layout(record.kind, record.size, structure, scales)
    if isinstance(found, str):
        raise LayoutError(found)
    return found


@functools.lru_cache(maxsize=1024)
def _layout(kind: str, size: int, structure: str, scale: tuple[str, bytes] | None) -> Layout | str:
    """Return a layout, or why there is none; payload after payload it is the same one."""
    try:
        kinds = _kinds(kind, size, structure)
        scales = _scales(scale, len(kinds))
    except LayoutError as error:
        return str(error)
    return Layout(
        tuple(Column(kind, length, scale) for (kind, length), scale in zip(kinds, scales, strict=True))
    )


def _kinds(kind: str, size: int, text: str) -> list[tuple[str, int]]:
    """Return letter and bytes of each value in a sample."""
    if kind == "?":
        elements = _ELEMENT.findall(text)
        if (
            not text
            or "".join(letter + (f"[{count}]" if count else "") for letter, count in elements) != text
        ):
            raise LayoutError("TYPE is missing or cannot be read")
        kinds: list[tuple[str, int]] = []
        for letter, count in elements:
            if letter not in _NUMPY or int(count or 1) > _MOST_BYTES:
                raise LayoutError("TYPE is missing or cannot be read")
            width = np.dtype(_NUMPY[letter]).itemsize
            kinds += [("c", int(count or 1))] if letter == "c" else [(letter, width)] * int(count or 1)
        if sum(length for _kind, length in kinds) != size:
            raise LayoutError("TYPE does not add up to the size of a sample")
        return kinds
    if kind == "c" and size:
        return [("c", size)]
    width = np.dtype(_NUMPY[kind]).itemsize
    if not size or size % width:
        raise LayoutError("samples do not hold whole values")
    return [(kind, width)] * (size // width)


def _scales(stated: tuple[str, bytes] | None, columns: int) -> list[float]:
    if stated is None:
        return [1.0] * columns
    scales = _numbers(*stated)
    if len(scales) not in {1, columns} or not np.isfinite(scales).all() or not scales.all():
        raise LayoutError("SCAL does not fit the samples, or is zero")
    return [float(scale) for scale in scales] * (columns if len(scales) == 1 else 1)


def numbers_of(record: Record) -> Floats:
    """Return the numbers of a plain record, shape (n,); none for another type."""
    return _numbers(record.kind, bytes(record.data))


def _numbers(kind: str, data: bytes) -> Floats:
    stored = _NUMPY.get(kind, "")
    if kind in _WORDS or not stored:
        return np.zeros(0, np.float64)
    whole = len(data) - len(data) % np.dtype(stored).itemsize
    return np.frombuffer(data[:whole], stored).astype(np.float64) / _FIXED_POINT.get(kind, 1.0)


def units_of(strand: Strand, columns: int) -> list[str]:
    """Return the unit of each column as SIUN or UNIT has it, latin-1; an empty one where none is stated."""
    record = strand.facts.get("SIUN", strand.facts.get("UNIT"))
    if record is None or record.kind != "c":
        return [""] * columns
    size = record.size if record.size > 1 or columns > 1 else len(record.data)
    if size == 1 and record.repeat != columns:
        size = len(record.data)
    texts = [
        bytes(record.data[place : place + size]).decode("latin-1").strip("\0 ")
        for place in range(0, len(record.data), size or 1)
    ]
    if len(texts) == 1:
        return texts * columns
    return texts if len(texts) == columns else [""] * columns
