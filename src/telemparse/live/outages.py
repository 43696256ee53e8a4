"""What is away for a while: said once when it goes and once when it is back, asked again ever more rarely."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from telemparse.live.faults import LiveFault
    from telemparse.runner.events import Events

__all__ = ["Outage"]

_FIRST_S = 0.1
_LONGEST_S = 5.0


class Outage:
    """The outages of one thing, one after another.

    Args:
        name: of the thing: events are `NAME_unavailable` and `NAME_available`.
        events: that hear of them.
    """

    def __init__(self, name: str, events: Events) -> None:
        self._name = name
        self._events = events
        self._since_s: float | None = None
        self._wait_s = _FIRST_S

    def wait_s(self, fault: LiveFault) -> float:
        """Return how long to wait before the next try, in seconds.

        Args:
            fault: what the last try met; the first one of an outage is told.
        """
        if self._since_s is None:
            self._since_s = time.monotonic()
            self._events.emit(f"{self._name}_unavailable", code=fault.code, **fault.evidence)
        wait_s, self._wait_s = self._wait_s, min(2 * self._wait_s, _LONGEST_S)
        return wait_s

    def end(self) -> bool:
        """Say that the thing is back; False where it was not away."""
        if self._since_s is None:
            return False
        away_s = round(time.monotonic() - self._since_s, 3)
        self._since_s = None
        self._wait_s = _FIRST_S
        self._events.emit(f"{self._name}_available", away_s=away_s)
        return True
