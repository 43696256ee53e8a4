"""Dates, times of day, stamps and offsets against Python's datetime."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.kernels.dates import DateOrder, dates, offsets_ns, stamps, times_of_day

_EPOCH = dt.date(1970, 1, 1)
_DAYS = st.dates(dt.date(1980, 1, 1), dt.date(2079, 12, 31))
_FORMS = {
    DateOrder.YMD: ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%y%m%d", "%y-%m-%d"),
    DateOrder.DMY: ("%d.%m.%Y", "%d/%m/%y", "%d-%b-%Y", "%d%m%Y", "%d%m%y", "%d %B %Y"),
    DateOrder.MDY: ("%m/%d/%Y", "%m-%d-%y", "%m%d%Y", "%m%d%y", "%b %d, %Y"),
}


@given(st.lists(_DAYS, min_size=1, max_size=20), st.sampled_from(sorted(_FORMS)), st.data())
def test_dates_in_every_order_and_form(days, order, data):
    forms = [data.draw(st.sampled_from(_FORMS[order])) for _day in days]
    written = [day.strftime(form) for day, form in zip(days, forms, strict=True)]
    found, valid = dates(pa.array(written), order)
    assert valid.all()
    assert found.tolist() == [(day - _EPOCH).days for day in days]


def test_months_are_known_in_five_languages():
    words = ["3 März 2025", "03-MAI-25", "3 août 2025", "3 dic 2025", "3 Sept. 2025", "3 ottobre 2025"]
    found, valid = dates(
        pa.array([word.replace("ä", "ae").replace("û", "u") for word in words]), DateOrder.DMY
    )
    months = (np.datetime64(0, "D") + found.astype("timedelta64[D]")).astype("datetime64[M]").astype(
        int
    ) % 12 + 1
    assert valid.all()
    assert months.tolist() == [3, 5, 8, 12, 9, 10]


@pytest.mark.parametrize(
    "word", ["", None, "31.02.2025", "2025-13-01", "1.2", "00/00/00", "hello", "1-Foo-2025", "1e5"]
)
def test_what_is_no_date_is_invalid_and_zero(word):
    found, valid = dates(pa.array([word, "01.02.2025"], pa.string()), DateOrder.DMY)
    assert (found[0], valid.tolist()) == (0, [False, True])


def test_a_year_in_front_is_a_year_whatever_the_order():
    assert (
        dates(pa.array(["2025-07-24"]), DateOrder.DMY)[0] == dates(pa.array(["2025-07-24"]), DateOrder.YMD)[0]
    )


def test_a_leading_zero_lost_to_a_spreadsheet_is_given_back():
    found, valid = dates(pa.array(["90404"]), DateOrder.YMD)
    assert (found[0], valid[0]) == ((dt.date(2009, 4, 4) - _EPOCH).days, True)


@given(
    st.lists(st.times(), min_size=1, max_size=20),
    st.sampled_from(["%H:%M:%S.%f", "%I:%M:%S.%f %p", "%H%M%S.%f"]),
)
def test_times_of_day_in_every_form(times, form):
    found, valid = times_of_day(pa.array([time.strftime(form) for time in times]))
    assert valid.all()
    expected = [((t.hour * 60 + t.minute) * 60 + t.second) * 10**9 + t.microsecond * 1000 for t in times]
    assert found.tolist() == expected


CLOCKS = {
    "17:34": 63_240.0, "5:34 pm": 63_240.0, "12:00:00 AM": 0.0, "12:00:00 PM": 43_200.0,
    "17:34:18,5": 63_258.5, "23:59:60": 86_400.0, "418": 258.0, "5": 5.0, "93418": 34_458.0,
    " 17:34:18 ": 63_258.0,
}  # fmt: skip


@pytest.mark.parametrize(("word", "seconds"), CLOCKS.items())
def test_odd_writings_of_clocks(word, seconds):
    found, valid = times_of_day(pa.array([word]))
    assert valid[0]
    assert found[0] == seconds * 10**9


@pytest.mark.parametrize(
    "word", ["", None, "24:00:00", "13:00 PM", "0:30 am", "17:60:00", "noon", "1:2:3", "-1:00"]
)
def test_what_is_no_clock_is_invalid(word):
    assert not times_of_day(pa.array([word], pa.string()))[1][0]


STAMPS = {
    "24/07/2025 17:34:18.25": ("2025-07-24T17:34:18.25", False),
    "24.07.2025T17:34": ("2025-07-24T17:34:00", False),
    "24-JUL-2025, 05:34:18 PM": ("2025-07-24T17:34:18", False),
    "24.07.2025 17:34:18 UTC": ("2025-07-24T17:34:18", True),
    "24.07.2025 17:34:18 +0530": ("2025-07-24T12:04:18", True),
    "2025-07-24T17:34:18-07:00": ("2025-07-25T00:34:18", True),
    "24.07.2025 17:34:18 GMT+2": ("2025-07-24T15:34:18", True),
}


@pytest.mark.parametrize(("word", "expected"), STAMPS.items())
def test_stamps_of_a_date_a_clock_and_a_zone(word, expected):
    found, valid, zoned = stamps(pa.chunked_array([[word], [None]]), DateOrder.DMY)
    assert valid.tolist() == [True, False]
    assert found[0] == np.datetime64(expected[0], "ns").astype(np.int64)
    assert zoned.tolist() == [expected[1], False]


@pytest.mark.parametrize(
    "word", ["24.07.2025", "17:34:18", "24.07.2025 25:00:00", "32.07.2025 17:34:18", "a b"]
)
def test_half_a_stamp_is_none(word):
    assert not stamps(pa.array([word]), DateOrder.DMY)[1][0]


OFFSETS = {
    "+02:00": 2.0,
    "-7": -7.0,
    "+0530": 5.5,
    "Z": 0.0,
    "utc": 0.0,
    "UTC+2": 2.0,
    "GMT-03:30": -3.5,
    "0": 0.0,
}


@pytest.mark.parametrize(("word", "hours"), OFFSETS.items())
def test_offsets_from_utc(word, hours):
    found, valid = offsets_ns(pa.chunked_array([pa.array([word]), pa.array([word])]))
    assert valid.tolist() == [True, True]
    assert found[1] == hours * 3600 * 10**9


@pytest.mark.parametrize("word", ["", None, "+99:00", "+02:75", "CET", "+1:2:3"])
def test_what_is_no_offset_is_invalid(word):
    found, valid = offsets_ns(pa.array([word], pa.string()))
    assert (found.tolist(), valid.tolist()) == ([0], [False])
