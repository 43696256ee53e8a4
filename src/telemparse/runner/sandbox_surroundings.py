"""State of a process that one call may change and the next one must not find changed."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any, Self, TextIO

import attrs

__all__ = ["Surroundings"]

_SIGNALS = (
    signal.SIGALRM, signal.SIGCHLD, signal.SIGHUP, signal.SIGINT, signal.SIGPIPE, signal.SIGPROF,
    signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2, signal.SIGVTALRM, signal.SIGXCPU,
)  # fmt: skip
_TIMERS = signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF


@attrs.frozen(kw_only=True)
class Surroundings:
    """Working folder, environment, import path, streams, signals, timers and file mode mask."""

    folder: str
    environment: dict[str, str]
    path: tuple[str, ...]
    streams: tuple[TextIO | Any, TextIO | Any, TextIO | Any]
    recursion_limit: int
    handlers: dict[int, Any]
    blocked: frozenset[int]
    mask: int

    @classmethod
    def seen(cls, folder: str) -> Self:
        """Return what there is now, with `folder` as the working folder."""
        mask = os.umask(0o077)
        os.umask(mask)
        return cls(
            folder=folder,
            environment=dict(os.environ),
            path=tuple(sys.path),
            streams=(sys.stdin, sys.stdout, sys.stderr),
            recursion_limit=sys.getrecursionlimit(),
            handlers={number: signal.getsignal(number) for number in _SIGNALS},
            blocked=frozenset(signal.pthread_sigmask(signal.SIG_BLOCK, ())),
            mask=mask,
        )

    def restore(self) -> None:
        """Make it so again. Raises OSError where the working folder is no more."""
        for timer in _TIMERS:
            signal.setitimer(timer, 0)
        for number, handler in self.handlers.items():
            if handler is not None and signal.getsignal(number) is not handler:
                signal.signal(number, handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, self.blocked)
        sys.stdin, sys.stdout, sys.stderr = self.streams
        sys.path[:] = self.path
        sys.setrecursionlimit(self.recursion_limit)
        os.umask(self.mask)
        if os.environ != self.environment:
            os.environ.clear()
            os.environ.update(self.environment)
        os.chdir(self.folder)
