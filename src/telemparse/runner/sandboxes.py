"""Sandboxes that are kept warm between the times that somebody works with one."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from telemparse.runner.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["PRELOAD", "Sandboxes"]

PRELOAD = "telemparse.runner.tasks:preload"
"""Loads all parsers and analysis, so that the first recording does not pay for it."""

# A child that shows wear is replaced at once; this is for wear that does not show: a start takes seconds.
_CALLS = 4096


class Sandboxes:
    """Lends sandboxes, each to one borrower at a time; close it, or use it in `with`.

    Args:
        max_memory_bytes: of each, see `Sandbox`.
        preload: what each loads before it is lent, see `Sandbox.warm`; None for no more than it must.
    """

    def __init__(self, max_memory_bytes: int | None, *, preload: str | None = PRELOAD) -> None:
        self._max_memory_bytes, self._preload = max_memory_bytes, preload
        self._idle: list[Sandbox] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @contextmanager
    def lent(self) -> Iterator[Sandbox]:
        """Lend a warm sandbox; one is started where none is idle. Raises SandboxNotReady."""
        with self._lock:
            sandbox = self._idle.pop() if self._idle else None
        if sandbox is None:
            sandbox = Sandbox(max_memory_bytes=self._max_memory_bytes, max_calls=_CALLS)
        try:
            sandbox.warm(self._preload)
            yield sandbox
        except BaseException:
            sandbox.close()
            raise
        with self._lock:
            self._idle.append(sandbox)

    def close(self) -> None:
        """End the sandboxes that are idle."""
        with self._lock:
            idle, self._idle = self._idle, []
        for sandbox in idle:
            sandbox.close()
