"""What can happen at an instant: the words of `event_type`, known without pyarrow."""

from __future__ import annotations

__all__ = ["EVENT_TYPES"]

EVENT_TYPES = (
    "segment_break", "lap_beacon", "sector_beacon", "marker", "pit_in", "pit_out", "fix_lost",
    "fix_regained", "mode_change", "start", "stop", "other",
)  # fmt: skip
"""Every canonical event type."""
