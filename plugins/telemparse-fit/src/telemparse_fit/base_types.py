"""The base types of FIT fields: how wide they are and which bits say "not known"."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BASE_TYPES", "BYTES", "BaseType", "Kind", "narrowed"]


class Kind(enum.Enum):
    """What the values of a field are."""

    WHOLE = "whole"
    UNSIGNED_64 = "unsigned 64"
    FLOAT = "float"
    TEXT = "text"
    BYTES = "bytes"


@attrs.frozen
class BaseType:
    """One base type.

    Args:
        kind: of its values.
        code: numpy letter and width without byte order.
        size: bytes of one value.
        invalid: the value that says "not known"; None where it is no number or a NaN.
    """

    kind: Kind
    code: str
    size: int
    invalid: int | None = None


BYTES = BaseType(Kind.BYTES, "u1", 1, 0xFF)

# FIT protocol, "Base Types": number without the endian ability bit, type, invalid value.
_ROWS: tuple[tuple[int, BaseType], ...] = (
    (0, BaseType(Kind.WHOLE, "u1", 1, 0xFF)),  # enum
    (1, BaseType(Kind.WHOLE, "i1", 1, 0x7F)),
    (2, BaseType(Kind.WHOLE, "u1", 1, 0xFF)),
    (3, BaseType(Kind.WHOLE, "i2", 2, 0x7FFF)),
    (4, BaseType(Kind.WHOLE, "u2", 2, 0xFFFF)),
    (5, BaseType(Kind.WHOLE, "i4", 4, 0x7FFF_FFFF)),
    (6, BaseType(Kind.WHOLE, "u4", 4, 0xFFFF_FFFF)),
    (7, BaseType(Kind.TEXT, "u1", 1)),
    (8, BaseType(Kind.FLOAT, "f4", 4)),
    (9, BaseType(Kind.FLOAT, "f8", 8)),
    (10, BaseType(Kind.WHOLE, "u1", 1, 0)),  # uint8z
    (11, BaseType(Kind.WHOLE, "u2", 2, 0)),
    (12, BaseType(Kind.WHOLE, "u4", 4, 0)),
    (13, BYTES),
    (14, BaseType(Kind.WHOLE, "i8", 8, 0x7FFF_FFFF_FFFF_FFFF)),
    (15, BaseType(Kind.UNSIGNED_64, "u8", 8, 0xFFFF_FFFF_FFFF_FFFF)),
    (16, BaseType(Kind.UNSIGNED_64, "u8", 8, 0)),
)
_ENDIAN_BIT = 0x80

BASE_TYPES: Mapping[int, BaseType] = {
    number | flag: base for number, base in _ROWS for flag in ({_ENDIAN_BIT, 0} if base.size > 1 else {0})
}
"""By the byte in the definition; some makers leave the endian ability bit out."""


def narrowed(base: BaseType, size: int) -> BaseType:
    """Return what a field is read as whose size is no multiple of its type's: a smaller number, or bytes."""
    if base.kind is Kind.WHOLE and size in (1, 2, 4) and size < base.size:
        code, invalid = f"{base.code[0]}{size}", base.invalid
        if invalid:
            bits = 8 * size - (base.code[0] == "i")
            invalid = (1 << bits) - 1
        return BaseType(Kind.WHOLE, code, size, invalid)
    return BYTES
