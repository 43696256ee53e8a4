"""A deadline on a call in this process, for what never ends by itself."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

__all__ = ["Overtime", "deadline"]

_SHORTEST_S = 1e-3
# What is raised inside a finaliser or a callback of the garbage collector is lost: it rings again.
_AGAIN_S = 1.0
# What follows the steps of a program holds locks while it does, and never gives them back after a raise.
_TRACERS = frozenset({"coverage", "bdb", "pydevd"})
# These rooms of coverage lie below the program that they run, for as long as it runs.
_RUNNERS = frozenset({"coverage.cmdline", "coverage.execfile"})


# No Exception: neither a parser nor the machinery that draws examples may take it for its own.
class Overtime(BaseException):
    """Raised in the call that did not end in time; says how long it had and where it was."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise `Overtime` in the body when it takes longer than `seconds`.

    Works in the main thread, between two steps of the interpreter; elsewhere the body runs as it is.
    A body that swallows it, or where it is lost, hears of it again every second.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    over = False

    def ring(_number: int, frame: FrameType | None) -> None:
        if over:
            return
        if _is_tracing(frame):
            signal.setitimer(signal.ITIMER_REAL, _SHORTEST_S, _AGAIN_S)
            return
        place = f", at line {frame.f_lineno} of {frame.f_code.co_qualname}" if frame is not None else ""
        raise Overtime(f"not done after {seconds:g} s{place}")

    began = time.monotonic()
    handler = signal.getsignal(signal.SIGALRM)
    left = interval = 0.0
    try:
        signal.signal(signal.SIGALRM, ring)
        left, interval = signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN_S)
        yield
    finally:
        try:
            over = True
        finally:
            over = True  # it may have rung on the way to the line above, and does not ring twice at once
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if left:  # somebody else's timer goes on
            rest = max(left - (time.monotonic() - began), _SHORTEST_S)
            signal.setitimer(signal.ITIMER_REAL, rest, interval)


def _is_tracing(frame: FrameType | None) -> bool:
    """Say whether a tracer is at work between two steps of the program, above `frame` or in it."""
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name.partition(".")[0] in _TRACERS and name not in _RUNNERS:
            return True
        frame = frame.f_back
    return False
