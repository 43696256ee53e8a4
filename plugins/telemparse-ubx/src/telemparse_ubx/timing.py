"""How the instants of a log are made: from what messages name, or from the time of week."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.clocks import gps_to_utc_ns

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Ints

__all__ = ["Timing"]

_NS_PER_MS = 1_000_000


@attrs.define
class Timing:
    """How the instants of a log are made.

    Args:
        time_base: `utc`, or `relative` where no message names a date or a week.
        start_ms: of the first time of week, the zero of a relative clock.

    Attributes:
        dated: epochs that name their instant themselves.
        counted: those whose instant is reckoned from the time of week and a week that another one names.
    """

    time_base: str
    start_ms: int
    dated: int = 0
    counted: int = 0

    def instants(self, bases: Ints, unrolled_ns: Ints) -> Ints:
        """Return instants of ns since the count began, at ms of GPS time, shape (n,)."""
        if self.time_base == "relative":
            return unrolled_ns - self.start_ms * _NS_PER_MS
        return gps_to_utc_ns(np.zeros_like(bases), bases * _NS_PER_MS + unrolled_ns)
