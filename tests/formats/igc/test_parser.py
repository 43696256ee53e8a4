"""The IGC parser: records, clocks, fields, and what it says of damage."""

from __future__ import annotations

import json

import pytest

import telemparse
from telemparse.formats.igc.examples import EXAMPLES
from telemparse.formats.igc.parser import parse, parse_in_blocks
from telemparse.model.artifacts import ArtifactSet
from telemparse.model.messages import Batch
from telemparse.model.options import ParseOptions
from telemparse.schemas import QualityFlag

A, DATE = "AXXX001", "HFDTE040525"
FIX = "B{time}2127267S01220736W{validity}{pressure}{alt}{more}"
EPOCH_NS = 1_000_000_000
DAY_S = 86_400
FOURTH = 20_212  # days from 1970 to 2025-05-04


def fix(time="100000", validity="A", pressure="00118", alt="00120", more=""):
    return FIX.format(time=time, validity=validity, pressure=pressure, alt=alt, more=more)


def flight(*lines, newline="\r\n", head=(A, DATE), encoding="ascii"):
    return newline.join([*head, *lines, ""]).encode(encoding)


def parsed(data, on_error="return", **options):
    return telemparse.parse(
        {"flight.igc": data}, on_error=on_error, options=telemparse.ParseOptions(**options)
    )


def gnss(result):
    return result.streams["gnss_pvt"].to_pylist()


def channels(result, group="main"):
    return result.streams[f"channels.{group}"].to_pylist()


def codes(result):
    return {issue.code for issue in (*result.warnings, *result.errors)}


def issue_of(result, code):
    (found,) = [issue for issue in (*result.warnings, *result.errors) if issue.code == code]
    return found


def seconds(result, stream="gnss_pvt"):
    return [row["t"].value / EPOCH_NS - FOURTH * DAY_S for row in result.streams[stream].to_pylist()]


def test_a_fix_is_read_by_its_bytes():
    result = parsed(flight(fix()))
    (row,) = gnss(result)
    assert row["lat_deg"] == -(21 + 27.267 / 60)
    assert row["lon_deg"] == -(12 + 20.736 / 60)
    assert (row["alt_m"], row["fix_type"], seconds(result)) == (120, 3, [36_000])
    assert row["quality_flags"] == QualityFlag.ALTITUDE_ELLIPSOIDAL
    assert channels(result) == [{"t": row["t"], "pressure_alt_m": 118}]
    assert not codes(result)


def test_v_is_a_doubtful_fix_in_two_dimensions_and_its_altitude_a_channel():
    result = parsed(flight(fix(validity="V"), fix("100001", validity="V", alt="00000"), fix("100002")))
    first, second, third = gnss(result)
    assert [row["fix_type"] for row in (first, second, third)] == [2, 2, 3]
    assert [row["alt_m"] for row in (first, second, third)] == [None, None, 120]
    assert first["quality_flags"] == second["quality_flags"] == QualityFlag.FIX_DOUBTFUL
    assert [row["gnss_alt_without_3d_m"] for row in channels(result)] == [120, None, None]


def test_altitudes_below_the_sea_and_above_the_geoid():
    result = parsed(flight("HFALGALTGPS:GEO", fix(pressure="-0012", alt="-0003")))
    (row,) = gnss(result)
    assert (row["alt_m"], row["quality_flags"]) == (-3, 0)
    assert channels(result)[0]["pressure_alt_m"] == -12


@pytest.mark.parametrize("words", ["HFALGALTGPS:ELL", "HFALGALTGPS:WGS84 ELLIPSOID", "HFALG"])
def test_altitudes_above_the_ellipsoid_are_called_so_in_many_words(words):
    assert gnss(parsed(flight(words, fix())))[0]["quality_flags"] == QualityFlag.ALTITUDE_ELLIPSOIDAL


def test_epochs_at_zero_are_counted_and_make_events():
    nowhere = "B1000010000000N00000000EV0011800000"
    result = parsed(flight(fix(), nowhere, nowhere, fix("100003")))
    assert len(gnss(result)) == 2
    assert result.metadata["epochs_without_fix"] == 2
    events = result.streams["events"].to_pylist()
    assert [event["event_type"] for event in events] == ["fix_lost", "fix_regained"]
    assert seconds(result, "events") == [36_001, 36_003]
    assert len(channels(result)) == 4
    lost = parsed(flight(nowhere))
    assert codes(lost) == {"NO_VALID_FIX"}
    assert "gnss_pvt" not in lost.streams


@pytest.mark.parametrize(
    "date",
    ["HFDTE040525", "HFDTEDATE:040525,02", "HFDTE 040525", "HFDTEDATE: 040525", "HFDTEDATE040525",
     "HFDTE:040525", "HFDTEDate:040525,", "HPDTE040525", "HDTE040525", "HFDTEDATE:04052025 , 02"],
)  # fmt: skip
def test_dates_are_written_in_two_ways_and_their_mixtures(date):
    result = parsed(flight(fix(), head=(A, date)))
    assert seconds(result) == [36_000]
    assert result.metadata.get("flight_of_day") == (2 if date.endswith("02") else None)


def test_midnight_is_carried_and_a_late_record_stays_on_its_day():
    times = ("235958", "000001", "235959", "000002")
    result = parsed(flight(*map(fix, times)))
    assert seconds(result) == [DAY_S - 2, DAY_S - 1, DAY_S + 1, DAY_S + 2]
    assert result.metadata["clock"]["midnights"] == 2
    assert codes(result) == {"TIME_NOT_MONOTONIC"}


def test_another_day_begins_anew_and_the_same_one_changes_nothing():
    again = parsed(flight(fix("235959"), fix("000000"), DATE, fix("000001")))
    assert seconds(again) == [DAY_S - 1, DAY_S, DAY_S + 1]
    other = parsed(flight(fix("235959"), "HFDTE060525", fix("000000"), fix("000001"), "HFDTE070525"))
    assert seconds(other) == [DAY_S - 1, 2 * DAY_S, 2 * DAY_S + 1]
    assert other.metadata["clock"]["days_named_anew"] == 2


def test_a_day_that_comes_late_holds_for_all_and_none_at_all_is_said():
    late = parsed(flight(fix(), DATE, fix("100001"), head=(A,)))
    assert seconds(late) == [36_000, 36_001]
    none = parsed(flight(fix(), "HFDTE000000", head=(A,)))
    assert gnss(none)[0]["t"].value == 36_000 * EPOCH_NS
    assert codes(none) == {"TIME_RELATIVE", "DATE_UNRELIABLE"}
    assert none.streams["gnss_pvt"].schema.metadata[b"time_base"] == b"time_of_day"


def test_fields_of_the_i_record_get_their_units():
    head = "I093638FXA3941VXA4243SIU4448GSP4951TRT5256VAT5760OAT6163ENL6464XYZ"
    result = parsed(flight(head, fix(more="007012090360036000125-0503217")))
    (row,) = gnss(result)
    assert (row["hacc_m"], row["vacc_m"], row["sat_count"]) == (7, 12, 9)
    assert row["speed_mps"] == pytest.approx(10.0)
    assert row["course_deg"] == 0
    (channel,) = channels(result)
    assert channel.keys() == {
        "t", "pressure_alt_m", "variometer_mps", "outside_air_temp_c", "enl", "xyz",
    }  # fmt: skip
    assert channel["variometer_mps"] == pytest.approx(1.25)
    assert channel["outside_air_temp_c"] == pytest.approx(-5.0)
    assert (channel["enl"], channel["xyz"]) == (321, 7)
    field = result.streams["channels.main"].schema.field("outside_air_temp_c").metadata
    assert (field[b"unit"], field[b"source_name"]) == (b"degC", b"OAT")
    assert not codes(result)


def test_further_digits_of_position_and_time_count():
    result = parsed(flight("I033637LAD3839LOD4042TDS", fix(more="4501250")))
    (row,) = gnss(result)
    assert row["lat_deg"] == pytest.approx(-(21 + 27.26745 / 60), abs=1e-12)
    assert row["lon_deg"] == pytest.approx(-(12 + 20.73601 / 60), abs=1e-12)
    assert row["t"].value % EPOCH_NS == 250_000_000


def test_digits_that_are_none_are_counted_and_the_rest_stands():
    result = parsed(flight("I033637LAD3839LOD4042TDS", fix(more="xx01250"), fix("100001", more="4501abc")))
    first, second = gnss(result)
    assert first["lat_deg"] == -(21 + 27.267 / 60)
    assert second["t"].value % EPOCH_NS == 0
    columns = {issue.evidence["column"] for issue in result.warnings if issue.code == "VALUE_OUT_OF_RANGE"}
    assert columns == {"LAD", "TDS"}


def test_texts_unknown_fields_and_bytes_without_a_name_are_kept():
    head = "I043638ABC4042ABC4365LNG6668RPM"
    long = "0123456789012345678901 "
    result = parsed(flight(head, fix(more=f"012 7x9{long}045"), fix("100001", more=f"abc!034{long}---")))
    first, second = channels(result)
    assert (first["abc"], first["abc_text"], second["abc"], second["abc_text"]) == (12, None, None, "abc")
    assert (first["abc_2"], first["abc_2_text"], second["abc_2"]) == (None, "7x9", 34)
    assert first["lng_words"] == long
    assert (first["rpm_field"], second["rpm_field_text"]) == (45, "---")
    assert (first["bytes_39_39"], second["bytes_39_39_text"]) == (None, "!")


def test_a_second_definition_holds_from_its_line_on():
    lines = ["I013638FXA", fix(more="007"), "I023637SIU3841FXA", fix("100001", more="090008"), fix("100002")]
    result = parsed(flight(*lines))
    rows = gnss(result)
    assert [(row["hacc_m"], row["sat_count"]) for row in rows] == [(7, None), (None, 9), (None, None)]
    assert channels(result)[1]["fxa"] == 8
    short = issue_of(result, "IGC_SHORT_RECORD")
    assert (short.evidence["count"], short.locus.line) == (1, 7)


@pytest.mark.parametrize(
    "line", ["I", "I0136", "I013538FXA", "I013836FXA", "Ix13638FXA", "I0136 8FXA", "I023638FXA", "I013638fxa"]
)
def test_a_definition_that_cannot_be_followed_is_said_and_not_read(line):
    result = parsed(flight("I013638SIU", line, fix(more="007")))
    (row,) = gnss(result)
    assert row["hacc_m"] is None
    assert row["sat_count"] is None
    assert issue_of(result, "IGC_BAD_DEFINITION").locus.line == 4


def test_definitions_without_end_are_cut_off_and_their_fields_not_invented():
    lines = [line for n in range(40) for line in (f"I01{36 + n:02}{36 + n:02}SIU", fix(more="5" * 60))]
    result = parsed(flight(*lines))
    counts = [row["sat_count"] for row in gnss(result)]
    assert counts == [5] * 32 + [None] * 8
    assert issue_of(result, "IGC_BAD_DEFINITION").evidence["count"] == 8


def test_k_records_and_e_records_are_on_the_same_clock():
    lines = [
        "J010809ABC",
        fix("235959"),
        "K00000012",
        "E000001PEVpressed",
        "E000002ATS",
        fix("000003"),
        "Kxx",
    ]
    result = parsed(flight(*lines))
    assert seconds(result, "channels.k") == [DAY_S]
    assert channels(result, "k")[0]["abc"] == 12
    assert seconds(result, "events") == [DAY_S + 1, DAY_S + 2]
    events = result.streams["events"].to_pylist()
    assert [event["event_type"] for event in events] == ["marker", "other"]
    facts = [json.loads(event["metadata_json"]) for event in events]
    assert facts == [{"code": "PEV", "text": "pressed"}, {"code": "ATS"}]
    assert issue_of(result, "ROWS_SKIPPED").evidence["reasons"] == {"no readable time of day": 1}


def test_headers_become_facts_and_names_of_persons_do_not():
    head = (
        "ALXV123FLIGHT:1", DATE, "HFPLTPILOTINCHARGE:Jane Doe", "HOCM2CREW2:X", "HFFTYFRTYPE:LXNAV,LX9000",
        "HFGTYGLIDERTYPE:ASG 29", "HFGTYGLIDERTYPE:LS 8", "HPXXXPILOTWEIGHT:80", "Hx", "LXXXremark",
        "LCU::HPPLTPILOT:Jane Doe", "LCU::HPGTYGLIDERTYPE:LS 8",
    )  # fmt: skip
    result = parsed(flight(fix(), head=head))
    assert (result.device_family, result.device_model) == ("LXNAV", "LX9000")
    facts = result.metadata
    assert (facts["maker"], facts["recorder"]) == ("LXV", "123FLIGHT:1")
    assert facts["headers"] == {"FTY": "LXNAV,LX9000", "GTY": "ASG 29"}
    assert facts["header_changes"] == 1
    assert facts["headers_of_persons_left_out"] == ["PLT", "CM2", "XXX"]
    assert facts["comments"] == ["XXXremark", "CU::HPGTYGLIDERTYPE:LS 8"]
    assert facts["records"] == {"A": 1, "B": 1, "H": 8, "L": 3}
    assert "Jane" not in repr(facts)


def test_makers_are_named_by_their_letters():
    assert parsed(flight(fix(), head=("AFLA1", DATE))).device_family == "FLARM"
    assert parsed(flight(fix(), head=("AQQQ1", DATE))).device_family == "QQQ"
    assert parsed(flight(fix(), head=("", DATE))).device_family is None


def test_another_datum_is_said():
    result = parsed(flight("HFDTM219GPSDATUM:ED50", fix()))
    assert issue_of(result, "IGC_OTHER_DATUM").evidence["datum"] == "ED50"
    assert "IGC_OTHER_DATUM" not in codes(parsed(flight("HFDTM100DATUM:WGS84", fix())))


@pytest.mark.parametrize(
    "bad",
    [
        "B1000012127267X01220736WA0011800120", "B1000012127267S01220736QA0011800120",
        "B1000012127267S01220736WX0011800120", "B10000121x7267S01220736WA0011800120",
        "B1000019127267S01220736WA0011800120", "B1000012160000S01220736WA0011800120",
        "B1000012127267S18120736WA0011800120", "B100001-127267S01220736WA0011800120",
    ],
)  # fmt: skip
def test_a_fix_without_a_position_is_skipped_and_counted(bad):
    result = parsed(flight(fix(), bad, fix("100002")))
    assert seconds(result) == [36_000, 36_002]
    issue = issue_of(result, "ROWS_SKIPPED")
    assert (issue.evidence["count"], issue.evidence["total"], issue.locus.line) == (1, 3, 4)
    assert issue.evidence["reasons"] == {"no readable position": 1}


def test_what_is_no_record_no_time_or_too_short_is_counted_with_its_lines():
    lines = [fix(), "garbage", fix("246060"), fix("10x000"), fix()[:34], "", "\0\0", "é", fix("100009")]
    result = parsed(flight(*lines, encoding="utf-8"))
    issue = issue_of(result, "ROWS_SKIPPED")
    assert issue.evidence["count"] == 5
    assert issue.evidence["total"] == 7
    assert issue.evidence["loci"] == ["line 4", "line 5", "line 6"]
    assert sorted(issue.evidence["reasons"].values()) == [1, 2, 2]


def test_values_that_cannot_be_become_null_and_are_counted():
    head = "I0236383SIU"[:3] + "3638SIU3941TRT"
    result = parsed(flight(head, fix(pressure="00x18", alt="abcde", more="999400")))
    (row,) = gnss(result)
    assert (row["alt_m"], row["sat_count"], row["course_deg"]) == (None, None, None)
    columns = {issue.evidence["column"] for issue in result.warnings}
    assert columns == {"alt_m", "pressure_alt_m", "sat_count", "course_deg"}


def test_the_antimeridian_is_west():
    result = parsed(flight("B1000002127267S18000000EA0011800120"))
    assert gnss(result)[0]["lon_deg"] == -180


def test_a_second_file_has_names_of_its_own():
    data = flight("J010809ABC", fix(), "K10000012")
    result = telemparse.parse({"a.igc": data, "b c.igc": data, "d/b c.igc": flight(fix())}, on_error="return")
    assert set(result.streams) == {
        "gnss_pvt", "gnss_pvt.b_c", "gnss_pvt.b_c_2", "channels.main", "channels.b_c", "channels.b_c_2",
        "channels.k", "channels.k_b_c",
    }  # fmt: skip


# --- encodings, line ends, damage ---------------------------------------------------------------


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_line_ends_and_encodings_do_not_matter(newline, encoding):
    data = flight("HFGTYGLIDERTYPE:Ö", fix(), fix("100001"), newline=newline, encoding=encoding)
    result = parsed(data)
    assert seconds(result) == [36_000, 36_001]
    assert result.metadata["headers"]["GTY"] == "Ö"
    assert telemparse.detect({"x": data}).winner.parser_id == "igc"
    assert not codes(result)


@pytest.mark.parametrize("data", [b"", b"\0" * 5000, b"\r\n\r\n"])
def test_nothing_is_an_error(data):
    assert codes(parsed(data, parser="igc")) >= {"ARTIFACT_EMPTY"}


def test_bytes_that_are_no_text_are_no_recording():
    assert codes(parsed(bytes(range(1, 9)) * 50, parser="igc")) == {"NO_STREAMS", "ROWS_SKIPPED"}


def test_lines_without_end_are_read_in_bounded_pieces():
    result = parsed(flight(fix(), "L" + "x" * 3_000_000, fix("100001")))
    assert seconds(result) == [36_000, 36_001]


def test_a_header_alone_gives_no_stream():
    assert codes(parsed(flight())) == {"NO_STREAMS"}


def test_padding_behind_the_end_is_passed_over():
    result = parsed(flight(fix()) + b"\0" * 3000)
    assert seconds(result) == [36_000]
    assert not codes(result)


@pytest.mark.parametrize("cut", range(1, 34))
def test_a_file_cut_within_a_fix_says_so(cut):
    whole = flight(fix())
    data = whole + fix("100001").encode()[:cut]
    result = parsed(data)
    assert seconds(result) == [36_000]
    issue = issue_of(result, "ARTIFACT_TRUNCATED")
    assert issue.locus.offset == len(whole)


def test_a_fix_without_its_line_end_is_whole_and_one_without_its_fields_is_not():
    assert not codes(parsed(flight(fix())[:-2]))
    result = parsed(flight("I013638FXA", fix(more="007"), fix("100001", more="007"))[:-3])
    assert [row["hacc_m"] for row in gnss(result)] == [7, None]
    assert {"ARTIFACT_TRUNCATED", "IGC_SHORT_RECORD"} == codes(result)


def test_damage_at_the_head_loses_the_line_and_no_more():
    result = parsed(b"\xff\x01" * 3 + flight(fix()), parser="igc")
    assert seconds(result) == [36_000]
    assert "ROWS_SKIPPED" in codes(result)


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("block_bytes", [1, 37, 100, 999])
def test_examples_read_the_same_in_blocks_of_any_size(name, block_bytes):
    assert rows(EXAMPLES[name], block_bytes) == rows(EXAMPLES[name], 1 << 20)


def rows(data, block_bytes):
    """Return rows by stream, and everything else that the parser says."""
    streams, others = {}, []
    for message in parse_in_blocks(ArtifactSet.of({"a.igc": data}), ParseOptions(), block_bytes):
        if isinstance(message, Batch):
            streams.setdefault(message.stream, []).extend(message.data.to_pylist())
        else:
            others.append(message)
    return streams, others


def test_the_whole_file_is_the_default():
    streams, _others = rows(EXAMPLES["plain.igc"], 64)
    whole = list(parse(ArtifactSet.of({"a.igc": EXAMPLES["plain.igc"]}), ParseOptions()))
    assert sum(m.data.num_rows for m in whole if isinstance(m, Batch)) == sum(map(len, streams.values()))


def test_headers_and_comments_without_end_are_counted_and_names_of_persons_bounded():
    places = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    subjects = [f"Q{a}{b}" for a in places for b in places]
    lines = [f"HF{subject}WHAT:1" for subject in subjects[:260]]
    lines += [f"HF{subject}PILOT:nobody" for subject in subjects[260:560]]
    lines += [f"LXXX{number}" for number in range(230)]
    notes = parsed(flight(*lines, fix())).metadata
    assert (len(notes["headers"]), notes["headers_left_out"]) == (200, 60)
    assert (len(notes["comments"]), notes["comments_left_out"]) == (200, 30)
    assert len(notes["headers_of_persons_left_out"]) == 200
