"""What counts as a crossing, a stint, a valid lap and a sure one: the limits, in one table."""

from __future__ import annotations

import attrs

__all__ = ["LapRules"]

_ABOVE_0 = attrs.validators.gt(0.0)


@attrs.frozen(kw_only=True)
class LapRules:
    """Limits of finding and judging laps.

    Args:
        slowest_mps: a crossing at less is none.
        least_cosine: of the angle between travel and the line's direction.
        shortest_lap_s: crossings that follow each other faster are one.
        shortest_share: likewise, as a share of the median lap.
        beside_share: a crossing behind an end of the line by less than so many standard deviations of the
            receiver's wander may count.
        odd_line: a crossing so many times farther beside those around it than lines and the receiver usually
            wander is none of the track.
        slow_share: at less of the usual speed at the line such a crossing is one of a pit lane.
        idle_s: standing for longer ends a stint.
        silence_s: no epoch for longer ends a stint.
        standing_mps: less is standing.
        stop_s: standing for longer within a lap spoils it.
        shortest_way, longest_way: a lap whose way is a smaller or larger share of the median way is none of
            the same track.
        gap_share: a lap that takes longer than so many median laps and has a gap may be two.
        high_s, medium_s: largest standard deviation of a lap time of high and of medium confidence.
    """

    slowest_mps: float = attrs.field(default=1.0, validator=_ABOVE_0)
    least_cosine: float = attrs.field(default=0.5, validator=[_ABOVE_0, attrs.validators.lt(1.0)])
    shortest_lap_s: float = attrs.field(default=8.0, validator=_ABOVE_0)
    shortest_share: float = attrs.field(default=0.35, validator=_ABOVE_0)
    beside_share: float = attrs.field(default=2.0, validator=attrs.validators.ge(0.0))
    odd_line: float = attrs.field(default=3.5, validator=_ABOVE_0)
    slow_share: float = attrs.field(default=0.7, validator=_ABOVE_0)
    idle_s: float = attrs.field(default=45.0, validator=_ABOVE_0)
    silence_s: float = attrs.field(default=30.0, validator=_ABOVE_0)
    standing_mps: float = attrs.field(default=1.0, validator=_ABOVE_0)
    stop_s: float = attrs.field(default=3.0, validator=_ABOVE_0)
    shortest_way: float = attrs.field(default=0.9, validator=_ABOVE_0)
    longest_way: float = attrs.field(default=1.2, validator=_ABOVE_0)
    gap_share: float = attrs.field(default=1.6, validator=_ABOVE_0)
    high_s: float = attrs.field(default=0.05, validator=_ABOVE_0)
    medium_s: float = attrs.field(default=0.2, validator=_ABOVE_0)
