"""The TCX parser on documents written here: every point of the format, one by one."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest

import telemparse
from telemparse.formats.tcx.parser import parse, read
from telemparse.model.artifacts import Artifact, ArtifactSet
from telemparse.model.codes import Severity
from telemparse.model.issues import Issue
from telemparse.model.messages import Batch, Meta
from telemparse.model.options import ParseOptions
from telemparse.schemas import QualityFlag, check

TCX = "http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"
TPX = "http://www.garmin.com/xmlschemas/ActivityExtension/v2"
REPAIRED = int(QualityFlag.INTERPOLATED | QualityFlag.TIME_REPAIRED)
PLACED = (
    "<Position><LatitudeDegrees>50.1</LatitudeDegrees><LongitudeDegrees>6.9</LongitudeDegrees></Position>"
)


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

    def seconds(self, stream="gnss_pvt", column="t"):
        """Return times as seconds since ten o'clock."""
        ns = self.tables[stream][column].cast(pa.int64()).to_pylist()
        return [None if value is None else value / 1e9 % 86400 - 36000 for value in ns]

    def codes(self):
        return [issue.code for issue in self.issues]

    def issue(self, code):
        (found,) = [issue for issue in self.issues if issue.code == code]
        return found


def parsed(data, name="a.tcx", **options):
    raw = data if isinstance(data, bytes) else data.encode()
    return Parsed(parse(ArtifactSet((Artifact.from_bytes(raw, name),)), ParseOptions(**options)))


def stamp(second):
    return f"2024-05-04T10:{second // 60:02}:{second % 60:02}Z"


def point(second=None, inner=PLACED):
    time = "" if second is None else f"<Time>{stamp(second)}</Time>"
    return f"<Trackpoint>{time}{inner}</Trackpoint>\n"


def track(*points):
    return f"<Track>{''.join(points)}</Track>\n"


def lap(*tracks, start=0, inner="<TotalTimeSeconds>9.125</TotalTimeSeconds>"):
    return f'<Lap StartTime="{stamp(start)}">{inner}{"".join(tracks)}</Lap>\n'


def activity(*laps, after=""):
    return f'<Activity Sport="Other"><Id>x</Id>{"".join(laps)}{after}</Activity>\n'


def tcx(*activities, courses=""):
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<TrainingCenterDatabase xmlns="{TCX}" xmlns:ns3="{TPX}">\n'
        f"<Activities>{''.join(activities)}</Activities>{courses}\n</TrainingCenterDatabase>\n"
    )


def one(*points):
    return tcx(activity(lap(track(*points))))


# --- points ---------------------------------------------------------------------------------------


def test_every_value_of_a_point_finds_its_column():
    body = (
        "<AltitudeMeters>12.5</AltitudeMeters><DistanceMeters>3.25</DistanceMeters>"
        "<HeartRateBpm><Value>107</Value></HeartRateBpm><Cadence>80</Cadence>"
        "<SensorState>Present</SensorState>"
        '<Extensions><ns3:TPX CadenceSensor="Bike"><ns3:Speed>3.5</ns3:Speed><ns3:Watts>250</ns3:Watts>'
        "</ns3:TPX></Extensions>"
    )
    found = parsed(one(*[point(n, PLACED + body) for n in range(6)]))
    row = found.tables["gnss_pvt"].to_pylist()[0]
    expected = {"lat_deg": 50.1, "lon_deg": 6.9, "alt_m": 12.5, "speed_mps": 3.5, "quality_flags": 0}
    assert {key: row[key] for key in expected} == expected
    (channels, *_others) = found.tables["channels.main"].to_pylist()
    assert {key: value for key, value in channels.items() if key != "t"} == {
        "distance_m": 3.25, "heart_rate_bpm": 107.0, "cadence_rpm": 80.0, "power_w": 250.0,
        "sensor_state": "Present", "tpx_cadence_sensor": "Bike",
    }  # fmt: skip
    assert found.issues == []
    assert found.seconds() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "element",
    [
        f'<TPX xmlns="{TPX}"><Speed>3</Speed><RunCadence>85</RunCadence><Watts>9</Watts></TPX>',
        "<ns3:TPX><ns3:Speed>3</ns3:Speed><ns3:RunCadence>85</ns3:RunCadence><ns3:Watts>9</ns3:Watts></ns3:TPX>",
        f'<x:TPX xmlns:x="{TPX}"><x:Speed>3</x:Speed><RunCadence>85</RunCadence><x:Watts>9</x:Watts></x:TPX>',
        "<TPX><Speed>3</Speed><RunCadence>85</RunCadence><Watts>9</Watts></TPX>",
    ],
)
def test_extensions_are_read_with_any_prefix(element):
    found = parsed(one(*[point(n, f"{PLACED}<Extensions>{element}</Extensions>") for n in range(6)]))
    assert found.column("speed_mps") == [3.0] * 6
    assert found.column("cadence_rpm", "channels.main") == [85.0] * 6
    assert found.column("power_w", "channels.main") == [9.0] * 6


def test_a_cadence_of_the_crank_and_one_of_the_foot_are_both_kept():
    body = f"{PLACED}<Cadence>80</Cadence><Extensions><ns3:RunCadence>85</ns3:RunCadence></Extensions>"
    found = parsed(one(point(0, body)))
    assert found.column("cadence_rpm", "channels.main") == [80.0]
    assert found.column("run_cadence", "channels.main") == [85.0]


@pytest.mark.parametrize(("rate", "read"), [("1", 1.0), ("254", 254.0), ("255", None), ("0", None)])
def test_a_heart_rate_that_says_invalid_is_none_and_counted(rate, read):
    beat = f"<HeartRateBpm><Value>{rate}</Value></HeartRateBpm>"
    found = parsed(one(point(0, PLACED + beat), point(1, f"{PLACED}<HeartRateBpm>77</HeartRateBpm>")))
    column = dict(
        zip(found.seconds("channels.main"), found.column("heart_rate_bpm", "channels.main"), strict=True)
    )
    assert column == ({0.0: read, 1.0: 77.0} if read else {1.0: 77.0})
    assert found.codes() == ([] if read else ["VALUE_OUT_OF_RANGE"])


def test_types_of_the_schema_are_no_channel():
    beat = (
        '<HeartRateBpm xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="R">'
        "<Value>9</Value></HeartRateBpm>"
    )
    found = parsed(one(point(0, PLACED + beat)))
    assert found.tables["channels.main"].column_names == ["t", "heart_rate_bpm"]


# --- points without a position --------------------------------------------------------------------


def test_a_point_without_a_position_is_an_epoch_without_fix_that_keeps_all_it_says():
    body = (
        "<AltitudeMeters>12</AltitudeMeters><HeartRateBpm><Value>99</Value></HeartRateBpm>"
        "<Extensions><ns3:TPX><ns3:Speed>2</ns3:Speed></ns3:TPX></Extensions>"
    )
    found = parsed(one(point(0), point(1, body), point(2, body), point(3)))
    assert found.seconds() == [0, 3]
    assert found.meta["epochs_without_fix"] == 2
    assert found.column("event_type", "events") == ["fix_lost", "fix_regained"]
    assert found.seconds("events") == [1, 3]
    rows = found.tables["channels.main"].drop_columns(["t"]).to_pylist()
    assert rows == [{"heart_rate_bpm": 99.0, "altitude_meters": 12.0, "speed": 2.0}] * 2
    assert found.tables["channels.main"].schema.field("speed").metadata[b"unit"] == b"m/s"
    assert found.issues == []


@pytest.mark.parametrize("piece_bytes", [64, 1 << 20])
def test_points_of_sensors_beside_a_fix_are_no_epochs(piece_bytes):
    beat = "<HeartRateBpm><Value>99</Value></HeartRateBpm>"

    def late(second, inner, fraction):
        return point(second, inner).replace("Z</Time>", f".{fraction}Z</Time>")

    data = one(
        late(0, PLACED, 915), late(0, beat, 932), late(1, beat, 914), late(1, PLACED, 915),
        late(1, beat, 915), late(3, beat, 100), late(4, PLACED, 100), late(4, "", 300), late(4, beat, 400),
    )  # fmt: skip
    artifacts = ArtifactSet((Artifact.from_bytes(data.encode(), "a.tcx"),))
    found = Parsed(read(artifacts, ParseOptions(), piece_bytes=piece_bytes))
    assert len(found.seconds()) == 3
    assert found.column("heart_rate_bpm", "channels.main") == [99.0] * 5
    assert found.meta["epochs_without_fix"] == 1  # more than a second behind the fix
    assert found.column("event_type", "events")[:2] == ["fix_lost", "fix_regained"]


def test_a_recording_without_any_position_keeps_its_channels():
    found = parsed(one(*[point(n, "<DistanceMeters>1</DistanceMeters>") for n in range(5)]))
    assert list(found.tables) == ["channels.main", "laps"]
    assert found.issue("NO_VALID_FIX").evidence == {"epochs": 5}


@pytest.mark.parametrize("piece_bytes", [64, 1 << 20])
def test_points_that_say_nothing_but_their_time_are_pauses(piece_bytes):
    bare = ""
    data = one(point(0, bare), point(1), point(2), point(3, bare), point(9, bare), point(10), point(11, bare))
    artifacts = ArtifactSet((Artifact.from_bytes(data.encode(), "a.tcx"),))
    found = Parsed(read(artifacts, ParseOptions(), piece_bytes=piece_bytes))
    assert found.seconds() == [1, 2, 10]
    assert found.meta["epochs_without_fix"] == 0
    assert found.column("event_type", "events") == ["segment_break"]
    assert found.seconds("events") == [10]
    assert found.issues == []


@pytest.mark.parametrize(
    "inner", ["<LatitudeDegrees>50</LatitudeDegrees>", "<LatitudeDegrees>x</LatitudeDegrees>"]
)
def test_half_a_position_is_skipped_and_located(inner):
    found = parsed(one(point(0), point(1, f"<Position>{inner}</Position>")))
    assert found.seconds() == [0]
    issue = found.issue("ROWS_SKIPPED")
    assert (issue.evidence["count"], issue.evidence["total"], issue.locus.line) == (1, 2, 4)


def test_positions_of_0_0_are_no_fix_and_impossible_ones_are_counted():
    far = PLACED.replace("50.1", "91")
    nowhere = PLACED.replace("50.1", "0").replace("6.9", "0.0")
    found = parsed(one(point(0, nowhere), point(1), point(2, far)))
    assert found.seconds() == [1]
    assert found.meta["epochs_without_fix"] == 1
    assert found.issue("VALUE_OUT_OF_RANGE").evidence["column"] == "position"


# --- laps and tracks ------------------------------------------------------------------------------


def test_laps_keep_start_and_duration_as_they_are_written():
    inner = "<TotalTimeSeconds>{}</TotalTimeSeconds><DistanceMeters>{}</DistanceMeters>"
    texts = [("61.072", "1200.5"), ("0", "0"), ("358.94000000000005", "1E3"), (".5", "-1"), ("1e2", "far")]
    laps = [lap(track(point(n)), start=n, inner=inner.format(*pair)) for n, pair in enumerate(texts)]
    found = parsed(tcx(activity(*laps)))
    table = found.tables["laps"]
    assert table["duration_ns"].to_pylist() == [61_072_000_000, 0, 358_940_000_000, 500_000_000, 100 * 10**9]
    assert found.seconds("laps", "t_start") == [0, 1, 2, 3, 4]
    assert table["t_end"].null_count == 5
    assert table["distance_m"].to_pylist() == [1200.5, 0.0, 1000.0, None, None]
    assert set(table["source"].to_pylist()) == {"device"}
    assert "events" not in found.tables
    odd = found.issue("VALUE_OUT_OF_RANGE")
    assert (odd.evidence["count"], odd.locus.record) == (2, 3)


@pytest.mark.parametrize("text", ["", "-1", "fast", "1e9999999", "9" * 40, "NaN", "0x1"])
def test_a_lap_without_a_readable_duration_is_counted(text):
    laps = [lap(track(point(0)), inner=f"<TotalTimeSeconds>{text}</TotalTimeSeconds>"), lap(track(point(1)))]
    found = parsed(tcx(activity(*laps)))
    assert found.column("duration_ns", "laps") == [9_125_000_000]
    issue = found.issue("ROWS_SKIPPED")
    assert (issue.evidence["count"], issue.evidence["total"], issue.locus.record) == (1, 2, 0)


def test_a_lap_without_a_start_and_one_with_a_local_start():
    data = tcx(activity(lap(track(point(0))).replace(' StartTime="2024-05-04T10:00:00Z"', ""), lap(start=7)))
    assert parsed(data).seconds("laps", "t_start") == [None, 7]
    local = data.replace("10:00:07Z", "12:00:07").replace("10:00:00Z", "10:00:00Z")
    assert parsed(local, timezone="Europe/Berlin").seconds("laps", "t_start") == [None, 7]
    assert parsed(local).issue("TIME_ZONE_ASSUMED_UTC").evidence == {"stream": "laps", "count": 1}


def test_what_a_lap_says_beside_is_a_fact():
    inner = (
        "<TotalTimeSeconds>1</TotalTimeSeconds><MaximumSpeed>3.5</MaximumSpeed><Calories>7</Calories>"
        "<AverageHeartRateBpm><Value>120</Value></AverageHeartRateBpm><Intensity>Resting</Intensity>"
    )
    after = "<Extensions><ns3:LX><ns3:AvgWatts>200</ns3:AvgWatts></ns3:LX></Extensions>"
    found = parsed(tcx(activity(lap(track(point(0)), after, inner=inner))))
    assert found.meta["lap_facts"] == [
        {
            "maximum_speed": 3.5, "calories": 7.0, "average_heart_rate_bpm": 120.0, "intensity": "Resting",
            "avg_watts": 200.0,
        }
    ]  # fmt: skip


def test_a_document_of_laps_alone_is_a_good_result():
    result = telemparse.parse({"a.tcx": tcx(activity(lap(), lap(start=9))).encode()})
    assert list(result.streams) == ["laps"]
    assert result.warnings == ()


def test_laps_of_several_activities_are_stints():
    found = parsed(
        tcx(activity(lap(track(point(0)))), activity(lap(track(point(50))), lap(track(point(60)))))
    )
    assert found.column("stint_index", "laps") == [0, 1, 1]
    assert found.column("lap_number", "laps") == [1, 2, 3]
    (event,) = found.tables["events"].to_pylist()
    assert json.loads(event["metadata_json"]) == {"activity": 1, "lap": 1, "track": 0}
    assert [entry["sport"] for entry in found.meta["activities"]] == ["Other", "Other"]


@pytest.mark.parametrize("piece_bytes", [64, 1 << 20])
def test_a_new_track_within_a_lap_is_a_pause_and_a_new_lap_is_none(piece_bytes):
    data = tcx(
        activity(
            lap(track(point(0), point(1)), track(), track(point(9), point(10))),
            lap(track(point(11)), start=11),
            lap(track(point(12), point(13, "")), start=12),
            lap(track(point(20)), start=20),
        )
    )
    artifacts = ArtifactSet((Artifact.from_bytes(data.encode(), "a.tcx"),))
    found = Parsed(read(artifacts, ParseOptions(), piece_bytes=piece_bytes))
    assert found.seconds("events") == [9, 20]
    assert set(found.column("event_type", "events")) == {"segment_break"}
    assert found.seconds() == [0, 1, 9, 10, 11, 12, 20]


def test_sports_of_a_multisport_session_and_the_way_between_are_read():
    session = (
        f"<MultiSportSession><Id>x</Id><FirstSport>{activity(lap(track(point(0))))}</FirstSport>"
        f"<NextSport><Transition StartTime='{stamp(5)}'><TotalTimeSeconds>4</TotalTimeSeconds>"
        f"{track(point(5))}</Transition>{activity(lap(track(point(9)), start=9))}</NextSport>"
        "</MultiSportSession>"
    )
    found = parsed(tcx(session))
    assert found.seconds() == [0, 5, 9]
    assert found.seconds("laps", "t_start") == [0, 5, 9]
    assert found.column("stint_index", "laps") == [0, 0, 1]
    assert found.issues == []


def test_a_course_is_a_track_and_its_plan_is_no_lap():
    course = (
        "<Courses><Course><Name>Bend</Name><Lap><TotalTimeSeconds>9</TotalTimeSeconds></Lap>"
        f"{track(point(0), point(1))}<CoursePoint><Name>left</Name></CoursePoint></Course></Courses>"
    )
    found = parsed(tcx(courses=course))
    assert found.seconds() == [0, 1]
    assert list(found.tables) == ["gnss_pvt"]
    assert found.meta["courses"] == {"count": 1, "names": ["Bend"], "points": 1}
    assert found.issues == []


def test_folders_that_name_courses_do_not_confuse():
    folders = "<Folders><Courses><CourseFolder Name='a'/></Courses></Folders>"
    found = parsed(one(point(0)).replace("<Activities>", f"{folders}<Activities>"))
    assert (found.seconds(), found.issues) == ([0], [])


# --- device and facts -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "family"),
    [("EDGE305", "Garmin"), ("vívoactive HR", "Garmin"), ("Polar Vantage", "Polar"), ("Nameless", None)],
)
def test_the_creator_is_the_device(name, family):
    creator = (
        f"<Creator><Name>{name}</Name><UnitId>1</UnitId><Version><VersionMajor>3</VersionMajor>"
        "<VersionMinor>20</VersionMinor></Version></Creator>"
    )
    found = parsed(tcx(activity(lap(track(point(0))), after=creator)))
    assert (found.meta["device_model"], found.meta.get("device_family")) == (name, family)
    assert found.meta["device_version"] == "3.20"


def test_a_program_is_no_device():
    creator = (
        '<Creator xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Application_t">'
        "<Name>Exporter</Name></Creator>"
    )
    data = tcx(
        activity(lap(track(point(0))), after=creator), courses="<Author><Name>Exporter</Name></Author>"
    )
    found = parsed(data)
    assert "device_model" not in found.meta
    assert found.meta["creator"] == "Exporter"


# --- time, damage, edges --------------------------------------------------------------------------


def test_untimed_points_lie_between_their_neighbours():
    found = parsed(one(point(), point(10), point(), point(20), point()))
    assert found.seconds() == [10, 10, 15, 20, 20]
    assert [flags == REPAIRED for flags in found.column("quality_flags")] == [True, False, True, False, True]
    assert found.issue("TCX_MISSING_TIME").evidence == {"count": 3, "total": 5, "unreadable": 0}


def test_a_document_without_any_time_counts_its_points():
    result = telemparse.parse({"a.tcx": one(*[point() for _n in range(4)]).encode()})
    assert result.streams["gnss_pvt"].schema.metadata[b"time_base"] == b"index"
    assert {issue.code for issue in result.warnings} == {"TCX_MISSING_TIME", "TIME_RELATIVE"}


@pytest.mark.parametrize("data", [b"", b"\0" * 900, b" \r\n"])
def test_nothing_at_all_is_said(data):
    assert "ARTIFACT_EMPTY" in parsed(data).codes()


def test_a_document_without_a_recording_is_an_error_with_a_hint():
    found = parsed(tcx(courses="<Workouts/>"))
    issue = found.issue("TCX_NO_TRACK")
    assert issue.evidence["activities"] == 0
    result = telemparse.parse({"a.tcx": tcx().encode()}, on_error="return")
    (error,) = result.errors
    assert (error.code, "activity" in error.hint) == ("TCX_NO_TRACK", True)


def test_one_document_of_several_without_a_track_is_a_warning():
    artifacts = ArtifactSet(
        tuple(
            Artifact.from_bytes(data.encode(), name)
            for name, data in (("a.tcx", one(point(0))), ("b.tcx", tcx()))
        )
    )
    found = Parsed(parse(artifacts, ParseOptions()))
    assert found.issue("TCX_NO_TRACK").severity is Severity.WARNING


def test_declared_entities_are_refused():
    document = one(point(0)).replace("<Training", '<!DOCTYPE a [<!ENTITY b "c">]>\n<Training', 1)
    found = parsed(document)
    assert (found.tables, found.issue("XML_UNSAFE").locus.line) == ({}, 2)


@pytest.mark.parametrize("share", [0.3, 0.5, 0.8])
def test_a_cut_document_gives_what_stands_before_the_cut(share):
    data = one(*[point(n) for n in range(40)]).encode()
    cut = data[: int(len(data) * share)]
    found = parsed(cut)
    assert found.seconds() == list(range(cut.count(b"</Trackpoint>")))
    assert found.issue("ARTIFACT_TRUNCATED").evidence["lost_points"] <= 1


@pytest.mark.parametrize("wound", ["<oops>", "</Track>", "&nbsp;", "<Lap>", "\x01"])
def test_after_damage_reading_goes_on(wound):
    points = [point(n) for n in range(40)]
    found = parsed(one(*points[:20], wound, *points[20:]))
    assert len(found.seconds()) >= 39
    assert {"XML_MALFORMED", "XML_UNSAFE"} & set(found.codes())


def test_a_lap_that_begins_behind_damage_is_a_lap():
    data = tcx(activity(lap(track(point(0), "<oops>")), lap(track(point(9)), start=9)))
    found = parsed(data)
    assert found.seconds("laps", "t_start") == [0, 9]
    assert found.seconds() == [0, 9]
    assert "XML_MALFORMED" in found.codes()


@pytest.mark.parametrize(
    ("encoding", "codec"), [("UTF-8", "utf-8-sig"), ("UTF-16", "utf-16"), ("ISO-8859-1", "latin-1")]
)
@pytest.mark.parametrize("newline", ["\n", "\r\n", ""])
def test_encodings_and_newlines_make_no_difference(encoding, codec, newline):
    state = "<SensorState>Nürburg</SensorState>"
    text = one(*[point(n, PLACED + state) for n in range(9)]).replace("UTF-8", encoding)
    found = parsed(text.replace("\n", newline).encode(codec))
    assert (found.column("sensor_state", "channels.main"), found.issues) == (["Nürburg"] * 9, [])


def test_padding_after_the_end_is_no_damage_and_duplicates_and_disorder_are_said():
    assert parsed(one(point(0)).encode() + b"\0" * 100).issues == []
    result = telemparse.parse({"a.tcx": one(point(5), point(3), point(3), point(9)).encode()})
    assert result.streams["gnss_pvt"].num_rows == 4
    assert [issue.code for issue in result.warnings] == ["TIME_NOT_MONOTONIC"]
