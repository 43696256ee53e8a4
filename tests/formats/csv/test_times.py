"""Clocks of CSV files: what is read as what, and what is refused."""

from __future__ import annotations

import pytest

_POSITION = "48.1,11.5"


def _table(header: str, rows: list[str]) -> str:
    return "\n".join([header + ",lat,lon", *(f"{row},{_POSITION}" for row in rows), ""])


def _instants(result, stream="gnss_pvt"):
    return [str(value)[:23] for value in result.streams[stream]["t"].cast("timestamp[ns]").to_numpy()]


ABSOLUTE = {
    "ISO with zone": ("time", ["2025-05-04T10:00:00.5Z", "2025-05-04T10:00:01.5Z"]),
    "ISO with offset": ("time", ["2025-05-04T12:00:00.5+02:00", "2025-05-04T12:00:01.5+02:00"]),
    "ISO of mixed offsets": ("time", ["2025-05-04T12:00:00.5+02:00", "2025-05-04T11:00:01.5+01:00"]),
    "ISO with a blank and a column that says UTC": (
        "utc time", ["2025-05-04 10:00:00.5", "2025-05-04 10:00:01.5"],
    ),
    "epoch in seconds": ("timestamp", ["1746352800.5", "1746352801.5"]),
    "epoch in milliseconds": ("timestamp", ["1746352800500", "1746352801500"]),
    "epoch in microseconds": ("timestamp", ["1746352800500000", "1746352801500000"]),
    "epoch in nanoseconds": ("timestamp", ["1746352800500000000", "1746352801500000000"]),
    "epoch under the name of a date": ("date", ["1746352800500", "1746352801500"]),
    "day first, decided by a point": ("utc", ["04.05.2025 10:00:00.5", "04.05.2025 10:00:01.5"]),
    "day first, decided by the values": ("utc", ["24/05/2025 10:00:00.5", "24/05/2025 10:00:01.5"]),
    "month first with a twelve-hour clock": ("utc", ["5/24/2025 10:00:00.5 AM", "5/24/2025 10:00:01.5 AM"]),
    "month by its name": ("utc", ["04-MAY-25 10:00:00.5", "04-MAY-25 10:00:01.5"]),
    "stamp with a zone behind it": ("time", ["2025/05/04 12:00:00.5 +0200", "2025/05/04 12:00:01.5 +0200"]),
    "date and time": ("utc date,utc time", ["2025-05-04,10:00:00.5", "2025-05-04,10:00:01.5"]),
    "digits": ("date_yymmdd,utc time", ["250504,100000.5", "250504,100001.5"]),
    "eight digits": ("date,utc time", ["20250504,100000.5", "20250504,100001.5"]),
    "hours, minutes, seconds": (
        "utc date,hour,minute,second", ["2025-05-04,10,0,0.5", "2025-05-04,10,0,1.5"],
    ),
    "hours to milliseconds": (
        "utc date,hour,minute,second,ms", ["2025-05-04,10,0,0,500", "2025-05-04,10,0,1,500"],
    ),
    "whole seconds and milliseconds": (
        "time utc,millisecond", ["2025-05-04 10:00:00,500", "2025-05-04 10:00:01,500"],
    ),
    "GPS week and seconds of week": ("gps_week,tow", ["2365,36018.5", "2365,36019.5"]),
    "local time with its offset": (
        "date,time,utcoffset", ["2025-05-04,12:00:00.5,+02:00", "2025-05-04,12:00:01.5,+02:00"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("header", "rows"), ABSOLUTE.values(), ids=ABSOLUTE)
def test_the_same_instants_come_out_of_every_absolute_clock(read, header, rows):
    result = read(_table(header, rows))
    day = "24" if "24/05" in rows[0] or "5/24" in rows[0] else "04"  # a day that no month can be
    assert _instants(result) == [f"2025-05-{day}T10:00:0{i}.500" for i in (0, 1)]
    assert result.ok
    assert not result.warnings


RELATIVE = {
    "seconds by their fractions": ("time", ["7.00", "7.25"], "relative", 0.25),
    "seconds by name": ("time (sec)", ["7", "8"], "relative", 1.0),
    "milliseconds by name": ("time_ms", ["700", "950"], "relative", 0.25),
    "microseconds in a bracket": ("uptime [us]", ["700", "250700"], "relative", 0.25),
    "time of day": ("uhrzeit", ["00:00:07", "00:00:07.25"], "time_of_day", 7.0),
    "GPS seconds of week without a week": ("tow", ["456250.0", "456250.25"], "relative", 0.25),
}


@pytest.mark.parametrize("clock", RELATIVE.values(), ids=RELATIVE)
def test_clocks_without_a_date_say_so(read, codes, clock):
    header, rows, base, step_s = clock
    result = read(_table(header, rows))
    table = result.streams["gnss_pvt"]
    assert table.schema.metadata[b"time_base"] == base.encode()
    first, second = table["t"].cast("int64").to_pylist()
    assert first == (7 * 10**9 if base == "time_of_day" else 0)
    assert second - first == (0.25 if base == "time_of_day" else step_s) * 10**9
    assert codes(result) == ["TIME_RELATIVE"]


AMBIGUOUS = {
    "day and month": ("date,time", ["04/05/2025,10:00:00", "04/05/2025,10:00:01"], ("date:dmy", "date:mdy")),
    "year and day": ("date,time", ["250504,100000", "250504,100001"], ("date:ymd", "date:dmy")),
    "seconds and milliseconds": ("time", ["700", "950"], ("t:s", "t:ms")),
    "a count or a clock": ("time", ["101500", "101530"], ("t:s", "t:ms", "time")),
}


@pytest.mark.parametrize(("header", "rows", "readings"), AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_a_clock_of_several_readings_is_refused_and_each_is_listed(read, header, rows, readings):
    result = read(_table(header, rows))
    (issue,) = (issue for issue in result.errors if issue.code == "CSV_AMBIGUOUS_TIME_FORMAT")
    assert issue.evidence["column"] == header.split(",")[0]
    assert all(reading in issue.evidence["interpretations"] for reading in readings)
    assert not result.streams


@pytest.mark.parametrize(("order", "day"), [("dmy", "2025-05-04"), ("mdy", "2025-04-05")])
def test_the_user_decides_between_day_and_month(read, order, day):
    table = _table("date,utc time", ["04/05/2025,10:00:00", "04/05/2025,10:00:01"])
    result = read(table, columns={"date": f"date:{order}"})
    assert _instants(result)[0] == f"{day}T10:00:00.000"


def test_the_user_decides_between_seconds_and_milliseconds(read):
    result = read(_table("time", ["700", "950"]), columns={"time": "t:ms"})
    assert result.streams["gnss_pvt"]["t"].cast("int64").to_pylist() == [0, 250_000_000]


def test_the_user_decides_between_a_count_and_a_clock(read):
    result = read(_table("Uhr", ["101500", "101530"]), columns={"Uhr": "time"})
    table = result.streams["gnss_pvt"]
    assert table.schema.metadata[b"time_base"] == b"time_of_day"
    assert str(table["t"][0].as_py())[11:19] == "10:15:00"


def test_days_that_follow_each_other_decide_between_day_and_month(read):
    rows = ["04/05/2025,23:59:59", "05/05/2025,00:00:01", "06/05/2025,00:00:01"]
    assert [moment[:10] for moment in _instants(read(_table("utc date,time", rows)))] == [
        "2025-05-04", "2025-05-05", "2025-05-06",
    ]  # fmt: skip


def test_one_day_with_one_reading_in_both_orders_is_no_doubt(read):
    result = read(_table("utc date,time", ["05/05/2025,10:00:00", "05/05/2025,10:00:01"]))
    assert _instants(result)[0] == "2025-05-05T10:00:00.000"


def test_a_local_clock_is_never_taken_for_utc_without_a_word(read, codes):
    table = _table("time", ["2025-07-04 10:00:00", "2025-07-04 10:00:01"])
    assert codes(read(table)) == ["TIME_ZONE_ASSUMED_UTC"]
    told = read(table, timezone="Europe/Berlin")
    assert not codes(told)
    assert _instants(told)[0] == "2025-07-04T08:00:00.000"


def test_a_zone_is_followed_into_summer_time(read):
    rows = ["2025-03-30 01:59:59", "2025-03-30 03:00:00"]
    first, second = _instants(read(_table("time", rows), timezone="Europe/Berlin"))
    assert (first, second) == ("2025-03-30T00:59:59.000", "2025-03-30T01:00:00.000")


def test_stamps_with_a_zone_are_left_alone_among_local_ones(read):
    rows = [f"2025-07-04 10:00:{i:02d}" for i in range(40)]
    rows[7] = "2025-07-04 08:00:07Z"
    instants = _instants(read(_table("time", rows), timezone="Europe/Berlin"))
    assert instants == [f"2025-07-04T08:00:{i:02d}.000" for i in range(40)]


def test_a_time_of_day_goes_on_over_midnight_and_says_which_rows_were_repaired(read):
    result = read(_table("clock", ["23:59:58", "23:59:59", "00:00:00", "00:00:01"]))
    table = result.streams["gnss_pvt"]
    assert [value // 10**9 for value in table["t"].cast("int64").to_pylist()] == [86398, 86399, 86400, 86401]
    assert table["quality_flags"].to_pylist() == [0, 0, 4, 4]


def test_a_date_given_once_is_carried_over_midnight(read):
    rows = ["2025-05-04,23:59:59", "2025-05-04,00:00:00", "2025-05-04,00:00:01"]
    result = read(_table("utc date,time", rows))
    assert _instants(result)[-1] == "2025-05-05T00:00:01.000"
    assert result.streams["gnss_pvt"]["quality_flags"].to_pylist() == [0, 4, 4]


def test_a_date_that_rolls_a_row_late_repairs_that_row_alone(read):
    rows = ["2025-05-04,23:59:59", "2025-05-04,00:00:00", "2025-05-05,00:00:01"]
    result = read(_table("utc date,time", rows))
    assert _instants(result) == [
        "2025-05-04T23:59:59.000",
        "2025-05-05T00:00:00.000",
        "2025-05-05T00:00:01.000",
    ]
    assert result.streams["gnss_pvt"]["quality_flags"].to_pylist() == [0, 4, 0]


def test_a_pause_over_night_is_no_passed_midnight(read):
    rows = ["2025-05-04,20:00:00", "2025-05-05,07:00:00", "2025-05-05,07:00:01"]
    result = read(_table("utc date,time", rows))
    assert _instants(result)[1] == "2025-05-05T07:00:00.000"
    assert not any(result.streams["gnss_pvt"]["quality_flags"].to_pylist())


def test_a_leap_second_is_the_instant_after_the_last_one(read):
    rows = ["2016-12-31T23:59:59Z", "2016-12-31T23:59:60Z", "2017-01-01T00:00:01Z"]
    assert _instants(read(_table("time", rows)))[1] == "2017-01-01T00:00:00.000"


def test_a_counter_subdivides_stamps_of_whole_seconds(read):
    rows = [f"2025-05-04 10:00:{i // 4:02d},{700 + i * 250}" for i in range(12)]
    result = read(_table("time utc,elapsed (ms)", rows))
    assert _instants(result) == [f"2025-05-04T10:00:{i // 4:02d}.{i % 4 * 250:03d}" for i in range(12)]


def test_a_counter_that_starts_anew_is_anchored_anew(read):
    rows = [f"2025-05-04 10:00:{i // 4:02d},{i * 250}" for i in range(8)]
    rows += [f"2025-05-04 10:05:{i // 4:02d},{i * 250}" for i in range(8)]
    instants = _instants(read(_table("time utc,elapsed (ms)", rows)))
    assert instants[7:10] == ["2025-05-04T10:00:01.750", "2025-05-04T10:05:00.000", "2025-05-04T10:05:00.250"]


def test_unread_times_skip_the_row_and_rows_of_nothing_do_not_count(read):
    rows = [f"2025-05-04T10:00:{i:02d}Z,48.1,11.5" for i in range(30)]
    rows[4], rows[9] = "yesterday,48.1,11.5", ",,"
    result = read("\n".join(["time,lat,lon", *rows, ""]))
    assert result.streams["gnss_pvt"].num_rows == 28
    (issue,) = result.warnings
    assert (issue.code, issue.evidence["count"], issue.evidence["loci"]) == ("ROWS_SKIPPED", 1, ["line 6"])


def test_a_counter_with_the_clock_unread_skips_the_row(read):
    rows = [f"2025-05-04 10:00:{i // 4:02d},{i * 250}" for i in range(40)]
    rows[5], rows[6] = "?,1250", "2025-05-04 10:00:01,x"
    result = read(_table("time utc,elapsed (ms)", rows))
    assert result.streams["gnss_pvt"].num_rows == 38


def test_unused_time_columns_stay_as_channels(read):
    result = read(_table("time,utc time", ["0.0,1746352800.5", "1.0,1746352801.5"]))
    assert result.streams["channels.main"]["time"].to_pylist() == [0.0, 1.0]


def test_no_column_of_time_is_an_error_that_names_the_columns(read, codes):
    result = read("lat,lon,speed (km/h)\n48.1,11.5,3\n48.1,11.5,3\n")
    assert codes(result) == ["CSV_NO_TIME_COLUMN"]
    assert result.errors[0].evidence["columns"] == "lat, lon, speed (km/h)"


def test_a_column_of_time_that_holds_words_is_none(read, codes):
    assert "CSV_NO_TIME_COLUMN" in codes(read("time,lat,lon\nnoon,48.1,11.5\nlater,48.1,11.5\n"))
    assert "CSV_NO_TIME_COLUMN" in codes(read("time,lat,lon\n,48.1,11.5\n,48.1,11.5\n"))


def test_a_counter_has_no_origin_before_its_first_number(read):
    rows = ["" if i < 3 else f"{i}.5" for i in range(40)]
    result = read(_table("time (s)", rows))
    assert result.streams["gnss_pvt"]["t"].cast("int64").to_pylist()[0] == 0
    assert result.streams["gnss_pvt"].num_rows == 37


def test_milliseconds_beside_stamps_that_have_fractions_are_no_part_of_them(read):
    rows = ["2025-05-04T10:00:00.250Z,250", "2025-05-04T10:00:00.500Z,500"]
    result = read(_table("time,ms", rows))
    assert _instants(result) == ["2025-05-04T10:00:00.250", "2025-05-04T10:00:00.500"]
    assert result.streams["channels.main"]["ms"].to_pylist() == [250.0, 500.0]


def test_milliseconds_that_are_no_part_of_a_second_skip_the_row(read):
    rows = [f"2025-05-04T10:00:{i:02d}Z,{250 if i != 5 else -7}" for i in range(30)]
    result = read(_table("time,millisecond", rows))
    assert result.streams["gnss_pvt"].num_rows == 29


def test_digits_of_a_clock_and_a_counter_subdivide_too(read):
    rows = [f"20250504,{100000 + i // 4},{i * 250}" for i in range(12)]
    instants = _instants(read(_table("utc date,time,elapsed (ms)", rows)))
    assert instants[5] == "2025-05-04T10:00:01.250"


def test_epochs_of_whole_seconds_and_a_counter_subdivide_too(read):
    rows = [f"{1746352800 + i // 4},{i * 250}" for i in range(12)]
    assert _instants(read(_table("timestamp,elapsed (ms)", rows)))[5] == "2025-05-04T10:00:01.250"


def test_a_clock_of_which_no_row_can_be_read_gives_nothing(read, codes):
    rows = [f"2025-05-04 10:00:{i // 4:02d},{i * 250}" for i in range(12)]
    text = _table("time utc,elapsed (ms)", rows)
    damaged = text + "".join(f"?,?,48.1,11.5{' ' * 60}\n" for _ in range(200))
    result = read(damaged)
    assert result.streams["gnss_pvt"].num_rows == 12
    assert "ROWS_SKIPPED" in codes(result)


@pytest.mark.parametrize(("stamp", "micros"), [
    ("20240601 12:34:{:02d}", 0),
    ("20240601 12:34:{:02d}.250", 250_000),
    ("20240601T1234{:02d}", 0),
    ("20240601T1234{:02d}.5Z", 500_000),
    ("20240601T1434{:02d}+0200", 0),
])  # fmt: skip
def test_stamps_may_be_written_without_their_signs(read, stamp, micros):
    rows = "".join(f"{stamp.format(n)},50.12345{n},8.654321\n" for n in range(5))
    times = read("time,lat,lon\n" + rows).streams["gnss_pvt"]["t"]
    assert times[4].as_py().isoformat() == f"2024-06-01T12:34:04{f'.{micros:06d}' if micros else ''}+00:00"
