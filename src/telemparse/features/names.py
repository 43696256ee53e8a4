"""Names of features as they are compared: without case, blanks and invisible letters, nested ones too."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from telemparse.errors import CallError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["column_names", "folded"]

_BETWEEN_WORDS = re.compile(r"[\s_.\-]+")


def folded(name: str) -> str:
    """Return the form in which two spellings of one name are equal: `race_laps_led` of ` Race Laps-Led`."""
    visible = "".join(letter for letter in name if unicodedata.category(letter) != "Cf")
    return _BETWEEN_WORDS.sub("_", unicodedata.normalize("NFKC", visible).casefold()).strip("_")


def column_names(columns: Iterable[str] | Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Return the names of columns, and those of the fields nested in them.

    Args:
        columns: names, or a schema, whose structs are looked into at any depth.
    """
    if isinstance(columns, str):
        raise CallError("features come as a list of names, not as one string")
    tops = list(columns)
    strange = [name for name in tops if not isinstance(name, str)]
    if strange:
        raise CallError(f"names of features are strings, not {type(strange[0]).__name__}")
    schema = columns if isinstance(columns, Mapping) else {}
    return tops, [name for dtype in schema.values() for name in _nested(dtype)]


def _nested(dtype: Any) -> Iterator[str]:
    # Looked at by shape, so that a contract needs no Polars: structs have fields, lists an inner type.
    waiting = [dtype]
    while waiting:
        kind = waiting.pop()
        for field in getattr(kind, "fields", None) or ():
            yield field.name
            waiting.append(field.dtype)
        inner = getattr(kind, "inner", None)
        if inner is not None:
            waiting.append(inner)
