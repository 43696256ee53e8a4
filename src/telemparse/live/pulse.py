"""The pulse: how the queue stands, looked at once a second at most however many ask."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import attrs

from telemparse.live.faults import QueueUnavailable

if TYPE_CHECKING:
    from telemparse.live.queues import Depth, MessageQueue

__all__ = ["Health", "Pulse"]

_KEPT_S = 1.0
_PATIENCE_S = 5.0


@attrs.frozen
class Health:
    """How the queue stands.

    Args:
        status: `ok`; `warning` when its oldest message waits for long; `down` when it does not answer.
        depth: of the queue, None when it does not answer.
    """

    status: str
    depth: Depth | None


class Pulse:
    """Looks at a queue; used on one event loop.

    Args:
        queue: to look at.
        backlog_s: wait of the oldest message that is a warning.
    """

    def __init__(self, queue: MessageQueue, backlog_s: float) -> None:
        self._queue, self._backlog_s = queue, backlog_s
        self._known: tuple[float, Health] | None = None
        self._look: asyncio.Task[Depth] | None = None

    async def health(self) -> Health:
        """Return how the queue stands, as it was a second ago at most."""
        if self._known is not None and time.monotonic() < self._known[0]:
            return self._known[1]
        if self._look is None:
            # One look for all who ask, also when it takes its time.
            self._look = asyncio.create_task(asyncio.to_thread(self._queue.depth))
            self._look.add_done_callback(self._ended)
        try:
            depth = await asyncio.wait_for(asyncio.shield(self._look), _PATIENCE_S)
        except (QueueUnavailable, TimeoutError):
            found = Health("down", None)
        else:
            old = depth.oldest_s is not None and depth.oldest_s > self._backlog_s
            found = Health("warning" if old else "ok", depth)
        self._known = (time.monotonic() + _KEPT_S, found)
        return found

    def _ended(self, look: asyncio.Task[Depth]) -> None:
        self._look = None
        if not look.cancelled():
            look.exception()  # whoever asked was told; nobody else has to hear of it
