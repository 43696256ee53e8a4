"""Figures for people."""

from __future__ import annotations

import math

import pyarrow as pa
import pytest

from telemparse.cli import figures

MAY = 1_714_557_600 * 10**9


def test_iso_has_nine_decimals_also_before_1970():
    assert figures.iso(MAY + 1) == "2024-05-01T10:00:00.000000001Z"
    assert figures.iso(-1) == "1969-12-31T23:59:59.999999999Z"
    assert figures.iso(None) is None


def test_times_of_day_are_cut_to_a_tenth_and_never_rounded_into_the_next_second():
    assert figures.clock(MAY + 999_999_999) == "10:00:00.9"


@pytest.mark.parametrize(
    ("ns", "words"),
    [
        (0, "0.000 s"),
        (59_999_000_000, "59.999 s"),
        (60_000_000_000, "0:01:00"),
        (59_999_999_999, "0:01:00"),
        (3_725 * 10**9, "1:02:05"),
        (93_784_400_000_000, "26:03:04"),
    ],
)
def test_durations_are_seconds_below_a_minute_and_a_clock_beyond(ns, words):
    assert figures.span(ns) == words


@pytest.mark.parametrize(
    ("rate_hz", "words"),
    [
        (None, ""),
        (25.0, "25 Hz"),
        (9.9990001, "10 Hz"),
        (0.2, "0.2 Hz"),
        (1234.5, "1,230 Hz"),
        (1e6, "1,000,000 Hz"),
        (5e-05, "5e-05 Hz"),
    ],
)
def test_rates_show_three_digits_that_count(rate_hz, words):
    assert figures.rate(rate_hz) == words


@pytest.mark.parametrize(
    ("metres", "words"), [(0.0, "0 m"), (999.4, "999 m"), (999.6, "1.00 km"), (12_345.0, "12.35 km")]
)
def test_distances_are_metres_below_a_kilometre(metres, words):
    assert figures.length(metres) == words


def test_a_clock_without_a_date_counts_seconds_with_a_sign():
    assert figures.since_zero(12_345_000_000) == "+12.345 s"
    assert figures.since_zero(-500_000_000) == "-0.500 s"


def _table(lat, lon):
    return pa.table({"lat_deg": pa.array(lat, pa.float64()), "lon_deg": pa.array(lon, pa.float64())})


def test_a_degree_of_the_equator_is_a_360th_of_its_length():
    table = _table([0.0, 0.0, 0.0], [0.0, 0.5, 1.0])
    assert figures.distance_m(table) == pytest.approx(2 * math.pi * 6_371_008.8 / 360)


def test_the_distance_over_the_date_line_is_the_short_way():
    assert figures.distance_m(_table([0.0, 0.0], [179.5, -179.5])) == pytest.approx(111_195.08, abs=0.01)


def test_one_row_has_gone_nowhere():
    assert figures.distance_m(_table([50.0], [8.0])) == 0.0


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.123, "+0.12"), (-0.123, "-0.12"), (0.001, "0.00"), (-0.004, "0.00")]
)
def test_a_difference_has_a_sign_unless_it_is_nothing(seconds, shown):
    assert figures.difference(seconds, 2) == shown
