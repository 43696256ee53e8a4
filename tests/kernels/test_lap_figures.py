"""Lap times as words."""

from __future__ import annotations

import pytest

from telemparse.kernels.lap_figures import decimals_for, lap_time


@pytest.mark.parametrize(
    ("std_s", "decimals"),
    [
        (0.0, 6), (1e-9, 6), (0.00012, 5), (0.0094, 3), (0.00951, 3), (0.016, 3), (0.0354, 3), (0.0356, 2),
        (0.15, 2), (0.36, 1), (0.96, 1), (1.2, 1), (4.0, 0), (50.0, 0),
    ],
)  # fmt: skip
def test_a_time_has_the_decimals_that_its_error_leaves(std_s, decimals):
    assert decimals_for(std_s) == decimals


@pytest.mark.parametrize(
    ("duration_ns", "decimals", "shown"),
    [
        (58_651_499_999, 3, "58.651"), (58_651_500_000, 3, "58.652"), (59_999_600_000, 3, "1:00.000"),
        (68_120_000_000, 2, "1:08.12"), (68_120_000_000, 0, "1:08"), (3_599_960_000_000, 1, "1:00:00.0"),
        (3_723_400_000_000, 1, "1:02:03.4"), (0, 1, "0.0"), (1, 9, "0.000000001"),
    ],
)  # fmt: skip
def test_a_lap_time_is_rounded_once_and_carries_into_minutes_and_hours(duration_ns, decimals, shown):
    assert lap_time(duration_ns, decimals) == shown
