"""The list of corners: where they are, how they turn, and how fast the laps go through them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse.report.figures import KMH

if TYPE_CHECKING:
    from telemparse.report.analysed import Analysed

__all__ = ["CornerLine", "CornerList", "corner_list"]


@attrs.frozen(kw_only=True)
class CornerLine:
    """One corner.

    Args:
        number: from the line on.
        part: name and shape of the segment that it is in.
        turn: direction and angle, in words.
        place: progress of its apex in metres, in words; of its middle where it has none.
        slowest_kmh: lowest speed of the usual lap, in words.
        spread: how far the apexes of laps lie apart, in words; empty of one lap.
        confidence: in words.
    """

    number: int
    part: str
    turn: str
    place: str
    slowest_kmh: str
    spread: str
    confidence: str


@attrs.frozen
class CornerList:
    """All corners.

    Args:
        lines: in order of travel.
        lacks: codes and words that say why there are none, or fewer sure ones.
    """

    lines: tuple[CornerLine, ...]
    lacks: tuple[tuple[str, str], ...]


def corner_list(found: Analysed) -> CornerList:
    """Return the list of corners, without lines where no segments were found; it says why then."""
    segments = found.segments
    parts = [row for row in segments.table.to_pylist() if row["segment_type"] != "straight"]
    lines = []
    for corner in segments.corners:
        middle = (corner.s_start_m + corner.s_end_m) / 2 if corner.apex_s_m is None else corner.apex_s_m
        part = next((row for row in parts if row["s_start_m"] <= middle <= row["s_end_m"]), None)
        way = "left" if corner.turn_deg > 0 else "right"
        lines.append(CornerLine(
            number=corner.number,
            part="" if part is None else f"{part['name']}, {part['segment_type']}",
            turn=f"{way} {abs(corner.turn_deg):.0f}°",
            place=f"{middle:.0f}",
            slowest_kmh=f"{corner.speed_mps * KMH:.0f}",
            spread="" if corner.spread_m is None else f"{corner.spread_m:.1f}",
            confidence="" if part is None else (part["confidence"] or "").lower(),
        ))  # fmt: skip
    issues = segments.issues if not lines else ()
    return CornerList(tuple(lines), tuple((issue.code, issue.message) for issue in issues))
