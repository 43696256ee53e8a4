"""Instants of samples inside a payload: spread evenly from one stamp of their stream to the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

import attrs
import numpy as np

from telemparse.kernels.clocks import NS_PER_S

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Ints

__all__ = ["Spread", "Stamped", "Timed"]

Held = TypeVar("Held")

_DEFAULT_NS = NS_PER_S
_LONG_NS = 60 * NS_PER_S
_ALIKE = 2.0  # times; steps that differ by more are no clock's
_BELIEVED = 3  # odd steps in a row are the stream's new rate
_LOST = 1000  # times the samples of a payload; more are no gap but another count


@attrs.frozen
class Stamped(Generic[Held]):
    """Samples of one payload whose first one is dated.

    Args:
        t_ns: of the first sample.
        samples: how many.
        before: samples of the stream before them, by TSMP; None where it does not say.
        leg: of the clock; no step leads from one to another.
        duration_ns: of the payload, as the video has it; None outside of one.
        held: what the samples are.
    """

    t_ns: int
    samples: int
    before: int | None
    leg: int
    duration_ns: int | None
    held: Held


@attrs.frozen
class Timed(Generic[Held]):
    """Samples with their instants, shape (samples,)."""

    t_ns: Ints
    held: Held


@attrs.define
class Spread(Generic[Held]):
    """Dates the samples of one stream, one payload late.

    Attributes:
        assumed: payloads whose length nothing told.
    """

    assumed: int = 0
    _waiting: Stamped[Held] | None = None
    _period_ns: float | None = None
    _odd: int = 0

    def take(self, stamped: Stamped[Held]) -> Timed[Held] | None:
        """Take the next payload and return the one before it."""
        waiting, self._waiting = self._waiting, stamped
        return None if waiting is None else self._timed(waiting, stamped)

    def finish(self) -> Timed[Held] | None:
        """Return the last payload."""
        waiting, self._waiting = self._waiting, None
        return None if waiting is None else self._timed(waiting, None)

    def _timed(self, now: Stamped[Held], following: Stamped[Held] | None) -> Timed[Held]:
        period_ns = self._measured(now, following)
        if period_ns is None:
            period_ns = self._period_ns
        if period_ns is None:
            duration_ns = now.duration_ns
            if duration_ns is None:
                duration_ns = _DEFAULT_NS
                self.assumed += 1
            period_ns = duration_ns / now.samples
        else:
            self._period_ns = period_ns
        steps = np.rint(np.arange(now.samples) * period_ns).astype(np.int64)
        return Timed(now.t_ns + steps, now.held)

    def _measured(self, now: Stamped[Held], following: Stamped[Held] | None) -> float | None:
        """Return the period from a stamp to the next one; samples lost between them count by TSMP."""
        if following is None or following.leg != now.leg:
            return None
        count = now.samples
        if now.before is not None and following.before is not None:
            counted = following.before - now.before
            if not count <= counted <= count * _LOST:
                # The count began anew: who knows what is lost between.
                return None if self._period_ns is not None else self._alike(following.t_ns - now.t_ns, count)
            count = counted
        return self._alike(following.t_ns - now.t_ns, count)

    def _alike(self, step_ns: int, count: int) -> float | None:
        period_ns = step_ns / count
        if step_ns <= 0 or period_ns > _LONG_NS:
            return None
        known = self._period_ns
        if known is not None and not known / _ALIKE <= period_ns <= known * _ALIKE:
            self._odd += 1
            if self._odd < _BELIEVED:
                return None
        self._odd = 0
        return period_ns
