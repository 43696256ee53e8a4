"""Traces hold the columns of the comparison, or the speed of a recording."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from telemparse.errors import CallError
from telemparse.plot import plot_traces


def column(comparison, name, number):
    rows = [row for row in comparison.table.to_pylist() if row["lap_number"] == number]
    return np.array([np.nan if row[name] is None else row[name] for row in rows])


@pytest.mark.parametrize("over", ["s_m", "t_s"])
def test_lines_are_the_columns_of_the_comparison(comparison, over):
    ax = plot_traces(comparison, over=over)
    assert [line.get_label() for line in ax.lines] == [f"lap {number}" for number in comparison.numbers]
    for number, line in zip(comparison.numbers, ax.lines, strict=True):
        assert np.array_equal(line.get_xdata(), column(comparison, over, number), equal_nan=True)
        assert np.array_equal(line.get_ydata(), column(comparison, "speed_mps", number), equal_nan=True)


def test_laps_are_compared_first_and_only_those_named(laps):
    assert [line.get_label() for line in plot_traces(laps, [4, 2]).lines] == ["lap 4", "lap 2"]


def test_some_laps_of_a_comparison_are_drawn(comparison):
    last = comparison.numbers[-1]
    (line,) = plot_traces(comparison, [last]).lines
    assert np.array_equal(line.get_ydata(), column(comparison, "speed_mps", last), equal_nan=True)


def test_a_recording_is_drawn_over_time_and_breaks_at_the_gap(run, laps):
    (line,) = plot_traces(run.gnss).lines
    across, speed = line.get_xdata(), line.get_ydata()
    assert np.isnan(across).sum() == np.isnan(speed).sum() == 1
    assert np.array_equal(across[~np.isnan(across)], laps.motion.path.t_s)
    assert np.array_equal(speed[~np.isnan(speed)], laps.motion.speed_mps)


def test_what_cannot_be_drawn_is_refused(comparison, laps, run):
    with pytest.raises(CallError, match="over must be"):
        plot_traces(comparison, over="lat_deg")
    with pytest.raises(CallError, match="is not compared"):
        plot_traces(comparison, [99])
    with pytest.raises(CallError, match="there is no lap 99"):
        plot_traces(laps, [99])
    with pytest.raises(CallError, match="laps of what"):
        plot_traces(run.gnss, [1])


def test_no_laps_are_empty_axes(laps):
    assert not plot_traces(laps, []).lines


def test_laps_of_which_nobody_knows_the_way_are_empty_lines(laps):
    lines = plot_traces(attrs.evolve(laps, motion=None), [2, 3]).lines
    assert [len(line.get_xdata()) for line in lines] == [0, 0]


def test_a_motion_is_drawn_as_it_is(laps):
    (line,) = plot_traces(laps.motion).lines
    assert line.get_label() == "smoothed"
