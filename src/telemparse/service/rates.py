"""Rates: how often somebody may do something, as buckets of tokens."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Rates"]

_MOST_NAMES = 10_000


class Rates:
    """A bucket for each name, which fills again with time.

    Names beyond 10 000 push out those that were seen longest ago; a full bucket and none are the same.

    Args:
        per_s: tokens that come back in a second.
        burst: tokens in a full bucket.
        clock: seconds, for tests.
    """

    def __init__(self, per_s: float, burst: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_s, self._burst, self._clock = per_s, float(burst), clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, name: str) -> float:
        """Take a token; returns 0, or the seconds until there is one."""
        with self._lock:
            now = self._clock()
            left = self._left(name, now)
            if left < 1:
                return (1 - left) / self._per_s
            self._buckets[name] = (left - 1, now)
            self._buckets.move_to_end(name)
            while len(self._buckets) > _MOST_NAMES:
                self._buckets.popitem(last=False)
            return 0.0

    def wait_s(self, name: str) -> float:
        """Return the seconds until there is a token, 0 when there is one; takes none."""
        with self._lock:
            left = self._left(name, self._clock())
        return 0.0 if left >= 1 else (1 - left) / self._per_s

    def _left(self, name: str, now: float) -> float:
        left, since = self._buckets.get(name, (self._burst, now))
        return min(self._burst, left + (now - since) * self._per_s)
