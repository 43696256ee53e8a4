"""Intake: messages into the queue, those of requests that come at one time by one durable put."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from telemparse.live.faults import QueueUnavailable
from telemparse.live.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from telemparse.live.queues import MessageQueue

__all__ = ["Intake"]

_MOST_AT_ONCE = 1000


class Intake:
    """Puts messages while requests wait for it; used on one event loop.

    A put takes the disk's time, however many messages it is of. So while one is under way all that comes
    waits, and goes together in the next one: many senders of single messages share that time.

    Args:
        queue: that takes the messages; the caller closes it.
        put_s: that a request waits for it at most.
        room: bytes that may wait at a time; for more there is 503.
        told: called with the messages and the seconds of each put.
    """

    def __init__(
        self,
        queue: MessageQueue,
        *,
        put_s: float,
        room: int,
        told: Callable[[int, float], None] | None = None,
    ) -> None:
        self._queue, self._put_s, self._room, self._told = queue, put_s, room, told
        self._waiting: deque[tuple[Sequence[bytes], asyncio.Future[None]]] = deque()
        self._held = 0
        self._mover: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "intake")

    async def put(self, bodies: Sequence[bytes]) -> None:
        """Return when all bodies are durable.

        Raises QueueUnavailable where the queue does not take them in time; Refusal SERVER_BUSY where too much
        waits already.
        """
        size = sum(map(len, bodies))
        if self._held and self._held + size > self._room:
            raise Refusal("SERVER_BUSY")
        self._held += size
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((bodies, done))
        if self._mover is None:
            self._mover = asyncio.create_task(self._move())
        try:
            # What was not put when the time is over is not put any more: its future is cancelled.
            await asyncio.wait_for(done, self._put_s)
        except TimeoutError:
            raise QueueUnavailable(error="timeout") from None
        finally:
            self._held -= size

    async def close(self) -> None:
        """Wait for what is under way."""
        while self._mover is not None:
            await asyncio.wait([self._mover])
        self._thread.shutdown()

    async def _move(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                bodies, waiters = self._next()
                if not bodies:
                    continue
                begun = time.perf_counter()
                try:
                    await loop.run_in_executor(self._thread, self._queue.put, bodies)
                except Exception as error:  # noqa: BLE001  (whatever it is, those who wait are told)
                    _tell(waiters, error)
                else:
                    if self._told is not None:
                        self._told(len(bodies), time.perf_counter() - begun)
                    _tell(waiters, None)
        finally:
            self._mover = None

    def _next(self) -> tuple[list[bytes], list[asyncio.Future[None]]]:
        bodies: list[bytes] = []
        waiters: list[asyncio.Future[None]] = []
        while self._waiting and (not bodies or len(bodies) + len(self._waiting[0][0]) <= _MOST_AT_ONCE):
            own, done = self._waiting.popleft()
            if not done.done():
                bodies.extend(own)
                waiters.append(done)
        return bodies, waiters


def _tell(waiters: Sequence[asyncio.Future[None]], error: Exception | None) -> None:
    for done in waiters:
        if done.done():
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
