"""The JSON documents of a session, which are as hostile as any other bytes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from telemparse.model.issues import Issue, Locus

from telemparse_racechrono.names import LIBRARY

if TYPE_CHECKING:
    from telemparse_racechrono.archive import Folder

__all__ = ["document", "listed", "text", "whole"]

_MOST_BYTES, _MOST_LIBRARY_BYTES = 1 << 20, 1 << 24
_LONGEST_TEXT = 200
_MOST_LISTED = 100_000
# Java's longest whole number stands for "none", such as the best lap of a session without laps.
_NONE = (1 << 63) - 1
_LAPS = re.compile(r'"laps"\s*:\s*\[')
_COMMA = re.compile(r"\s*,?\s*")


def document(folder: Folder, name: str, issues: list[Issue]) -> dict[str, Any]:
    """Return a document of a folder as a mapping, of a broken one its whole laps; {} where it is missing.

    Args:
        folder: of the archive.
        name: of the document.
        issues: gets what was wrong with it.
    """
    artifact = folder.documents.get(name)
    if artifact is None:
        return {}
    most = _MOST_LIBRARY_BYTES if name == LIBRARY else _MOST_BYTES
    data = artifact.read_at(0, most + 1)
    offset, words = most, f"longer than {most} bytes"
    content = ""
    if len(data) <= most:
        try:
            content = data.decode("utf-8-sig")
            read = json.loads(content)
        except UnicodeDecodeError as error:
            offset, words = error.start, "no UTF-8"
        except json.JSONDecodeError as error:
            offset, words = len(content[: error.pos].encode()), error.msg
        except (ValueError, RecursionError) as error:  # a number of thousands of digits; nested too deep
            offset, words = 0, type(error).__name__
        else:
            if isinstance(read, dict):
                return read
            offset, words = 0, "no object"
    issue = Issue("JSON_MALFORMED", Locus(folder.archive), member=name, offset=offset, error=words)
    issues.append(issue)
    laps = _whole_laps(content)
    return {"laps": laps} if laps else {}


def _whole_laps(content: str) -> list[Any]:
    """Return the laps in front of the place where a document breaks."""
    head = _LAPS.search(content)
    laps: list[Any] = []
    at = None if head is None else head.end()
    decoder = json.JSONDecoder()
    while at is not None and len(laps) < _MOST_LISTED and content[at : at + 1] == "{":
        try:
            lap, end = decoder.raw_decode(content, at)
        except (ValueError, RecursionError):
            break
        laps.append(lap)
        comma = _COMMA.match(content, end)
        at = end if comma is None else comma.end()
    return laps


def whole(value: object) -> int | None:
    """Return a whole number of a document, None for anything else and for what stands for none."""
    if isinstance(value, float) and value.is_integer() and abs(value) < _NONE:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _NONE:
        return value
    return None


def text(value: object) -> str | None:
    """Return a text of a document, cut where it is long; None for anything else and for an empty one."""
    if not isinstance(value, str):
        return None
    # JSON may escape halves of a character, which no file and no table can hold.
    return value[:_LONGEST_TEXT].encode("utf-8", "replace").decode() or None


def listed(value: object) -> list[dict[str, Any]]:
    """Return the mappings in a list of a document, at most 100 000."""
    return (
        [each for each in value[:_MOST_LISTED] if isinstance(each, dict)] if isinstance(value, list) else []
    )
