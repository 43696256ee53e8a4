"""Crews: the same work in several threads, begun together and ended together."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["work_together"]


class _Hand:
    """One thread of a crew."""

    def __init__(self, work: Callable[[], int], number: int, stop: threading.Event) -> None:
        self.done = 0
        self.error: BaseException | None = None
        # A join that Ctrl-C interrupts takes its thread for ended (bpo-45274): an event is waited for.
        self.over = threading.Event()
        self._work, self._stop = work, stop
        self.thread = threading.Thread(target=self._run, name=f"worker {number}")

    def _run(self) -> None:
        try:
            self.done = self._work()
        except BaseException as error:  # noqa: BLE001  (the caller's thread raises it)
            self.error = error
            self._stop.set()
        finally:
            self.over.set()

    def leave(self) -> None:
        """Wait until the thread has ended, if it ever began."""
        if self.thread.ident is not None:
            self.over.wait()
            self.thread.join()


def work_together(work: Callable[[], int], hands: int, stop: threading.Event) -> int:
    """Do the same work in so many threads and return the sum of what each came to.

    Args:
        work: called in each thread; it ends soon after `stop` is set.
        hands: threads.
        stop: is set when one of them raises, and when the caller is interrupted.

    Raises what the first of them raised, when all have ended.
    """
    crew = [_Hand(work, number, stop) for number in range(1, hands + 1)]
    try:
        for hand in crew:
            hand.thread.start()
        for hand in crew:
            hand.over.wait()
    except BaseException:  # Ctrl-C comes here, and not to the threads
        stop.set()
        raise
    finally:
        for hand in crew:
            hand.leave()
    errors = [hand.error for hand in crew if hand.error is not None]
    if errors:
        raise errors[0]
    return sum(hand.done for hand in crew)
