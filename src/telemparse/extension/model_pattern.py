"""Regular expressions that end in time whatever text they meet: short, with bounded repeats, none nested."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telemparse.errors import CallError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["check_pattern"]

_LONGEST = 200
_MOST_WAYS = 2000
_MOST_TIMES = 200
_NOT_COMPILED = (re.error, OverflowError, RecursionError)
# One piece of a pattern: what is escaped, a class, an opening, a repeat, or any other sign.
_PIECE = re.compile(
    r"(?P<escape>\\(?:x[0-9a-fA-F]{2}|.))"
    r"|(?P<class>\[\^?\]?(?:\\.|[^\]\\])*\])"
    r"|(?P<open>\((?:\?:)?)|(?P<close>\))|(?P<or>\|)"
    r"|(?P<repeat>\{(?:\d+|\d*,\d*)\}|[*+?])|(?P<plain>.)",
    re.DOTALL,
)


def check_pattern(pattern: str) -> None:
    """Refuse a pattern that could take long on some text, or that has not one group to find.

    Raises CallError saying which piece is at fault and what to write in its place.
    """
    if not isinstance(pattern, str) or len(pattern) > _LONGEST:
        raise CallError(f"device_model must be a pattern of at most {_LONGEST} characters")
    try:
        groups = re.compile(pattern).groups
    except _NOT_COMPILED as error:
        raise CallError(f"device_model is no regular expression: {error}") from None
    if groups != 1:
        raise CallError(f"device_model must have one group, the model; it has {groups}")
    ways = 1
    for factor in _ways(pattern):
        ways *= factor
    if ways > _MOST_WAYS:
        raise CallError(
            f"device_model can match in {ways} ways at one place, {_MOST_WAYS} are allowed: lower the bounds"
        )


def _ways(pattern: str) -> Iterator[int]:
    """Yield by how much each piece multiplies the ways to match at one place."""
    before = ""
    for piece in _PIECE.finditer(pattern):
        kind, text = piece.lastgroup or "", piece[0]
        if kind == "repeat" and before == "open":
            raise CallError("device_model may use ( ) and (?: ), and no other kind of group")
        if kind == "repeat" and before == "repeat" and text != "?":
            raise CallError(f"device_model repeats a repeat ({text})")
        if kind == "escape" and text[1].isdigit():
            raise CallError(f"device_model must not refer back to a group ({text})")
        if kind == "repeat" and before != "repeat":
            yield _choices(text, behind_group=before == "close")
        elif kind == "or":
            yield 2
        before = kind


def _choices(repeat: str, *, behind_group: bool) -> int:
    """Return how many lengths a repeat may have."""
    if repeat == "?":
        return 2
    if behind_group:
        raise CallError(f"device_model must not repeat a group ({repeat}): nested repeats take for ever")
    low, comma, high = repeat.strip("{}").partition(",")
    if repeat in "*+" or (comma and not high):
        raise CallError(f"device_model repeats without end ({repeat}): write how often, as {{1,80}}")
    most = int(high or low)
    if most > _MOST_TIMES:
        raise CallError(f"device_model repeats more than {_MOST_TIMES} times ({repeat})")
    return most - int(low or 0) + 1
