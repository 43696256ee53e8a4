"""Finishing: the last of one run is done while the worker would only wait for the next."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Finisher"]

_REST_S = 0.03


@attrs.define
class Finisher:
    """Holds work until there is time for it; a context manager that does what is left at its end."""

    _work: Callable[[], None] | None = None
    _since_s: float = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.turn()

    def hand(self, work: Callable[[], None]) -> None:
        """Take work over; that before it is done now at the latest."""
        self.turn()
        self._work, self._since_s = work, time.monotonic()

    def turn_when_due(self) -> None:
        """As `turn`, but not at once: a call that is over in a moment, as detection is, need not wait."""
        if self._work is not None and time.monotonic() - self._since_s > _REST_S:
            self.turn()

    def turn(self) -> None:
        """Do what there is to do; raises what it raises."""
        work, self._work = self._work, None
        if work is not None:
            work()
