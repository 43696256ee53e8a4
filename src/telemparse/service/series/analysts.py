"""Who compares laps: a warm sandbox with a deadline, and the answers that were given last."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Self

from telemparse.errors import CallError
from telemparse.isolation import ChildFailed, Stopped
from telemparse.runner.sandbox import Sandbox, SandboxNotReady
from telemparse.service.series.refusals import SeriesRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping
    from pathlib import Path

__all__ = ["Analyst"]

_PRELOAD = "telemparse.service.series.comparison_tasks:preload"
_TIMEOUT_S = 60.0
_KEPT = 8  # the largest has some megabytes
_GIB = 1 << 30
_TOO_LONG = "PARSER_TIMEOUT"


class Analyst:
    """One sandbox for analysis that a request waits for; for all threads, one at a time. A context manager.

    The child process is started at the first question, and replaced when it fails.

    Args:
        max_memory_bytes: of the child's address space, 1 GiB at least; None for no limit.
        timeout_s: of each answer, and of the wait for one's turn before it.
    """

    def __init__(self, max_memory_bytes: int | None = 4 * _GIB, *, timeout_s: float = _TIMEOUT_S) -> None:
        self.timeout_s = timeout_s
        self._sandbox = Sandbox(max_memory_bytes=max_memory_bytes)
        self._turn = threading.Lock()
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """End the child, and an answer that is under way with ANALYSIS_FAILED; a second time is nothing."""
        self._sandbox.close()

    def warm(self) -> None:
        """Start the child now. Raises SeriesRefused with ANALYSIS_FAILED."""
        try:
            self._sandbox.warm(_PRELOAD)
        except (SandboxNotReady, Stopped, CallError) as error:
            raise SeriesRefused("ANALYSIS_FAILED", error=type(error).__name__) from error

    def answer(self, key: Hashable, target: str, folder: Path, ask: Callable[[], Mapping[str, Any]]) -> Any:
        """Return the answer to a question, that of the last time where it is known.

        Args:
            key: of the question.
            target: `module:function` to call in the child.
            folder: private to the caller.
            ask: makes the request; called only where the answer is not known, in one's turn.

        Raises SeriesRefused with ANALYSIS_TIMEOUT or ANALYSIS_FAILED, and what `ask` raises.
        """
        known = self.known(key)
        if known is not None:
            return known
        if not self._turn.acquire(timeout=self.timeout_s):
            raise SeriesRefused("ANALYSIS_TIMEOUT", "Other comparisons took too long.")
        try:
            known = self.known(key)  # who was before may have asked the same
            if known is None:
                known = self._kept[key] = self._asked(target, folder, ask())
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        finally:
            self._turn.release()
        return known

    def known(self, key: Hashable) -> Any:
        """Return the answer that was given to a question, None where it is not known any more."""
        return self._kept.get(key)

    def _asked(self, target: str, folder: Path, request: Mapping[str, Any]) -> Any:
        self.warm()
        try:
            return self._sandbox.call(target, request, folder, timeout_s=self.timeout_s)
        except ChildFailed as failed:
            if failed.code == _TOO_LONG:
                raise SeriesRefused("ANALYSIS_TIMEOUT", timeout_s=self.timeout_s) from failed
            raise SeriesRefused("ANALYSIS_FAILED", reason=failed.code) from failed
        except (SandboxNotReady, Stopped, CallError) as error:
            raise SeriesRefused("ANALYSIS_FAILED", error=type(error).__name__) from error
