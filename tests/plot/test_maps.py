"""The map holds the places of the motion, gaps left open, gates where they lie, corners by number."""

from __future__ import annotations

import attrs
import numpy as np
import pytest
from matplotlib.collections import LineCollection

from recorded import fixes, found_laps, lap_table
from telemparse.analysis.gate_lines import GateLine
from telemparse.errors import CallError
from telemparse.plot import plot_map


def drawn(ax):
    return [each for each in ax.collections if isinstance(each, LineCollection)]


def test_every_step_but_the_gap_is_drawn_with_its_speed(laps):
    motion = laps.motion
    (lines,) = drawn(plot_map(laps))
    steps = np.flatnonzero(~motion.broken)
    assert motion.broken.sum() == 1
    places = np.array(lines.get_segments())
    assert np.array_equal(places[:, 0], motion.position_m[steps])
    assert np.array_equal(places[:, 1], motion.position_m[steps + 1])
    middle = (motion.speed_mps[steps] + motion.speed_mps[steps + 1]) / 2
    assert np.array_equal(lines.get_array(), middle)


def test_one_lap_stands_in_colour_before_all_others_in_grey(laps):
    grey, lap = drawn(plot_map(laps, lap=3))
    row = laps.table.slice(2, 1)
    stamps = laps.motion.path.t_ns
    start, end = (row[name].cast("int64")[0].as_py() for name in ("t_start", "t_end"))
    inside = (stamps >= start) & (stamps <= end)
    assert len(lap.get_segments()) == (inside[:-1] & inside[1:] & ~laps.motion.broken).sum()
    assert len(grey.get_segments()) == (~laps.motion.broken).sum()
    assert grey.get_array() is None


def test_gates_lie_where_they_are_and_only_sectors_are_dashed(laps):
    ax = plot_map(laps)
    start, *sectors = ax.lines
    line = GateLine.of(laps.gate, laps.motion.path.frame)
    ends = np.array(start.get_xydata())
    assert np.allclose(ends.mean(axis=0), line.middle_m)
    assert np.hypot(*np.diff(ends, axis=0)[0]) == pytest.approx(2 * line.half_m)
    assert abs(np.diff(ends, axis=0)[0] @ line.normal) < 1e-9
    assert len(sectors) == len(laps.sector_gates)
    assert {sector.get_linestyle() for sector in sectors} == {"--"}


def test_corners_are_numbered_on_their_outer_side(laps, segments):
    ax = plot_map(laps, segments=segments)
    assert [text.get_text() for text in ax.texts] == [str(corner.number) for corner in segments.corners]
    for corner, text in zip(segments.corners, ax.texts, strict=True):
        place, along = segments.way.at(np.array([corner.apex_s_m]))
        away = np.array(text.get_position()) - place[0]
        left = along[0, 0] * away[1] - along[0, 1] * away[0]
        assert np.sign(left) == -np.sign(corner.turn_deg)


def test_metres_east_and_north_are_as_long_as_each_other(laps):
    assert plot_map(laps).get_aspect() == 1.0


def test_a_table_is_drawn_without_gates(run):
    ax = plot_map(run.gnss)
    assert not ax.lines
    assert len(drawn(ax)[0].get_segments()) == run.gnss.num_rows - 2


def test_one_fix_is_an_empty_map():
    ax = plot_map(fixes(seconds=0.1))
    assert len(drawn(ax)[0].get_segments()) == 0


def test_what_cannot_be_drawn_is_refused(laps, run):
    with pytest.raises(CallError, match="there is no lap 99"):
        plot_map(laps, lap=99)
    with pytest.raises(CallError, match="lap 3 of what"):
        plot_map(run.gnss, lap=3)
    with pytest.raises(CallError, match="without positions"):
        plot_map(found_laps(lap_table(2)))


def test_segments_without_a_way_number_nothing(laps, segments):
    assert not plot_map(laps, segments=attrs.evolve(segments, way=None)).texts
