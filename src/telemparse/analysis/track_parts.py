"""Corners, sweepers, chicanes and straights from line to line: bends and what lies between them."""

from __future__ import annotations

import enum
import math
from typing import TYPE_CHECKING

import attrs
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemparse.analysis.bends import Bend
    from telemparse.kernels.arrays import Floats

__all__ = ["Corner", "Kind", "Part", "corners_of", "parts_of"]

_SHORT = 0.5
"""A straight is longer than this share of the shorter corner beside it."""
_FAST = 0.8
"""A sweeper is driven with this share of the nearly highest speed."""
_CHICANE_TURN = math.radians(90.0)
"""Each corner of a chicane turns by less than this."""


class Kind(enum.StrEnum):
    """Words of `segment_type`."""

    STRAIGHT = "straight"
    CORNER = "corner"
    SWEEPER = "sweeper"
    CHICANE = "chicane"


@attrs.frozen(kw_only=True)
class Corner:
    """One turn of the track.

    Args:
        number: in order of travel behind the line, from 1.
        s_start_m, s_end_m: progress where it begins and ends.
        apex_s_m: progress where it is tightest; None where the line cuts it there.
        turn_deg: how far it turns, left is positive.
        curvature_per_m: where it is tightest, left is positive.
        speed_mps: the lowest of the usual lap in it.
        spread_m: how far the apexes of single laps lie apart (standard deviation), None of one lap.
    """

    number: int
    s_start_m: float
    s_end_m: float
    apex_s_m: float | None
    turn_deg: float
    curvature_per_m: float
    speed_mps: float
    spread_m: float | None = None

    @property
    def direction(self) -> str:
        """Which way it turns: `left` or `right`."""
        return "left" if self.turn_deg > 0 else "right"

    @property
    def length_m(self) -> float:
        """From its beginning to its end."""
        return self.s_end_m - self.s_start_m


@attrs.frozen(kw_only=True)
class Part:
    """One part of the lap.

    Args:
        kind: of what shape.
        s_start_m, s_end_m: progress where it begins and ends.
        corners: that it consists of: none of a straight, several of a chicane.
    """

    kind: Kind
    s_start_m: float
    s_end_m: float
    corners: tuple[Corner, ...] = ()


def corners_of(bends: Sequence[Bend], s_m: Floats, speed_mps: Floats) -> tuple[Corner, ...]:
    """Return numbered corners; neighbours without a straight between meet in the middle.

    Args:
        bends: rows of the profile.
        s_m: progress of the rows, from 0 to the length of the lap, shape (m,).
        speed_mps: usual speed there, shape (m,).
    """
    starts = [float(s_m[bend.first]) for bend in bends]
    ends = [float(s_m[bend.last]) for bend in bends]
    length = float(s_m[-1])
    for left in range(len(bends) - 1):
        if _touch(
            ends[left] - starts[left], starts[left + 1] - ends[left], ends[left + 1] - starts[left + 1]
        ):
            starts[left + 1] = ends[left] = (ends[left] + starts[left + 1]) / 2
    if bends and _touch(ends[-1] - starts[-1], length - ends[-1] + starts[0], ends[0] - starts[0]):
        starts[0], ends[-1] = 0.0, length
    return tuple(
        Corner(
            number=number,
            s_start_m=start,
            s_end_m=end,
            apex_s_m=None if bend.apex is None else bend.apex * float(s_m[1]),
            turn_deg=math.degrees(bend.turn_rad),
            curvature_per_m=bend.curvature_per_m,
            speed_mps=float(np.nanmin(speed_mps[bend.first : bend.last + 1])),
        )
        for number, (bend, start, end) in enumerate(zip(bends, starts, ends, strict=True), 1)
    )


def _touch(length_m: float, between_m: float, other_m: float) -> bool:
    return between_m < _SHORT * min(length_m, other_m)


def parts_of(corners: Sequence[Corner], length_m: float, top_mps: float) -> tuple[Part, ...]:
    """Return all parts from line to line, each beginning where the one before ends.

    Args:
        corners: in order.
        length_m: of the lap.
        top_mps: speed that the lap nearly reaches.
    """
    parts: list[Part] = []
    end = 0.0
    for group in _groups(corners):
        if group[0].s_start_m > end:
            parts.append(Part(kind=Kind.STRAIGHT, s_start_m=end, s_end_m=group[0].s_start_m))
        end = group[-1].s_end_m
        kind = Kind.CHICANE
        if len(group) == 1:
            kind = Kind.SWEEPER if group[0].speed_mps >= _FAST * top_mps else Kind.CORNER
        parts.append(Part(kind=kind, s_start_m=group[0].s_start_m, s_end_m=end, corners=tuple(group)))
    if end < length_m:
        parts.append(Part(kind=Kind.STRAIGHT, s_start_m=end, s_end_m=length_m))
    return tuple(parts)


def _groups(corners: Sequence[Corner]) -> list[list[Corner]]:
    """Return corners alone, and together those that make a chicane: short turns, one after the other."""
    groups: list[list[Corner]] = []
    for corner in corners:
        before = groups[-1][-1] if groups else None
        if (
            before is not None
            and before.s_end_m == corner.s_start_m
            and before.direction != corner.direction
            and max(abs(before.turn_deg), abs(corner.turn_deg)) < math.degrees(_CHICANE_TURN)
        ):
            groups[-1].append(corner)
        else:
            groups.append([corner])
    return groups
