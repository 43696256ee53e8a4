"""Casts of text against slow references, on good, odd and garbage columns."""

from __future__ import annotations

import datetime as dt
import math
import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.kernels.casts import floats, instants

BLANKS = st.text("\t\n\v\f\r ", max_size=2)
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def number_of(text):
    """Python's float() on what is plainly a decimal number, else None."""
    bare = text.strip("\t\n\v\f\r ") if text is not None else ""
    value = float(bare) if NUMBER.fullmatch(bare) else math.nan
    return value if math.isfinite(value) else None


def ns_of(stamp):
    """Exact integer nanoseconds of a datetime; naive ones as if UTC."""
    aware = stamp if stamp.tzinfo else stamp.replace(tzinfo=dt.UTC)
    return (aware - EPOCH) // dt.timedelta(microseconds=1) * 1000


decimals = st.one_of(
    st.floats().map(repr),
    st.floats(allow_nan=False, allow_infinity=False).map(lambda value: f"{value:+.3e}"),
    st.integers(-(10**30), 10**30).map(str),
    st.from_regex(NUMBER, fullmatch=True),
)
texts = st.one_of(
    st.none(),
    st.text(max_size=8),
    st.text("+-.eE0123456789 ", max_size=8),
    decimals,
    st.tuples(BLANKS, decimals, BLANKS).map("".join),
    st.sampled_from(
        ["", " ", "nan", "-inf", "Infinity", "1_0", "0x10", "1e999", "-1e400", "1e-999", "\u0661"]
    ),
)


@given(st.lists(texts, max_size=12))
def test_floats_agree_with_python_on_any_text(column):
    values, valid = floats(pa.array(column, pa.string()))
    expected = [number_of(text) for text in column]
    assert valid.tolist() == [value is not None for value in expected]
    assert [value for value in values.tolist() if not math.isnan(value)] == [
        v for v in expected if v is not None
    ]
    assert np.isnan(values[~valid]).all()


@given(st.lists(decimals, min_size=1, max_size=12))
def test_floats_of_clean_and_soiled_columns_are_the_same(column):
    clean, clean_valid = floats(pa.array(column))
    soiled, soiled_valid = floats(pa.array([*column, "soil"]))
    assert np.array_equal(clean, soiled[:-1], equal_nan=True)
    assert clean_valid.tolist() == soiled_valid.tolist()[:-1]


@st.composite
def stamped(draw):
    """A stamp as text in any allowed form, with its exact value in ns and whether it has a zone."""
    minutes = st.integers(-23 * 60, 23 * 60).map(lambda count: dt.timezone(dt.timedelta(minutes=count)))
    zone = draw(st.one_of(st.none(), st.just(dt.UTC), minutes))
    first, last = dt.datetime(1679, 1, 1), dt.datetime(2260, 1, 1)  # noqa: DTZ001  (the zone is drawn)
    stamp = draw(st.datetimes(first, last, timezones=st.just(zone))).replace(microsecond=0)
    digits = draw(st.text("0123456789", max_size=14))
    offset = stamp.strftime("%z")
    written = draw(st.sampled_from([offset, offset[:3] + ":" + offset[3:]])) if offset else ""
    if zone is dt.UTC:
        written = draw(st.sampled_from(["Z", "z", "+00:00", "+0000", "+00"]))
    text = (
        draw(BLANKS)
        + stamp.strftime("%Y-%m-%d")
        + draw(st.sampled_from(["T", " ", "t", "  "]))
        + stamp.strftime("%H:%M:%S")
        + (draw(st.sampled_from([".", ","])) + digits if digits else "")
        + draw(st.sampled_from(["", " "]))
        + written
        + draw(BLANKS)
    )
    return text, ns_of(stamp) + int(digits[:9].ljust(9, "0")), zone is not None


@given(st.lists(stamped(), min_size=1, max_size=8), st.lists(st.none() | st.text(max_size=25), max_size=3))
def test_instants_agree_with_datetime_to_the_nanosecond(stamps, rubbish):
    column = [text for text, _ns, _zone in stamps]
    ns, valid, has_zone = instants(
        pa.array([*column, *(r for r in rubbish if not looks_like_time(r))], pa.string())
    )
    count = len(column)
    assert ns[:count].tolist() == [value for _text, value, _zone in stamps]
    assert valid[:count].all()
    assert not valid[count:].any()
    assert has_zone[:count].tolist() == [zone for _text, _ns, zone in stamps]
    assert not ns[count:].any()


def looks_like_time(text):
    return text is not None and re.search(r"\d{4}-\d{2}-\d{2}", text) is not None


@given(
    st.from_regex(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})?", fullmatch=True
    )
)
def test_instants_refuse_what_no_calendar_has(text):
    try:
        stamp = dt.datetime.fromisoformat(text)
        expected = ns_of(stamp)
    except (ValueError, OverflowError):
        expected = None
    leap_or_midnight = re.search(r":60(Z|[+-]|$)|[T ]24:00:00", text)
    ns, valid, _zone = instants(pa.array([text]))
    if expected is not None and 1678 <= (EPOCH + dt.timedelta(microseconds=expected // 1000)).year <= 2261:
        assert (ns[0], valid[0]) == (expected, True)
    elif not leap_or_midnight:
        assert not valid[0]


@given(st.lists(stamped().map(lambda row: row[0]), max_size=6), st.integers(0, 6))
def test_neighbours_do_not_change_a_value(column, cut):
    whole = instants(pa.array(column, pa.string()))
    apart = instants(pa.chunked_array([column[:cut], column[cut:]], pa.string()))
    for one, other in zip(whole, apart, strict=True):
        assert one.tolist() == other.tolist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ("2016-12-31T23:59:60.5Z", "2017-01-01T00:00:00.5Z"),
        ("2017-01-01T01:59:60+02:00", "2017-01-01T00:00:00Z"),
        ("2024-02-28T24:00:00Z", "2024-02-29T00:00:00Z"),
        ("2024-05-04T10:20Z", "2024-05-04T10:20:00Z"),
        ("2024-05-04T10+02", "2024-05-04T08:00:00Z"),
    ],
)
def test_leap_seconds_midnight_and_short_times_mean_the_instant(text, expected):
    for column in ([text], [text, "soil"]):
        ns, valid, has_zone = instants(pa.array(column))
        assert (ns[0], valid[0], has_zone[0]) == (instants(pa.array([expected]))[0][0], True, True)


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-04", "2024-05-04Z", "10:20:30", "", "2024-02-30T00:00:00Z", "2023-02-29T00:00:00",
        "2024-13-01T00:00:00Z", "2024-00-10T00:00:00Z", "2024-01-00T00:00:00Z", "2024-05-04T24:00:01Z",
        "2024-05-04T10:60:00Z", "2024-05-04T10:20:61Z", "2024-05-04T10:20:30+24:00",
        "2024-05-04T10:20:30+02:60", "0000-00-00T00:00:00Z", "1677-12-31T23:59:59Z",
        "2262-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2024-05-04T10:20:30ZZ", "2024-05-04T10:20:30.Z",
        "20240504T102030Z",
    ],
)  # fmt: skip
def test_what_is_no_instant_is_invalid_alone_and_in_company(text):
    company = ["2024-05-04T10:20:30Z", text, " 2024-05-04 10:20:30", None]
    assert instants(pa.array([text]))[1].tolist() == [False]
    assert instants(pa.array(company))[1].tolist() == [True, False, True, False]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_empty_and_sliced_columns_keep_their_length(kind):
    assert [len(column) for column in instants(pa.array([], kind))] == [0, 0, 0]
    assert [len(column) for column in floats(pa.chunked_array([], kind))] == [0, 0]
    assert floats(pa.chunked_array([["1", "x"]]))[1].tolist() == [True, False]
    sliced = pa.array(["x", "1", " 2", "y"], kind).slice(1, 2)
    assert floats(sliced)[0].tolist() == [1.0, 2.0]
    times = pa.array(["x", "2024-05-04T10:20:30Z", " 2024-05-04T10:20:31", "y"], kind).slice(1, 2)
    assert np.diff(instants(times)[0]).tolist() == [1_000_000_000]


def test_bytes_that_are_no_text_are_invalid_and_not_an_error():
    offsets, data = np.array([0, 2, 3], np.int32), b"\xff\xfe1"
    broken = pa.StringArray.from_buffers(2, pa.py_buffer(offsets), pa.py_buffer(data))
    assert floats(broken)[1].tolist() == [False, True]
    assert instants(broken)[1].tolist() == [False, False]
