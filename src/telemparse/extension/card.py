"""The parser card: what the core knows of a parser before any of its code is imported."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.errors import CallError
from telemparse.model.codes import Code

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["API_VERSION", "SUPPORTED_API", "ParserCard"]

API_VERSION = 1
"""The version of the contract that this core speaks; it also accepts cards of the one before."""

# Never the newest: a card that was written years ago must not claim to know what came since.
_FIRST_API = 1

SUPPORTED_API = (API_VERSION,)  # N and N-1; there is no version 0

_ID = re.compile(r"[a-z][a-z0-9_]*")
_TARGET = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


def _matches(pattern: re.Pattern[str], what: str) -> Any:
    def check(_card: Any, field: attrs.Attribute[str], value: object) -> None:
        if not (isinstance(value, str) and pattern.fullmatch(value)):
            raise CallError(f"{field.name} must be {what}, not {value!r}")

    return check


# Converters leave what does not fit as it is, for the validators, which know the field's name.
def _several(values: Any) -> Any:
    # A bare string is a forgotten comma; it must not fall apart into letters.
    return tuple(values) if isinstance(values, Iterable) and not isinstance(values, str | bytes) else values


def _lower(values: Any) -> Any:
    several = _several(values)
    if not isinstance(several, tuple):
        return several
    return tuple(value.lower() if isinstance(value, str) else value for value in several)


def _rows(values: Any) -> Any:
    several = _several(values)
    return tuple(map(_several, several)) if isinstance(several, tuple) else several


def _each(holds: Callable[[Any], bool], what: str) -> Any:
    def check(_card: Any, field: attrs.Attribute[Any], values: Any) -> None:
        if not isinstance(values, tuple):
            comma = " (a comma is missing)" if isinstance(values, str | bytes) else ""
            raise CallError(f"{field.name} must be several values, not {values!r}{comma}")
        for value in values:
            if not holds(value):
                raise CallError(f"{field.name} must be {what}, not {value!r}")

    return check


def _text(_card: Any, field: attrs.Attribute[str], value: object) -> None:
    if not isinstance(value, str):
        raise CallError(f"{field.name} must be text, not {value!r}")


def _whole(_card: Any, field: attrs.Attribute[int], value: object) -> None:
    if type(value) is not int:  # True would pass for 1
        raise CallError(f"{field.name} must be a whole number, not {value!r}")


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _is_extension(value: object) -> bool:
    return isinstance(value, str) and value.startswith(".") and len(value) > 1


def _is_magic(value: object) -> bool:
    match value:
        case (int(offset), bytes(magic)):
            return offset >= 0 and bool(magic)
    return False


def _is_companions(value: object) -> bool:
    return isinstance(value, tuple) and len(value) > 1 and all(map(_is_text, value))


def _is_code(value: object) -> bool:
    return isinstance(value, Code)


@attrs.frozen(kw_only=True)
class ParserCard:
    """A parser as it introduces itself.

    Args:
        id: lower-case word that stands in provenance for ever.
        name: for people.
        version: of the parser.
        detector: `module:function` of the detector; imports neither numpy nor pyarrow.
        target: `module:function` of the parse generator.
        examples: `module:NAME` of a mapping of names to bytes (<= 64 KiB each), or None.
        extensions: file extensions with their dot; a greeting, never a verdict.
        mime_types: likewise.
        magics: (offset, bytes) pairs; a greeting that only sets the order of asking.
        companions: groups of file patterns that make one recording; `{stem}` is the same in each and
            `*` matches anything: `(("{stem}.ld", "{stem}.ldx"),)`.
        streams: canonical streams it can yield (`channels` for any group).
        codes: its own codes, each prefixed with its id.
        support_level: 1 import, 2 race-ready, 3 fusion.
        specializes: ids of more general parsers that it outranks when it is at least at MARKER.
        api: version of the contract it was written for; a card that does not say speaks the first.
    """

    id: str = attrs.field(validator=_matches(_ID, "a lower-case word"))
    name: str = attrs.field(validator=_text)
    version: str = attrs.field(validator=_text)
    detector: str = attrs.field(validator=_matches(_TARGET, "'module:function'"))
    target: str = attrs.field(validator=_matches(_TARGET, "'module:function'"))
    examples: str | None = attrs.field(
        default=None, validator=attrs.validators.optional(_matches(_TARGET, "'module:NAME'"))
    )
    extensions: tuple[str, ...] = attrs.field(
        default=(), converter=_lower, validator=_each(_is_extension, "extensions with their dot")
    )
    mime_types: tuple[str, ...] = attrs.field(
        default=(), converter=_several, validator=_each(_is_text, "MIME types")
    )
    magics: tuple[tuple[int, bytes], ...] = attrs.field(
        default=(), converter=_rows, validator=_each(_is_magic, "pairs of offset and bytes")
    )
    companions: tuple[tuple[str, ...], ...] = attrs.field(
        default=(),
        converter=_rows,
        validator=_each(_is_companions, "groups of two patterns or more"),
    )
    streams: tuple[str, ...] = attrs.field(
        default=(), converter=_several, validator=_each(_is_text, "names of streams")
    )
    codes: tuple[Code, ...] = attrs.field(
        default=(), converter=_several, validator=_each(_is_code, "values of type Code")
    )
    support_level: int = attrs.field(default=1, validator=[_whole, attrs.validators.in_((1, 2, 3))])
    specializes: tuple[str, ...] = attrs.field(
        default=(), converter=_several, validator=_each(_is_text, "ids of parsers")
    )
    api: int = attrs.field(default=_FIRST_API, validator=_whole)

    @codes.validator
    def _own_codes(self, _field: Any, value: tuple[Code, ...]) -> None:
        prefix = f"{self.id}_".upper()
        stray = [entry.code for entry in value if not entry.code.startswith(prefix)]
        if stray:
            raise CallError(f"codes of {self.id} must begin with {prefix}: {', '.join(stray)}")

    def greets(self, name: str, head: bytes) -> bool:
        """Tell whether extension or magic speaks for this parser."""
        return name.lower().endswith(self.extensions or ("\0",)) or self.greets_magic(head)

    def greets_magic(self, head: bytes) -> bool:
        """Tell whether one of the magics stands in the head."""
        return any(head[offset : offset + len(magic)] == magic for offset, magic in self.magics)
