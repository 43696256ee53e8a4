"""field_description messages: names, units and types of developers' fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse_fit.base_types import Kind
from telemparse_fit.definitions import DeveloperField

if TYPE_CHECKING:
    from telemparse_fit.definitions import Definition

__all__ = ["DESCRIPTION", "described_by", "text_of"]

DESCRIPTION = 206
# FIT profile, message field_description.
_INDEX, _NUMBER, _BASE, _NAME, _SCALE, _OFFSET, _UNITS = 0, 1, 2, 3, 6, 7, 8
_UNKNOWN, _UNKNOWN_SIGNED = 0xFF, 0x7F
_LONGEST = 255


def described_by(definition: Definition, message: bytes) -> tuple[tuple[int, int], DeveloperField] | None:
    """Return developer's index and number of a field, and what a message says of it; None for half a one."""
    numbers: dict[int, int] = {}
    texts: dict[int, str] = {}
    for field in definition.fields:
        if field.developer is not None:
            continue
        content = message[field.start : field.start + field.count * field.base.size]
        if field.base.kind is Kind.TEXT:
            texts[field.number] = text_of(content)
        elif field.base.size == 1:
            numbers[field.number] = content[0]
    if not {_INDEX, _NUMBER, _BASE} <= numbers.keys():
        return None
    scale, offset = numbers.get(_SCALE, _UNKNOWN), numbers.get(_OFFSET, _UNKNOWN_SIGNED)
    words = DeveloperField(
        texts.get(_NAME, ""),
        texts.get(_UNITS, ""),
        numbers[_BASE],
        1.0 if scale in (0, _UNKNOWN) else float(scale),
        0.0 if offset == _UNKNOWN_SIGNED else float(offset - 256 * (offset > _UNKNOWN_SIGNED)),
    )
    return (numbers[_INDEX], numbers[_NUMBER]), words


def text_of(content: bytes) -> str:
    """Return a text field: UTF-8 up to the first NUL, without blanks around it."""
    return content[:_LONGEST].partition(b"\0")[0].decode("utf-8", "replace").strip()
