"""The guard: addresses that try wrong keys have to wait."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from telemparse.service.problems import Problem
from telemparse.service.rates import Rates

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Guard"]


class Guard:
    """Counts wrong keys by address; used on one event loop or under the lock of `Rates`.

    Args:
        failures: that one address may make at once.
        within_s: seconds after which it may make as many again.
        clock: seconds, for tests.
    """

    def __init__(self, failures: int, within_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._tries = Rates(failures / within_s, failures, clock=clock)

    def check(self, address: str) -> None:
        """Raise Problem KEYS_TRIED, with the time to wait, for an address that has none of its tries left."""
        wait_s = self._tries.wait_s(address)
        if wait_s > 0:
            raise Problem("KEYS_TRIED", headers={"Retry-After": str(math.ceil(wait_s))})

    def failed(self, address: str) -> None:
        """Note that an address came with a wrong key."""
        self._tries.take(address)
