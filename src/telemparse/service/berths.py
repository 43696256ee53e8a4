"""Berths: how many of something there may be at a time; who finds none is sent away and does not wait."""

from __future__ import annotations

__all__ = ["Berths"]


class Berths:
    """Counts places; used on one event loop."""

    def __init__(self, places: int) -> None:
        self._free = places

    def take(self) -> bool:
        """Take a place; False when there is none."""
        if self._free <= 0:
            return False
        self._free -= 1
        return True

    def give_back(self) -> None:
        """Free a place that was taken."""
        self._free += 1
