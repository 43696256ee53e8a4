"""Speeds as colours: the steps of a legend, and lines cut where the colour changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.report.figures import KMH
from telemparse.report.polylines import FINE, path_text, runs_of, simplified

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Floats, Ints

__all__ = ["STEPS", "SpeedColours", "Stroke"]

STEPS = 10
"""Colours from slow to fast, classes `v0` to `v9` of the style sheet."""
_ENDS = (1.0, 99.0)
_LEAST_RANGE_KMH = 1.0


@attrs.frozen
class Stroke:
    """Pieces of a line in one colour.

    Args:
        step: the colour, from 0.
        path: data of an SVG path.
    """

    step: int
    path: str


@attrs.frozen
class SpeedColours:
    """The scale of a map's colours.

    Args:
        low_kmh, high_kmh: speeds at its ends; slower and faster ones have the colours of the ends.
    """

    low_kmh: float
    high_kmh: float

    @classmethod
    def of(cls, speed_mps: Floats) -> SpeedColours | None:
        """Return the scale for speeds, None where none is known: all but the rarest, at least 1 km/h wide."""
        known = speed_mps[np.isfinite(speed_mps)] * KMH
        if not len(known):
            return None
        low, high = (float(value) for value in np.percentile(known, _ENDS))
        low = max(np.floor(low), 0.0)
        return cls(float(low), float(max(np.ceil(high), low + _LEAST_RANGE_KMH)))

    @property
    def named(self) -> tuple[str, str]:
        """Words at the ends of the legend."""
        return f"{self.low_kmh:.0f}", f"{self.high_kmh:.0f}"

    def steps(self, speed_mps: Floats) -> Ints:
        """Return the colour of each speed, of the same shape."""
        share = (speed_mps * KMH - self.low_kmh) / (self.high_kmh - self.low_kmh)
        return np.clip(np.floor(share * STEPS), 0, STEPS - 1).astype(np.int64)

    def strokes(self, points: Floats, speed_mps: Floats) -> tuple[Stroke, ...]:
        """Return a line in its colours.

        Args:
            points: of the drawing, shape (n, 2), NaN where the line breaks.
            speed_mps: at the points, shape (n,), NaN where unknown: the line breaks there too.
        """
        lines: dict[int, list[Floats]] = {}
        shown = np.where(np.isfinite(speed_mps)[:, None], points, np.nan)
        for run in runs_of(shown):
            place, speed = shown[run], speed_mps[run]
            # A piece has the colour of the middle between its ends.
            colour = self.steps((speed[1:] + speed[:-1]) / 2)
            edges = np.concatenate([[0], np.flatnonzero(np.diff(colour)) + 1, [len(colour)]])
            for start, stop in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
                piece = place[start : stop + 1]
                lines.setdefault(int(colour[start]), []).append(piece[simplified(piece, FINE)])
        return tuple(Stroke(step, path_text(lines[step])) for step in sorted(lines))
