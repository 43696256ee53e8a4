"""Driving is cut into stints at long stops and long silences, and at nothing else."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from moving import motion_of, path_of
from telemparse.analysis.lap_rules import LapRules
from telemparse.analysis.stints import rests_of, speed_of, stints_of

RULES = LapRules()


def paced(*stretches, rate_hz=1.0):
    """Return the motion of a vehicle at one speed after the other, each (seconds, m/s)."""
    pace = np.concatenate([np.full(round(seconds * rate_hz), speed) for seconds, speed in stretches])
    t_s = np.arange(len(pace)) / rate_hz
    place = np.stack([np.cumsum(pace) / rate_hz, np.zeros(len(pace))], axis=1)
    return motion_of(path_of(t_s, place, np.stack([pace, np.zeros(len(pace))], axis=1)))


def silent(motion, after, seconds):
    """Return a motion whose epochs behind one come so much later."""
    later = np.where(np.arange(len(motion)) > after, round(seconds * 1e9), 0)
    path = attrs.evolve(motion.path, t_ns=motion.path.t_ns + later)
    return motion_of(path)


def stints(motion, rules=RULES):
    return [(each.first, each.last) for each in stints_of(motion, rests_of(motion, rules), rules)]


def test_driving_without_a_stop_is_one_stint():
    assert stints(paced((100, 20.0))) == [(0, 99)]


@pytest.mark.parametrize(("stop_s", "expected"), [(46, [(0, 165)]), (47, [(0, 59), (107, 166)])])
def test_a_stop_longer_than_45_seconds_ends_a_stint(stop_s, expected):
    assert stints(paced((60, 20.0), (stop_s, 0.2), (60, 20.0))) == expected


def test_standing_before_and_behind_is_no_part_of_a_stint():
    assert stints(paced((100, 0.0), (60, 20.0), (100, 0.0))) == [(100, 159)]


def test_a_moment_of_noise_does_not_end_a_rest():
    motion = paced((60, 20.0), (30, 0.1), (1, 1.5), (30, 0.1), (60, 20.0))
    rests = rests_of(motion, RULES)
    assert (rests.first.tolist(), rests.last.tolist(), rests.length_s.tolist()) == ([60], [120], [60.0])
    assert len(stints(motion)) == 2


def test_rolling_on_ends_a_rest():
    motion = paced((60, 20.0), (30, 0.1), (10, 1.5), (30, 0.1), (60, 20.0))
    assert rests_of(motion, RULES).length_s.tolist() == [29.0, 29.0]
    assert len(stints(motion)) == 1


@pytest.mark.parametrize(("seconds", "expected"), [(28, [(0, 99)]), (31, [(0, 49), (50, 99)])])
def test_a_silence_longer_than_30_seconds_ends_a_stint(seconds, expected):
    assert stints(silent(paced((100, 20.0)), 49, seconds)) == expected


def test_a_silence_at_the_edge_of_a_stop_makes_no_stint_of_one_epoch():
    moving = paced((60, 20.0), (60, 0.0), (60, 20.0))
    assert stints(silent(moving, 58, 100)) == [(0, 58), (120, 179)]
    assert stints(silent(moving, 120, 100)) == [(0, 59), (121, 179)]


def test_standing_all_the_time_is_no_stint():
    assert stints(paced((300, 0.0))) == []


def test_one_epoch_is_no_stint():
    assert stints(paced((1, 20.0))) == []


def test_where_no_speed_was_measured_that_of_the_motion_counts():
    motion = paced((60, 20.0), (60, 0.0), (60, 20.0))
    bare = attrs.evolve(motion, path=attrs.evolve(motion.path, speed_mps=np.full(180, np.nan)))
    np.testing.assert_array_equal(speed_of(bare), motion.speed_mps)
    assert stints(bare) == [(0, 59), (120, 179)]


def test_a_rest_lies_within_epochs_or_does_not():
    rests = rests_of(paced((60, 20.0), (6, 0.0), (60, 20.0)), RULES)
    assert rests.within(50, 80, 3.0)
    assert rests.within(60, 65, 5.0)
    assert not rests.within(50, 80, 5.5)
    assert not rests.within(61, 80, 3.0)
    assert not rests.within(50, 64, 3.0)


def test_limits_must_be_above_zero():
    with pytest.raises(ValueError, match="idle_s"):
        LapRules(idle_s=0.0)
    with pytest.raises(ValueError, match="least_cosine"):
        LapRules(least_cosine=1.0)
