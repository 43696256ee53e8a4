"""Points of sensors beside those of the receiver: services write each value as a point of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.clocks import NS_PER_S

if TYPE_CHECKING:
    from telemparse.formats.trackpoints.clock import Times
    from telemparse.formats.trackpoints.positions import Fixes

__all__ = ["Companions"]

_NEVER = np.iinfo(np.int64).min // 2


@attrs.define
class Companions:
    """Tells points without a position that accompany a fix from epochs whose receiver had none.

    Receivers of sports watches give a position a second at most: what stands at the time of a fix or less
    than a second behind it is no epoch of theirs (exports of MapMyFitness; repeated points of laps).
    """

    _last_ns: int = _NEVER

    def without(self, fixes: Fixes, times: Times) -> tuple[Fixes, int]:
        """Return the next block's fixes without companions among the epochs, and how many there were."""
        rows = np.maximum.accumulate(np.where(fixes.usable, np.arange(len(times.t_ns)), 0))
        seen = times.t_ns[rows]
        # Up to the first fix of the block the last one before counts.
        seen[: _first(fixes)] = self._last_ns
        self._last_ns = int(seen[-1])
        if not fixes.absent.any():
            return fixes, 0
        ago = times.t_ns - seen
        beside = fixes.absent & (ago >= 0) & (ago < NS_PER_S)
        return attrs.evolve(fixes, without_fix=fixes.without_fix & ~beside), int(beside.sum())


def _first(fixes: Fixes) -> int:
    """Return the first usable row, or how many rows there are."""
    return int(np.argmax(fixes.usable)) if fixes.usable.any() else len(fixes.usable)
