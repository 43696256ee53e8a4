"""Dialects that are built from public descriptions: what their writers do, on files of our own."""

from __future__ import annotations

import pytest

import telemparse
from telemparse.formats.csv.examples import EXAMPLES
from telemparse.formats.csv.parser import parse_in_blocks
from telemparse.model.artifacts import ArtifactSet
from telemparse.model.messages import Batch

EDGETX = "Date,Time,1RSS(dB),FM,GPS,GSpd(kmh),Hdg(@),Alt(m),Sats,Thr,LSW,TxBat(V)\n"


def radio(second, gps, speed="36.0", sats=12, link="-60"):
    """Return one row of a radio's log."""
    return (
        f'2025-05-04,10:00:{second:04.1f}00,{link},"ACRO",{gps},{speed},90.0,120,{sats},-1024,'
        "0x0000000000000000,7.9\n"
    )


def away(number):
    return f"-21.400000 -12.{300000 + number}"


def seconds(table):
    return [value / 1e9 % 60 for value in table["t"].cast("int64").to_pylist()]


def test_a_radio_writes_both_coordinates_in_one_cell_and_its_owners_time(read):
    data = EDGETX + "".join(radio(i, away(i)) for i in range(10))
    result = read(data, timezone="Europe/Berlin")
    fixes = result.streams["gnss_pvt"]
    assert result.metadata["dialect"] == "edgetx"
    assert fixes["lon_deg"].to_pylist() == [float(away(i).split()[1]) for i in range(10)]
    assert str(fixes["t"][0].as_py()) == "2025-05-04 08:00:00+00:00"
    assert set(fixes["speed_mps"].to_pylist()) == {10.0}
    assert set(fixes["course_deg"].to_pylist()) == {90.0}
    assert result.streams["channels.main"]["fm"].to_pylist() == ["ACRO"] * 10
    assert not result.warnings


def test_a_radio_whose_clock_was_never_set_leaves_its_date_in_doubt(read, codes):
    unset = EXAMPLES["edgetx.csv"].replace(b"2025-05-04", b"2000-01-01")
    assert codes(read(unset)) == ["TIME_ZONE_ASSUMED_UTC", "DATE_UNRELIABLE"]
    assert codes(read(unset.replace(b"2000-01-01", b"2000-01-11"))) == ["TIME_ZONE_ASSUMED_UTC"]


def test_values_that_are_frozen_after_the_link_is_lost_are_no_new_fixes(read):
    live = [radio(i, away(i)) for i in range(5)]
    frozen = [radio(i, away(4), link="0") for i in range(5, 30)]
    back = [radio(i, away(i)) for i in range(30, 35)]
    result = read(EDGETX + "".join([*live, *frozen, *back]), timezone="UTC")
    assert seconds(result.streams["gnss_pvt"]) == [0, 1, 2, 3, 4, 30, 31, 32, 33, 34]
    assert result.streams["channels.main"].num_rows == 35
    assert result.metadata["epochs_without_fix"] == 0


def test_an_empty_position_is_an_epoch_without_a_fix_and_its_repeats_are_none(read):
    live = [radio(i, away(i)) for i in range(3)]
    lost = [radio(i, "", speed="0.0", sats=0, link="0") for i in range(3, 9)]
    back = [radio(i, away(i)) for i in range(9, 12)]
    result = read(EDGETX + "".join([*live, *lost, *back]), timezone="UTC")
    assert seconds(result.streams["gnss_pvt"]) == [0, 1, 2, 9, 10, 11]
    assert result.metadata["epochs_without_fix"] == 1
    assert result.streams["events"]["event_type"].to_pylist() == ["fix_lost", "fix_regained"]
    assert seconds(result.streams["events"]) == [3, 9]


def test_a_standing_position_with_another_number_of_satellites_is_an_epoch(read):
    rows = [radio(i, away(0), speed="0.0", sats=12 + i // 2) for i in range(6)]
    assert seconds(read(EDGETX + "".join(rows), timezone="UTC").streams["gnss_pvt"]) == [0, 2, 4]


def test_epochs_of_positions_as_text_do_not_depend_on_the_size_of_blocks():
    rows = [radio(i, away(i // 3) if i % 7 else "") for i in range(40)]
    artifacts = ArtifactSet.of({"log.csv": (EDGETX + "".join(rows)).encode()})
    found = []
    for size in (100, 333, 1 << 20):
        messages = parse_in_blocks(artifacts, telemparse.ParseOptions(timezone="UTC"), size)
        batches = [each.data for each in messages if isinstance(each, Batch) and each.stream == "gnss_pvt"]
        found.append([second for batch in batches for second in seconds(batch)])
    assert found[0] == found[1] == found[2]
    assert len(found[0]) == 14


def test_sessions_behind_each_other_with_their_header_lines_are_one_recording(read):
    first = EDGETX + "".join(radio(i, away(i)) for i in range(4))
    second = EDGETX + "".join(radio(i, away(i)) for i in range(20, 24))
    result = read(first + second, timezone="UTC")
    assert seconds(result.streams["gnss_pvt"]) == [0, 1, 2, 3, 20, 21, 22, 23]
    assert result.metadata["repeated_headers"] == 1
    assert not result.warnings


def test_the_receivers_own_date_is_a_channel_and_knots_are_knots(read):
    result = read(EXAMPLES["edgetx.opentx.csv"], timezone="UTC")
    assert result.streams["channels.main"]["date"][0].as_py() == "2025-05-04 10:00:00"
    assert result.metadata["clock"]["source"] == ["Date", "Time"]
    assert result.streams["gnss_pvt"]["speed_mps"][0].as_py() == pytest.approx(23.0, abs=0.01)
    # The receiver's height feeds the position, the barometer's is a channel.
    assert result.streams["gnss_pvt"]["alt_m"][0].as_py() == 118.0
    assert result.streams["channels.main"]["alt"][0].as_py() == 12.3


def test_a_radio_that_never_had_a_fix_is_told_so(read, codes):
    result = read(EDGETX + "".join(radio(i, "", sats=0) for i in range(5)), timezone="UTC")
    assert codes(result) == ["NO_VALID_FIX"]


QSTARZ = (
    "INDEX,RCR,UTC DATE,UTC TIME,LOCAL DATE,LOCAL TIME,MS,VALID,LATITUDE,N/S,LONGITUDE,E/W,HEIGHT,SPEED\n"
)


def logged(number, date="2025/05/14", word="SPS"):
    return (
        f"{number},{'B' if number == 2 else 'T'},{date},10:00:0{number // 4},{date},12:00:0{number // 4},"
        f"{number % 4 * 250},{word},21.4,S,12.3,W,98.5 M,36.000 km/h\n"
    )


@pytest.mark.parametrize("date", ["2025/05/14", "5/14/2025"])
def test_qstarz_dates_are_read_as_they_show_themselves(read, date):
    result = read(QSTARZ + "".join(logged(i, date) for i in range(8)))
    fixes = result.streams["gnss_pvt"]
    assert result.metadata["dialect"] == "qstarz"
    assert str(fixes["t"][1].as_py()) == "2025-05-14 10:00:00.250000+00:00"
    assert set(fixes["lat_deg"].to_pylist()) == {-21.4}
    assert set(fixes["speed_mps"].to_pylist()) == {10.0}
    assert set(fixes["alt_m"].to_pylist()) == {98.5}
    assert result.streams["events"]["event_type"].to_pylist() == ["marker"]
    assert not result.warnings


def test_qstarz_dates_that_fit_two_orders_are_asked_about(read, codes):
    data = QSTARZ + "".join(logged(i, "25/05/14") for i in range(8))
    assert codes(read(data)) == ["CSV_AMBIGUOUS_TIME_FORMAT"]
    assert read(data, columns={"UTC DATE": "date:ymd"}).ok


def test_qstarz_words_of_validity(read):
    words = ["No fix", "SPS", "Estimated (dead reckoning)", "Unknown mode", "DGPS", "SPS"]
    result = read(QSTARZ + "".join(logged(i, word=word) for i, word in enumerate(words)))
    fixes = result.streams["gnss_pvt"]
    assert result.metadata["epochs_without_fix"] == 1
    assert fixes["fix_type"].to_pylist() == [None, 1, None, None, None]
    assert fixes["quality_flags"].to_pylist() == [0, 0, 16, 0, 0]


WINDARAB = "xtime [s]\tspeed [km/h]\tnmot [1/min]\tlapctr [none]\ttoil [°C]\n"


def darab(numbers=range(40)):
    return "".join(f"{i / 4:.2f}\t 36.0\t 5000\t {i // 10}\t 92.5\n" for i in numbers)


@pytest.mark.parametrize("head", ["", "# WinDarab\n# nothing\n# \n"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_a_text_of_windarab_has_channels_and_whole_laps_without_a_position(read, codes, head, encoding):
    result = read(head + WINDARAB + darab(), encoding=encoding)
    channels = result.streams["channels.main"]
    assert result.metadata["dialect"] == "windarab"
    assert set(channels["speed_mps"].to_pylist()) == {10.0}
    assert channels.schema.field("toil").metadata[b"unit"] == b"degC"
    assert result.streams["laps"]["duration_ns"].to_pylist() == [2_500_000_000] * 2
    assert result.streams["laps"]["device_lap"].to_pylist() == [1, 2]
    assert codes(result) == ["TIME_RELATIVE"]


def test_windarab_with_another_time_line_is_told_by_its_comment(read):
    result = read("# WinDarab export\n" + WINDARAB.replace("xtime [s]", "xtime [ms]") + darab())
    assert result.metadata["dialect"] == "windarab"


@pytest.mark.parametrize("name", ["imu-bare.csv", "motec-i2.csv"])
def test_a_vendors_file_without_a_column_of_positions_is_no_finding(read, codes, name):
    data = EXAMPLES[name].replace(b"GPS Latitude", b"Steered Rate").replace(b"GPS Longitude", b"Nothing")
    result = read(data)
    assert "gnss_pvt" not in result.streams
    assert "CSV_MISSING_LAT_LON" not in codes(result)


def test_a_vendors_file_with_one_coordinate_of_two_is_an_error_and_an_empty_column_a_warning(read, codes):
    motec = EXAMPLES["motec-i2.csv"]
    assert "CSV_MISSING_LAT_LON" in codes(read(motec.replace(b"GPS Longitude", b"Nothing")))[:1]
    rows = "".join(f"{i / 4:.2f},north,east,{3000 + i},3\n" for i in range(8))
    words = read("MoTeC CSV File,\nTime,GPS Latitude,GPS Longitude,Engine RPM,Gear\n" + rows)
    assert "CSV_MISSING_LAT_LON" in codes(words)
    assert words.ok


def test_trackaddicts_device_is_named_once(read):
    result = read(EXAMPLES["trackaddict.csv"])
    assert (result.device_family, result.device_model) == ("TrackAddict", "4.3.5")
