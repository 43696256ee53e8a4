"""Whoever keeps a sandbox's child ready: it starts one ahead, and another when that one is of no more use."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, wait
from contextlib import suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING

from telemparse import isolation
from telemparse.child_process import Ending, Stopped
from telemparse.errors import TelemparseError
from telemparse.runner import sandbox_folders
from telemparse.runner.sandbox_process import WarmChild, known_peak

if TYPE_CHECKING:
    from telemparse.runner.sandbox_wire import Answer

__all__ = ["Keeper", "SandboxNotReady", "told"]

# For an interpreter on a busy machine, and for what a preload may have to compile.
_START_S = 120.0
_LOOK_AGAIN_S = 0.02


class SandboxNotReady(TelemparseError):  # noqa: N818  (what happened; no file is at fault)
    """No child could be started and loaded; the cause is the ChildFailed or OSError that says why."""


class Keeper:
    """Starts children in a thread of its own, for the system ends a child with the thread that started it.

    One thread at a time may use it.

    Args:
        max_memory_bytes: limit on a child's address space.
    """

    def __init__(self, max_memory_bytes: int | None) -> None:
        self.preload: str | None = None
        self.closing = threading.Event()
        self._max_memory_bytes = max_memory_bytes
        self._coming: Future[WarmChild] | None = None
        self._wishes: SimpleQueue[tuple[Future[WarmChild], WarmChild | None, bool] | None] = SimpleQueue()
        # A daemon, so that it outlives even threads that outlive the main one.
        self._thread = threading.Thread(target=self._work, name="telemparse-sandbox", daemon=True)
        self._thread.start()

    def child(self, *unwanted: threading.Event) -> WarmChild:
        """Return a child that is ready, and start it if need be.

        Raises SandboxNotReady, and Stopped when one of the events is set before there is one.
        """
        coming = self._coming
        if coming is not None and coming.done() and (coming.exception() or coming.result().has_ended()):
            self.dismiss()  # an old failure, or one that the system ended in between, is nobody's fault
            coming = None
        if coming is None:
            coming = self._begin(None, gently=True)
        while True:
            if any(event.is_set() for event in unwanted):
                raise Stopped("the caller did not wait for the child")
            if coming.done():
                break
            wait([coming], _LOOK_AGAIN_S)
        try:
            return coming.result()
        except (isolation.ChildFailed, OSError) as error:
            self._coming = None
            raise SandboxNotReady(f"the sandbox did not start: {error}") from error

    def replace(self, child: WarmChild, *, gently: bool) -> None:
        """End this child and start another, without waiting for either."""
        self._begin(child, gently=gently)

    def start(self) -> None:
        """Start a child, without waiting for it, unless this is about to be closed."""
        self._coming = None
        if not self.closing.is_set():
            self._begin(None, gently=True)

    def dismiss(self) -> None:
        """End the child that there is, or is about to be."""
        coming, self._coming = self._coming, None
        if coming is not None:
            with suppress(isolation.ChildFailed, Stopped, OSError):
                coming.result().end(gently=True)

    def close(self) -> None:
        """End the child and the thread, soon after `closing` was set."""
        self.dismiss()
        self._wishes.put(None)
        self._thread.join()

    def _begin(self, old: WarmChild | None, *, gently: bool) -> Future[WarmChild]:
        self._coming = Future()
        self._wishes.put((self._coming, old, gently))
        return self._coming

    def _work(self) -> None:
        sandbox_folders.sweep()
        while (wish := self._wishes.get()) is not None:
            future, old, gently = wish
            try:
                if old is not None:
                    old.end(gently=gently)
                future.set_result(self._started())
            except BaseException as error:  # noqa: BLE001  (who waits for the child has to know)
                future.set_exception(error)

    def _started(self) -> WarmChild:
        child = WarmChild.start(self._max_memory_bytes, self.preload)
        try:
            answer = child.answer(time.monotonic() + _START_S, self.closing)
        except TimeoutError:
            ending = child.end(in_time=False)
            raise isolation.failure(ending, {}, _START_S, self._max_memory_bytes) from None
        except BaseException:
            child.end()
            raise
        if answer is None:
            raise isolation.failure(child.end(), {}, _START_S, self._max_memory_bytes)
        if "value" not in answer.document:
            child.end()
            raise told(answer, _START_S, self._max_memory_bytes)
        return child


def told(answer: Answer, timeout_s: float | None, max_memory_bytes: int | None) -> isolation.ChildFailed:
    """Return the failure that a child told of."""
    alive = Ending(
        in_time=True, exit_code=0, peak_rss_bytes=known_peak(answer.peak_rss_bytes), stderr=""
    )  # fmt: skip
    return isolation.failure(alive, answer.document, timeout_s, max_memory_bytes)
