"""Positions of CSV files: how they are written, which are possible, and which are no fix."""

from __future__ import annotations

import pytest

import telemparse


def _rows(count, row):
    return "".join(row(i) + "\n" for i in range(count))


def _stamp(i):
    return f"2025-05-04T10:00:{i:02d}Z"


WRITINGS = {
    "signs": ("lat,lon", "48.1173,-11.5167"),
    "suffixes": ("lat,lon", "48.1173N,11.5167W"),
    "prefixes": ("lat,lon", "N48.1173,W 11.5167"),
    "letters in their own columns": ("lat,n/s,lon,e/w", "48.1173,N,11.5167,W"),
    "lower-case letters": ("lat,ns,lon,ew", "48.1173,n,11.5167,w"),
    "degrees and minutes as one number": ("lat,n/s,lon,e/w", "4807.038,N,01131.002,W"),
    "one number and a suffix": ("lat,lon", "4807.038N,01131.002W"),
    "degrees, minutes and a letter": ("lat,lon", "48 07.038 N,011 31.002 W"),
    "signs of degrees and minutes": ("lat,lon", "48°07.038',-11°31.002'"),
    "seconds": ("lat,lon", '48°07\'02.28""N,11:31:00.12 W'),
    "radians": ("lat (rad),lon (rad)", "0.83980531,-0.20100434"),
    "ten-millionths": ("lat_e7,lon_e7", "481173000,-115167000"),
}


@pytest.mark.parametrize(("header", "cells"), WRITINGS.values(), ids=WRITINGS)
def test_one_place_in_every_writing(read, header, cells):
    result = read(f"time,{header}\n" + _rows(12, lambda i: f"{_stamp(i)},{cells}"))
    table = result.streams["gnss_pvt"]
    assert table["lat_deg"].to_pylist() == pytest.approx([48.1173] * 12, abs=1e-6)
    assert table["lon_deg"].to_pylist() == pytest.approx([-11.5167] * 12, abs=1e-6)
    assert not result.warnings


def test_the_user_says_that_numbers_hold_minutes(read):
    text = "time,lat,lon\n" + _rows(3, lambda i: f"{_stamp(i)},30.5,12.25")
    result = read(text, columns={"lat": "lat:ddmm", "lon": "lon:ddmm"})
    assert result.streams["gnss_pvt"]["lat_deg"].to_pylist() == pytest.approx([30.5 / 60] * 3)


UNCLEAR = {"481234567,115000000": "1e-7", "2889.5,690.75": "arcmin"}


@pytest.mark.parametrize(("cells", "reading"), UNCLEAR.items())
def test_numbers_too_large_for_degrees_are_not_guessed_at(read, codes, cells, reading):
    result = read("time,lat,lon\n" + _rows(9, lambda i: f"{_stamp(i)},{cells}"))
    assert codes(result) == ["CSV_AMBIGUOUS_COLUMNS"]
    assert reading in result.errors[0].evidence["interpretations"]


def test_minutes_of_arc_are_read_when_they_are_named(read):
    text = "time,lat,lon\n" + _rows(3, lambda i: f"{_stamp(i)},2889.5,690.75")
    result = read(text, columns={"lat": "lat:arcmin", "lon": "lon:arcmin"})
    assert result.streams["gnss_pvt"]["lat_deg"].to_pylist() == pytest.approx([2889.5 / 60] * 3)


def test_longitudes_beyond_180_wrap_and_courses_of_360_are_north(read):
    result = read(
        "time,lat,lon,course\n"
        + _rows(4, lambda i: f"{_stamp(i)},48,{(0, 179.5, 180, 359.5)[i]},{(360, -90, 0, 359.9999999)[i]}")
    )
    table = result.streams["gnss_pvt"]
    assert table["lon_deg"].to_pylist() == [0.0, 179.5, -180.0, -0.5]
    assert table["course_deg"].to_pylist() == [0.0, 270.0, 0.0, 0.0]
    assert not result.warnings


def test_impossible_places_and_values_are_left_out_and_counted_by_column(read):
    rows = [f"{_stamp(i)},48,11,5,90" for i in range(40)]
    rows[3], rows[5] = f"{_stamp(3)},98,11,5,90", f"{_stamp(5)},48,400,5,90"
    rows[7], rows[9] = f"{_stamp(7)},48,11,-1,90", f"{_stamp(9)},48,11,5,700"
    rows[11], rows[13] = f"{_stamp(11)},x,11,5,90", f"{_stamp(13)},48,11,1e999,90"
    result = read("time,lat,lon,speed_mps,course\n" + "\n".join(rows) + "\n")
    table = result.streams["gnss_pvt"]
    assert table.num_rows == 37
    assert (table["speed_mps"].null_count, table["course_deg"].null_count) == (2, 1)
    skipped, *others = result.warnings
    assert (skipped.code, skipped.evidence["reasons"]) == ("ROWS_SKIPPED", {"no position": 1})
    lost = {(i.evidence["column"], i.evidence["reason"]): i.evidence["count"] for i in others}
    assert lost == {
        ("lat", "no possible coordinate"): 1, ("lon", "no possible coordinate"): 1,
        ("speed_mps", "no possible number"): 2, ("course", "no possible number"): 1,
    }  # fmt: skip
    assert result.metadata["epochs_without_fix"] == 0


def test_satellites_are_whole_numbers_up_to_255(read):
    cells = ["9", "9.0", "9.5", "300", ""]
    result = read("time,lat,lon,sats\n" + _rows(5, lambda i: f"{_stamp(i)},48,11,{cells[i]}"))
    assert result.streams["gnss_pvt"]["sat_count"].to_pylist() == [9, 9, None, None, None]
    assert [(i.code, i.evidence["count"]) for i in result.warnings] == [("VALUE_OUT_OF_RANGE", 2)]


def test_places_at_zero_are_epochs_without_a_fix(read):
    places = ["0,0", "0.0,0.0", "48,11", "0,11", "0,0", "48,11"]
    result = read("time,lat,lon\n" + _rows(6, lambda i: f"{_stamp(i)},{places[i]}"))
    assert result.streams["gnss_pvt"]["lat_deg"].to_pylist() == [48.0, 0.0, 48.0]
    assert result.metadata["epochs_without_fix"] == 3
    events = result.streams["events"]
    assert events["event_type"].to_pylist() == ["fix_regained", "fix_lost", "fix_regained"]
    assert [value // 10**9 % 60 for value in events["t"].cast("int64").to_pylist()] == [2, 4, 5]


def test_blank_places_beside_sensors_are_no_epochs(read):
    result = read(
        "time,lat,lon,rpm\n" + _rows(6, lambda i: f"{_stamp(i)},{'48,11' if i % 3 == 0 else ','},3000")
    )
    assert result.streams["gnss_pvt"].num_rows == 2
    assert result.streams["channels.main"].num_rows == 6
    assert result.metadata["epochs_without_fix"] == 0
    assert "events" not in result.streams


def test_blank_places_beside_other_words_of_the_receiver_are_epochs_without_a_fix(read):
    result = read(
        "time,lat,lon,sats,rpm\n"
        + _rows(6, lambda i: f"{_stamp(i)},{'48,11,9' if i % 3 == 0 else ',,2'},3000")
    )
    assert result.metadata["epochs_without_fix"] == 4


def test_blank_places_alone_are_epochs_without_a_fix(read):
    result = read("time,lat,lon\n" + _rows(6, lambda i: f"{_stamp(i)},{'48,11' if i > 2 else ','}"))
    assert result.metadata["epochs_without_fix"] == 3


def test_a_recording_without_any_fix_says_so(read, codes):
    result = read("time,lat,lon,rpm\n" + _rows(6, lambda i: f"{_stamp(i)},0,0,3000"))
    assert codes(result) == ["NO_VALID_FIX"]
    assert result.warnings[0].evidence["epochs"] == 6
    assert list(result.streams) == ["channels.main"]


FIXES = {
    "words": (
        "fix", ["3D", "2D", "RTK fixed", "float", "dead reckoning", "no fix", ""],
        [3, 2, 7, 6, 1, None, None], 1,
    ),
    "numbers": ("gps fix", ["1", "1", "0", "1", "1", "1", "1"], [None] * 6, 1),
    "types": ("fix_type", ["0", "1", "2", "3", "4", "5", "7"], [1, 2, 3, 4, 7], 2),
    "floating types": ("fix_type", ["3.0", "3.0", "3.0", "3.0", "3.0", "3.0", "0.0"], [3] * 6, 1),
    "qualities": ("fix_quality", ["0", "1", "2", "4", "5", "6", "8"], [None, None, 7, 6, 1, None], 1),
    "validity": ("valid", ["A", "A", "V", "A", "A", "A", "A"], [None] * 6, 1),
    "types beyond the table": ("fix_type", ["9", "3", "3", "3", "3", "3", "3"], [None, 3, 3, 3, 3, 3, 3], 0),
}  # fmt: skip


@pytest.mark.parametrize(("header", "cells", "types", "lost"), FIXES.values(), ids=FIXES)
def test_validity_is_read_in_words_and_numbers(read, header, cells, types, lost):
    result = read(f"time,lat,lon,{header}\n" + _rows(7, lambda i: f"{_stamp(i)},48,11,{cells[i]}"))
    kept = result.streams["gnss_pvt"]["fix_type"].to_pylist()
    expected = types if cells[-1] else [*types[:5], None]
    assert kept == expected
    assert result.metadata["epochs_without_fix"] == lost
    assert result.streams["channels.main"].num_rows == 7


def test_doubtful_qualities_are_flagged(read):
    result = read(
        "time,lat,lon,quality fix\n" + _rows(3, lambda i: f"{_stamp(i)},48,11,{(1, 8, 7)[i]}"),
        columns={"quality fix": "fix"},
    )
    assert result.streams["gnss_pvt"]["quality_flags"].to_pylist() == [0, 16, 16]


def test_rows_that_the_logger_marks_as_old_are_no_epochs(read):
    result = read(
        "time,GPS_Update,lat,lon,rpm\n" + _rows(6, lambda i: f"{_stamp(i)},{int(i % 3 == 0)},48,11,3000")
    )
    assert result.streams["gnss_pvt"].num_rows == 2
    assert result.metadata["epochs_without_fix"] == 0
    assert result.streams["channels.main"]["gps_update"].to_pylist() == [1, 0, 0, 1, 0, 0]


def test_a_lone_coordinate_is_told_beside_an_ambiguous_clock():
    rows = "".join(f"{second},48.1{second:02d},3\n" for second in range(20))
    result = telemparse.parse({"a.csv": b"time,lat,speed\n" + rows.encode()}, on_error="return")
    assert {issue.code for issue in result.errors} == {"CSV_MISSING_LAT_LON", "CSV_AMBIGUOUS_TIME_FORMAT"}
