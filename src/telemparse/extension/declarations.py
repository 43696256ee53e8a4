"""What declarations are held to: converters that take plain values only, validators that say what is wrong.

A dialect comes from a stranger's module. Everything in it ends as strings, numbers, tuples and dictionaries
of our own, of bounded size, so that comparing a file with it neither raises nor takes long.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from telemparse.errors import CallError
from telemparse.extension.column_specs import read_column_spec
from telemparse.kernels.spelling import squash

if TYPE_CHECKING:
    import enum
    from collections.abc import Collection, Iterable

    import attrs

__all__ = [
    "column_specs", "distinct_names", "filled_phrase", "folded_keys", "folded_words", "instance_of",
    "is_number", "lower_word", "mapping", "one_of", "phrase", "phrases", "several",
    "values_of", "variants_of_columns", "whole", "word_set",
]  # fmt: skip

_Enum = TypeVar("_Enum", bound="enum.StrEnum")

_WORD = re.compile(r"[a-z][a-z0-9_]*")
_MOST, _LONGEST = 1000, 200


def several(values: Iterable[Any]) -> tuple[Any, ...]:
    """Return values as a tuple; a bare string is a forgotten comma."""
    if isinstance(values, str | bytes | Mapping) or not hasattr(values, "__iter__"):
        raise CallError(f"expected several values, not {values!r:.100} (a comma is missing)")
    found = tuple(islice(values, _MOST + 1))
    if len(found) > _MOST:
        raise CallError(f"more values than the {_MOST} that are allowed")
    return found


def word_set(values: Iterable[str]) -> frozenset[str]:
    """Return words as a set; a word that stands twice in a list is refused."""
    found = several(values)
    _once(Counter(found))
    return frozenset(found)


def folded_words(values: Iterable[str]) -> frozenset[str]:
    """Return words as cells are compared: in lower case, without blanks at the ends."""
    return frozenset(_folded(value) for value in several(values))


def mapping(values: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return a mapping as a dictionary of our own."""
    if not isinstance(values, Mapping):
        raise CallError(f"expected a mapping, not {values!r:.100}")
    return dict(zip(several(iter(values)), values.values(), strict=True))


def folded_keys(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a mapping whose keys are compared in lower case, without blanks at the ends."""
    own = mapping(values)
    _once(Counter(_folded(key) for key in own))
    return {_folded(key): value for key, value in own.items()}


def one_of(kind: type[_Enum], value: str) -> _Enum:
    """Return the member of an enumeration that a value is or names."""
    if value not in list(kind):
        raise CallError(f"expected one of {', '.join(kind)}, not {value!r:.100}")
    return kind(value)


def lower_word(_owner: Any, field: attrs.Attribute[str], value: object) -> None:
    """Refuse what is no name for ever."""
    if not (isinstance(value, str) and len(value) <= _LONGEST and _WORD.fullmatch(value)):
        raise CallError(f"{field.name} of a dialect must be a lower-case word, not {value!r:.100}")


def phrase(_owner: Any, field: attrs.Attribute[Any], value: object) -> None:
    """Refuse what is no short text of one line."""
    _line(field.name, value)


def filled_phrase(_owner: Any, field: attrs.Attribute[Any], value: object) -> None:
    """Refuse what is no short text of one line, and what is blank."""
    if not _line(field.name, value).strip():
        raise CallError(f"{field.name} is blank")


def phrases(_owner: Any, field: attrs.Attribute[Any], values: tuple[object, ...]) -> None:
    """Refuse phrases that every text holds, or that none does."""
    for value in values:
        if not _line(field.name, value).strip():
            raise CallError(f"{field.name} holds an empty phrase, which every file has")
    _once(Counter(map(str, values)))


def distinct_names(_owner: Any, field: attrs.Attribute[Any], values: Collection[object]) -> None:
    """Refuse names of columns that say nothing, or that are one name to us."""
    _once(Counter(_name(field.name, value) for value in values))


def column_specs(_owner: Any, field: attrs.Attribute[Any], values: Mapping[object, Any]) -> None:
    """Refuse columns that are one to us, and what is no `canonical[:unit or format]`."""
    names = [key for key in values if isinstance(key, bool) or not isinstance(key, int)]
    _once(Counter(_name(field.name, name) for name in names))
    for key, text in values.items():
        try:
            read_column_spec(text)
        except CallError as error:
            raise CallError(f"column {key!r}: {error}") from None


def variants_of_columns(owner: Any, field: attrs.Attribute[Any], values: Mapping[object, Any]) -> None:
    """Refuse variants without a phrase, and columns that are none."""
    phrases(owner, field, tuple(values))
    for columns in values.values():
        column_specs(owner, field, mapping(columns))


def values_of(allowed: Collection[Any], what: str) -> Any:
    """Return a validator of a mapping: each value is one of those allowed."""

    def check(_owner: Any, _field: Any, values: Mapping[str, object]) -> None:
        for key, value in values.items():
            if isinstance(value, bool) or value not in allowed:
                words = ", ".join(map(str, allowed))
                raise CallError(f"{key!r} means {value!r:.100}, which is not {what}: {words}")

    return check


def instance_of(kind: type) -> Any:
    """Return a validator: a value of exactly this type."""

    def check(_owner: Any, field: attrs.Attribute[Any], value: object) -> None:
        if type(value) is not kind:
            raise CallError(f"{field.name} must be a {kind.__name__}, not {type(value).__name__}")

    return check


def whole(low: int, high: int) -> Any:
    """Return a validator: a whole number from `low` to `high`."""

    def check(_owner: Any, field: attrs.Attribute[Any], value: object) -> None:
        if not (isinstance(value, int) and low <= value <= high):
            raise CallError(f"{field.name} must be a whole number from {low} to {high}, not {value!r:.100}")

    return check


def is_number(value: object) -> bool:
    """Tell a number, finite or infinite, from what is none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value  # noqa: PLR0124  (NaN is not)


def _line(field: str, value: object) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST or "\n" in value:
        raise CallError(
            f"{field} must be text of one line and at most {_LONGEST} characters, not {value!r:.100}"
        )
    return value


def _name(field: str, value: object) -> str:
    name = squash(_line(field, value))
    if not name:
        raise CallError(f"{field}: {value!r} has neither letters nor digits, and cannot be told from others")
    return name


def _folded(word: object) -> str:
    if not isinstance(word, str) or len(word) > _LONGEST:
        raise CallError(f"a word of a cell must be text of at most {_LONGEST} characters, not {word!r:.100}")
    return word.strip().lower()


def _once(counts: Counter[str]) -> None:
    repeated = [name for name, count in counts.items() if count > 1]
    if repeated:
        raise CallError(f"named twice (case, blanks and signs do not count): {', '.join(repeated)}")
