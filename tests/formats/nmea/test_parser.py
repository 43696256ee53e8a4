"""What NMEA logs can look like: encodings, dates, orders, rates, damage, and what is told of each."""

from __future__ import annotations

import functools
import math
import operator

import pyarrow as pa
import pytest

import telemparse
from telemparse.model.options import ParseOptions

PLACE = "4530.000,S,01030.000,W"
LAT, LON = -45.5, -10.5
S_NS = 1_000_000_000
DAY_S = 86_400


def summed(body):
    return f"${body}*{functools.reduce(operator.xor, body.encode()):02X}"


def rmc(time, *, date="010125", status="A", place=PLACE, motion="10.0,90.0", mode="A", talker="GP"):
    return summed(f"{talker}RMC,{time},{status},{place},{motion},{date},,,{mode}")


def gga(time, *, quality=1, place=PLACE, rest="08,0.9,545.4,M,46.9,M,,", talker="GP"):
    return summed(f"{talker}GGA,{time},{place},{quality},{rest}")


def log(*lines, end="\r\n"):
    return "".join(line + end for line in lines).encode()


def parsed(data, options=None):
    return telemparse.parse({"log.nmea": data}, options, parser="nmea", on_error="return")


def rows(data):
    result = parsed(data)
    table = result.streams["gnss_pvt"]
    t_ns = table["t"].cast(pa.int64()).to_pylist()
    return [{**row, "t": t} for row, t in zip(table.drop_columns(["t"]).to_pylist(), t_ns, strict=True)]


def codes(result):
    return {issue.code: issue for issue in (*result.warnings, *result.errors)}


def seconds(data):
    """Return the times of the fixes in seconds since 2025-01-01."""
    return [row["t"] / S_NS - 20_089 * DAY_S for row in rows(data)]


TIMES = [f"1200{second:02d}.50" for second in range(10)]
PLAIN = log(*(line for time in TIMES for line in (rmc(time), gga(time))))


# ---- encodings and lines


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.encode(),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-be"),
        lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
        lambda text: text.replace("\r\n", "\n").encode(),
        lambda text: text.replace("\r\n", "\r").encode(),
        lambda text: text.replace("\r\n", "").encode(),
        lambda text: text.encode() + b"\0" * 5000,
        lambda text: text.replace("$", "\0\0$").encode(),
        lambda text: "".join(f"b'{line}\\r\\n'\n" for line in text.split()).encode(),
        lambda text: "".join(f"[10:20:30.4] \u00e4 {line}\n" for line in text.split()).encode("cp1252"),
        lambda text: text.replace("$", "\xb5\x62\x0a\x04\x00\x00\x0e\x34$").encode("latin-1"),
    ],
)
def test_however_a_log_is_written_its_fixes_are_the_same(change):
    data = change(PLAIN.decode())
    assert rows(data) == rows(PLAIN)
    assert "NMEA_CHECKSUM_FAILED" not in codes(parsed(data))
    assert telemparse.detect({"x": data}).winner.parser_id == "nmea"


@pytest.mark.parametrize("data", [b"", b"\0" * 500, b"\r\n \t\n", b"\xff\xfe"])
def test_a_log_of_nothing_is_empty(data):
    assert codes(parsed(data)).keys() == {"ARTIFACT_EMPTY"}


def test_comments_and_other_sentences_are_counted_and_no_loss():
    lines = (
        "# a comment",
        summed("PUBX,00,1"),
        summed("GPGSV,1,1,00"),
        summed("PGRMC,A,1"),
        summed("AIVDM,1,A").replace("$", "!"),
    )
    result = parsed(log(*lines) + PLAIN)
    assert not result.warnings
    facts = result.metadata["sentences"]
    assert facts["passed_over"] == {"AIVDM": 1, "GPGSV": 1, "PGRMC": 1, "PUBX": 1}
    assert facts["lines_without_sentence"] == 1
    assert facts["used"] == {"GPGGA": 10, "GPRMC": 10}


# ---- epochs


def test_sentences_of_an_epoch_meet_by_time_in_any_order():
    first, second = rows(log(gga("120000"), rmc("120001"), rmc("120000"), gga("120001")))
    assert (first["alt_m"], second["alt_m"]) == (545.4, 545.4)
    assert math.isclose(first["speed_mps"], 10 * 1852 / 3600, rel_tol=1e-6)
    assert (first["lat_deg"], first["lon_deg"], first["sat_count"]) == (LAT, LON, 8)


def test_sentences_without_a_time_belong_to_the_epoch_under_way():
    lines = []
    for second in range(3):
        dops = f"1.{second},0.9,1.1"
        lines += [
            gga(f"12000{second}"), summed(f"GPGSA,A,{2 + second % 2},01,,,,,,,,,,,,{dops}"),
            summed(f"GPVTG,90.0,T,,M,,N,{36 * second}.0,K"), summed(f"GPHDT,{second}.5,T"),
            summed(f"GPGST,12000{second},9,,,,3.0,4.0,{second}.0"),
        ]  # fmt: skip
    data = log(*lines, summed("GPZDA,120003,01,01,2025,00,00"))
    found = rows(data)
    assert [row["fix_type"] for row in found] == [2, 3, 2]
    assert [round(row["pdop"], 1) for row in found] == [1.0, 1.1, 1.2]
    assert [row["speed_mps"] for row in found] == [0.0, 10.0, 20.0]
    assert [(row["hacc_m"], row["vacc_m"]) for row in found] == [(5.0, 0.0), (5.0, 1.0), (5.0, 2.0)]
    assert parsed(data).streams["channels.main"]["heading_deg"].to_pylist() == [0.5, 1.5, 2.5]


def vtg(kmh):
    return summed(f"GPVTG,90.0,T,,M,,N,{kmh}.0,K")


def test_a_sentence_without_a_time_belongs_to_the_cycle_that_the_log_shows():
    fixes = [gga(f"12000{second}") for second in range(3)]
    begun = [line for second, fix in enumerate(fixes) for line in (vtg(second), fix)]
    ended = [line for second, fix in enumerate(fixes) for line in (fix, vtg(second))]

    def read(lines):
        return [row["speed_mps"] and round(row["speed_mps"] * 3.6) for row in rows(log(*lines))]

    assert read(begun) == [0, 1, 2]
    assert read(ended) == [0, 1, 2]
    # One that begins with it by chance: it ends with it too, or has it between two of one time.
    assert read([vtg(9), *ended]) == [0, 1, 2]
    assert (
        read([vtg(9), *[line for pair in zip(ended[::2], ended[1::2], fixes, strict=True) for line in pair]])[
            0
        ]
        == 0
    )
    # Of two before one fix the nearest is its own: the fix of the other one is lost.
    assert read([vtg(7), *begun]) == [0, 1, 2]


def test_a_sentence_that_waits_for_a_fix_is_told_of_none_that_has_no_time():
    blank = summed("GPRMC,,V,,,,,,,,,,N")
    result = parsed(log(vtg(1), rmc("120000", motion=","), vtg(2), blank, rmc("120002", motion=",")))
    assert result.streams["gnss_pvt"]["speed_mps"].null_count == 1
    assert result.metadata["epochs_without_fix"] == 1


def test_epochs_that_are_played_again_are_kept_and_flagged():
    found = rows(PLAIN + PLAIN)
    assert len(found) == 20
    assert all(row["alt_m"] == 545.4 and row["quality_flags"] & 8 for row in found)
    assert codes(parsed(PLAIN + PLAIN))["TIME_NOT_MONOTONIC"].evidence["count"] == 9


def test_a_clock_of_whole_seconds_melts_no_fixes_together():
    places = [f"4530.00{step},S,01030.000,W" for step in range(5)]
    found = rows(log(*(rmc("120000", place=place) for place in places)))
    assert [round(row["lat_deg"] * 60_000) for row in found] == [-2_730_000 - step for step in range(5)]


def test_sentences_too_far_apart_do_not_meet():
    between = [rmc(f"12{step // 60:02d}{step % 60:02d}", talker="GN") for step in range(1, 300)]
    found = rows(log(rmc("120000"), *between, gga("120000")))
    assert len(found) == 301


@pytest.mark.parametrize(
    ("quality", "mode", "kind", "flags"),
    [(4, "R", 7, 0), (5, "F", 6, 0), (6, "E", 1, 0), (6, "A", 4, 0), (1, "A", None, 0), (2, "D", None, 0),
     (8, "S", None, 16), (7, "M", None, 16)],
)  # fmt: skip
def test_qualities_and_modes_tell_the_type_of_the_fix(quality, mode, kind, flags):
    (row,) = rows(log(rmc("120000", mode=mode), gga("120000", quality=quality)))
    assert (row["fix_type"], row["quality_flags"]) == (kind, flags)


def test_the_modes_of_gns_tell_the_best_of_the_systems():
    body = f"GNGNS,120000,{PLACE},{{}},12,0.8,100.5,40.1,,"
    kinds = [
        rows(log(rmc("115959"), summed(body.format(modes))))[-1]["fix_type"] for modes in ("AR", "FA", "NE")
    ]
    assert kinds == [7, 6, 1]
    nothing = parsed(log(rmc("115959"), summed(body.format("NN"))))
    assert nothing.metadata["epochs_without_fix"] == 1


def test_the_sentence_of_one_system_beside_that_of_all_takes_no_fix_away():
    both = log(
        rmc("120000"),
        summed(f"GNGNS,120000,{PLACE},AA,12,0.8,100.5,40.1,,"),
        summed("GPGNS,120000,,,,,,7,,,,,"),
    )
    assert [row["sat_count"] for row in rows(both)] == [12]


# ---- epochs without fix


@pytest.mark.parametrize(
    "lines",
    [
        [rmc("120001", status="V")],
        [gga("120001", quality=0)],
        [rmc("120001", mode="N")],
        [rmc("120001"), gga("120001", quality=0)],
        [rmc("120001", place="0000.000,N,00000.000,E")],
        [rmc("120001", place=",,,")],
        [rmc("", status="V", place=",,,", date=""), gga("", quality=0, place=",,,")],
    ],
)
def test_an_epoch_without_fix_is_counted_and_told_as_an_event(lines):
    result = parsed(log(rmc("120000"), gga("120000"), *lines, rmc("120002"), gga("120002")))
    assert result.streams["gnss_pvt"].num_rows == 2
    assert result.metadata["epochs_without_fix"] == 1
    assert result.streams["events"]["event_type"].to_pylist() == ["fix_lost", "fix_regained"]
    assert not result.errors


def test_a_fix_that_is_lost_for_good_is_told():
    result = parsed(log(rmc("120000"), *[summed("GPRMC,,V,,,,,,,,,,N")] * 3))
    assert result.metadata["epochs_without_fix"] == 3
    assert result.streams["events"]["event_type"].to_pylist() == ["fix_lost"]


def test_a_log_without_any_fix_says_so():
    result = parsed(log(*(rmc(time, status="V") for time in TIMES)))
    assert codes(result)["NO_VALID_FIX"].evidence["epochs"] == 10


# ---- dates


def test_the_date_is_carried_over_midnight_to_what_has_none():
    data = log(
        summed("GPZDA,235958,01,01,2025,00,00"),
        *(gga(time) for time in ("235958", "235959", "000000", "000001")),
    )
    assert seconds(data) == [DAY_S - 2, DAY_S - 1, DAY_S, DAY_S + 1]
    assert parsed(data).metadata["clock"]["midnights"] == 1


def test_gga_before_the_first_rmc_of_a_day_belongs_to_that_day():
    lines = [
        line
        for date, time in (("010125", "235959"), ("020125", "000000"))
        for line in (gga(time), rmc(time, date=date))
    ]
    assert seconds(log(*lines)) == [DAY_S - 1, DAY_S]


def test_a_date_that_comes_late_counts_for_what_stands_before_it():
    data = log(*(gga(f"{120000 + step}") for step in range(40)), rmc("120040"))
    assert seconds(data)[0] == DAY_S / 2
    assert not parsed(data).warnings


@pytest.mark.parametrize("date", ["", "060180", "320125", "000000", "x"])
def test_a_log_without_a_date_is_of_an_unknown_day(date):
    result = parsed(log(*(line for time in TIMES for line in (rmc(time, date=date), gga(time)))))
    table = result.streams["gnss_pvt"]
    assert table.schema.metadata[b"time_base"] == b"time_of_day"
    assert {"NMEA_NO_DATE", "TIME_RELATIVE"} <= codes(result).keys()
    assert table["t"].cast(pa.int64())[0].as_py() == (DAY_S // 2) * S_NS + S_NS // 2


def test_dates_from_before_the_fix_are_none():
    lines = [rmc("115959", date="220899", status="V"), summed("GPZDA,115959,22,08,1999,00,00"), rmc("120000")]
    assert seconds(log(*lines)) == [DAY_S / 2]


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        ([rmc(time, date="010105", mode="A,V") for time in TIMES], 10),
        ([rmc(time, date="010105", talker="GB") for time in TIMES[:4]], 4),
        ([rmc("120000", date="010105"), rmc("120001", date="160824"), rmc("120002", date="160824")], 1),
        ([rmc("235959", date="010105"), rmc("000000", date="170824")], 1),
    ],
)
def test_a_date_1024_weeks_in_the_past_is_told_and_kept(lines, count):
    result = parsed(log(*lines))
    assert codes(result)["DATE_UNRELIABLE"].evidence["count"] == count
    assert result.streams["gnss_pvt"]["t"][0].as_py().year == 2005


@pytest.mark.parametrize(
    "lines",
    [
        [rmc(time, date="010105") for time in TIMES],
        [rmc(time, mode="A,V", talker="GB") for time in TIMES],
        [rmc("120000", date="010105"), rmc("120001", date="010124")],
    ],
)
def test_a_date_that_may_be_right_is_not_doubted(lines):
    assert "DATE_UNRELIABLE" not in codes(parsed(log(*lines)))


def test_a_leap_second_is_the_instant_after_the_59th():
    assert seconds(log(rmc("235959"), rmc("235960"), rmc("000000.5", date="020125"))) == [
        DAY_S - 1,
        DAY_S,
        DAY_S + 0.5,
    ]


@pytest.mark.parametrize("fraction", ["", ".1", ".12", ".123456789"])
def test_times_have_any_number_of_decimals(fraction):
    (row,) = rows(log(rmc(f"000001{fraction}")))
    assert row["t"] - 20_089 * DAY_S * S_NS == S_NS + int(fraction[1:].ljust(9, "0") or 0)


# ---- damage


def test_wrong_checksums_are_counted_and_their_neighbours_flagged():
    lines = PLAIN.decode().split("\r\n")
    lines[8] = lines[8].replace("12.0", "13.0").replace("10.0", "19.0")
    lines[11] = lines[11][:-3]
    lines[12] = lines[12][1:]
    data = "\r\n".join(lines).encode()
    issue = codes(parsed(data))["NMEA_CHECKSUM_FAILED"]
    assert (issue.evidence["count"], issue.evidence["without_checksum"], len(issue.evidence["loci"])) == (
        3,
        1,
        3,
    )
    assert issue.locus.offset == data.index(b"19.0") - data[: data.index(b"19.0")][::-1].index(b"$") - 1
    flagged = [row["t"] // S_NS % 60 for row in rows(data) if row["quality_flags"] & 32]
    assert flagged == [3, 4, 5, 6]
    assert len(rows(data)) == 10


def test_a_log_that_never_had_checksums_is_read_without():
    bare = b"".join(line.partition(b"*")[0] + b"\r\n" for line in PLAIN.splitlines())
    assert rows(bare) == rows(PLAIN)
    result = parsed(bare)
    assert (result.warnings, result.metadata["sentences"]["checksums"]) == ((), "absent")


@pytest.mark.parametrize("lost", [3, 5, 10, 40, 60])
def test_a_cut_sentence_at_the_end_is_told(lost):
    result = parsed(PLAIN[:-lost])
    issue = codes(result)["ARTIFACT_TRUNCATED"]
    assert issue.locus.offset == PLAIN.rindex(b"$")
    assert result.streams["gnss_pvt"].num_rows == 10


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (rmc("120000", place="9530.000,S,01030.000,W"), "lat_deg"),
        (rmc("120000", place="4560.000,S,01030.000,W"), "lat_deg"),
        (rmc("120000", place="4530.000,S,19030.000,W"), "lon_deg"),
        (rmc("120000", place="4530.000,,01030.000,W"), "lat_deg"),
        (rmc("120000", motion="-1,90"), "speed_mps"),
        (rmc("120000", motion="1,400"), "course_deg"),
        (gga("120000", rest="999,0.9,5,M,,M,,"), "sat_count"),
        (gga("120000", rest="9,1e99,5,M,,M,,"), "hdop"),
    ],
)
def test_values_that_cannot_be_are_left_out_and_told(line, column):
    issue = codes(parsed(log(rmc("115959"), line)))["VALUE_OUT_OF_RANGE"]
    assert (issue.evidence["column"], issue.evidence["count"]) == (column, 1)


def test_a_time_that_is_none_is_counted():
    result = parsed(log(rmc("120000"), rmc("250000"), rmc("12x000"), rmc("120002")))
    assert codes(result)["ROWS_SKIPPED"].evidence["count"] == 2
    assert result.streams["gnss_pvt"].num_rows == 2


# ---- values and options


def test_old_forms_of_sentences_are_read_as_far_as_they_are_clear():
    lines = [
        rmc("120000", motion=","),
        summed("GPVTG,90.0,T,,M,36.0,N"),
        summed("GPGLL,4530.000,S,01030.000,W"),
    ]
    (row,) = rows(log(*lines))
    assert math.isclose(row["speed_mps"], 36 * 1852 / 3600, rel_tol=1e-6)
    assert parsed(log(*lines)).metadata["sentences"]["used"]["GPGLL"] == 1


def test_gll_alone_makes_fixes():
    data = log(summed("GPZDA,115959,01,01,2025,00,00"), summed(f"GPGLL,{PLACE},120000,A,A"))
    assert seconds(data) == [DAY_S / 2]


def test_180_degrees_east_and_west_are_one_meridian_and_360_degrees_are_north():
    (row,) = rows(log(rmc("120000", place="4530.000,S,18000.000,E", motion="1,360.0")))
    assert (row["lon_deg"], row["course_deg"]) == (-180.0, 0.0)


def test_only_the_streams_that_are_asked_for_come():
    result = parsed(PLAIN, ParseOptions(streams=("gnss_pvt",)))
    assert list(result.streams) == ["gnss_pvt"]
    assert list(parsed(PLAIN, ParseOptions(streams=("channels",))).streams) == ["channels.main"]


def test_magnetic_variation_to_the_west_is_negative():
    line = summed(f"GPRMC,120000,A,{PLACE},1.0,2.0,010125,4.5,W,A")
    assert parsed(log(line)).streams["channels.main"]["magnetic_variation_deg"].to_pylist() == [-4.5]


def test_logs_of_one_recording_keep_their_streams_apart():
    result = telemparse.parse({"a.nmea": PLAIN, "b.nmea": PLAIN, "c/b.nmea": PLAIN})
    assert [name for name in result.streams if name.startswith("gnss")] == [
        "gnss_pvt", "gnss_pvt.b", "gnss_pvt.b_2",
    ]  # fmt: skip


def test_very_many_addresses_are_told_apart():
    talkers = [f"{a}{b}" for a in "ABCDEFGH" for b in "ABCDEFGH"]
    lines = [rmc("120000")] + [gga("120000", talker=talker) for talker in talkers]
    lines += [summed(f"{talker}X{talker},1") for talker in talkers] + [
        summed(f"P{n:05d},1") for n in range(150)
    ]
    result = parsed(log(*lines))
    assert result.streams["gnss_pvt"].num_rows == 1
    assert sum(result.metadata["sentences"]["used"].values()) == 65
    assert sum(result.metadata["sentences"]["passed_over"].values()) == 214
    assert len(result.metadata["sentences"]["passed_over"]) == 101


def test_what_a_receiver_writes_without_a_fix_is_no_position_and_no_loss():
    void = summed("GPGGA,115958.000,8960.000000,N,00000.000000,E,0,0,,137.0,M,13.0,M,,")
    lost = rmc("115958.000", status="V", place="8960.000000,N,00000.000000,E", mode="N")
    found = parsed(log(void, lost, rmc("115959"), gga("115959")))
    assert found.streams["gnss_pvt"].num_rows == 1
    assert found.metadata["epochs_without_fix"] == 1
    assert not codes(found)


def test_makers_own_sentences_without_checksums_are_no_damage():
    own = "$POLYN,TIME,RESTART_OCCURRED"
    found = parsed(log(own, *(line for n in range(5) for line in (rmc(f"11595{n}"), own))))
    assert found.metadata["sentences"]["passed_over"] == {"POLYN": 6}
    assert not codes(found)
