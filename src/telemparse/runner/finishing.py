"""Finishing: the last of one run is written while the worker is at the next."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

__all__ = ["Finisher"]


class Finisher:
    """Does work in a thread of its own, one piece at a time; a context manager that ends when all is done.

    Args:
        name: of the thread.
    """

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._last: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        try:
            self.wait()
        finally:
            self._pool.shutdown()

    def hand(self, work: Callable[[], None]) -> None:
        """Take work over, as soon as that before it is done; raises what that one raised."""
        self.wait()
        self._last = self._pool.submit(work)

    def wait(self) -> None:
        """Wait until nothing is left; raises what the work raised."""
        last, self._last = self._last, None
        if last is not None:
            last.result()
