"""The smallest input that still breaks the promise in the same way: pieces are taken out while it does."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["minimised"]


def minimised(data: bytes, breaks: Callable[[bytes], bool], attempts: int = 2000) -> bytes:
    """Return a smaller input for which `breaks` holds, by cutting ever smaller pieces out.

    Args:
        data: an input for which `breaks` holds.
        breaks: tells whether an input still breaks the promise.
        attempts: how often `breaks` may be asked.
    """
    size = len(data) // 2
    while size and attempts:
        place = 0
        while place < len(data) and attempts:
            attempts -= 1
            shorter = data[:place] + data[place + size :]
            if breaks(shorter):
                data = shorter
            else:
                place += size
        size //= 2
    return data
