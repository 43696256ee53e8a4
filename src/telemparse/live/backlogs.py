"""How long messages wait: measured now and then, with a warning when it is too long."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from telemparse.live.faults import QueueUnavailable

if TYPE_CHECKING:
    from telemparse.live.queues import Depth, MessageQueue
    from telemparse.runner.events import Events

__all__ = ["BacklogWatch"]

_EVERY_S = 5.0


class BacklogWatch:
    """Looks at a queue every few seconds.

    Args:
        queue: to look at.
        events: hear `backlog_measured`, `backlog_old` and `backlog_caught_up`.
        backlog_s: age of the oldest message, in seconds, past which the backlog is old.
    """

    def __init__(self, queue: MessageQueue, events: Events, *, backlog_s: float) -> None:
        self._queue = queue
        self._events = events
        self._backlog_s = backlog_s
        self._next_s = 0.0
        self._is_old = False

    def look(self, now_s: float, seen_s: float | None) -> None:
        """Measure the backlog, where it is time to.

        Args:
            now_s: by `time.monotonic`.
            seen_s: age in seconds of the oldest message that came last, for queues that cannot say it;
                None where none came.
        """
        if now_s < self._next_s:
            return
        self._next_s = now_s + _EVERY_S
        # Whoever receives meets the same outage and tells it.
        with suppress(QueueUnavailable):
            self._judge(self._queue.depth(), seen_s)

    def _judge(self, depth: Depth, seen_s: float | None) -> None:
        age_s = seen_s if depth.oldest_s is None else depth.oldest_s
        age_s = None if age_s is None else round(age_s, 3)
        self._events.emit(
            "backlog_measured", ready=depth.ready, in_flight=depth.in_flight, dead=depth.dead,
            age_s=age_s or 0.0,
        )  # fmt: skip
        is_old = age_s is not None and age_s > self._backlog_s
        if is_old and not self._is_old:
            self._events.emit("backlog_old", code="MESSAGE_BACKLOG_OLD", age_s=age_s, ready=depth.ready)
        if self._is_old and not is_old:
            self._events.emit("backlog_caught_up", ready=depth.ready)
        self._is_old = is_old
