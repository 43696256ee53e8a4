"""How long messages are under way: percentiles of a batch, and messages a minute."""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["MinuteCount", "percentile"]

_MINUTE_S = 60.0


def percentile(values: Sequence[float], share: float) -> float:
    """Return the least of the values that so many of them do not exceed.

    Args:
        values: one at least, in any order.
        share: above 0 and up to 1.
    """
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


class MinuteCount:
    """Messages of the last 60 seconds."""

    def __init__(self) -> None:
        self._counts: deque[tuple[float, int]] = deque()
        self._total = 0

    def add(self, count: int, now_s: float) -> int:
        """Count messages and return how many came within the last minute.

        Args:
            count: 0 or more.
            now_s: by a clock that does not go back.
        """
        self._counts.append((now_s, count))
        self._total += count
        while self._counts[0][0] <= now_s - _MINUTE_S:
            self._total -= self._counts.popleft()[1]
        return self._total
