"""JSON of senders: read fast, and once more with care where a fast reader would change what was said."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

import orjson

from telemparse.live.faults import BodyMalformed

__all__ = ["read_json"]

# Every name of an object is followed by such a colon; in texts there may be more of them, never less.
_COLON = re.compile(rb'"[ \t\r\n]*:')
# A whole number of more than 64 bits, which the fast reader makes an inexact one; or a long fraction.
_LONG_NUMBER = re.compile(rb"[0-9]{19}")


def read_json(body: bytes) -> Any:
    """Return what a JSON text says.

    Args:
        body: UTF-8.

    Raises BodyMalformed for what is not JSON, has NaN or infinity, half a character, a name twice in one
    object, or is nested too deeply.
    """
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        # What the reader says of it may quote the body.
        raise BodyMalformed("it is not JSON in UTF-8") from None
    if _LONG_NUMBER.search(body) or len(_COLON.findall(body)) != _count_names(content):
        return _read_with_care(body)
    return content


def _count_names(content: Any) -> int:
    """Return how many names the objects have, as far as messages go: a list, objects and their payloads."""
    count = 0
    for each in content if type(content) is list else (content,):
        if type(each) is dict:
            count += len(each)
            for value in each.values():
                if type(value) is dict:
                    count += len(value)
    return count


def _read_with_care(body: bytes) -> Any:
    try:
        return json.loads(body, object_pairs_hook=_once, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise BodyMalformed(
            "it is nested too deeply, has a name twice in one object, or a number of too many digits"
        ) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name comes twice")
    return found


def _refuse(_word: str) -> NoReturn:
    raise ValueError("no number")
