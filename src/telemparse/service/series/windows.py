"""Windows of time that are asked for: in seconds since the origin, or as a lap."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import attrs

from telemparse.service.series.lap_lists import chosen_laps, laps_time_base
from telemparse.service.series.refusals import SeriesRefused

if TYPE_CHECKING:
    from telemparse.runner import Pipeline
    from telemparse.service.series.stored_streams import StoredStreams

__all__ = ["Window", "checked_points", "window_of"]

_FIRST_NS, _LAST_NS = -(2**63), 2**63 - 1
_NS_PER_S = 1e9
_FEWEST, _MOST = 16, 10_000


@attrs.frozen(kw_only=True)
class Window:
    """A window of time, both of whose ends belong to it; an end before the begin leaves nothing.

    Args:
        begin_ns, end_ns: instants in the time base of a stream.
    """

    begin_ns: int = _FIRST_NS
    end_ns: int = _LAST_NS

    def ends(self, first_ns: int | None, last_ns: int | None) -> tuple[int | None, int | None]:
        """Return its ends; where it has none, those of a stream."""
        return (
            first_ns if self.begin_ns == _FIRST_NS else self.begin_ns,
            last_ns if self.end_ns == _LAST_NS else self.end_ns,
        )


def checked_points(points: int) -> int:
    """Return a number of points that a chart may have; raises SeriesRefused for others."""
    if isinstance(points, bool) or not isinstance(points, int) or not _FEWEST <= points <= _MOST:
        raise SeriesRefused("SERIES_INVALID", f"max_points must be {_FEWEST} to {_MOST}")
    return points


def window_of(
    pipeline: Pipeline,
    stored: StoredStreams,
    time_base: str | None,
    *,
    begin_s: float | None = None,
    end_s: float | None = None,
    lap: int | None = None,
) -> Window:
    """Return the window of a request; of a lap and ends that are given, what they share.

    Args:
        pipeline: that knows the laps.
        stored: streams of the session.
        time_base: of the stream that is asked for.
        begin_s: seconds since the origin of the time base, None for no begin.
        end_s: likewise, None for no end.
        lap: number of a lap, None for none.

    Raises SeriesRefused with LAP_UNKNOWN, also for a lap whose time is of another clock, and SERIES_INVALID.
    """
    origin_ns = stored.origin_ns(time_base)
    begin_ns = _instant_ns(begin_s, origin_ns, _FIRST_NS, "begin_s")
    end_ns = _instant_ns(end_s, origin_ns, _LAST_NS, "end_s")
    if lap is not None:
        first_ns, last_ns = _lap_ns(pipeline, stored, time_base, lap)
        begin_ns, end_ns = max(begin_ns, first_ns), min(end_ns, last_ns)
    return Window(begin_ns=begin_ns, end_ns=end_ns)


def _instant_ns(seconds: float | None, origin_ns: int, absent_ns: int, name: str) -> int:
    if seconds is None:
        return absent_ns
    if math.isnan(seconds):
        raise SeriesRefused("SERIES_INVALID", f"{name} must be a number of seconds")
    # Beyond the centuries that 64 bits hold, an end is as good as none.
    furthest_s = 2.0**64 / _NS_PER_S
    since_ns = round(min(max(seconds, -furthest_s), furthest_s) * _NS_PER_S)
    return min(max(origin_ns + since_ns, _FIRST_NS), _LAST_NS)


def _lap_ns(pipeline: Pipeline, stored: StoredStreams, time_base: str | None, lap: int) -> tuple[int, int]:
    laps = chosen_laps(pipeline.laps(stored.session_id))
    found = next((each for each in laps if each.lap_number == lap), None)
    if found is None or found.t_start_ns is None or found.t_end_ns is None:
        raise SeriesRefused("LAP_UNKNOWN", lap=lap)
    base = laps_time_base(stored, found.stream)
    if base != time_base:
        raise SeriesRefused(
            "LAP_UNKNOWN", "The stream is stamped by another clock than the lap.",
            lap=lap, lap_time_base=base, stream_time_base=time_base,
        )  # fmt: skip
    return found.t_start_ns, found.t_end_ns
