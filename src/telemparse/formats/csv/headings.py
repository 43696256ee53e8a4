"""The header once more among the rows, where recordings were put behind each other: no row, and no loss."""

from __future__ import annotations

__all__ = ["without_headers"]

_ENDS = b"\r\n"


def without_headers(data: bytes, size: int | None, heading: str) -> tuple[bytes, int]:
    """Return a block with blanks in the place of each whole line that is the header, and their number.

    Args:
        data: lines as UTF-8.
        size: bytes of it that are whole lines; None for all.
        heading: the header's line, or empty.
    """
    line = heading.encode()
    end = len(data) if size is None else size
    place = data.find(line, 0, end) if line.strip() else -1
    if place < 0:
        return data, 0
    found, start, pieces = 0, 0, []
    while place >= 0:
        behind = place + len(line)
        begins = place == 0 or data[place - 1] in _ENDS
        if begins and (behind >= end or data[behind] in _ENDS):
            pieces += [data[start:place], b" " * len(line)]
            start, found = behind, found + 1
        place = data.find(line, behind, end)
    return b"".join((*pieces, data[start:])), found
