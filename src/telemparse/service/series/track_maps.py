"""The map of a session: where it went, how fast, where the line breaks, and the start/finish gate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.service.series.chart_lines import Gaps, since_s
from telemparse.service.series.level_choice import AUTO, chosen_level
from telemparse.service.series.refusals import SeriesRefused
from telemparse.service.series.stored_streams import stored_streams
from telemparse.service.series.windows import checked_points, window_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Floats, Ints
    from telemparse.runner import Pipeline
    from telemparse.service.series.rows import Rows
    from telemparse.service.series.stored_streams import StoredStreams

__all__ = ["TrackMap", "track_map"]

_STREAM, _LAT, _LON, _SPEED = "gnss_pvt", "lat_deg", "lon_deg", "speed_mps"
_GATE = ("lat1_deg", "lon1_deg", "lat2_deg", "lon2_deg", "name", "source")
_POLE_DEG, _HALF_DEG, _FULL_DEG = 90.0, 180.0, 360.0
_DIGITS = 7  # a centimetre


@attrs.frozen(kw_only=True, eq=False)
class TrackMap:
    """Places in order of time.

    Args:
        session_id, run_id: whose they are.
        stream, level: that was read.
        time_base, origin_ns: of `t_s`.
        lat_deg, lon_deg: WGS-84, shape (n,), all of them known.
        speed_mps: shape (n,), NaN where unknown.
        t_s: seconds since the origin, shape (n,).
        breaks: places before which the line breaks, rising.
        gate: the start/finish line that laps were timed at, None where nobody knows one.
        bounds: `south`, `west`, `north`, `east` in degrees, west above east across the date line; None
            without places.
    """

    session_id: str
    run_id: str
    stream: str
    level: str
    time_base: str | None
    origin_ns: int
    lat_deg: Floats
    lon_deg: Floats
    speed_mps: NDArray[Any]
    t_s: Floats
    breaks: Ints
    gate: Mapping[str, Any] | None
    bounds: Mapping[str, float] | None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; `origin_ns` is text."""
        import orjson

        document: dict[str, Any] = orjson.loads(self.to_json())
        return document

    def to_json(self) -> bytes:
        """Return the same as JSON."""
        import orjson

        document = {**attrs.asdict(self, recurse=False), "origin_ns": str(self.origin_ns)}
        return orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)


def track_map(
    pipeline: Pipeline, session_id: str, *, max_points: int = 4000, lap: int | None = None
) -> TrackMap:
    """Return where a session, or one of its laps, went.

    Args:
        pipeline: where the session is.
        session_id: of the session.
        max_points: 16 to 10 000; rows are left out evenly.
        lap: number of a lap, None for all of the session.

    Raises SeriesRefused: SESSION_NOT_READY, NO_POSITION, LAP_UNKNOWN, WINDOW_TOO_LARGE, SERIES_INVALID,
    SERIES_UNREADABLE.
    """
    points = checked_points(max_points)
    stored = stored_streams(pipeline, session_id)
    try:
        levels = stored.levels(_STREAM)
    except SeriesRefused:
        raise SeriesRefused("NO_POSITION") from None
    base = levels["L0"].time_base if "L0" in levels else next(iter(levels.values())).time_base
    window = window_of(pipeline, stored, base, lap=lap)
    try:
        with chosen_level(
            pipeline.storage, levels, AUTO, columns=(_LAT, _LON), window=window, points=points
        ) as (dataset, rows):
            rows.check_room(3)
            places = _places(rows, points, dataset.rate_hz)
    except SeriesRefused as refused:
        if refused.code in ("COLUMN_UNKNOWN", "COLUMN_NOT_NUMERIC"):
            raise SeriesRefused("NO_POSITION") from None
        raise
    if lap is None and not len(places.t_ns):
        raise SeriesRefused("NO_POSITION")
    origin_ns = stored.origin_ns(base)
    return TrackMap(
        session_id=session_id,
        run_id=stored.run_id,
        stream=_STREAM,
        level=dataset.level,
        time_base=base,
        origin_ns=origin_ns,
        lat_deg=np.round(places.lat_deg, _DIGITS),
        lon_deg=np.round(places.lon_deg, _DIGITS),
        speed_mps=places.speed_mps,
        t_s=since_s(places.t_ns, origin_ns),
        breaks=places.breaks,
        gate=_gate(pipeline, stored),
        bounds=_bounds(places.lat_deg, places.lon_deg),
    )


@attrs.frozen(eq=False)
class _Places:
    t_ns: Ints
    lat_deg: Floats
    lon_deg: Floats
    speed_mps: NDArray[Any]
    breaks: Ints


def _places(rows: Rows, points: int, rate_hz: float | None) -> _Places:
    lat, lon = rows.values(_LAT).astype(np.float64), rows.values(_LON).astype(np.float64)
    known = (np.abs(lat) <= _POLE_DEG) & (np.abs(lon) <= _FULL_DEG)
    there = np.flatnonzero(known)
    if len(there) > points:
        there = there[np.rint(np.linspace(0, len(there) - 1, points)).astype(np.int64)]
    # A line breaks over rows without a place, and over time without rows.
    missing = np.concatenate([[0], np.cumsum(~known)])
    unknown = np.flatnonzero(np.diff(missing[there])) + 1
    gaps, _before = Gaps.of(rows.t_ns, rate_hz).between(there)
    speed = rows.values(_SPEED)[there] if _SPEED in rows.schema.names else np.full(len(there), np.nan)
    return _Places(rows.t_ns[there], lat[there], lon[there], speed, np.union1d(unknown, gaps))


def _bounds(lat: Floats, lon: Floats) -> dict[str, float] | None:
    if not len(lat):
        return None
    west, east = float(lon.min()), float(lon.max())
    if east - west > _HALF_DEG:
        # It crosses the date line, or goes round the world.
        turned = np.where(lon < 0, lon + _FULL_DEG, lon)
        if turned.max() - turned.min() < east - west:
            west, east = float(turned.min()), float(turned.max()) - _FULL_DEG
    return {"south": float(lat.min()), "west": west, "north": float(lat.max()), "east": east}


def _gate(pipeline: Pipeline, stored: StoredStreams) -> dict[str, Any] | None:
    """Return the gate that the run's laps were timed at; None where it is another run's or nobody's."""
    run = pipeline.shown_run(stored.session_id)
    document = None if run is None or run.id != stored.run_id else run.gate
    return None if document is None else {name: document.get(name) for name in _GATE}
