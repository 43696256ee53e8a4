"""Workers: the same work on many items by several threads, results in order, ended at once by Ctrl-C."""

from __future__ import annotations

import threading
from collections import deque
from contextlib import suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

__all__ = ["in_parallel"]

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_PATIENCE_S = 5.0


def in_parallel(
    work: Callable[[_Item, threading.Event], _Result],
    items: Sequence[_Item],
    jobs: int,
    advance: Callable[[], None],
) -> Generator[tuple[_Item, _Result]]:
    """Yield each item with its result, in the order of the items.

    Args:
        work: done in a thread; must not raise, and lets go when the event is set.
        items: what to work on.
        jobs: threads at most.
        advance: called here whenever an item is done, in order of completion.

    When the caller stops early (Ctrl-C, a broken pipe), work under way is told by the event:
    `isolation.run` then kills its child, which has a session of its own and never sees the Ctrl-C.
    """
    tasks = deque(range(len(items)))
    done: SimpleQueue[tuple[int, _Result]] = SimpleQueue()

    stop = threading.Event()

    def labour() -> None:
        with suppress(IndexError):
            while not stop.is_set():
                number = tasks.popleft()
                done.put((number, work(items[number], stop)))

    threads = [threading.Thread(target=labour, daemon=True) for _ in range(min(jobs, len(items)))]
    results: dict[int, _Result] = {}
    try:
        for thread in threads:
            thread.start()
        for wanted, item in enumerate(items):
            while wanted not in results:
                number, result = done.get()
                results[number] = result
                advance()
            yield item, results.pop(wanted)
    finally:
        tasks.clear()
        stop.set()
        for thread in threads:
            if thread.is_alive():
                thread.join(_PATIENCE_S)
