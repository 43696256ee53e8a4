"""The calendar, zones, GPS weeks, exact decimals and midnight."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.kernels.clocks import (
    DAY_NS,
    NS_PER_S,
    civil_days,
    digits_of_day,
    exact_ns,
    gps_to_utc_ns,
    local_to_utc_ns,
    midnights,
)


@given(st.lists(st.dates(dt.date(1678, 1, 1), dt.date(2261, 12, 31)), min_size=1))
def test_days_of_the_calendar(days):
    columns = (np.array([getattr(day, part) for day in days]) for part in ("year", "month", "day"))
    found, valid = civil_days(*columns)
    assert valid.all()
    assert found.tolist() == [(day - dt.date(1970, 1, 1)).days for day in days]


@pytest.mark.parametrize(
    "day", [(2025, 2, 29), (2025, 0, 1), (2025, 13, 1), (2025, 1, 0), (1600, 1, 1), (3000, 1, 1)]
)
def test_days_that_do_not_exist(day):
    found, valid = civil_days(*(np.array([part]) for part in day))
    assert (found[0], valid[0]) == (0, False)


@given(st.lists(st.none() | st.decimals(-(10**9), 10**9, places=9), min_size=1))
def test_decimals_are_read_without_rounding(values):
    array = pa.array(values, pa.decimal128(28, 9))
    found, valid = exact_ns(array)
    assert valid.tolist() == [value is not None for value in values]
    assert found.tolist() == [0 if value is None else int(value.scaleb(9)) for value in values]
    assert exact_ns(pa.chunked_array([array, array[:0]]))[0].tolist() == found.tolist()


def test_decimals_beyond_64_bits_are_masked():
    found, valid = exact_ns(
        pa.array([Decimal(10) ** 25, Decimal(-10) ** 25, Decimal(5)], pa.decimal128(28, 0))
    )
    assert (found.tolist(), valid.tolist()) == ([0, 0, 5], [False, False, True])


def test_clocks_as_one_number():
    found, valid = digits_of_day(np.array([173418, 0, 235960, 240000, 126000, -1]), 1)
    assert valid.tolist() == [True, True, True, False, False, False]
    assert found[:3].tolist() == [63258 * NS_PER_S, 0, DAY_NS]
    assert digits_of_day(np.array([1_500_000_000]))[0][0] == 1_500_000_000


def test_midnight_is_a_fall_by_more_than_half_a_day():
    hours = np.array([22, 23, 0, 1, 23, 1, 2, 0, 13, 1]) * 3600 * NS_PER_S
    assert midnights(hours).tolist() == [0, 0, 1, 1, 0, 1, 1, 1, 0, 0]


@given(st.lists(st.integers(0, DAY_NS - 1), min_size=2, max_size=30), st.data())
def test_midnights_of_parts_join_to_those_of_the_whole(clocks, data):
    cut = data.draw(st.integers(1, len(clocks) - 1))
    whole = midnights(np.array(clocks), clocks[0])
    first, second = (
        midnights(np.array(clocks[:cut]), clocks[0]),
        midnights(np.array(clocks[cut:]), clocks[cut - 1]),
    )
    assert [*first.tolist(), *(second + first[-1]).tolist()] == whole.tolist()
    assert midnights(np.zeros(0, np.int64)).tolist() == []


@given(
    st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2060, 1, 1)),  # noqa: DTZ001  (wall clocks)
    st.sampled_from(["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "UTC", "Asia/Kathmandu"]),
)
def test_zones_are_pythons(wall, zone):
    local = (wall - dt.datetime(1970, 1, 1)) // dt.timedelta(microseconds=1) * 1000  # noqa: DTZ001  (wall clock)
    expected = wall.replace(tzinfo=zoneinfo.ZoneInfo(zone)).astimezone(dt.UTC).replace(tzinfo=None)
    found = local_to_utc_ns(np.array([local]), zone)[0]
    assert found == (expected - dt.datetime(1970, 1, 1)) // dt.timedelta(microseconds=1) * 1000  # noqa: DTZ001


def test_zones_reach_as_far_as_64_bits():
    ends = np.array([-(2**62), 2**62])
    assert local_to_utc_ns(ends, "UTC").tolist() == ends.tolist()
    assert len(local_to_utc_ns(ends[:0], "UTC")) == 0


GPS = [
    (0, 0.0, "1980-01-06T00:00:00"),
    (1304, 0.0, "2005-01-01T23:59:47"),
    (1929, 0.0, "2016-12-24T23:59:43"),
    (2373, 518_400.0, "2025-07-04T23:59:42"),
]


@pytest.mark.parametrize(("week", "seconds", "utc"), GPS)
def test_gps_weeks_lose_their_leap_seconds(week, seconds, utc):
    found = gps_to_utc_ns(np.array([week]), np.array([int(seconds * NS_PER_S)]))[0]
    assert found == np.datetime64(utc, "ns").astype(np.int64)


def test_the_leap_second_of_2016_stands_still():
    # 2017-01-01T00:00:00Z is 18 s into GPS; the second before it counts 23:59:60.
    week_s = (np.datetime64("2017-01-01", "s") - np.datetime64("1980-01-06", "s")).astype(int)
    seconds = np.array([week_s + offset for offset in (16, 17, 18, 19)])
    found = gps_to_utc_ns(np.zeros(4, np.int64), seconds * NS_PER_S) // NS_PER_S
    first = np.datetime64("2016-12-31T23:59:59", "s").astype(int)
    assert (found - first).tolist() == [0, 1, 1, 2]
