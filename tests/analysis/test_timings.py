"""Timing measures what was put into the stamps: rate, jitter, gaps, pauses, drift."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.analysis import timing
from telemparse.errors import CallError

SECOND = 1_000_000_000


def stamped(t_s, *, start_s=1_760_000_000, **columns):
    t_ns = start_s * SECOND + np.round(np.asarray(t_s, float) * SECOND).astype(np.int64)
    return pa.table({"t": pa.array(t_ns, pa.timestamp("ns", "UTC")), **columns})


def positions(t_s):
    return stamped(t_s, lat_deg=np.zeros(len(t_s)))


@pytest.mark.parametrize(
    ("rate_hz", "nominal_hz"),
    [
        (25, 25),
        (10, 10),
        (1, 1),
        (0.2, 0.2),
        (10.05, 10),
        (10.5, 10.5),
        (1 / 1.004, 1),
        (1.4, 1.4),
        (0.65, 0.65),
    ],
)
def test_the_nominal_rate_is_the_plain_one_that_is_near(rate_hz, nominal_hz):
    found = timing(stamped(np.arange(200) / rate_hz))
    assert found.nominal_hz == pytest.approx(nominal_hz)
    assert found.period_s == pytest.approx(1 / rate_hz)
    assert found.jitter_s == pytest.approx(0, abs=2e-9)
    assert found.duration_s == pytest.approx(199 / rate_hz)


def test_a_period_that_stamps_cannot_hold_is_their_mean():
    found = timing(stamped(np.round(np.arange(3_000) / 30, 3)))
    assert found.period_s == pytest.approx(1 / 30, rel=1e-5)
    assert found.nominal_hz == 30
    assert found.jitter_s < 1e-3
    assert found.gaps.count == 0


def test_jitter_is_the_spread_of_the_steps_and_outliers_do_not_make_it():
    dice = np.random.default_rng(1)
    t_s = np.arange(20_000) / 10 + dice.normal(0, 0.004, 20_000)
    t_s[::50] += 0.03
    found = timing(positions(t_s))
    # A step has the errors of its two ends.
    assert found.jitter_s == pytest.approx(0.004 * np.sqrt(2), rel=0.1)
    assert found.gaps.count == 0
    assert found.issues == ()


def test_high_jitter_of_positions_is_an_issue_with_its_figures():
    t_s = np.arange(5_000) / 10 + np.random.default_rng(2).normal(0, 0.015, 5_000)
    (issue,) = timing(positions(t_s)).issues
    assert issue.code == "GNSS_JITTER_HIGH"
    assert issue.evidence["jitter_ms"] == pytest.approx(21, abs=2)
    assert issue.evidence["period_ms"] == pytest.approx(100, abs=1)
    assert timing(stamped(t_s)).issues == ()


def test_missing_epochs_are_gaps_with_the_time_that_they_take():
    t_s = np.delete(np.arange(1_000) / 10, [*range(100, 150), 500, 700, 701])
    found = timing(positions(t_s))
    assert (found.gaps.count, found.gaps.longest_s) == (3, pytest.approx(5.1))
    assert found.gaps.share == pytest.approx(53 / 1_000)
    assert found.breaks == 0
    (issue,) = found.issues
    assert (issue.code, issue.evidence) == (
        "GNSS_GAPS_HIGH",
        {"share_pct": 5.3, "count": 3, "longest_s": 5.1},
    )


def test_a_pause_is_no_gap():
    t_s = np.concatenate([np.arange(100) / 10, 600 + np.arange(100) / 10])
    found = timing(positions(t_s))
    assert found.breaks == 1
    assert found.gaps.count == 0
    assert found.duration_s == pytest.approx(19.8)
    assert found.issues == ()


def test_rows_minutes_apart_are_slow_and_not_all_pauses():
    found = timing(stamped([0, 300, 600, 900]))
    assert (found.breaks, found.gaps.count, found.nominal_hz) == (0, 0, pytest.approx(1 / 300))


@pytest.mark.parametrize("ppm", [-80.0, 0.0, 50.0])
def test_drift_is_measured_against_the_rate_declared_through_jitter_gaps_and_pauses(ppm):
    dice = np.random.default_rng(3)
    epoch = np.concatenate([np.arange(9_000), 90_004 + np.arange(9_000)])
    kept = dice.random(len(epoch)) > 0.02
    t_s = epoch[kept] / 25 * (1 + ppm * 1e-6) + dice.normal(0, 0.0005, kept.sum())
    found = timing(stamped(t_s), nominal_hz=25)
    assert found.nominal_hz == 25
    assert found.drift_ppm == pytest.approx(ppm, abs=0.3)


def test_without_a_declared_rate_no_drift_is_claimed():
    assert timing(stamped(np.arange(50) / 10.002)).drift_ppm is None


@pytest.mark.parametrize("t_s", [[], [3], [3, 3, 3]])
def test_less_than_two_instants_have_no_rate(t_s):
    found = timing(positions(t_s), nominal_hz=10)
    assert (found.period_s, found.jitter_s, found.drift_ppm) == (None, None, None)
    assert found.nominal_hz == 10
    assert found.rows == len(t_s)
    assert timing(positions(t_s)).nominal_hz is None


def test_steps_that_the_declared_rate_counts_as_none_have_no_drift():
    assert timing(stamped([0, 0.001]), nominal_hz=1).drift_ppm is None


def test_two_unlike_steps_have_a_period():
    found = timing(stamped([0, 1, 4]))
    assert found.period_s == 1.0
    assert found.gaps.count == 1


@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=12))
def test_any_stamps_have_a_timing(stamps):
    found = timing(pa.table({"t": pa.array(stamps, pa.timestamp("ns", "UTC"))}), nominal_hz=10)
    assert found.rows == len(stamps)
    assert found.duplicates == len(stamps) - len(set(stamps))
    assert found.out_of_order <= max(len(stamps) - 1, 0)
    assert 0 <= found.gaps.share <= 1
    assert found.period_s is None or found.period_s > 0


@pytest.mark.parametrize("rate", [0, -1.0, float("nan"), float("inf")])
def test_a_rate_that_is_none_is_refused(rate):
    with pytest.raises(CallError, match="a rate is"):
        timing(stamped([0, 1]), nominal_hz=rate)
