"""The table of segments: names, shapes, and how sure each one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import pyarrow as pa

from telemparse.analysis.track_parts import Kind
from telemparse.schemas import build
from telemparse.schemas.common import CONFIDENCES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from telemparse.analysis.lap_rows import LapRow
    from telemparse.analysis.track_parts import Corner, Part
    from telemparse.analysis.ways import Way

__all__ = ["Doubt", "doubt_of", "segment_table"]

_SURE, _FAIR = 0.2, 0.5
"""Shares of a corner's length that apexes of single laps may lie apart."""
_CONFIRMING = 3
"""Laps that confirm a corner."""


@attrs.frozen
class Doubt:
    """How sure a corner is, and why not surer."""

    confidence: str
    reason: str = ""


def doubt_of(corner: Corner, laps: int) -> Doubt:
    """Return how sure a corner is that so many laps show."""
    spread = corner.spread_m
    if spread is None:
        return Doubt("LOW", "there is only one lap")
    if spread > _FAIR * corner.length_m:
        return Doubt("LOW", "laps turn in different places")
    if spread > _SURE * corner.length_m:
        return Doubt("MEDIUM", f"apexes of laps lie {spread:.1f} m apart")
    return Doubt("HIGH") if laps >= _CONFIRMING else Doubt("MEDIUM", f"there are only {laps} laps")


def segment_table(
    parts: Sequence[Part], doubts: Mapping[int, Doubt], reference: LapRow, way: Way
) -> pa.Table:
    """Return stream `segments`.

    Args:
        parts: from line to line.
        doubts: by number of the corner.
        reference: the lap whose way progress is measured along.
        way: that way.
    """
    straights, rows = 0, []
    for index, part in enumerate(parts):
        straights += part.kind is Kind.STRAIGHT
        name = _name(part, straights)
        tightest = max(part.corners, key=lambda corner: abs(corner.curvature_per_m), default=None)
        # A straight is as sure as the corners that end it.
        shown = part.corners or parts[index - 1].corners + parts[(index + 1) % len(parts)].corners
        doubted = [doubts[corner.number] for corner in shown]
        rows.append({
            "segment_id": name.lower().replace(" ", "_").replace("-", "_"),
            "name": name,
            "segment_type": str(part.kind),
            "order_index": index,
            "s_start_m": part.s_start_m,
            "s_end_m": part.s_end_m,
            "direction": part.corners[0].direction if len(part.corners) == 1 else None,
            "apex_s_m": None if tightest is None else tightest.apex_s_m,
            "confidence": max((doubt.confidence for doubt in doubted), key=CONFIDENCES.index),
            "reasons": ["SEGMENT_UNCONFIRMED"] if any(doubt.reason for doubt in doubted) else [],
            "source": "auto_detected",
        })  # fmt: skip
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    batch = build("segments", columns, reference_lap=reference.number, reference_length_m=way.length_m)
    return pa.Table.from_batches([batch])


def _name(part: Part, straights: int) -> str:
    if not part.corners:
        return f"Straight {straights}"
    first, last = part.corners[0].number, part.corners[-1].number
    return f"Turn {first}" if first == last else f"Turns {first}-{last}"
