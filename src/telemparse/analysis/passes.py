"""Passes of a trail over many places at once, each a short line across the direction of travel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

if TYPE_CHECKING:
    from telemparse.analysis.trails import Trail
    from telemparse.kernels.arrays import Floats, Ints, Mask

__all__ = ["SAME_VISIT_S", "Passes", "Places"]

SAME_VISIT_S = 8.0
"""Passes of one place that follow each other faster are one visit; no lap is shorter."""

_LEAST_COSINE = 0.5
_BLOCK = 4_000_000


@attrs.frozen(eq=False, kw_only=True)
class Places:
    """Places with a direction of travel each.

    Args:
        middle_m: east and north, shape (k, 2).
        normal: unit vectors in the direction of travel, shape (k, 2).
    """

    middle_m: Floats
    normal: Floats

    def __len__(self) -> int:
        return len(self.middle_m)

    @classmethod
    def on(cls, trail: Trail, rows: Ints, reach_m: float) -> Places:
        """Return the places of points of a trail, with the direction of its chord over `reach_m`."""
        normal = trail.directions(rows, reach_m)
        known = normal.any(axis=1)
        return cls(middle_m=trail.position_m[rows[known]], normal=normal[known])


@attrs.frozen(eq=False, kw_only=True)
class Passes:
    """Passes over places, in the order of places and then of time, all columns of shape (m,).

    Args:
        place: index of the place.
        way_m: along the trail.
        t_s: seconds since the first epoch.
        offset_m: to the left of the place's middle.
        speed_mps: over ground.
        cosine: of the angle between the way and the place's direction.
    """

    place: Ints
    way_m: Floats
    t_s: Floats
    offset_m: Floats
    speed_mps: Floats
    cosine: Floats

    def __len__(self) -> int:
        return len(self.place)

    def part(self, rows: Mask | Ints) -> Passes:
        """Return the ones that a mask or index chooses."""
        return Passes(**{name: values[rows] for name, values in attrs.asdict(self, recurse=False).items()})

    @classmethod
    def over(cls, trail: Trail, places: Places, half_m: float, reach_m: float) -> Passes:
        """Return the passes of a trail within `half_m` of the middles, either way, but not along the lines.

        Args:
            trail: of at least two points.
            places: to pass.
            half_m: half of the length of the lines.
            reach_m: along the way, over which its direction is taken.
        """
        size = max(1, _BLOCK // len(trail))
        parts = [
            _crossings(trail, places.middle_m[first : first + size], places.normal[first : first + size])
            for first in range(0, max(len(places), 1), size)
        ]
        place = np.concatenate([part[0] + number * size for number, part in enumerate(parts)])
        step = np.concatenate([part[1] for part in parts])
        share = np.concatenate([part[2] for part in parts])
        span = trail.position_m[step + 1] - trail.position_m[step]
        here = trail.position_m[step] + share[:, None] * span
        normal = places.normal[place]
        away = here - places.middle_m[place]
        offset = normal[:, 0] * away[:, 1] - normal[:, 1] * away[:, 0]
        near = (np.abs(offset) <= half_m) & ~trail.broken[step]
        place, step, share, offset, normal = place[near], step[near], share[near], offset[near], normal[near]
        cosine = (trail.directions(step, reach_m) * normal).sum(axis=1)
        found = cls(
            place=place,
            way_m=trail.spacing_m * (step + share),
            t_s=trail.t_s[step] + share * (trail.t_s[step + 1] - trail.t_s[step]),
            offset_m=offset,
            speed_mps=trail.speed_mps[step],
            cosine=cosine,
        )
        return found.part(np.abs(cosine) > _LEAST_COSINE)

    @property
    def forward(self) -> Passes:
        """The ones in the places' direction of travel, one of each visit."""
        ahead = self.part(self.cosine > 0)
        first = np.ones(len(ahead), np.bool_)
        first[1:] = (ahead.place[1:] != ahead.place[:-1]) | (np.diff(ahead.t_s) >= SAME_VISIT_S)
        return ahead.part(first)


def _crossings(trail: Trail, middle_m: Floats, normal: Floats) -> tuple[Ints, Ints, Floats]:
    """Return place, step and share of the step of each crossing of the places' infinite lines."""
    distance = normal @ trail.position_m.T - (normal * middle_m).sum(axis=1)[:, None]
    behind = distance >= 0
    place, step = np.nonzero(behind[:, 1:] != behind[:, :-1])
    before, after = distance[place, step], distance[place, step + 1]
    return place, step, before / (before - after)
