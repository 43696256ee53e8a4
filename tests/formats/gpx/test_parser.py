"""The GPX parser on documents written here: every point of the format, one by one."""

from __future__ import annotations

import gc
import itertools
import json

import pyarrow as pa
import pytest

from telemparse.formats.gpx.parser import parse, read
from telemparse.kernels.xml_points import Method
from telemparse.model.artifacts import Artifact, ArtifactSet
from telemparse.model.codes import Severity
from telemparse.model.issues import Issue
from telemparse.model.messages import Batch, Meta
from telemparse.model.options import ParseOptions
from telemparse.schemas import QualityFlag, check

TEN, ELEVEN = "http://www.topografix.com/GPX/1/0", "http://www.topografix.com/GPX/1/1"
TPX1 = "http://www.garmin.com/xmlschemas/TrackPointExtension/v1"
TPX2 = "http://www.garmin.com/xmlschemas/TrackPointExtension/v2"
REPAIRED = QualityFlag.INTERPOLATED | QualityFlag.TIME_REPAIRED


class Parsed:
    """What came out of a parse: tables by stream, issues by code, metadata."""

    def __init__(self, messages):
        self.issues, self.meta, pieces = [], {}, {}
        for message in messages:
            if isinstance(message, Batch):
                table, problems = check(message.stream, message.data)
                assert problems == []
                pieces.setdefault(message.stream, []).append(table)
            elif isinstance(message, Issue):
                self.issues.append(message)
            elif isinstance(message, Meta):
                self.meta[message.key] = message.value
        self.tables = {
            name: pa.concat_tables(tables, promote_options="permissive") for name, tables in pieces.items()
        }

    def column(self, name, stream="gnss_pvt"):
        return self.tables[stream][name].to_pylist()

    def seconds(self, stream="gnss_pvt"):
        """Return times as seconds of the day (or from 1970)."""
        ns = self.tables[stream]["t"].cast(pa.int64()).to_pylist()
        return [value / 1e9 % 86400 for value in ns]

    def base(self, stream="gnss_pvt"):
        return self.tables[stream].schema.metadata[b"time_base"].decode()

    def codes(self):
        return [issue.code for issue in self.issues]

    def issue(self, code):
        (found,) = [issue for issue in self.issues if issue.code == code]
        return found


def parsed(data, name="a.gpx", **options):
    raw = data if isinstance(data, bytes) else data.encode()
    return Parsed(parse(ArtifactSet((Artifact.from_bytes(raw, name),)), ParseOptions(**options)))


def gpx(*points, version="1.1", before="", root=""):
    namespace = {"1.0": TEN, "1.1": ELEVEN}[version]
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="{version}" creator="test" xmlns="{namespace}"'
        f' xmlns:gpxtpx="{TPX2}" {root}>\n{before}<trk><trkseg>\n{"".join(points)}</trkseg></trk>\n</gpx>\n'
    )


def trkpt(inner="", second=None, lat="50.1", lon="6.9"):
    time = "" if second is None else f"<time>2024-05-04T10:00:{second:02}Z</time>"
    return f'<trkpt lat="{lat}" lon="{lon}">{time}{inner}</trkpt>\n'


def extended(inner, second=0):
    return trkpt(
        f"<extensions><gpxtpx:TrackPointExtension>{inner}</gpxtpx:TrackPointExtension></extensions>", second
    )


def test_gpx_1_0_quality_fields_go_to_gnss_pvt():
    fields = (
        "<ele>12.5</ele><course>359.999999</course><speed>3.5</speed><fix>3d</fix><sat>9</sat>"
        "<hdop>1.5</hdop><vdop>2</vdop><pdop>2.5</pdop>"
    )
    found = parsed(gpx(trkpt(fields, 1), version="1.0"))
    row = found.tables["gnss_pvt"].to_pylist()[0]
    expected = {
        "lat_deg": 50.1, "lon_deg": 6.9, "alt_m": 12.5, "speed_mps": 3.5, "course_deg": 0.0, "fix_type": 3,
        "sat_count": 9, "hdop": 1.5, "vdop": 2.0, "pdop": 2.5, "quality_flags": 0,
    }  # fmt: skip
    assert {key: row[key] for key in expected} == expected
    assert (found.issues, found.base(), list(found.tables)) == ([], "utc", ["gnss_pvt"])
    assert found.meta["gpx_version"] == "1.0"


@pytest.mark.parametrize(("word", "fix_type"), [("2d", 2), ("3d", 3), ("dgps", 3), ("pps", 3), ("3D", 3)])
def test_fix_words_become_fix_types(word, fix_type):
    assert parsed(gpx(trkpt(f"<fix>{word}</fix>", 1))).column("fix_type") == [fix_type]


def test_an_unknown_fix_word_is_null_and_counted():
    found = parsed(gpx(trkpt("<fix>superb</fix>", 1), trkpt("<fix>2d</fix>", 2)))
    assert found.column("fix_type") == [None, 2]
    issue = found.issue("VALUE_OUT_OF_RANGE")
    assert (issue.evidence["column"], issue.evidence["count"], issue.locus.line) == ("fix_type", 1, 4)


@pytest.mark.parametrize("namespace", [TPX1, TPX2])
@pytest.mark.parametrize("prefix", ["gpxtpx", "ns3", "x"])
def test_track_point_extensions_of_both_versions_and_any_prefix(namespace, prefix):
    names = ("speed", "course", "hr", "cad", "atemp", "wtemp", "depth", "bearing")
    inner = "".join(f"<{prefix}:{name}>{number}</{prefix}:{name}>" for number, name in enumerate(names, 1))
    points = [
        trkpt(
            f"<extensions><{prefix}:TrackPointExtension>{inner}</{prefix}:TrackPointExtension></extensions>",
            second,
        )
        for second in range(9)
    ]
    document = gpx(*points).replace(f'xmlns:gpxtpx="{TPX2}"', f'xmlns:{prefix}="{namespace}"')
    found = parsed(document)
    assert found.column("speed_mps") == [1.0] * 9
    assert found.column("course_deg") == [2.0] * 9
    expected = {
        "heart_rate_bpm": 3.0, "cadence_rpm": 4.0, "air_temp_c": 5.0, "water_temp_c": 6.0, "depth_m": 7.0,
        "bearing": 8.0,
    }  # fmt: skip
    channels = found.tables["channels.main"]
    assert {name: set(channels[name].to_pylist()) for name in expected} == {
        k: {v} for k, v in expected.items()
    }
    assert set(channels.column_names) == {"t", *expected}
    field = channels.schema.field("heart_rate_bpm")
    assert (field.metadata[b"unit"], field.metadata[b"source_name"]) == (b"1/min", b"hr")
    assert found.issues == []


@pytest.mark.parametrize(
    "element",
    [
        "<power>250</power>",
        '<p:PowerInWatts xmlns:p="http://www.garmin.com/xmlschemas/PowerExtension/v1">250</p:PowerInWatts>',
        '<p:PowerExtension xmlns:p="urn:p"><p:PowerInWatts>250</p:PowerInWatts></p:PowerExtension>',
    ],
)
def test_power_comes_in_several_dresses(element):
    found = parsed(gpx(*[trkpt(f"<extensions>{element}</extensions>", second) for second in range(6)]))
    assert found.column("power_w", "channels.main") == [250.0] * 6


def test_a_speed_of_a_strange_namespace_is_read_with_its_unit_assumed():
    inner = '<extensions><q:speed xmlns:q="urn:q">4</q:speed></extensions>'
    found = parsed(gpx(trkpt(inner, 1)))
    assert found.column("speed_mps") == [4.0]
    assert found.issue("UNIT_ASSUMED").evidence == {"column": "speed", "unit": "m/s"}


def test_gpx_1_0_carries_foreign_elements_in_the_point_itself():
    points = [trkpt("<gpxtpx:hr>77</gpxtpx:hr><gpxtpx:speed>5</gpxtpx:speed>", n) for n in range(6)]
    found = parsed(gpx(*points, version="1.0"))
    assert found.column("heart_rate_bpm", "channels.main") == [77.0] * 6
    assert found.column("speed_mps") == [5.0] * 6


def test_two_speeds_in_one_point_are_one_speed_and_one_channel():
    inner = "<speed>3</speed><extensions><gpxtpx:speed>{}</gpxtpx:speed></extensions>"
    found = parsed(
        gpx(
            trkpt(inner.format(3), 1),
            trkpt(inner.format(5), 2),
            extended("<gpxtpx:speed>7</gpxtpx:speed>", 3),
        )
    )
    assert found.column("speed_mps") == [3.0, 3.0, 7.0]
    assert found.column("speed", "channels.main") == [5.0]
    assert found.seconds("channels.main") == [36002.0]


@pytest.mark.parametrize("piece_bytes", [64, 1 << 20])
def test_a_unit_is_assumed_however_the_document_is_cut(piece_bytes):
    inner = '<extensions><q:speed xmlns:q="urn:q">4</q:speed></extensions>'
    data = gpx(trkpt("<speed>3</speed>", 1), trkpt(inner, 2)).encode()
    artifacts = ArtifactSet((Artifact.from_bytes(data, "a.gpx"),))
    found = Parsed(read(artifacts, ParseOptions(), piece_bytes=piece_bytes))
    assert (found.column("speed_mps"), found.codes()) == ([3.0, 4.0], ["UNIT_ASSUMED"])


def test_whatever_else_a_point_carries_is_kept_under_its_own_name():
    inner = (
        "<magvar>1.5</magvar><name>Start</name><link href='http://x'><text>more</text></link>"
        '<extensions><b:batteryLevel xmlns:b="urn:b" unit="pct">97</b:batteryLevel>'
        "<heart>x</heart></extensions>"
    )
    found = parsed(gpx(trkpt(inner, 1), trkpt("", 2)))
    (row,) = found.tables["channels.main"].to_pylist()
    assert {key: value for key, value in row.items() if key != "t"} == {
        "magvar": 1.5, "name": "Start", "link_href": "http://x", "text": "more", "battery_level": 97.0,
        "battery_level_unit": "pct", "heart": "x",
    }  # fmt: skip
    assert found.tables["channels.main"].schema.field("magvar").metadata[b"unit"] == b"deg"


def test_words_among_numbers_have_a_channel_of_their_own():
    points = [
        trkpt(f"<extensions><grade>{value}</grade></extensions>", n)
        for n, value in enumerate(["1", "steep", "3"])
    ]
    found = parsed(gpx(*points))
    assert found.column("grade", "channels.main") == [1.0, None, 3.0]
    assert found.column("grade_text", "channels.main") == [None, "steep", None]


def test_numbers_among_words_stay_words():
    points = [trkpt(f"<cmt>{value}</cmt>", n) for n, value in enumerate(["lap", "2"])]
    assert parsed(gpx(*points)).column("cmt", "channels.main") == ["lap", "2"]


def test_names_that_meet_are_told_apart():
    inner = (
        '<extensions><a:temp xmlns:a="urn:a">1</a:temp><b:temp xmlns:b="urn:b">2</b:temp><t>3</t>'
        "<power_w>4</power_w><x>5</x><x>6</x></extensions>"
    )
    (row,) = parsed(gpx(trkpt(inner, 1))).tables["channels.main"].to_pylist()
    assert {key: value for key, value in row.items() if key != "t"} == {
        "temp": 1.0, "temp_2": 2.0, "t_2": 3.0, "power_w_2": 4.0, "x": 5.0, "x_2": 6.0,
    }  # fmt: skip


def test_more_channels_than_a_table_holds_are_named():
    inner = "".join(f"<v{number}>{number}</v{number}>" for number in range(300))
    found = parsed(gpx(trkpt(f"<extensions>{inner}</extensions>", 1)))
    assert found.tables["channels.main"].num_columns == 129
    issue = found.issue("CHANNELS_SKIPPED")
    assert issue.evidence["count"] == 172
    assert issue.evidence["channels"].startswith("v253, v254, ")


def test_a_heart_rate_that_is_no_number_is_counted():
    found = parsed(gpx(extended("<gpxtpx:hr>--</gpxtpx:hr>", 0), extended("<gpxtpx:hr>90</gpxtpx:hr>", 1)))
    assert found.column("heart_rate_bpm", "channels.main") == [90.0]
    assert found.issue("VALUE_OUT_OF_RANGE").evidence["column"] == "heart_rate_bpm"


def test_values_that_cannot_be_are_null_and_counted_with_their_lines():
    bad = ["<speed>-1</speed>", "<speed>1e39</speed>", "<speed>fast</speed>", "<speed>2</speed>"]
    found = parsed(gpx(*[trkpt(inner, n) for n, inner in enumerate(bad)], version="1.0"))
    assert found.column("speed_mps") == [None, None, None, 2.0]
    issue = found.issue("VALUE_OUT_OF_RANGE")
    assert issue.evidence["count"] == 3
    assert [place["line"] for place in issue.evidence["places"]] == [4, 5, 6]
    odd = "<course>{}</course><sat>{}</sat>"
    pairs = [("360", "300"), ("-5", "2.5"), ("400", "-1"), ("0", "255")]
    found = parsed(gpx(*[trkpt(odd.format(*pair), n) for n, pair in enumerate(pairs)], version="1.0"))
    assert found.column("course_deg") == [0.0, None, None, 0.0]
    assert found.column("sat_count") == [None, None, None, 255]


# --- positions ------------------------------------------------------------------------------------


def test_points_without_a_readable_position_are_skipped_and_located():
    points = [
        trkpt("", 0), '<trkpt lon="1"><time>2024-05-04T10:00:01Z</time></trkpt>\n', trkpt("", 2, lat="north"),
        trkpt("", 3, lon=""), "<trkpt/>\n", trkpt("", 5),
    ]  # fmt: skip
    found = parsed(gpx(*points))
    assert found.seconds() == [36000.0, 36005.0]
    issue = found.issue("ROWS_SKIPPED")
    assert (issue.evidence["count"], issue.evidence["total"], issue.locus.line) == (4, 6, 5)
    assert [place["record"] for place in issue.evidence["places"]] == [1, 2, 3]
    assert "6.9" not in json.dumps(issue.evidence)


@pytest.mark.parametrize(
    ("lat", "lon"), [("91", "0"), ("-90.0001", "1"), ("1e25", "1"), ("1", "180.5"), ("1", "-181")]
)
def test_impossible_positions_are_skipped_and_located(lat, lon):
    found = parsed(gpx(trkpt("", 0), trkpt("", 1, lat=lat, lon=lon)))
    assert len(found.column("t")) == 1
    issue = found.issue("VALUE_OUT_OF_RANGE")
    assert (issue.evidence["column"], issue.evidence["count"], issue.locus.record) == ("position", 1, 1)


def test_the_meridian_of_180_degrees_has_one_name():
    found = parsed(gpx(trkpt("", 0, lon="180"), trkpt("", 1, lon="-180.0")))
    assert found.column("lon_deg") == [-180.0, -180.0]


def test_epochs_without_a_fix_do_not_enter_and_are_counted():
    points = [
        trkpt("<fix>none</fix>", 0), trkpt("", 1), trkpt("", 2, lat="0", lon="0.0"),
        trkpt("<fix>none</fix>", 3),
        trkpt("<fix>3d</fix>", 4),
    ]  # fmt: skip
    found = parsed(gpx(*points))
    assert found.seconds() == [36001.0, 36004.0]
    assert found.meta["epochs_without_fix"] == 3
    assert found.column("event_type", "events") == ["fix_regained", "fix_lost", "fix_regained"]
    assert found.seconds("events") == [36001.0, 36002.0, 36004.0]


def test_a_recording_that_never_had_a_fix_says_so_and_keeps_its_channels():
    found = parsed(gpx(trkpt("<fix>none</fix><extensions><hr>80</hr></extensions>", 1)))
    assert list(found.tables) == ["channels.main"]
    assert found.issue("NO_VALID_FIX").evidence == {"epochs": 1}


# --- time -----------------------------------------------------------------------------------------


def test_untimed_points_lie_between_their_neighbours_and_are_held_at_the_ends():
    seconds = [None, 10, None, None, None, 18, 20, None, None]
    found = parsed(gpx(*[trkpt("", second) for second in seconds]))
    assert found.seconds() == [36000.0 + s for s in (10, 10, 12, 14, 16, 18, 20, 20, 20)]
    flagged = [bool(flags) for flags in found.column("quality_flags")]
    assert flagged == [second is None for second in seconds]
    assert {flags for flags in found.column("quality_flags") if flags} == {int(REPAIRED)}
    assert found.issue("GPX_MISSING_TIME").evidence == {"count": 6, "total": 9, "unreadable": 0}


def test_times_that_are_no_times_are_counted_as_missing():
    points = [trkpt("", 1), trkpt("<time>yesterday</time>"), trkpt("", 3)]
    found = parsed(gpx(*points))
    assert found.seconds() == [36001.0, 36002.0, 36003.0]
    assert found.issue("GPX_MISSING_TIME").evidence == {"count": 1, "total": 3, "unreadable": 1}


def test_a_track_without_any_time_counts_its_points():
    found = parsed(gpx(*[trkpt("", None)] * 5))
    assert found.seconds() == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert found.base() == "index"
    assert set(found.column("quality_flags")) == {int(QualityFlag.TIME_REPAIRED)}
    assert found.issue("GPX_MISSING_TIME").evidence["count"] == 5


@pytest.mark.parametrize("piece_bytes", [64, 500, 1 << 20])
@pytest.mark.parametrize("method", Method)
def test_interpolation_does_not_depend_on_how_the_document_is_cut(piece_bytes, method):
    pattern = itertools.cycle([None] * 7 + [1] + [None] * 3)
    seconds = [n % 60 if flag else None for n, flag in zip(range(120), pattern, strict=False)]
    artifacts = ArtifactSet((Artifact.from_bytes(gpx(*[trkpt("", s) for s in seconds]).encode(), "a.gpx"),))
    found = Parsed(read(artifacts, ParseOptions(), method=method, piece_bytes=piece_bytes))
    whole = Parsed(read(artifacts, ParseOptions()))
    assert found.tables["gnss_pvt"].equals(whole.tables["gnss_pvt"])
    assert found.seconds()[7:12] == [36007.0, *(pytest.approx(36007 + 11 * k / 11) for k in (1, 2, 3, 4))]


def test_times_between_neighbours_are_exact_to_the_nanosecond_over_centuries():
    points = [
        trkpt("<time>1900-01-01T00:00:00.000000001Z</time>"), trkpt(), trkpt(),
        trkpt("<time>2200-01-01T00:00:00.000000001Z</time>"),
    ]  # fmt: skip
    ns = parsed(gpx(*points)).tables["gnss_pvt"]["t"].cast(pa.int64()).to_pylist()
    assert ns[1] == ns[0] + (ns[3] - ns[0]) // 3
    assert ns[2] == ns[0] + (ns[3] - ns[0]) * 2 // 3


def test_times_without_a_zone_are_utc_with_a_warning_or_local_by_option():
    points = [trkpt(f"<time>2024-07-04T10:00:0{n}</time>") for n in range(3)]
    found = parsed(gpx(*points))
    assert found.seconds()[0] == 36000.0
    assert found.issue("TIME_ZONE_ASSUMED_UTC").evidence["count"] == 3
    local = parsed(gpx(*points), timezone="Europe/Berlin")
    assert local.seconds()[0] == 36000.0 - 7200
    assert local.issues == []
    mixed = parsed(gpx(trkpt("<time>2024-07-04T10:00:00+05:30</time>"), points[1]), timezone="Europe/Berlin")
    assert mixed.seconds() == [16200.0, 28801.0]


@pytest.mark.parametrize(
    "text", ["2024-05-04T10:00:01.5Z", " 2024-05-04 12:00:01.500+0200 ", "2024-05-04T10:00:01.50000000009Z"]
)
def test_times_in_many_dresses_are_one_instant(text):
    assert parsed(gpx(trkpt(f"<time>{text}</time>"))).seconds() == [36001.5]


def test_rows_out_of_order_stay_as_they_are():
    assert parsed(gpx(trkpt("", 5), trkpt("", 1), trkpt("", 1))).seconds() == [36005.0, 36001.0, 36001.0]


# --- tracks, segments, everything else -----------------------------------------------------------


def test_each_new_segment_breaks_at_its_first_point():
    tracks = (
        f"<trk><name>A</name><trkseg>{trkpt('', 0)}{trkpt('', 1)}</trkseg><trkseg/>"
        f"<trkseg>{trkpt('', 2)}</trkseg></trk>"
        f"<trk><trkseg></trkseg></trk><trk><name>B &amp; C</name><trkseg>{trkpt('', 3)}</trkseg></trk>"
    )
    found = parsed(f'<gpx xmlns="{ELEVEN}">{tracks}</gpx>')
    assert found.seconds("events") == [36002.0, 36003.0]
    assert found.column("event_type", "events") == ["segment_break"] * 2
    facts = [json.loads(text) for text in found.column("metadata_json", "events")]
    assert facts == [
        {"track": 0, "segment": 2, "name": "A"},
        {"track": 2, "segment": 0, "name": "B & C"},
    ]
    assert found.meta["track_names"] == ["A", "B & C"]


def test_waypoints_and_routes_are_metadata_and_no_track():
    before = (
        "<metadata><name>Trip</name><desc>d</desc><author><name>Me</name></author><time>1970-01-01T00:00:00Z</time></metadata>"
        '<wpt lat="1" lon="2"><name>Pit</name></wpt><wpt lat="1" lon="2"/>'
        '<rte><name>R</name><rtept lat="1" lon="2"><name>no</name></rtept></rte>'
    )
    found = parsed(gpx(trkpt("", 1), before=before))
    assert found.column("lat_deg") == [50.1]
    assert found.meta["waypoints"] == {"count": 2, "names": ["Pit"]}
    assert found.meta["routes"] == {"count": 1, "names": ["R"]}
    facts = {key: found.meta[key] for key in ("name", "description", "author", "header_time", "creator")}
    assert facts == {
        "name": "Trip", "description": "d", "author": "Me", "creator": "test",
        "header_time": "1970-01-01T00:00:00Z",
    }  # fmt: skip


def test_a_route_is_no_recording():
    found = parsed(f'<gpx xmlns="{ELEVEN}"><wpt lat="1" lon="2"/><rte><rtept lat="1" lon="2"/></rte></gpx>')
    issue = found.issue("GPX_NO_TRACK")
    assert (issue.severity, issue.evidence["routes"], issue.evidence["waypoints"]) == (Severity.ERROR, 1, 1)
    assert "trk" in issue.hint


@pytest.mark.parametrize("data", [b"", b"\0\0\0", b" \n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_said_to_be_empty(data):
    assert parsed(data).codes()[-1] == "ARTIFACT_EMPTY"


def test_what_is_no_gpx_at_all_has_no_track():
    assert parsed("<kml><Placemark/></kml>").codes() == ["GPX_NO_TRACK"]
    assert parsed("lat,lon\n1,2\n").codes() == ["XML_MALFORMED", "GPX_NO_TRACK"]


@pytest.mark.parametrize(
    ("creator", "model"), [("eTrex 20x", "eTrex 20x"), ("Garmin Connect", None), ("GPSBabel", None)]
)
def test_a_device_is_named_only_when_it_signs_itself(creator, model):
    found = parsed(gpx(trkpt("", 1)).replace('creator="test"', f'creator="{creator}"'))
    assert found.meta.get("device_model") == model
    assert found.meta.get("device_family") == ("Garmin" if model else None)


def test_several_documents_of_one_recording_have_streams_of_their_own():
    one = gpx(extended("<gpxtpx:hr>80</gpxtpx:hr>", 1), "</trkseg><trkseg>", trkpt("", 2)).encode()
    artifacts = ArtifactSet(
        tuple(
            Artifact.from_bytes(data, name)
            for name, data in (
                ("plan.gpx", b"<gpx/>"), ("lap 1.gpx", one), ("lap 2.gpx", one), ("lap 2.gpx", one),
                ("?.gpx", one),
            )
        )
    )  # fmt: skip
    found = Parsed(parse(artifacts, ParseOptions()))
    suffixes = ["", ".lap_2", ".lap_2_2", ".document"]
    expected = {f"{stream}{suffix}" for suffix in suffixes for stream in ("gnss_pvt", "events")}
    expected |= {"channels.main", "channels.lap_2", "channels.lap_2_2", "channels.document"}
    assert set(found.tables) == expected
    assert found.issue("GPX_NO_TRACK").severity is Severity.WARNING


# --- damage and safety ----------------------------------------------------------------------------


def test_a_cut_file_keeps_its_points_and_names_the_byte():
    data = gpx(*[trkpt("", n) for n in range(20)]).encode()
    cut = data[: data.index(b"10:00:15")]
    found = parsed(cut)
    assert len(found.column("t")) == 15
    issue = found.issue("ARTIFACT_TRUNCATED")
    assert (issue.locus.offset, issue.locus.line, issue.evidence["lost_points"]) == (len(cut), 19, 1)


def test_damage_in_the_middle_costs_one_point_and_is_located():
    points = [trkpt("", n) for n in range(20)]
    points[7] = points[7].replace("</time>", "</tme>")
    found = parsed(gpx(*points))
    assert len(found.column("t")) == 19
    issue = found.issue("XML_MALFORMED")
    assert (issue.locus.line, issue.evidence["lost_points"], issue.evidence["count"]) == (11, 1, 1)
    assert issue.severity is Severity.WARNING


def test_a_lost_end_of_segment_or_metadata_costs_no_points():
    first, second = [trkpt("", n) for n in range(9)], [trkpt("", n) for n in range(10, 19)]
    found = parsed(gpx(*first, "<trkseg>", *second))
    assert len(found.column("t")) == 18
    assert found.seconds("events") == [36010.0]
    found = parsed(gpx(*first, before="<metadata><name>x</name>"))
    assert len(found.column("t")) == 9
    assert "XML_MALFORMED" in found.codes()


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE gpx [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>', '<!DOCTYPE gpx [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE gpx [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x">%p;]>',
    ],
)  # fmt: skip
def test_declared_entities_are_refused(doctype):
    found = parsed(gpx(trkpt("<name>&a;</name>", 1)).replace("<gpx", doctype + "<gpx", 1))
    assert (found.codes()[0], found.tables) == ("XML_UNSAFE", {})
    assert found.issues[0].severity is Severity.ERROR


def test_an_entity_that_nobody_declared_is_unsafe_and_good_points_are_kept():
    found = parsed(gpx(trkpt("", 1), trkpt("<name>&nbsp;</name>", 2), trkpt("", 3)))
    assert found.seconds() == [36001.0, 36003.0]
    assert found.issue("XML_UNSAFE").locus.line == 5


def test_an_unsafe_document_does_not_take_the_others_with_it():
    unsafe = b'<!DOCTYPE gpx [<!ENTITY a "b">]><gpx/>'
    good = gpx(trkpt("", 1)).encode()
    artifacts = ArtifactSet((Artifact.from_bytes(unsafe, "a.gpx"), Artifact.from_bytes(good, "b.gpx")))
    found = Parsed(parse(artifacts, ParseOptions()))
    assert len(found.column("t")) == 1


def test_predefined_and_numeric_references_are_read():
    found = parsed(gpx(trkpt("<name>&lt;&#65;&#x42;&amp;</name>", 1)))
    assert found.column("name", "channels.main") == ["<AB&"]


def test_prefixes_without_a_namespace_keep_their_values():
    found = parsed(gpx(*[trkpt("<extensions><ns9:hr>80</ns9:hr></extensions>", n) for n in range(8)]))
    assert found.column("heart_rate_bpm", "channels.main") == [80.0] * 8
    assert "ns9" in found.issue("XML_MALFORMED").message


@pytest.mark.parametrize(
    ("encoding", "codec"),
    [("ISO-8859-1", "latin-1"), ("windows-1252", "cp1252"), ("UTF-16", "utf-16"), ("UTF-8", "utf-8-sig")],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n", ""])
def test_encodings_and_newlines_make_no_difference(encoding, codec, newline):
    text = gpx(*[trkpt("<name>Nürburg</name>", n) for n in range(9)]).replace("UTF-8", encoding)
    data = text.replace("?>\n", f"?>{newline}").replace(">\n", f">{newline}").encode(codec)
    found = parsed(data)
    assert (found.column("name", "channels.main"), found.issues) == (["Nürburg"] * 9, [])


def test_places_in_a_document_of_another_encoding_are_places_in_the_file():
    text = gpx(trkpt("<name>道</name>", 1), trkpt("<hdop>道</hdop>", 2, lat="50.2"), "<é>")
    data = text.encode("utf-16")
    lost, damage = (parsed(data).issue(code) for code in ("VALUE_OUT_OF_RANGE", "XML_MALFORMED"))
    assert lost.locus.offset == data.index('<trkpt lat="50.2'.encode("utf-16-le"))
    assert data.index("<é>".encode("utf-16-le")) <= damage.locus.offset <= len(data)


def test_an_unknown_encoding_and_leading_blanks_are_confessed():
    unknown = gpx(trkpt("", 1)).replace("UTF-8", "klingon")
    assert "klingon" in parsed(unknown).issue("XML_MALFORMED").message
    assert parsed("\n" + gpx(trkpt("", 1))).issue("XML_MALFORMED").evidence["line"] == 1


@pytest.mark.parametrize("inner", ["", "<name>&nbsp;</name></trkpt><oops>"])
def test_a_parse_leaves_no_memory_that_only_a_collection_of_garbage_would_free(inner):
    data = gpx(*[trkpt("<hdop>1</hdop>", n) for n in range(9)], trkpt(inner), trkpt("", 9)).encode()
    artifacts = ArtifactSet((Artifact.from_bytes(data, "a.gpx"),))
    gc.collect()
    gc.disable()
    try:
        batches = [message for message in parse(artifacts, ParseOptions()) if isinstance(message, Batch)]
        freed = gc.collect()
    finally:
        gc.enable()
    assert batches
    assert freed == 0


def test_padding_after_the_end_is_no_damage():
    assert parsed(gpx(trkpt("", 1)).encode() + b"\0" * 100).issues == []
