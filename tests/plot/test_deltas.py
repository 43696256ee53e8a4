"""Time lost is that of the comparison, and the legend says whether anybody can tell."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from telemparse.analysis import compare_laps
from telemparse.errors import CallError
from telemparse.plot import plot_delta, plot_traces


def by_label(ax):
    return {line.get_label().partition(":")[0]: line for line in ax.lines}


def test_each_line_is_the_delta_and_ends_with_the_difference_of_the_times(comparison):
    ax = plot_delta(comparison)
    lines = by_label(ax)
    for number in comparison.numbers:
        if number == comparison.reference:
            continue
        line = lines[f"lap {number}"]
        delta = comparison.delta_s(number, comparison.reference)
        assert np.array_equal(line.get_xdata(), comparison.s_m)
        assert np.array_equal(line.get_ydata(), delta, equal_nan=True)
        found = comparison.difference(number, comparison.reference)
        assert line.get_ydata()[-1] == pytest.approx(found.seconds)
        assert line.get_label().endswith(str(found.verdict))
    assert f"lap {comparison.reference}" in lines
    assert f"later than lap {comparison.reference}" in ax.get_ylabel()


def test_another_reference_turns_the_delta_round(comparison):
    first, second = comparison.numbers[:2]
    one = by_label(plot_delta(comparison, [first, second], reference=second))[f"lap {first}"]
    other = by_label(plot_delta(comparison, [first, second], reference=first))[f"lap {second}"]
    assert np.array_equal(one.get_ydata(), -other.get_ydata(), equal_nan=True)


def test_a_lap_has_the_colour_that_it_has_in_the_traces(comparison):
    traces = {label: line.get_color() for label, line in by_label(plot_traces(comparison)).items()}
    for label, line in by_label(plot_delta(comparison)).items():
        if label != f"lap {comparison.reference}":
            assert line.get_color() == traces[label]


def test_corners_are_marked_where_they_are_tightest(laps, segments):
    comparison = compare_laps(laps, reference=segments.reference)
    ax = plot_delta(comparison, segments=segments)
    assert [text.get_text() for text in ax.texts] == [str(corner.number) for corner in segments.corners]
    places = [text.xy[0] for text in ax.texts]
    assert places == pytest.approx([corner.apex_s_m for corner in segments.corners], rel=1e-3)


def test_an_unknown_uncertainty_is_said(laps):
    ax = plot_delta(laps, [1, 2], reference=2)
    assert "uncertainty unknown" in "".join(by_label(ax)["lap 1"].get_label())


def test_where_there_is_nothing_to_compare_it_is_refused(laps, run):
    with pytest.raises(CallError, match="there is no lap to compare"):
        plot_delta(laps, [])
    with pytest.raises(CallError, match="expected laps or a comparison of laps, not Table"):
        plot_delta(run.gnss)


def test_segments_without_a_way_mark_nothing(laps, segments):
    assert not plot_delta(laps, segments=attrs.evolve(segments, way=None)).texts
