"""The map: the way in its plane coloured by speed, with gates, corners, direction and scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.report.analysed import speeds_at
from telemparse.report.figures import length
from telemparse.report.map_labels import place_labels
from telemparse.report.polylines import FINE, Numbers, drawn, path_text, runs_of, simplified
from telemparse.report.scales import round_step
from telemparse.report.speed_colours import SpeedColours

if TYPE_CHECKING:
    from telemparse.analysis.motions import Motion
    from telemparse.kernels.arrays import Floats, Ints
    from telemparse.model.gates import Gate
    from telemparse.report.analysed import Analysed
    from telemparse.report.map_labels import Label
    from telemparse.report.speed_colours import Stroke

__all__ = ["GateMark", "TrackMap", "map_of"]

_WIDTH, _TALLEST, _FLATTEST = 640.0, 620.0, 240.0
_MARGIN = 46.0
_COLOURED_POINTS, _FAINT_POINTS = 6000, 12000
_READ_OUTS = 240
_LEAST_EXTENT_M = 1.0
_GATE_PX = 13.0
_ARROW_SHARE, _ARROW_PX = 0.02, 8.0
_SCALE_LEFT_PX, _SCALE_UP_PX = 16.0, 24.0


@attrs.frozen
class GateMark:
    """A gate on the map: its line, and words beside it."""

    x1: float
    y1: float
    x2: float
    y2: float
    start_finish: bool
    words: str
    x: float
    y: float


@attrs.frozen(kw_only=True)
class TrackMap:
    """A drawn map, north up, in units of the drawing.

    Args:
        width, height: of the drawing.
        faint: path of all that was driven, where one lap is coloured.
        bridges: straight lines over gaps, where all of the recording is coloured.
        line: path that is coloured, for its outline, and
        strokes: its pieces by colour.
        colours: of the strokes, None where no speed is known.
        lap: number of the lap that is coloured, None where all of the recording is.
        gates, corners: marks.
        arrow: outline of the arrow of travel, empty without one.
        scale_px: length of the scale bar, and
        scale_words: what it says.
        read_outs: places at even steps of progress, for the read-outs; empty where all is coloured.
        description: the map in words, for who cannot see it.
    """

    width: float
    height: float
    faint: str
    bridges: str
    line: str
    strokes: tuple[Stroke, ...]
    colours: SpeedColours | None
    lap: int | None
    gates: tuple[GateMark, ...]
    corners: tuple[Label, ...]
    arrow: str
    scale_px: float
    scale_words: str
    read_outs: str
    description: str


@attrs.frozen
class _Sheet:
    """How metres of the plane lie on the drawing."""

    left_m: float
    top_m: float
    px_per_m: float
    width: float
    height: float

    @classmethod
    def around(cls, places: Floats) -> _Sheet:
        """Return the sheet that all places, shape (n, 2), fit on."""
        low, high = places.min(axis=0), places.max(axis=0)
        extent = np.maximum(high - low, _LEAST_EXTENT_M)
        room = np.array([_WIDTH, _TALLEST]) - 2 * _MARGIN
        scale = float((room / extent).min())
        height = max(float(extent[1]) * scale + 2 * _MARGIN, _FLATTEST)
        middle = (low + high) / 2
        return cls(
            float(middle[0]) - _WIDTH / 2 / scale,
            float(middle[1]) + height / 2 / scale,
            scale,
            _WIDTH,
            height,
        )

    def points(self, places: Floats) -> Floats:
        """Return points of the drawing, of the same shape."""
        return np.asarray((places - [self.left_m, self.top_m]) * [self.px_per_m, -self.px_per_m])


def map_of(found: Analysed) -> TrackMap | None:
    """Return the map of a recording, None without positions."""
    motion = found.motion
    if motion is None or not np.isfinite(motion.position_m).all(axis=1).any():
        return None
    sheet = _Sheet.around(_usual(motion))
    line, speed = _coloured(found, motion)
    points = sheet.points(line)
    colours = SpeedColours.of(speed)
    reference = found.comparison.reference
    step_m = round_step(0.25 * (sheet.width - 2 * _MARGIN) / sheet.px_per_m, 1)
    scale_px = round(step_m * sheet.px_per_m, 1)
    gates = _gates(found, sheet)
    foot = [
        [x, sheet.height - _SCALE_UP_PX] for x in np.arange(_SCALE_LEFT_PX, _SCALE_LEFT_PX + scale_px, 12.0)
    ]
    taken = np.array([*foot, [sheet.width - 20.0, 30.0], *([gate.x, gate.y] for gate in gates)])
    corners = () if reference is None else _corners(found, sheet, taken)
    return TrackMap(
        width=sheet.width,
        height=round(sheet.height, 1),
        faint="" if reference is None else _faint(motion, sheet),
        bridges="" if reference is not None else _bridges(motion, sheet),
        line=drawn(np.where(np.isfinite(speed)[:, None], points, np.nan)),
        strokes=() if colours is None else colours.strokes(points, speed),
        colours=colours,
        lap=reference,
        gates=gates,
        corners=corners,
        arrow="" if reference is None else _arrow(points),
        scale_px=scale_px,
        scale_words=length(step_m).replace(".00", "").replace(".0", ""),
        read_outs="" if reference is None else _read_outs(points),
        description=_described(found, colours, len(corners)),
    )


def _usual(motion: Motion) -> Floats:
    """Return places without wild fixes, which would make the rest of the map small."""
    place = motion.position_m[np.isfinite(motion.position_m).all(axis=1)]
    low, high = np.percentile(place, (1.0, 99.0), axis=0)
    room = np.maximum(high - low, _LEAST_EXTENT_M)
    near = ((place >= low - room) & (place <= high + room)).all(axis=1)
    return np.asarray(place[near])


def _coloured(found: Analysed, motion: Motion) -> tuple[Floats, Floats]:
    """Return places and speeds of the reference lap, or of the whole recording where there is none."""
    comparison = found.comparison
    if comparison.reference is not None:
        index = comparison.numbers.index(comparison.reference)
        stamps = found.stamps_ns(comparison.laps[index], comparison.elapsed_s[index])
        return motion.at(stamps)[0], speeds_at(motion, stamps)
    line, run = _with_breaks(motion)
    speed = speeds_at(motion, motion.path.t_ns)[run]
    speed[np.isnan(line[:, 0])] = np.nan
    every = np.arange(0, len(line), len(line) // _COLOURED_POINTS + 1)
    rows = np.union1d(every, np.flatnonzero(np.isnan(line[:, 0])))
    return line[rows], speed[rows]


def _with_breaks(motion: Motion) -> tuple[Floats, Ints]:
    """Return the places of a motion with a row of NaN in each gap, and the row of each."""
    gaps = np.flatnonzero(motion.broken) + 1
    rows = np.insert(np.arange(len(motion)), gaps, gaps - 1)
    line = np.insert(motion.position_m, gaps, np.nan, axis=0)
    return line, rows


def _faint(motion: Motion, sheet: _Sheet) -> str:
    """Return all that was driven, coarser the longer it is."""
    points = sheet.points(_with_breaks(motion)[0])
    runs = [points[run] for run in runs_of(points)]
    tolerance = FINE
    lines = [run[simplified(run, tolerance)] for run in runs]
    while sum(map(len, lines)) > _FAINT_POINTS and tolerance < _MARGIN:
        tolerance *= 2
        lines = [line[simplified(line, tolerance)] for line in lines]
    return path_text(lines)


def _bridges(motion: Motion, sheet: _Sheet) -> str:
    """Return a straight line over each gap."""
    gaps = np.flatnonzero(motion.broken)
    points = sheet.points(motion.position_m)
    return path_text([points[row : row + 2] for row in gaps[:_FAINT_POINTS]])


def _gates(found: Analysed, sheet: _Sheet) -> tuple[GateMark, ...]:
    """Return the gates that were used; one that is shorter than a mark is drawn longer."""
    gates: list[tuple[Gate, str, bool]] = []
    if found.laps.gate is not None:
        gates.append((found.laps.gate, "S/F", True))
    gates += [
        (gate, gate.name or f"S{number}", False) for number, gate in enumerate(found.laps.sector_gates, 1)
    ]
    motion = found.motion
    if motion is None:
        return ()
    marks = []
    for gate, words, is_line in gates:
        lat, lon = np.array([gate.lat1_deg, gate.lat2_deg]), np.array([gate.lon1_deg, gate.lon2_deg])
        ends = sheet.points(motion.path.frame.plane_m(lat, lon))
        middle, reach = ends.mean(axis=0), (ends[1] - ends[0]) / 2
        size = float(np.hypot(*reach))
        unit = reach / size if size else np.array([1.0, 0.0])
        reach = unit * min(max(size, _GATE_PX), 2 * _GATE_PX)
        # Above the line where it lies flat, right of it where it stands.
        beside = middle + unit * (np.hypot(*reach) + 14.0) * (1 if unit[0] > 0 else -1)
        if not ((beside > 0) & (beside < [sheet.width, sheet.height])).all():
            continue
        values = (*(middle - reach), *(middle + reach), *beside)
        x1, y1, x2, y2, x, y = (round(float(value), 1) for value in values)
        marks.append(GateMark(x1, y1, x2, y2, is_line, words[:12], x, y))
    return tuple(marks)


def _corners(found: Analysed, sheet: _Sheet, taken: Floats) -> tuple[Label, ...]:
    """Return the numbers of corners, outside their apexes."""
    way, corners = found.segments.way, found.segments.corners
    if way is None or not corners:
        return ()
    s_m = np.array([
        (corner.s_start_m + corner.s_end_m) / 2 if corner.apex_s_m is None else corner.apex_s_m
        for corner in corners
    ])  # fmt: skip
    place, along = way.at(s_m)
    left = np.array([corner.turn_deg > 0 for corner in corners])
    right_of = np.stack([along[:, 1], -along[:, 0]], axis=1)
    outward = np.where(left[:, None], right_of, -right_of) * [1.0, -1.0]
    line = sheet.points(way.position_m)
    return place_labels(
        [str(corner.number) for corner in corners],
        sheet.points(place),
        outward,
        way=line[:: max(len(line) // 1000, 1)],
        taken=taken,
        size=(sheet.width, sheet.height),
    )


def _arrow(points: Floats) -> str:
    """Return a triangle that shows the direction of travel, a little behind the line."""
    known = points[np.isfinite(points).all(axis=1)]
    row = int(_ARROW_SHARE * len(known))
    ahead = known[min(row + max(len(known) // 200, 1), len(known) - 1)] - known[row]
    size = float(np.hypot(*ahead))
    if not size:
        return ""
    along = ahead / size * _ARROW_PX
    across = np.array([-along[1], along[0]])
    middle = known[row] + across * 2.1
    tip = [middle + along, middle - along + 0.7 * across, middle - along - 0.7 * across]
    return path_text([np.array(tip)], close=True)


def _read_outs(points: Floats) -> str:
    """Return places at even steps of progress; `-` where unknown."""
    rows = np.rint(np.linspace(0, len(points) - 1, _READ_OUTS)).astype(np.int64)
    known = np.isfinite(points[rows][:, 0])
    shown = np.rint(np.where(known[:, None], points[rows], 0.0)).astype(np.int64).tolist()
    return Numbers(" ".join(f"{x},{y}" if there else "-" for (x, y), there in zip(shown, known, strict=True)))


def _described(found: Analysed, colours: SpeedColours | None, corners: int) -> str:
    """Return the map in words."""
    lap = found.comparison.reference
    what = "the whole recording" if lap is None else f"lap {lap}, other laps faint"
    words = [f"Map, north up, of {what}"]
    if colours is not None:
        words.append(f"coloured by speed from {colours.low_kmh:.0f} to {colours.high_kmh:.0f} km/h")
    if lap is not None:
        words.append(f"way of {length(float(found.comparison.s_m[-1]))}")
    if corners:
        words.append(f"{corners} corners")
    return ", ".join(words) + "."
