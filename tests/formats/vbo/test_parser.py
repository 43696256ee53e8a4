"""What VBO files say and how they are damaged: rows, clocks, fixes, units, sections."""

from __future__ import annotations

import codecs

import numpy as np
import pytest

import telemparse
from formats.vbo.writing import NAMES, STAMP, codes, one, parsed, row, vbo
from telemparse.formats.vbo import layout
from telemparse.formats.vbo.examples import EXAMPLES
from telemparse.schemas import QualityFlag

ROWS = [row(number) for number in range(20)]
HOUR = 3600 * 10**9


def fixes(result):
    return result.streams["gnss_pvt"]


def flags(result):
    return fixes(result)["quality_flags"].to_pylist()


def events(result):
    return (
        [e["event_type"] for e in result.streams["events"].to_pylist()] if "events" in result.streams else []
    )


def titled(title):
    """Return [header] with one line for each name, the fifth of them as given."""
    titles = ["satellites", "time", "latitude", "longitude", title, "heading", "height"]
    return "\n".join(["[header]", *titles, ""])


# --- what is read ---------------------------------------------------------------------------------


def test_minutes_west_positive_become_degrees_east_positive():
    table = fixes(parsed(vbo([row(0, lat="+0090.00000000", lon="-00030.00000000"), row(1, lon="45.5")])))
    assert table["lat_deg"][0].as_py() == 1.5
    assert table["lon_deg"].to_pylist() == [0.5, -45.5 / 60]


@pytest.mark.parametrize("word", ["long", "lng", "lon", "longitude", "LONG"])
def test_longitude_has_many_names(word):
    assert fixes(parsed(vbo(ROWS, names=NAMES.replace("long", word)))).num_rows == 20


def test_columns_are_named_by_the_header_where_their_own_section_is_missing():
    data = vbo(ROWS, sections=titled("velocity kmh")).replace(f"[column names]\n{NAMES}\n".encode(), b"")
    result = parsed(data)
    assert fixes(result)["speed_mps"][0].as_py() == pytest.approx(20)
    assert "UNIT_ASSUMED" not in codes(result)


def test_names_with_blanks_inside_are_those_of_the_header():
    titles = "\n".join(["[header]", *NAMES.split(), "Oil Temp", ""])
    rows = [f"{line} 80.0" for line in ROWS]
    result = parsed(vbo(rows, names=f"{NAMES} Oil Temp", sections=titles))
    assert result.streams["channels.main"]["oil_temp"].to_pylist() == [80.0] * 20


@pytest.mark.parametrize(
    ("title", "speed"), [("velocity kmh", 20), ("velocity mph", 32.18688), ("velocity knots", 37.04)]
)
def test_the_title_says_the_unit_of_speed(title, speed):
    rows = [row(0)] * 2  # too few for positions to say otherwise
    result = parsed(vbo(rows, sections=titled(title)))
    assert fixes(result)["speed_mps"][0].as_py() == pytest.approx(speed, rel=1e-6)
    assert "UNIT_ASSUMED" not in codes(result)


def test_a_speed_without_a_unit_is_in_kmh_and_that_is_said():
    result = parsed(vbo(ROWS[:2]))
    issue = one(result, "UNIT_ASSUMED")
    assert (issue.evidence["column"], issue.evidence["unit"]) == ("velocity", "km/h")


def test_positions_outweigh_a_title_that_names_the_wrong_unit():
    rows = [row(number).replace(" 072.000 ", f" {20 / 0.44704:07.3f} ") for number in range(100)]
    result = parsed(vbo(rows, sections=titled("velocity kmh")))
    issue = one(result, "UNIT_ASSUMED")
    assert issue.evidence == {
        "column": "velocity",
        "unit": "mph",
        "stated": "km/h",
        "basis": "positions and times",
    }
    np.testing.assert_allclose(fixes(result)["speed_mps"].to_numpy(), 20, rtol=1e-3)
    assert result.metadata["columns"]["velocity"] == "speed_mps from mph"


def test_courses_below_zero_go_round():
    rows = [
        row(number).replace(" 000.00 ", f" {course} ")
        for number, course in enumerate(["-90.00", "360.00", "359.9999999"])
    ]
    assert fixes(parsed(vbo(rows)))["course_deg"].to_pylist() == [270.0, 0.0, 0.0]


def test_vertical_velocity_is_turned_downwards_and_needs_a_unit():
    for title, expected in (("vertical velocity m/s", "vel_d_mps"), ("vertical velocity", "vert_vel")):
        titles = titled("velocity kmh").rstrip("\n") + f"\n{title}\n"
        result = parsed(vbo([f"{line} +001.50" for line in ROWS], names=f"{NAMES} vert-vel", sections=titles))
        table = fixes(result) if expected == "vel_d_mps" else result.streams["channels.main"]
        assert table[expected][0].as_py() == (-1.5 if expected == "vel_d_mps" else 1.5)


def test_flags_of_the_satellites_are_taken_off_and_kept_in_a_channel():
    result = parsed(vbo([row(0, sats="137"), row(1, sats="074"), row(2, sats="009")]))
    assert fixes(result)["sat_count"].to_pylist() == [9, 10, 9]
    assert result.streams["channels.main"]["sats"].to_pylist() == [137, 74, 9]


def test_channel_units_belong_to_the_channels_that_are_not_standard():
    sections = "[channel units]\nrpm\n(null)\nkPa\n"
    names = f"{NAMES} Engine_Speed Ignition Oil_Pressure"
    channels = parsed(vbo([f"{line} 5E+03 1 250" for line in ROWS], names=names, sections=sections)).streams[
        "channels.main"
    ]
    assert channels["rpm"][0].as_py() == 5000
    assert channels["oil_pressure_bar"][0].as_py() == pytest.approx(2.5)
    assert channels.schema.field("ignition").metadata[b"unit"] == b""


def test_units_of_another_number_of_channels_are_not_guessed():
    sections = "[channel units]\nkPa\nbar\n"
    names = f"{NAMES} Oil_Pressure"
    channels = parsed(vbo([f"{line} 250" for line in ROWS], names=names, sections=sections)).streams[
        "channels.main"
    ]
    assert channels["oil_pressure"][0].as_py() == 250
    assert channels.schema.field("oil_pressure").metadata[b"unit"] == b""


def test_lines_of_units_are_given_to_the_columns_that_they_fit():
    names = f"{NAMES} yaw-calc slip RPM Throttle"
    titles = titled("velocity kmh").rstrip() + "\nyaw rate deg/s\nslip\nRPM\nThrottle\n\n"
    rows = [f"{line} 11.4 0.5 6500 87" for line in ROWS]
    # The yaw rate has its unit in its title and no line; blank lines lead to the next section.
    sections = f"{titles}[channel units]\nDegrees\nRPM\nPercent\n\n\n\n"
    channels = parsed(vbo(rows, names=names, sections=sections)).streams["channels.main"]
    assert channels["rpm"][0].as_py() == 6500
    assert channels["throttle_pct"][0].as_py() == 87
    assert [channels.schema.field(name).metadata[b"unit"] for name in ("yaw_calc", "slip")] == [
        b"deg/s",
        b"deg",
    ]


def test_lines_of_units_may_be_as_many_as_columns():
    sections = "[channel units]\n(null)\ns\ndeg\ndeg\nm/s\ndeg\nm\nrpm\n\n"
    result = parsed(vbo([f"{line} 6500" for line in ROWS[:2]], names=f"{NAMES} RPM", sections=sections))
    assert fixes(result)["speed_mps"][0].as_py() == 72
    assert result.streams["channels.main"]["rpm"][0].as_py() == 6500
    assert "UNIT_ASSUMED" not in codes(result)


def test_positions_that_can_only_be_degrees_are_read_so_and_that_is_said():
    rows = [row(n, lat=f"{-21.45 + n * 2e-5:.7f}", lon="-12.3456") for n in range(20)]
    result = parsed(vbo([row(0, lat="0", lon="0"), *rows], sections=titled("velocity kmh")))
    assert fixes(result)["lat_deg"][0].as_py() == -21.45
    assert set(fixes(result)["lon_deg"].to_pylist()) == {-12.3456}
    assert one(result, "UNIT_ASSUMED").evidence == {"column": "lat", "unit": "deg", "basis": "positions"}


def test_decimal_commas_are_read_and_told():
    gate = "[laptiming]\nStart +0740.73600000 -1286.99000000 +0740.73600000 -1287.00000000\n\n"
    data = vbo(
        [f"{line} up,down" for line in ROWS], names=f"{NAMES} words", sections=gate + titled("velocity kmh")
    )
    points, commas = parsed(data), parsed(data.replace(b".", b","))
    assert commas.metadata["decimal_mark"] == ","
    assert "decimal_mark" not in points.metadata
    assert {name: table.to_pydict() for name, table in commas.streams.items()} == {
        name: table.to_pydict() for name, table in points.streams.items()
    }
    assert commas.metadata["gates"] == points.metadata["gates"]
    assert codes(commas) == codes(points)


def test_a_raceboxs_rates_of_turn_are_an_inertial_unit():
    more = ["VertAcc", *(f"{axis}-rotation-gyroscope" for axis in "xyz")]
    titles = "\n".join([titled("velocity kmh").rstrip(), *more, "\n"])
    rows = [f"{line} 0.5 180 0 -180" for line in ROWS]
    result = parsed(vbo(rows, names=" ".join([NAMES, *more]), sections=titles))
    rates = result.streams["imu_gyro"]
    assert [rates[name][0].as_py() for name in ("gx_rps", "gz_rps")] == pytest.approx([np.pi, -np.pi])
    assert result.streams["channels.main"]["accel_vert_mps2"][0].as_py() == pytest.approx(0.5 * 9.80665)
    assert "UNIT_ASSUMED" not in codes(result)


def test_units_and_labels_may_be_of_the_windows_code_page():
    sections = "[channel units]\n°C\n\n[comments]\nGemüse\n"
    result = parsed(vbo([f"{line} 81" for line in ROWS], names=f"{NAMES} Oil_Temp", sections=sections))
    assert result.streams["channels.main"]["oil_temp_c"][0].as_py() == 81
    assert result.metadata["sections"]["comments"] == ["Gemüse"]


def test_names_that_repeat_are_all_kept():
    result = parsed(vbo([f"{line} 1 2 3" for line in ROWS], names=f"{NAMES} Wheel Wheel velocity"))
    channels = result.streams["channels.main"]
    assert [channels[name][0].as_py() for name in ("wheel", "wheel_2", "velocity")] == [1, 2, 3]
    assert result.metadata["columns"]["Wheel (column 9)"] == "wheel_2"


def test_channels_of_words_stay_words():
    rows = [f"{line} {word}" for line, word in zip(ROWS, ["idle"] * 15 + ["-"] * 5, strict=True)]
    words = parsed(vbo(rows, names=f"{NAMES} State")).streams["channels.main"]["state"].to_pylist()
    assert words == ["idle"] * 15 + [None] * 5


def test_an_inertial_unit_has_its_own_streams_with_its_temperature():
    names = f"{NAMES} X_Accel Y_Accel Z_Accel RollRate PitchRate YawRate Temp"
    sections = "[channel units]\ng\ng\ng\n°/s\n°/s\n°/s\n°C\n"
    streams = parsed(
        vbo([f"{line} 0 0.5 1 0 0 180 21" for line in ROWS], names=names, sections=sections)
    ).streams
    assert streams["imu_accel"]["az_mps2"][0].as_py() == pytest.approx(9.80665)
    assert streams["imu_gyro"]["gz_rps"][0].as_py() == pytest.approx(np.pi)
    assert streams["imu_gyro"]["temp_c"][0].as_py() == 21
    assert "channels.main" in streams
    assert "x_accel" not in streams["channels.main"].column_names


def test_two_axes_are_channels():
    channels = parsed(vbo([f"{line} 0.1 0.2" for line in ROWS], names=f"{NAMES} X_Accel Y_Accel")).streams[
        "channels.main"
    ]
    assert {"x_accel", "y_accel"} <= {*channels.column_names}


def test_a_sample_with_a_blank_axis_is_left_out_and_counted():
    rows = [row(n, more="0.1 0.2 1.0" if n % 5 else "0.1 - 1.0" if n else "- - -") for n in range(20)]
    result = parsed(vbo(rows, names=f"{NAMES} x_accel y_accel z_accel"))
    assert result.streams["imu_accel"].num_rows == 16
    issue = one(result, "VALUE_OUT_OF_RANGE")  # where nothing is there, nothing is lost
    assert (issue.evidence["column"], issue.evidence["count"]) == ("x_accel, y_accel, z_accel", 3)


def test_a_sample_without_all_axes_is_left_out_and_counted():
    rows = [f"{line} 0 0 {'x' if number == 4 else 1}" for number, line in enumerate(ROWS)]
    result = parsed(vbo(rows, names=f"{NAMES} X_Accel Y_Accel Z_Accel"))
    assert result.streams["imu_accel"].num_rows == 19
    assert one(result, "VALUE_OUT_OF_RANGE").evidence["loci"] == ["a.vbo, line 11"]


def test_only_what_is_asked_for_is_read():
    data = vbo([f"{line} 5000 1" for line in ROWS], names=f"{NAMES} rpm Other")
    assert set(parsed(data, streams=("channels",)).streams) == {"channels.main"}
    assert set(parsed(data, streams=("gnss_pvt",)).streams) == {"gnss_pvt"}
    assert parsed(data, channels=("rpm",)).streams["channels.main"].column_names == ["t", "rpm"]
    assert set(parsed(data, streams=("laps",)).streams) == set()


# --- the clock ------------------------------------------------------------------------------------


def test_the_date_is_carried_over_midnight():
    rows = [row(0, time="235959.900"), row(1, time="000000.000"), row(2, time="000000.100")]
    result = parsed(vbo(rows, head="File created on 31/12/2024 at 23:59:59"))
    stamps = [stamp.isoformat(timespec="milliseconds")[:23] for stamp in fixes(result)["t"].to_pylist()]
    assert stamps == ["2024-12-31T23:59:59.900", "2025-01-01T00:00:00.000", "2025-01-01T00:00:00.100"]
    assert result.metadata["clock"]["midnights"] == 1


@pytest.mark.parametrize(
    ("stamp", "first", "day"),
    [
        ("17/05/2025 at 10:00:00", "100000.00", "2025-05-17"),
        ("17/05/2025 @ 20:00", "010000.00", "2025-05-18"),  # a local evening is the next day in UTC
        ("18/05/2025 at 00:30:00", "233000.00", "2025-05-17"),  # exported behind midnight
        ("17/05/2025", "100000.00", "2025-05-17"),
        ("05/17/2025 at 10:00:00", "100000.00", "2025-05-17"),
        ("2025-05-17 @ 10:00:00 ", "100000.00", "2025-05-17"),
        ("20250517-003000", "233000.00", "2025-05-16"),
        ("17.05.2025 um 00:30", "233000.00", "2025-05-16"),
        ("17/05/25 at 10:00:00", "100000.00", "2025-05-17"),
        ("17/05/2025 at 11:30:00 PM", "010000.00", "2025-05-18"),
        ("17/05/2025 at 12:30:00 AM", "233000.00", "2025-05-16"),
    ],
)
def test_the_day_is_the_one_nearest_to_the_stamp(stamp, first, day):
    result = parsed(vbo([row(0, time=first)], head=f"File created on {stamp}"))
    assert fixes(result)["t"][0].as_py().date().isoformat() == day
    assert one(result, "DATE_UNRELIABLE").evidence["artifact"] == "a.vbo"


def test_a_start_by_utc_outweighs_the_stamp_and_leaves_no_doubt():
    sections = "[comments]\nGenerated by RaceBox\nUTC Date Started : 18/05/2025 00:10\n\n"
    result = parsed(vbo([row(0, time="235900.00")], sections=sections))
    assert fixes(result)["t"][0].as_py().date().isoformat() == "2025-05-17"
    assert "DATE_UNRELIABLE" not in codes(result)
    assert "comments" in result.metadata["clock"]["is"]


@pytest.mark.parametrize(
    "head", ["", "File created on 31/02/2025 at 10:00:00", "File created on 1/1/1970 at 10:00:00"]
)
def test_without_a_date_times_are_of_the_day(head):
    result = parsed(vbo(ROWS, head=head))
    assert fixes(result).schema.metadata[b"time_base"] == b"time_of_day"
    assert {"TIME_RELATIVE"} <= codes(result)
    assert "DATE_UNRELIABLE" not in codes(result)


def test_zeros_before_the_first_fix_are_no_midnight():
    blind = row(0, time="000000.00", sats="000", lat="+0000.000000", lon="+00000.000000")
    result = parsed(vbo([blind, blind, *ROWS], head=STAMP))
    assert fixes(result)["t"][0].as_py().isoformat() == "2025-05-17T10:00:00+00:00"
    assert one(result, "ROWS_SKIPPED").evidence["reasons"] == {"no time": 2}


def test_a_jump_ahead_is_no_midnight_backwards():
    rows = [row(0, time="000001.00"), row(1, time="140000.00"), row(2, time="140001.00")]
    table = fixes(parsed(vbo(rows, head="File created on 17/05/2025 at 14:00:00")))
    days = [stamp.day for stamp in table["t"].to_pylist()]
    assert days[1:] == [days[0]] * 2


def test_times_between_colons_are_read():
    result = parsed(vbo([row(0, time="10:00:00.25"), row(1, time="10:00:00.50")]))
    assert np.diff(fixes(result)["t"].cast("int64").to_numpy()).tolist() == [250_000_000]


@pytest.mark.parametrize("word", ["250000.00", "106000.00", "-1", "x", "1e999"])
def test_a_row_without_a_possible_time_is_skipped_and_counted(word):
    result = parsed(vbo([*ROWS[:5], row(5, time=word), *ROWS[6:]]))
    assert fixes(result).num_rows == 19
    issue = one(result, "ROWS_SKIPPED")
    assert (issue.evidence["count"], issue.evidence["total"], issue.locus.line) == (1, 20, 12)


def test_rows_out_of_order_are_moved_and_repeated_instants_flagged():
    result = parsed(vbo([*ROWS[:5], ROWS[3], *ROWS[5:]]))
    moved = {
        i.evidence["stream"]: i.evidence["count"] for i in result.warnings if i.code == "TIME_NOT_MONOTONIC"
    }
    assert moved == {"gnss_pvt": 1, "channels.main": 1}
    assert flags(result)[3] & QualityFlag.DUPLICATE_TIME
    assert np.all(np.diff(fixes(result)["t"].cast("int64").to_numpy()) >= 0)


# --- fixes ----------------------------------------------------------------------------------------


def test_zero_positions_are_epochs_without_a_fix():
    blind = [row(number, lat="+0000.0", lon="+00000.0") for number in (5, 6)]
    result = parsed(vbo([*ROWS[:5], *blind, *ROWS[7:]]))
    assert fixes(result).num_rows == 18
    assert result.metadata["epochs_without_fix"] == 2
    assert events(result) == ["fix_lost", "fix_regained"]
    assert result.streams["channels.main"].num_rows == 20


def test_no_fix_at_all_is_told():
    result = parsed(vbo([row(n, lat="0", lon="0") for n in range(5)]))
    assert "gnss_pvt" not in result.streams
    assert one(result, "NO_VALID_FIX").evidence["epochs"] == 5


def test_no_satellite_means_no_fix_in_a_loggers_file_and_doubt_in_an_apps():
    rows = [*ROWS[:5], row(5, sats="000"), *ROWS[6:]]
    logger = parsed(vbo(rows, sections="[comments]\n(c) Racelogic\n"))
    assert (fixes(logger).num_rows, logger.metadata["epochs_without_fix"]) == (19, 1)
    app = parsed(vbo(rows))
    assert fixes(app).num_rows == 20
    assert flags(app)[5] == QualityFlag.FIX_DOUBTFUL


def test_kinds_of_a_solution_that_no_logger_writes_are_counted():
    rows = [row(number, more=code) for number, code in enumerate(["4", "2.5", "900", "-", "3"])]
    result = parsed(vbo(rows, names=f"{NAMES} solution_type"))
    assert result.streams["gnss_pvt"]["fix_type"].to_pylist() == [7, None, None, None, 6]
    assert one(result, "VALUE_OUT_OF_RANGE").evidence["count"] == 2


def test_solution_types_become_fix_types():
    rows = [f"{line} {kind:02d}" for line, kind in zip(ROWS, [0, 1, 2, 3, 4, 5, 6, 99], strict=False)]
    result = parsed(vbo(rows, names=f"{NAMES} solution_type"))
    assert fixes(result)["fix_type"].to_pylist() == [None, None, 6, 7, None, None]
    assert result.metadata["epochs_without_fix"] == 2  # none, and what inertia alone says


def test_fix_types_are_taken_and_a_doubtful_one_is_flagged():
    rows = [f"{line} {kind}" for line, kind in zip(ROWS, [0, 1, 2, 3], strict=False)]
    result = parsed(vbo(rows, names=f"{NAMES} fix_type"))
    assert fixes(result)["fix_type"].to_pylist() == [None, 2, 3]
    assert flags(result) == [QualityFlag.FIX_DOUBTFUL, 0, 0]


@pytest.mark.parametrize(("lat", "lon"), [("+5401.0", None), (None, "+10801.0"), ("x", None), ("1e25", None)])
def test_impossible_positions_are_left_out_and_counted(lat, lon):
    result = parsed(vbo([*ROWS[:5], row(5, lat=lat, lon=lon), *ROWS[6:]]))
    assert fixes(result).num_rows == 19
    assert result.metadata["epochs_without_fix"] == 0
    issue = one(result, "VALUE_OUT_OF_RANGE")
    assert issue.evidence["loci"] == ["a.vbo, line 12"]
    assert issue.evidence["column"] == ("long" if lon else "lat")


def test_the_meridian_of_both_sides_is_west():
    assert fixes(parsed(vbo([row(0, lon="-10800.0"), row(1, lon="+10800.0")])))["lon_deg"].to_pylist() == [
        -180,
        -180,
    ]


def test_impossible_values_are_null_and_counted():
    rows = [row(number) for number in range(10)]
    rows[3] = rows[3].replace(" 072.000 ", " -72.000 ")
    rows[4] = rows[4].replace(" +0118.00", " 1e999")
    rows[5] = rows[5].replace("010 ", "9e9 ", 1)
    rows[6] = rows[6].replace(" +0118.00", " nan")
    result = parsed(vbo(rows))
    table = fixes(result)
    assert (table["speed_mps"].null_count, table["alt_m"].null_count, table["sat_count"].null_count) == (
        1,
        2,
        1,
    )
    lost = [i.evidence for i in result.warnings if i.code == "VALUE_OUT_OF_RANGE"]
    assert [(each["column"], each["count"]) for each in lost] == [("height", 1), ("sats", 1), ("velocity", 1)]


def test_a_filters_solution_stands_beside_the_receivers():
    names = f"{NAMES} _lat _long _velocity Solution_Type"
    rows = [f"{line} -1287.5 740.5 036.0 {1 if number else 6}" for number, line in enumerate(ROWS)]
    result = parsed(vbo(rows, names=names, sections="[comments]\nRacelogic\n"))
    receiver, fused, pose = (result.streams[name] for name in ("gnss_pvt", "gnss_pvt.kalman", "pose"))
    assert (receiver.num_rows, fused.num_rows, pose.num_rows) == (19, 20, 20)
    assert set(receiver["lat_deg"].to_pylist()) == {-1287.5 / 60}
    assert fused["fix_type"][0].as_py() == 1
    assert {f & QualityFlag.DEVICE_FUSED for f in fused["quality_flags"].to_pylist()} == {
        QualityFlag.DEVICE_FUSED
    }
    assert float(pose.schema.metadata[b"origin_lat_deg"]) == pytest.approx(-1287 / 60)
    assert pose["y_n_m"][-1].as_py() == pytest.approx(38, rel=0.01)
    assert pose["vy_mps"][0].as_py() == pytest.approx(20)


@pytest.mark.parametrize(
    ("word", "share"), [("RaceChrono v10", 20), ("Harry's LapTimer", 18), ("RaceBox", 0)]
)
def test_rows_that_an_app_puts_between_fixes_are_flagged(word, share):
    result = parsed(vbo(ROWS, sections=f"[comments]\nGenerated by {word}\n"))
    assert sum(bool(f & QualityFlag.INTERPOLATED) for f in flags(result)) == share


# --- laps and gates -------------------------------------------------------------------------------


def lapped(numbers, step=1):
    names = f"{NAMES} Lap_Number"
    return parsed(
        vbo([row(place * step, more=f"{number:+.6E}") for place, number in enumerate(numbers)], names=names)
    )


def test_laps_last_from_step_to_step_of_the_count():
    result = lapped([4] * 3 + [5] * 5 + [6] * 4 + [7])
    laps = result.streams["laps"].to_pylist()
    assert [(lap["device_lap"], lap["duration_ns"] / 1e9, lap["confidence"]) for lap in laps] == [
        (5, 0.5, "MEDIUM"), (6, 0.4, "MEDIUM"),
    ]  # fmt: skip
    assert [lap["source"] for lap in laps] == ["device"] * 2
    beacons = result.streams["events"].to_pylist()
    assert [(event["event_type"], event["value"]) for event in beacons] == [
        ("lap_beacon", n) for n in (5.0, 6.0, 7.0)
    ]


def test_a_coarse_count_is_of_low_confidence():
    (lap,) = lapped([1, 1, 2, 2, 3], step=5).streams["laps"].to_pylist()
    assert (lap["confidence"], lap["reasons"]) == ("LOW", ["LOW_CONFIDENCE_CROSSING"])


def test_a_reset_cuts_the_lap_and_begins_a_stint():
    laps = lapped([1, 2, 2, 3, 0, 1, 1, 2, 2, 3]).streams["laps"].to_pylist()
    assert [(lap["device_lap"], lap["stint_index"], lap["validity"]) for lap in laps] == [
        (2, 0, "VALID"), (1, 1, "OUTLAP"), (2, 1, "VALID"),
    ]  # fmt: skip


def test_a_jump_of_the_count_times_no_lap():
    assert "laps" not in lapped([1, 2, 2, 5, 5, 7]).streams


def test_a_channel_that_changes_all_the_time_counts_no_laps():
    result = lapped([number % 7 for number in range(11_000)])
    assert "laps" not in result.streams
    assert "changes too often" in one(result, "LAPS_NOT_FOUND").evidence["reason"]


def gate_line(order, first, second, kind="Start"):
    points = [point if order == "lat" else point[::-1] for point in (first, second)]
    return f"{kind} " + " ".join(f"{value:+.6f}" for point in points for value in point) + " \xac The line"


# On the line, 20 m upstream, and 15 m to either side: the car drives north.
ON, UPSTREAM = (-1286.99, 740.736), (-1287.0008, 740.736)
LEFT, RIGHT = (-1286.99, 740.7447), (-1286.99, 740.7273)


@pytest.mark.parametrize("order", ["lon", "lat"])
@pytest.mark.parametrize("where", ["above", "behind"])
def test_a_point_upstream_makes_a_gate_across_the_road(order, where):
    line = f"[laptiming]\n{gate_line(order, ON, UPSTREAM)}\n"
    data = vbo(ROWS, sections=line) if where == "above" else vbo(ROWS, tail=line)
    (gate,) = parsed(data).metadata["gates"]
    assert (gate.name, gate.kind, gate.source) == ("The line", "start_finish", "file")
    assert gate.course_deg == pytest.approx(0, abs=0.01) or gate.course_deg == pytest.approx(360, abs=0.01)
    assert gate.lat1_deg == pytest.approx(ON[0] / 60) == gate.lat2_deg
    assert gate.lon1_deg < -ON[1] / 60 < gate.lon2_deg


@pytest.mark.parametrize("order", ["lon", "lat"])
def test_points_on_both_sides_of_the_road_are_the_ends(order):
    (gate,) = parsed(vbo(ROWS, sections=f"[laptiming]\n{gate_line(order, LEFT, RIGHT, 'Split')}\n")).metadata[
        "gates"
    ]
    assert gate.kind == "sector"
    assert (gate.lon1_deg, gate.lon2_deg) == pytest.approx((-LEFT[1] / 60, -RIGHT[1] / 60))
    assert gate.course_deg == pytest.approx(0, abs=0.01) or gate.course_deg == pytest.approx(360, abs=0.01)


def test_a_racebox_gate_away_from_the_trace_is_read_as_its_ends():
    far = [(lat + 1, lon) for lat, lon in (LEFT, RIGHT)]
    sections = f"[comments]\nRaceBox\n[laptiming]\n{gate_line('lat', *far)}\n"
    (gate,) = parsed(vbo(ROWS, sections=sections)).metadata["gates"]
    assert gate.course_deg is None
    assert gate.raw["points"] == "ends of the line"


def test_a_gate_of_another_place_is_not_used():
    sections = (
        f"[laptiming]\n{gate_line('lon', (600.0, 3000.0), (600.01, 3000.0))}\nStart 1 2 3 4\nnonsense\n"
    )
    result = parsed(vbo(ROWS, sections=sections))
    assert "gates" not in result.metadata
    stale = [issue.evidence for issue in result.warnings if issue.code == "GATE_STALE"]
    assert len(stale) == 2
    assert stale[0]["distance_km"] > 1000
    assert result.metadata["laptiming_unread"] == ["nonsense"]


def test_gates_survive_being_written_and_read(tmp_path):
    result = parsed(EXAMPLES["logger.vbo"])
    telemparse.writers.write(result, tmp_path / "out")
    assert telemparse.writers.read(tmp_path / "out").metadata["gates"] == result.metadata["gates"]


# --- sections, encodings, damage ------------------------------------------------------------------


def test_sections_behind_the_rows_are_kept_and_rows_behind_them_read():
    tail = "\n[circuit details]\ncircuit Nowhere Ring\n[data]\n" + row(20)
    result = parsed(vbo(ROWS, tail=tail))
    assert fixes(result).num_rows == 21
    assert result.metadata["sections_behind_rows"] == {"circuitdetails": ["circuit Nowhere Ring"]}


def test_lines_behind_the_rows_are_kept_up_to_a_limit_and_then_counted():
    result = parsed(vbo(ROWS, tail="[comments]\n" + "note\n" * 1010))
    assert len(result.metadata["sections_behind_rows"]["comments"]) == 1000
    assert result.metadata["lines_behind_rows_left_out"] == 10


@pytest.mark.parametrize(
    "change",
    [
        lambda data: codecs.BOM_UTF8 + data,
        lambda data: codecs.BOM_UTF16_LE + data.decode("latin-1").encode("utf-16-le"),
        lambda data: codecs.BOM_UTF16_BE + data.decode("latin-1").encode("utf-16-be"),
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data.replace(b"\n", b"\r"),
        lambda data: data + b"\0" * 1000,
        lambda data: b"\0" * 100 + data,
        lambda data: data.replace(b" 010", b"  010"),
        lambda data: data.replace(b"\n", b" \n"),
        lambda data: data[:-1],
        lambda data: data.replace(b"[data]", b"[DATA]").replace(b"[column names]", b"  [Column Names]  "),
    ],
    ids=[
        "bom",
        "utf-16-le",
        "utf-16-be",
        "crlf",
        "cr",
        "padded",
        "padded-head",
        "blanks",
        "trailing",
        "no-end",
        "case",
    ],
)
def test_encodings_line_ends_and_padding_change_nothing(change):
    plain = parsed(vbo(ROWS, head=STAMP))
    other = parsed(change(vbo(ROWS, head=STAMP)))
    assert other.streams["gnss_pvt"].equals(plain.streams["gnss_pvt"])
    assert codes(other) == codes(plain)


@pytest.mark.parametrize("data", [b"", b"\0" * 50, b"\r\n \n"])
def test_an_empty_file_is_an_error(data):
    assert codes(parsed(data)) == {"ARTIFACT_EMPTY"} | ({"NO_STREAMS"} & codes(parsed(data)))


@pytest.mark.parametrize("data", [b"\x01\x02\x03" * 100, b"hello\n", b"[data]\n"])
def test_a_file_that_names_no_columns_is_an_error(data):
    assert "VBO_NO_COLUMNS" in codes(parsed(data))


def test_a_file_without_a_time_is_an_error():
    result = parsed(vbo(ROWS, names=NAMES.replace("time", "tempo")))
    assert "tempo" in one(result, "VBO_NO_TIME").evidence["columns"]


def test_a_file_without_positions_keeps_its_channels():
    result = parsed(vbo(ROWS, names=NAMES.replace("long", "lone")))
    assert result.ok
    assert one(result, "VBO_NO_POSITION").evidence["artifact"] == "a.vbo"
    assert result.streams["channels.main"].num_rows == 20


def test_a_head_alone_gives_no_stream_and_says_so():
    assert codes(parsed(vbo([]))) >= {"NO_STREAMS"}
    cut = vbo([])[: -len(b"[data]\n")]
    assert codes(parsed(cut)) >= {"NO_STREAMS", "ARTIFACT_TRUNCATED"}


def test_one_row_is_a_recording():
    assert fixes(parsed(vbo(ROWS[:1]))).num_rows == 1


def test_rows_of_another_width_are_skipped_with_their_lines():
    rows = list(ROWS)
    rows[0], rows[10], rows[19] = "010 1000", rows[10] + " 7", "damage"
    result = parsed(vbo(rows))
    issue = one(result, "ROWS_SKIPPED")
    assert issue.evidence["loci"] == ["a.vbo, line 7", "a.vbo, line 17", "a.vbo, line 26"]
    assert (issue.evidence["count"], issue.evidence["total"]) == (3, 20)
    assert fixes(result).num_rows == 17


def test_a_cut_row_is_told_with_its_byte():
    data = vbo(ROWS)
    result = parsed(data[:-30])
    issue = one(result, "ARTIFACT_TRUNCATED")
    assert issue.locus.offset == len(data) - len(ROWS[-1]) - 1
    assert fixes(result).num_rows == 19


def test_bytes_blotted_out_do_not_join_what_is_left_of_a_number():
    data = bytearray(vbo(ROWS))
    place = data.index(b"+00740", data.index(b"[data]")) + 2
    data[place : place + 3] = b"\0\0\0"
    result = parsed(bytes(data))
    assert fixes(result).num_rows == 19
    assert "VALUE_OUT_OF_RANGE" in codes(result)


def test_several_files_keep_their_streams_apart():
    options = telemparse.ParseOptions(parser="vbo")
    files = {"a.vbo": vbo(ROWS), "b/a.vbo": vbo(ROWS[:5]), "c.vbo": b"", "d/a.vbo": vbo(ROWS[:3])}
    result = telemparse.parse(files, options, on_error="return")
    counts = {name: table.num_rows for name, table in result.streams.items() if name.startswith("gnss")}
    assert counts == {"gnss_pvt": 20, "gnss_pvt.a": 5, "gnss_pvt.a_2": 3}
    assert result.streams["channels.a"].num_rows == 5
    assert one(result, "ARTIFACT_EMPTY").evidence["artifact"] == "c.vbo"


def test_a_filter_that_has_no_position_yet_gives_no_pose():
    names = f"{NAMES} _lat _long"
    blind = [row(number, lat="0", lon="0", more="-1287.5 740.5") for number in range(3)]
    result = parsed(vbo([*blind, row(3, more="-1287.5 740.5")], names=names))
    assert result.streams["gnss_pvt"].num_rows == 4
    assert result.streams["pose"].num_rows == 1
    assert "pose" not in parsed(vbo(blind, names=names)).streams


def test_a_trace_without_speed_and_course_places_its_gates_all_the_same():
    names, line = "time lat long", f"[laptiming]\n{gate_line('lon', ON, UPSTREAM)}\n"
    rows = [" ".join(each.split()[1:4]) for each in ROWS]
    (gate,) = parsed(vbo(rows, names=names, sections=line)).metadata["gates"]
    assert gate.raw["points"] == "point 1 on the line, point 2 upstream"


def test_a_filters_pose_takes_height_and_motion_where_they_are_known():
    names = "time lat long _lat _long"
    rows = [" ".join([*each.split()[1:4], "-1287.5", "740.5"]) for each in ROWS]
    pose = parsed(vbo(rows, names=names)).streams["pose"]
    assert [pose[name].null_count for name in ("z_u_m", "vx_mps", "vz_mps")] == [20, 20, 20]


def test_lines_of_a_section_too_many_are_counted_and_go_to_no_other_section():
    tail = "".join(f"[section {chr(97 + n // 26)}{chr(97 + n % 26)}]\nnote {n}\n" for n in range(101))
    result = parsed(vbo([row(0)], tail=tail))
    sections = result.metadata["sections_behind_rows"]
    assert list(sections.values()) == [[f"note {n}"] for n in range(100)]
    assert result.metadata["lines_behind_rows_left_out"] == 1


def test_channels_beyond_the_most_are_named_and_left_out(monkeypatch):
    monkeypatch.setattr(layout, "_MOST_CHANNELS", 40)
    result = parsed(vbo([row(0) + " 1" * 141], names=NAMES + " a" * 141))
    assert result.streams["channels.main"].num_columns == 41
    assert one(result, "CHANNELS_SKIPPED").evidence["count"] == 102  # and the flags of the satellites
