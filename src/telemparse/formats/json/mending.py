"""What is left of a damaged JSON text: its whole beginning with brackets closed, and where it is too deep."""

from __future__ import annotations

import re

__all__ = ["closed", "deep_place"]

_DEEPEST = 64
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},]|"', re.DOTALL)
_CLOSERS = {"{": "}", "[": "]"}


def closed(text: str) -> str | None:
    """Return the beginning of a document up to its last whole value, with its brackets closed.

    None where nothing whole stands in it. Linear; a text that is cut in the middle of a string is cut
    before it.
    """
    open_: list[str] = []
    safe: tuple[int, int] | None = None
    kept: list[str] = []
    for token in _TOKEN.finditer(text):
        letter = token[0]
        if letter in "{[":
            open_.append(letter)
            if len(open_) > _DEEPEST:
                return None
            continue
        if letter in "}]":
            if not open_:
                break
            open_.pop()
            safe, kept = (token.end(), len(open_)), list(open_)
        elif letter == "," and open_:
            safe, kept = (token.start(), len(open_)), list(open_)
        elif letter == '"':
            break
    if safe is None:
        return None
    return text[: safe[0]] + "".join(_CLOSERS[letter] for letter in reversed(kept))


def deep_place(text: str, begin: int, deepest: int) -> int | None:
    """Return where brackets open deeper than `deepest` from `begin` on, None where they do not. Linear."""
    depth = 0
    for token in _TOKEN.finditer(text, begin):
        letter = token[0]
        depth += (letter in "{[") - (letter in "}]")
        if depth > deepest:
            return token.start()
    return None
