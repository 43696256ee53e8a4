"""The pulse: whether the parts answer, asked at most once in a while however often somebody wants to know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
from anyio.to_thread import run_sync

if TYPE_CHECKING:
    from telemparse.runner import Pipeline

__all__ = ["Pulse"]

_FRESH_S = 2.0


class Pulse:
    """Asks the parts of a pipeline, for strangers: the store is written to for it."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._asked_at = float("-inf")
        self._ok = False
        self._turn = anyio.Lock()

    async def ok(self) -> bool:
        """Return True when all parts answered a moment ago."""
        async with self._turn:
            if anyio.current_time() - self._asked_at > _FRESH_S:
                health = await run_sync(self._pipeline.health)
                self._ok, self._asked_at = health.ok, anyio.current_time()
            return self._ok
