"""Watches: each thread that waits for jobs has one of its own, so that none misses what another one saw."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Watch", "Watches"]


class Watch(ABC):
    """Sees changes of the queue that were made since it looked last."""

    def __init__(self) -> None:
        # Drivers do not bear a connection that is closed while another thread uses it.
        self._lock = threading.Lock()
        self._is_closed = False

    @abstractmethod
    def _sees_change(self, left_s: float, stop: threading.Event) -> bool:
        """Look for a change, for a quarter of a second at most; never raises for a database.

        The first look is True: what came before it cannot be known.
        """

    @abstractmethod
    def _let_go(self) -> None:
        """Close the connection, if there is one."""

    def wait(self, timeout_s: float, stop: threading.Event) -> None:
        """Return after a change, when `stop` is set, or after `timeout_s`."""
        deadline = time.monotonic() + timeout_s
        left_s = timeout_s
        while not stop.is_set():
            with self._lock:
                if self._is_closed:
                    break
                if self._sees_change(max(0.0, left_s), stop):
                    return
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                return
        stop.wait(max(0.0, left_s))

    def close(self) -> None:
        """Let go of the connection; who waits does so without looking."""
        self._is_closed = True
        with self._lock:
            self._let_go()


class Watches:
    """The watches of a process, by thread.

    Args:
        make: a new one.
    """

    def __init__(self, make: Callable[[], Watch]) -> None:
        self._make = make
        self._watches: dict[threading.Thread, Watch] = {}
        self._lock = threading.Lock()

    def own(self) -> Watch:
        """Return the watch of the calling thread."""
        thread = threading.current_thread()
        with self._lock:
            if thread not in self._watches:
                for ended in [other for other in self._watches if not other.is_alive()]:
                    self._watches.pop(ended).close()
                self._watches[thread] = self._make()
            return self._watches[thread]

    def close(self) -> None:
        """Close all of them."""
        with self._lock:
            while self._watches:
                _thread, watch = self._watches.popitem()
                watch.close()
