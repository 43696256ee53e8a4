"""What an exception of a stranger says, as words that may be shown: never raises, never a position."""

from __future__ import annotations

import re

__all__ = ["blotted", "words_of"]

# What is quoted may be a coordinate: in degrees, in minutes, with a comma, or as a scaled integer.
_PRECISE_NUMBER = re.compile(r"\d+[.,]\d{3,}|\d{7,}")


def words_of(error: BaseException) -> str:
    """Return type and message, of any length; the type alone when the message is empty or cannot be said."""
    name = type(error).__name__
    try:
        message = f"{error}"
    except (Exception, SystemExit):  # noqa: BLE001  (a stranger's exception may not even say what it is)
        return name
    return f"{name}: {message}" if message else name


def blotted(text: str) -> str:
    """Return text without the numbers that may be coordinates."""
    return _PRECISE_NUMBER.sub("#", text)
