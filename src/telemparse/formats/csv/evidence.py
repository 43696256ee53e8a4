"""Units that nobody states, told by the data itself: speeds measured against positions and times."""

from __future__ import annotations

from telemparse.kernels.speeds import speed_unit

__all__ = ["speed_unit"]
