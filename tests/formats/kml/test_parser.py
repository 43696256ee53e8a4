"""The KML parser on documents written here: every point of the format, one by one."""

from __future__ import annotations

import io
import json
import zipfile

import pyarrow as pa
import pytest

import telemparse
from telemparse.formats.kml.parser import parse, read
from telemparse.model.artifacts import Artifact, ArtifactSet
from telemparse.model.issues import Issue
from telemparse.model.messages import Batch, Meta
from telemparse.model.options import ParseOptions
from telemparse.schemas import QualityFlag, check

OGC, GX = "http://www.opengis.net/kml/2.2", "http://www.google.com/kml/ext/2.2"
REPAIRED = int(QualityFlag.INTERPOLATED | QualityFlag.TIME_REPAIRED)


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
        """Return times as seconds since ten o'clock."""
        ns = self.tables[stream]["t"].cast(pa.int64()).to_pylist()
        return [value / 1e9 % 86400 - 36000 for value in ns]

    def codes(self):
        return [issue.code for issue in self.issues]

    def issue(self, code):
        (found,) = [issue for issue in self.issues if issue.code == code]
        return found


def parsed(data, name="a.kml", piece_bytes=2 << 20, **options):
    raw = data if isinstance(data, bytes) else data.encode()
    artifacts = ArtifactSet((Artifact.from_bytes(raw, name),))
    return Parsed(read(artifacts, ParseOptions(**options), piece_bytes=piece_bytes))


def stamp(second):
    return f"2024-05-04T10:{second // 60:02}:{second % 60:02}Z"


def when(*seconds):
    return "".join("<when/>" if s is None else f"<when>{stamp(s)}</when>\n" for s in seconds)


def coord(*places):
    return "".join(f"<gx:coord>{place}</gx:coord>\n" for place in places)


def track(*parts, mode="absolute"):
    written = f"<altitudeMode>{mode}</altitudeMode>" if mode else ""
    return f"<gx:Track>{written}{''.join(parts)}</gx:Track>\n"


def array(name, *values):
    written = "".join(f"<gx:value>{value}</gx:value>" for value in values)
    return f'<gx:SimpleArrayData name="{name}">{written}</gx:SimpleArrayData>'


def extended(*arrays):
    return f'<ExtendedData><SchemaData schemaUrl="#s">{"".join(arrays)}</SchemaData></ExtendedData>'


def placemark(inner, name="P"):
    return f"<Placemark><name>{name}</name>{inner}</Placemark>\n"


def kml(*placemarks, namespace=OGC):
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="{namespace}" xmlns:gx="{GX}">\n'
        f"<Document><name>D</name><Folder><Folder>{''.join(placemarks)}</Folder></Folder></Document>\n</kml>\n"
    )


def point(place, second=None):
    time = "" if second is None else f"<TimeStamp><when>{stamp(second)}</when></TimeStamp>"
    return placemark(f"{time}<Point><coordinates>{place}</coordinates></Point>")


def line(*places, mode=None):
    written = f"<altitudeMode>{mode}</altitudeMode>" if mode else ""
    return placemark(
        f"<LineString>{written}<coordinates>\n{chr(10).join(places)}\n</coordinates></LineString>"
    )


PLACES = [f"6.{n} 50.{n} {n}" for n in range(1, 9)]


# --- gx:Track -------------------------------------------------------------------------------------


@pytest.mark.parametrize("piece_bytes", [64, 300, 1 << 20])
@pytest.mark.parametrize("mixed", [False, True])
def test_times_and_positions_belong_together_one_by_one(mixed, piece_bytes):
    pairs = "".join(when(n) + coord(place) for n, place in enumerate(PLACES))
    lists = when(*range(8)) + coord(*PLACES)
    found = parsed(kml(placemark(track(pairs if mixed else lists))), piece_bytes=piece_bytes)
    assert found.seconds() == list(range(8))
    assert found.column("lon_deg") == [float(f"6.{n}") for n in range(1, 9)]
    assert found.column("lat_deg") == [float(f"50.{n}") for n in range(1, 9)]
    assert found.column("alt_m") == [float(n) for n in range(1, 9)]
    assert (found.issues, list(found.tables)) == ([], ["gnss_pvt"])
    assert found.meta["track_source"] == "gx:Track"
    assert found.meta["track_names"] == ["P"]


@pytest.mark.parametrize(
    "namespace",
    [
        "http://earth.google.com/kml/2.0", "http://earth.google.com/kml/2.1", "http://earth.google.com/kml/2.2",
        OGC, "http://www.opengis.net/kml/2.3", "urn:own",
    ],
)  # fmt: skip
def test_every_version_of_kml_is_read(namespace):
    found = parsed(kml(placemark(track(when(0, 1), coord(*PLACES[:2]))), namespace=namespace))
    assert (found.seconds(), found.issues) == ([0, 1], [])


def test_tracks_of_kml_2_3_need_no_prefix_and_a_forgotten_prefix_is_said():
    plain = (
        kml(placemark(track(when(0, 1), coord(*PLACES[:2]))))
        .replace("gx:", "")
        .replace(f' xmlns:gx="{GX}"', "")
    )
    assert (parsed(plain).seconds(), parsed(plain).issues) == ([0, 1], [])
    forgotten = kml(placemark(track(when(0, 1), coord(*PLACES[:2])))).replace(f' xmlns:gx="{GX}"', "")
    found = parsed(forgotten)
    assert found.seconds() == [0, 1]
    assert "gx" in found.issue("XML_MALFORMED").evidence["error"]


@pytest.mark.parametrize("piece_bytes", [64, 1 << 20])
def test_arrays_are_channels(piece_bytes):
    arrays = extended(
        array("heartrate", 120, "", 122), array("Cadence", 80, 81, 82), array("power", 200, 201, 202),
        array("Road Grip", "dry", "wet", ""), array("temp", "20", "hot", "21"),
    )  # fmt: skip
    found = parsed(kml(placemark(track(when(0, 1, 2), coord(*PLACES[:3]), arrays))), piece_bytes=piece_bytes)
    rows = found.tables["channels.main"].drop_columns(["t"]).to_pydict()
    assert rows == {
        "heart_rate_bpm": [120.0, None, 122.0], "cadence_rpm": [80.0, 81.0, 82.0],
        "power_w": [200.0, 201.0, 202.0], "road_grip": ["dry", "wet", None], "temp": [20.0, None, 21.0],
        "temp_text": [None, "hot", None],
    }  # fmt: skip
    assert found.seconds("channels.main") == [0, 1, 2]
    assert found.issues == []


def test_an_array_beside_its_track_belongs_to_it_and_one_without_a_track_is_named():
    data = extended(array("heartrate", 120, 121))
    beside = parsed(kml(placemark(track(when(0, 1), coord(*PLACES[:2])) + data)))
    assert beside.column("heart_rate_bpm", "channels.main") == [120.0, 121.0]
    alone = parsed(kml(placemark(data), placemark(track(when(0, 1), coord(*PLACES[:2])))))
    assert list(alone.tables) == ["gnss_pvt"]
    assert alone.issue("CHANNELS_SKIPPED").evidence == {"count": 1, "channels": "heartrate"}


@pytest.mark.parametrize("name", ["#text", "@x", "", "#", "array", "t", "{a}b"])
def test_odd_names_of_arrays_are_names(name):
    found = parsed(kml(placemark(track(when(0, 1), coord(*PLACES[:2]), extended(array(name, 1, 2))))))
    table = found.tables["channels.main"]
    assert [table.column(n).to_pylist() for n in table.column_names if n != "t"] == [[1.0, 2.0]]


def test_angles_are_channels():
    angles = "<gx:angles>90 1 -2</gx:angles><gx:angles>91 1.5 -2</gx:angles>"
    found = parsed(kml(placemark(track(when(0, 1), coord(*PLACES[:2]), angles))))
    rows = found.tables["channels.main"].drop_columns(["t"]).to_pydict()
    assert rows == {"heading": [90.0, 91.0], "roll": [-2.0, -2.0], "tilt": [1.0, 1.5]}


def test_lists_of_different_length_are_paired_from_the_front_and_confessed():
    more_times = parsed(kml(placemark(track(when(0, 1, 2, 3), coord(*PLACES[:2])))))
    assert more_times.seconds() == [0, 1]
    assert more_times.meta["epochs_without_fix"] == 2
    assert more_times.issue("KML_UNPAIRED").evidence == {"count": 1, "lists": "when 4, coord 2"}
    more_places = parsed(kml(placemark(track(when(0, 1), coord(*PLACES[:4])))))
    assert more_places.seconds() == [0, 1, 1, 1]
    assert more_places.column("quality_flags") == [0, 0, REPAIRED, REPAIRED]
    assert more_places.codes().count("KML_UNPAIRED") == 1
    assert more_places.issue("KML_MISSING_TIME").evidence == {"count": 2, "total": 4, "unreadable": 0}
    short = parsed(kml(placemark(track(when(0, 1), coord(*PLACES[:2]), extended(array("hr", 99))))))
    assert short.column("heart_rate_bpm", "channels.main") == [99.0]
    assert short.issue("KML_UNPAIRED").evidence["lists"] == "when 2, coord 2, hr 1"


def test_an_empty_position_is_an_epoch_without_fix():
    found = parsed(kml(placemark(track(when(0, 1, 2, 3), coord(PLACES[0], "", "0 0 0", PLACES[3])))))
    assert found.seconds() == [0, 3]
    assert found.meta["epochs_without_fix"] == 2
    assert found.column("event_type", "events") == ["fix_lost", "fix_regained"]
    assert found.issues == []


@pytest.mark.parametrize("empty", ["<gx:coord/>", "<gx:coord></gx:coord>", "<gx:coord> </gx:coord>"])
def test_every_way_to_write_no_position_counts_as_one(empty):
    found = parsed(kml(placemark(track(when(0, 1, 2), coord(PLACES[0]), empty, coord(PLACES[2])))))
    assert (found.seconds(), found.meta["epochs_without_fix"], found.issues) == ([0, 2], 1, [])


def test_unreadable_and_impossible_positions_are_counted_with_their_lines():
    found = parsed(
        kml(
            placemark(
                track(
                    when(0, 1, 2, 3),
                    coord(PLACES[0], "north", "6 91 1", "6"),
                )
            )
        )
    )
    assert found.seconds() == [0]
    skipped, impossible = found.issue("ROWS_SKIPPED"), found.issue("VALUE_OUT_OF_RANGE")
    assert (skipped.evidence["count"], skipped.locus.record, skipped.locus.line) == (2, 1, 8)
    assert (impossible.evidence["column"], impossible.locus.line) == ("position", 9)
    assert "91" not in json.dumps(impossible.evidence["places"])


def test_untimed_points_lie_between_their_neighbours():
    found = parsed(kml(placemark(track(when(None, 10, None, 20), coord(*PLACES[:4])))))
    assert found.seconds() == [10, 10, 15, 20]
    assert found.column("quality_flags") == [REPAIRED, 0, REPAIRED, 0]


@pytest.mark.parametrize("piece_bytes", [64, 1 << 20])
def test_a_track_without_times_beside_a_timed_one_holds_its_time(piece_bytes):
    tracks = [track(coord(*PLACES[:2])), track(when(30, 31), coord(*PLACES[2:4])), track(coord(*PLACES[4:6]))]
    found = parsed(kml(*map(placemark, tracks)), piece_bytes=piece_bytes)
    assert found.seconds() == [30, 30, 30, 31, 31, 31]
    assert found.issue("KML_MISSING_TIME").evidence["count"] == 4


def test_local_times_take_the_zone_that_is_given():
    data = kml(placemark(track(when(0, 1), coord(*PLACES[:2])))).replace("Z</when>", "</when>")
    assert parsed(data, timezone="Europe/Berlin").seconds() == [-7200, -7199]
    assert "TIME_ZONE_ASSUMED_UTC" in parsed(data).codes()


# --- several tracks, altitudes --------------------------------------------------------------------


def test_tracks_of_a_multi_track_and_of_several_placemarks_are_segments():
    multi = (
        f"<gx:MultiTrack>{track(when(0), coord(PLACES[0]))}{track(when(5), coord(PLACES[1]))}</gx:MultiTrack>"
    )
    found = parsed(kml(placemark(multi, "a"), placemark(track(when(9), coord(PLACES[2])), "b")))
    assert found.seconds() == [0, 5, 9]
    events = found.tables["events"].to_pylist()
    assert [event["event_type"] for event in events] == ["segment_break"] * 2
    assert [json.loads(event["metadata_json"])["name"] for event in events] == ["a", "b"]


@pytest.mark.parametrize(
    ("mode", "altitudes", "read"),
    [
        ("absolute", ("0", "0"), [0.0, 0.0]), ("clampToGround", ("0", "0"), [None, None]),
        (None, ("0", "0"), [None, None]), (None, ("0", "5"), [0.0, 5.0]),
        ("relativeToGround", ("3", "4"), [None, None]),
    ],
)  # fmt: skip
def test_altitude_modes_say_what_an_altitude_is(mode, altitudes, read):
    places = [f"6.{n} 50 {altitude}" for n, altitude in enumerate(altitudes)]
    found = parsed(kml(placemark(track(when(0, 1), coord(*places), mode=mode))))
    assert found.column("alt_m") == read
    heights = found.column("height", "channels.main") if "channels.main" in found.tables else None
    assert heights == ([3.0, 4.0] if mode == "relativeToGround" else None)


# --- points and lines -----------------------------------------------------------------------------


def test_timed_points_are_a_track_where_there_is_no_other():
    found = parsed(kml(point("6.1,50.1,7", 3), point("6.2,50.2", 4), point("6.3,50.3,9")))
    assert (found.seconds(), found.column("alt_m")) == ([3, 4], [7.0, None])
    assert found.meta["waypoints"] == {"count": 1}
    assert (found.meta["track_source"], found.issues) == ("timed points", [])


def span(begin, end):
    written = "".join(
        f"<{name}>{stamp(second)}</{name}>"
        for name, second in (("begin", begin), ("end", end))
        if second is not None
    )
    return f"<TimeSpan>{written}</TimeSpan>"


def spot(place, more=""):
    return f"<Point>{more}<coordinates>{place}</coordinates></Point>"


def test_points_with_time_spans_are_a_track_of_their_begins():
    found = parsed(kml(*(placemark(span(s, s + 1) + spot(f"6.{s},50")) for s in (3, 4))))
    assert (found.seconds(), found.column("lon_deg")) == ([3, 4], [6.3, 6.4])
    assert (found.meta["track_source"], found.issues) == ("points with time spans", [])


def test_a_few_points_with_time_spans_beside_a_line_are_no_track():
    found = parsed(kml(placemark(span(3, None) + spot("6,50")), line("6.1,50", "6.2,50", "6.3,50")))
    assert found.column("lon_deg") == [6.1, 6.2, 6.3]
    assert (found.meta["track_source"], found.meta["places_with_time_spans"]) == ("lines", {"count": 1})


def test_time_spans_of_lines_are_facts_for_they_time_no_point():
    flight = "<LineString><coordinates>6.1,50.1,7 6.2,50.2,8</coordinates></LineString>"
    found = parsed(
        kml(line("5,50", "5,51"), placemark(span(0, 90) + flight), placemark(flight + span(None, 7)))
    )
    first = {"line": 1, "begin": stamp(0), "end": stamp(90)}
    assert found.meta["line_spans"] == [first, {"line": 2, "begin": None, "end": stamp(7)}]


def test_a_point_in_a_multigeometry_has_the_time_and_several_have_not():
    def geometry(*spots):
        return f"<MultiGeometry>{''.join(spots)}</MultiGeometry>"

    time = f"<TimeStamp><when>{stamp(3)}</when></TimeStamp>"
    two = [spot("6.1,50"), spot("6.2,50")]
    found = parsed(kml(placemark(time + geometry(*two)), placemark(time + geometry(two[0]))))
    assert found.column("lon_deg") == [6.1]


def test_heights_over_ground_of_timed_points_are_no_altitudes():
    time = f"<TimeStamp><when>{stamp(3)}</when></TimeStamp>"
    found = parsed(kml(placemark(time + spot("6,50,30", "<altitudeMode>relativeToGround</altitudeMode>"))))
    assert found.column("height", "channels.main") == [30.0]
    assert found.column("alt_m") == [None]


@pytest.mark.parametrize("first", [True, False])
def test_arrays_of_the_placemark_belong_to_its_track_wherever_they_stand(first):
    parts = [track(when(0, 1), coord(*PLACES[:2])), extended(array("hr", 80, 81))]
    pair = placemark("".join(reversed(parts) if first else parts))
    found = parsed(kml(pair, pair.replace("80", "90")))
    assert found.column("heart_rate_bpm", "channels.main") == [80, 81, 90, 81]
    assert found.issues == []


def test_the_altitude_mode_of_a_multitrack_holds_for_its_tracks():
    tracks = [track(when(0), coord("6 50 3"), mode=mode) for mode in (None, "absolute")]
    mode = "<altitudeMode>relativeToGround</altitudeMode>"
    found = parsed(kml(placemark(f"<gx:MultiTrack>{mode}{''.join(tracks)}</gx:MultiTrack>")))
    assert found.column("alt_m") == [None, 3.0]
    assert found.column("height", "channels.main") == [3.0]


@pytest.mark.parametrize("unit", ["m/s", "kn"])
def test_a_speed_whose_schema_says_metres_per_second_is_the_receivers(unit):
    display = f"<displayName><![CDATA[Geschwindigkeit ({unit})]]></displayName>"
    schema = f'<Schema id="s"><gx:SimpleArrayField name="speed">{display}</gx:SimpleArrayField></Schema>'
    arrays = extended(array("speed", 7.5, 8))
    found = parsed(kml(schema, placemark(track(when(0, 1), coord(*PLACES[:2]), arrays))))
    if unit == "m/s":
        assert found.column("speed_mps") == [7.5, 8.0]
        assert "channels.main" not in found.tables
    else:
        assert found.column("speed", "channels.main") == [7.5, 8.0]


def test_arrays_of_a_placemark_without_a_track_are_told():
    found = parsed(kml(placemark(extended(array("hr", 80)) + spot("6,50")), line("1,2", "3,4")))
    assert found.issue("CHANNELS_SKIPPED").evidence == {"count": 1, "channels": "hr"}


def test_data_of_timed_points_are_channels():
    pairs = '<Data name="Speed"><value>7.5</value></Data><Data name=""><value>1</value></Data>'
    schema = '<SchemaData><SimpleData name="mode">car</SimpleData></SchemaData>'
    time = f"<TimeStamp><when>{stamp(5)}</when></TimeStamp>"
    data = placemark(f"{time}<ExtendedData>{pairs}{schema}</ExtendedData>{spot('6,50')}")
    found = parsed(kml(point("6,50", 3), data, point("6,50", 6)))
    assert found.seconds("channels.main") == [5]
    assert (found.column("speed", "channels.main"), found.column("mode", "channels.main")) == ([7.5], ["car"])


def test_data_beyond_what_a_track_can_take_are_named():
    def many(letter):
        return "".join(f'<Data name="{letter}{n}"><value>{n}</value></Data>' for n in range(130))

    rows = [
        placemark(
            f"<TimeStamp><when>{stamp(s)}</when></TimeStamp><ExtendedData>{many(letter)}</ExtendedData>"
            + spot("6,50")
        )
        for s, letter in enumerate("aba")
    ]
    found = parsed(kml(*rows))
    assert found.issue("CHANNELS_SKIPPED").evidence == {"count": 132, "channels": "a128, a129, b128"}


def test_a_time_at_the_root_of_a_torn_document_belongs_to_no_placemark():
    assert "KML_NO_TRACK" in parsed("<?l?><TimeStamp><when></when>").codes()


def test_points_and_lines_beside_a_track_are_facts():
    found = parsed(
        kml(point("6.1,50.1,7", 3), line("1,2", "3,4"), placemark(track(when(0), coord(PLACES[0]))))
    )
    assert found.seconds() == [0]
    assert (found.meta["timed_places"], found.meta["lines"]) == ({"count": 1}, {"count": 1})


@pytest.mark.parametrize("piece_bytes", [7, 1 << 20])
def test_lines_without_time_count_their_points(piece_bytes):
    first = line("6.1,50.1,7", "6.2,50.2,8", mode="absolute")
    found = parsed(kml(first, line("6.3 , 50.3,9", "6.4,50.4")), piece_bytes=piece_bytes)
    assert found.column("lat_deg") == [50.1, 50.2, 50.3, 50.4]
    assert found.column("alt_m") == [7.0, 8.0, 9.0, None]
    assert found.tables["gnss_pvt"].schema.metadata[b"time_base"] == b"index"
    assert found.tables["gnss_pvt"]["t"].cast(pa.int64()).to_pylist() == [n * 10**9 for n in range(4)]
    assert found.issue("KML_MISSING_TIME").evidence["count"] == 4
    assert found.column("event_type", "events") == ["segment_break"]


def test_a_line_of_a_whole_file_says_that_its_time_is_relative():
    long = " ".join(f"6.{n % 1000:03},50.{n % 997:03},{n}" for n in range(9000))
    result = telemparse.parse({"a.kml": kml(line(long)).encode()})
    assert result.streams["gnss_pvt"].num_rows == 9000
    assert {issue.code for issue in result.warnings} == {"KML_MISSING_TIME", "TIME_RELATIVE"}


@pytest.mark.parametrize("data", [kml(), kml(point("6,50,1")), kml("<NetworkLink><Link/></NetworkLink>")])
def test_a_document_without_a_track_is_an_error_with_a_hint(data):
    result = telemparse.parse({"a.kml": data.encode()}, on_error="return")
    (error,) = [error for error in result.errors if error.code != "NO_STREAMS"]
    assert error.code == "KML_NO_TRACK"
    assert "recorded track" in error.hint


# --- KMZ ------------------------------------------------------------------------------------------


def kmz(**members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), text)
    return file.getvalue()


def test_a_kmz_holds_a_document_of_any_name_beside_its_pictures():
    data = kmz(files__icon_png="no picture", stint_kml=kml(placemark(track(when(0, 1), coord(*PLACES[:2])))))
    result = telemparse.parse({"a.kmz": data})
    assert result.streams["gnss_pvt"].num_rows == 2
    assert result.warnings == ()


def test_doc_kml_comes_first_and_others_beside_it():
    main, other = (kml(placemark(track(when(n), coord(PLACES[n])))) for n in (0, 1))
    result = telemparse.parse({"a.kmz": kmz(a_kml=other, doc_kml=main)})
    assert {name: table["lat_deg"].to_pylist() for name, table in result.streams.items()} == {
        "gnss_pvt": [50.1], "gnss_pvt.a": [50.2],
    }  # fmt: skip


def test_a_kmz_that_unpacks_to_too_much_or_to_nothing_is_refused():
    options = ParseOptions(max_decompressed_bytes=1000)
    bomb = kmz(doc_kml=kml(" " * 100_000))
    assert telemparse.parse({"a.kmz": bomb}, options, on_error="return").errors[0].code == "ARCHIVE_TOO_LARGE"
    cut = kmz(doc_kml=kml(*[placemark(track(when(n), coord(PLACES[n]))) for n in range(8)]))[:400]
    result = telemparse.parse({"a.kmz": cut}, on_error="return")
    assert {"ARTIFACT_TRUNCATED"} & {issue.code for issue in (*result.warnings, *result.errors)}


# --- damage and edges -----------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"\0" * 900, b" \r\n"])
def test_nothing_at_all_is_said(data):
    assert "ARTIFACT_EMPTY" in parsed(data).codes()


def test_declared_entities_are_refused():
    document = kml(placemark(track(when(0), coord(PLACES[0])))).replace(
        "<kml", '<!DOCTYPE a [<!ENTITY b "c">]>\n<kml', 1
    )
    found = parsed(document)
    assert (found.tables, found.issue("XML_UNSAFE").locus.line) == ({}, 2)


@pytest.mark.parametrize("share", [0.6, 0.8, 0.95])
def test_a_cut_document_gives_what_stands_before_the_cut(share):
    data = kml(placemark(track(when(*range(8)), coord(*PLACES)))).encode()
    cut = data[: int(len(data) * share)]
    found = parsed(cut)
    assert len(found.tables.get("gnss_pvt", ())) == cut.count(b"</gx:coord>")
    assert "ARTIFACT_TRUNCATED" in found.codes()


@pytest.mark.parametrize("wound", ["<oops>", "</Folder>", "&nbsp;", "\x01", "<gx:Track>"])
def test_after_damage_reading_goes_on(wound):
    pairs = [when(n) + coord(place) for n, place in enumerate(PLACES)]
    found = parsed(kml(placemark(track(*pairs[:4], wound, *pairs[4:]))))
    assert len(found.column("t")) >= 7
    assert {"XML_MALFORMED", "XML_UNSAFE"} & set(found.codes())


@pytest.mark.parametrize(
    ("encoding", "codec"), [("UTF-8", "utf-8-sig"), ("UTF-16", "utf-16"), ("ISO-8859-1", "latin-1")]
)
@pytest.mark.parametrize("newline", ["\n", "\r\n", ""])
def test_encodings_and_newlines_make_no_difference(encoding, codec, newline):
    text = kml(placemark(track(when(*range(8)), coord(*PLACES)), "Nürburg")).replace("UTF-8", encoding)
    found = parsed(text.replace("\n", newline).encode(codec))
    assert (found.meta["track_names"], found.issues, len(found.column("t"))) == (["Nürburg"], [], 8)


def test_padding_duplicates_and_disorder_are_said():
    data = kml(placemark(track(when(5, 3, 3, 9), coord(*PLACES[:4]))))
    assert parsed(data.encode() + b"\0" * 100).issues == []
    result = telemparse.parse({"a.kml": data.encode()})
    assert result.streams["gnss_pvt"].num_rows == 4
    assert [issue.code for issue in result.warnings] == ["TIME_NOT_MONOTONIC"]


def test_several_documents_of_a_set_stay_apart():
    artifacts = ArtifactSet(
        tuple(
            Artifact.from_bytes(kml(placemark(track(when(n), coord(PLACES[n])))).encode(), f"{n}.kml")
            for n in range(2)
        )
    )
    found = Parsed(parse(artifacts, ParseOptions()))
    assert list(found.tables) == ["gnss_pvt", "gnss_pvt.1"]
