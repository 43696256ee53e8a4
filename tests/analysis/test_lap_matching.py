"""Which laps of a device are the same as ours: by time, else by order, else none."""

from __future__ import annotations

import numpy as np
import pytest

from recorded import SECOND, lap_table
from telemparse.analysis.lap_matching import match_laps


def laps(seconds, *, start_s=0.0, timed=True, std_s=0.01, base=b"utc", validity=None):
    """Return laps one after the other."""
    duration = np.round(np.array(seconds) * SECOND).astype(np.int64)
    start = np.int64(start_s * SECOND) + np.concatenate([[0], np.cumsum(duration)[:-1]])
    table = lap_table(
        len(seconds),
        t_start=start if timed else None,
        t_end=start + duration if timed else None,
        duration_ns=duration,
        duration_std_s=None if std_s is None else [std_s] * len(seconds),
        validity=validity or ["VALID"] * len(seconds),
    )
    return table.replace_schema_metadata({**(table.schema.metadata or {}), b"time_base": base})


def pairs(found):
    return [(match.row, match.other) for match in found]


TIMES = [60.1, 58.2, 59.3, 57.4, 61.5]


def test_laps_at_the_same_time_are_the_same_with_difference_and_delay():
    found = match_laps(laps(TIMES, start_s=5), laps([60.0, 58.3, 59.3, 57.4, 61.5], start_s=4))
    assert pairs(found) == [(index, index) for index in range(5)]
    assert found[0].seconds == pytest.approx(0.1)
    assert found[1].seconds == pytest.approx(-0.1)
    assert found[0].later_s == pytest.approx(1.0)


def test_a_device_that_lacks_a_lap_is_matched_by_time_around_it():
    device = laps(TIMES).take([0, 1, 3, 4])
    assert pairs(match_laps(laps(TIMES), device)) == [(0, 0), (1, 1), (3, 2), (4, 3)]


def test_laps_of_a_table_in_any_order_keep_their_rows():
    device = laps(TIMES).take([4, 0, 3, 1, 2])
    assert pairs(match_laps(laps(TIMES), device)) == [(0, 1), (1, 3), (2, 4), (3, 2), (4, 0)]


@pytest.mark.parametrize("cut", [0, 1, 2])
def test_laps_without_times_are_matched_by_the_order_whose_durations_agree(cut):
    device = laps([time + 0.02 for time in TIMES[cut:]], timed=False)
    found = match_laps(laps(TIMES), device)
    assert pairs(found) == [(index + cut, index) for index in range(5 - cut)]
    assert {match.later_s for match in found} == {None}


def test_a_device_that_began_earlier_is_matched_by_the_order_whose_durations_agree():
    device = laps(TIMES, timed=False)
    assert pairs(match_laps(laps(TIMES[2:]), device)) == [(0, 2), (1, 3), (2, 4)]


def test_another_clock_is_no_time():
    found = match_laps(laps(TIMES, start_s=9), laps(TIMES, base=b"relative"))
    assert pairs(found) == [(index, index) for index in range(5)]
    assert found[0].later_s is None


def test_a_clock_that_is_hours_off_leaves_the_order_and_tells_the_hours():
    found = match_laps(laps(TIMES, start_s=7200), laps(TIMES))
    assert pairs(found) == [(index, index) for index in range(5)]
    assert found[0].later_s == pytest.approx(7200)


def test_laps_that_do_not_agree_have_no_partner():
    assert match_laps(laps(TIMES), laps([33.0, 35.0, 31.0], timed=False)) == ()


def test_a_lap_that_is_two_of_the_device_has_no_partner():
    assert pairs(match_laps(laps([60.0, 121.0, 60.0]), laps([60.0, 60.0, 61.0, 60.0]))) == [(0, 0), (2, 3)]


def test_parts_of_laps_have_no_partner():
    names = ["OUTLAP", "VALID", "INLAP"]
    whole = laps([60.0, 58.0, 61.0])
    assert pairs(match_laps(laps([60.0, 58.0, 61.0], validity=names, std_s=None), whole)) == [(1, 1)]
    assert pairs(match_laps(whole, laps([60.0, 58.0, 61.0], validity=names))) == [(1, 1)]


def test_a_whole_lap_through_the_pit_lane_has_a_partner():
    ours = laps([60.0, 58.0, 61.0], validity=["VALID", "VALID", "INLAP"])
    assert len(match_laps(ours, laps([60.0, 58.0, 61.0]))) == 3


def test_two_laps_of_a_device_at_one_time_are_not_both_the_same_as_one_of_ours():
    twice = laps(TIMES).take([0, 0, 1, 1])
    found = match_laps(laps(TIMES[:2]), twice)
    assert len({match.row for match in found}) == len({match.other for match in found}) == len(found) == 2


@pytest.mark.parametrize("ours", [0, 3])
@pytest.mark.parametrize("theirs", [0, 3])
def test_empty_tables_match_nothing(ours, theirs):
    found = match_laps(laps(TIMES).slice(0, ours), laps(TIMES).slice(0, theirs))
    assert len(found) == min(ours, theirs)
