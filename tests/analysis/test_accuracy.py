"""Lap times against simulated truth: the bars of the accuracy page, on few runs here and on forty in deep."""

from __future__ import annotations

import attrs
import pytest

from benchmarks.accuracy.cells import CELLS, LAGGING, TRACKS
from benchmarks.accuracy.page import page
from benchmarks.accuracy.places import Places, places_of
from benchmarks.accuracy.rows import Row, row_of

FEW, MANY = 4, 40


def words(cell):
    return f"{cell.track}-{cell.gnss}-{cell.rate_hz}-{cell.trouble}".replace(" ", "_")


def chosen(track, gnss, rate_hz, trouble=""):
    wanted = (track, gnss, rate_hz, trouble)
    (cell,) = [cell for cell in CELLS if (cell.track, cell.gnss, cell.rate_hz, cell.trouble) == wanted]
    return cell


@pytest.mark.slow
@pytest.mark.parametrize("track", ["rc_offroad", "kart", "car"])
def test_smoothed_lap_times_are_far_better_than_straight_lines(track):
    row = row_of(chosen(track, "m9", 10), FEW)
    assert row.ours < 0.6 * row.linear
    assert (row.missed, row.extra, row.smoothed) == (0, 0, 1.0)


@pytest.mark.slow
@pytest.mark.parametrize("track", ["rc_offroad", "rc_figure8", "car"])
def test_without_noise_a_lap_time_is_true_to_a_tenth_of_a_millisecond(track):
    row = row_of(chosen(track, "perfect", 10), 2)
    assert row.ours <= 0.1
    assert row.ours < row.linear


@pytest.mark.slow
@pytest.mark.parametrize(("track", "gnss"), [("rc_onroad", "m9"), ("rc_offroad", "f9_rtk"), ("car", "m9")])
def test_late_and_scaled_velocities_with_dropped_epochs_are_no_worse_than_straight_lines(track, gnss):
    row = row_of(chosen(track, gnss, 10, LAGGING), FEW)
    assert row.ours <= 1.05 * row.linear
    assert (row.missed, row.extra) == (0, 0)


def test_a_row_names_the_bars_that_it_misses_and_the_page_repeats_them():
    good = Row(
        cell=chosen("rc_offroad", "m9", 10), laps=480, bound=10.0, linear=30.0, ours=11.0, linear_sigma=1.0,
        sigma=1.0, missed=0, extra=0, refused=0, speed_mps=0.04, course_deg=0.3, smoothed=1.0,
    )  # fmt: skip
    bad = attrs.evolve(good, ours=32.0, sigma=1.5, missed=5, extra=1, speed_mps=0.06, course_deg=0.5)
    others = [
        attrs.evolve(good, cell=chosen(track, gnss, 10), ours=0.05)
        for track, gnss in (
            ("rc_offroad", "perfect"),
            ("rc_offroad", "f9_rtk"),
            ("kart", "m9"),
            ("car", "m9"),
        )
    ]
    assert good.faults == ()
    assert set(bad.faults) == {
        "worse than 1.05 x linear",
        "RMS above the bar",
        "sigma not calibrated",
        "laps missed",
        "laps made up",
        "speed above the bar",
        "course above the bar",
    }
    found = [Places(track, 30, 29 + (track == "rc_figure8"), 30, 210, 0.1) for track in TRACKS]
    far = attrs.evolve(found[0], slow_counted=28, apex_m=0.4)
    lost = attrs.evolve(found[2], counted=29)
    assert [place.faults for place in found] == [()] * len(found)
    assert far.faults == ("laps counted wrong", "apexes too far off")
    assert lost.faults == ("laps counted wrong",)
    assert "all of it holds" in page([good, *others], found, 1)
    spoilt = page([bad, *others], [far, *found[1:]], 1)
    assert "rc_offroad m9 10 Hz: worse than 1.05 x linear" in spoilt
    assert "rc_offroad: laps counted wrong, apexes too far off" in spoilt


@pytest.mark.deep
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("cell", CELLS, ids=words)
def test_every_cell_holds_its_bars_over_forty_runs(cell):
    assert row_of(cell, MANY).faults == ()


@pytest.mark.deep
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("track", TRACKS)
def test_lines_and_apexes_of_every_circuit_are_found_over_forty_runs(track):
    assert places_of(track, MANY).faults == ()
