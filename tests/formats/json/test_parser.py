"""The JSON parser: shapes of documents, names, gates, and what it says of damage."""

from __future__ import annotations

import json

import pytest

import telemparse
from telemparse.formats.json.card import CARD
from telemparse.formats.json.detect import detect
from telemparse.formats.json.examples import EXAMPLES
from telemparse.formats.json.geojson import records_of
from telemparse.formats.json.parser import parse_in_steps
from telemparse.model.artifacts import ArtifactSet
from telemparse.model.detection import Rung, Sniff
from telemparse.model.messages import Batch
from telemparse.model.options import ParseOptions

EPOCH_NS = 1_000_000_000
ROW = {"time": "2025-05-04T10:00:00Z", "lat": 48.1, "lon": 11.5}
TRACE_HEAD = {"date": "04/05/2025", "NomCircuit": "X", "FL": [48.1, 11.5, 48.2, 11.6]}


def row(number, **more):
    return {"time": f"2025-05-04T10:00:{number:02}Z", "lat": 48.1 + number / 1000, "lon": 11.5, **more}


ROWS = [row(number) for number in range(5)]


def fix(number, **more):
    place = [48.1 + number / 1000, 11.5]
    return {"timestamp": f"1000{number:02}.500", "pointgps": place, "vitesse": 36.0, "cap": 90.0, **more}


def lines(*values):
    return "".join(json.dumps(value) + "\n" for value in values)


def parsed(data, **options):
    text = data if isinstance(data, bytes | str) else json.dumps(data)
    data = text.encode() if isinstance(text, str) else text
    options = telemparse.ParseOptions(parser="json", **options)
    return telemparse.parse({"log.json": data}, options, on_error="return")


def gnss(result):
    return result.streams["gnss_pvt"].to_pylist()


def issues(result):
    return {issue.code: issue for issue in (*result.warnings, *result.errors)}


def rung(data, name="x.dat"):
    data = data if isinstance(data, bytes) else json.dumps(data).encode()
    return detect((Sniff(name=name, size=len(data), head=data[:65536], tail=data[-4096:]),)).rung


# --- shapes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "dialect"),
    [
        (ROWS, "records"),
        ({"rows": ROWS}, "records"),
        ({"a": {"b": {"rows": ROWS}}}, "records"),
        ([{"laps": ROWS[:2]}, {"laps": ROWS[2:]}], "records"),
        ({"laps": [{"number": 1, "points": ROWS[:2]}, {"number": 2, "points": ROWS[2:]}]}, "records"),
        ([[ROWS[0]], [ROWS[1]], ROWS[2:]], "records"),
        ({name: [each[name] for each in ROWS] for name in ROW}, "columns"),
        ({"data": {name: [each[name] for each in ROWS] for name in ROW}}, "columns"),
        ({"columns": list(ROW), "data": [list(each.values()) for each in ROWS]}, "columns"),
        (lines(*ROWS), "ndjson"),
        (
            [{"at": {"time": r["time"]}, "gps": {"p": {"lat": r["lat"], "lon": 11.5}}} for r in ROWS],
            "records",
        ),
    ],
)  # fmt: skip
def test_records_are_found_in_many_shapes(document, dialect):
    result = parsed(document)
    assert [each["lat_deg"] for each in gnss(result)] == [each["lat"] for each in ROWS]
    assert [each["t"].value // EPOCH_NS % 60 for each in gnss(result)] == list(range(5))
    assert result.metadata["dialect"] == dialect
    assert not result.errors


def test_one_record_is_enough():
    assert len(gnss(parsed([ROWS[0]]))) == 1
    assert len(gnss(parsed(ROWS[0]))) == 1
    assert parsed(ROWS[0]).metadata["dialect"] == "records"


def feature(kind, coordinates, **properties):
    return {
        "type": "Feature",
        "geometry": {"type": kind, "coordinates": coordinates},
        "properties": properties,
    }


TIMES = [each["time"] for each in ROWS]
PLACES = [[11.5, each["lat"], 520.0 + number] for number, each in enumerate(ROWS)]


@pytest.mark.parametrize(
    "document",
    [
        feature("LineString", PLACES, coordTimes=TIMES),
        feature("LineString", PLACES, coordinateProperties={"times": TIMES, "heart": [90, 91, 92, 93, 94]}),
        feature("MultiLineString", [PLACES[:2], PLACES[2:]], coordTimes=[TIMES[:2], TIMES[2:]]),
        [feature("Point", place, time=time) for place, time in zip(PLACES, TIMES, strict=True)],
    ],
)
def test_geojson_is_longitude_first(document):
    features = document if isinstance(document, list) else [document, feature("Polygon", [[]]), {}, 3]
    result = parsed({"type": "FeatureCollection", "features": features})
    assert [(each["lat_deg"], each["lon_deg"], each["alt_m"]) for each in gnss(result)] == [
        (lat, lon, alt) for lon, lat, alt in PLACES
    ]
    assert result.metadata["dialect"] == "geojson"


def test_geojson_without_times_is_an_error_with_a_hint():
    result = parsed(feature("LineString", PLACES))
    assert set(issues(result)) >= {"CSV_NO_TIME_COLUMN"}
    assert not parsed({"type": "LineString", "coordinates": 3}).ok
    assert not parsed({"type": "FeatureCollection", "features": {}}).ok
    assert not parsed(feature("Point", 3)).ok
    assert not parsed(feature("LineString", [[{"a": 1}, [2]]], coordTimes=[{}])).ok


def test_several_lists_make_several_streams_and_those_without_time_are_named():
    imu = [{"time": each["time"], "acc_x": 0.0, "acc_y": 0.1, "acc_z": 9.8} for each in ROWS]
    result = parsed(
        {"device": {"name": "x"}, "gps": ROWS, "imu": imu, "settings": [{"key": "a"}, {"key": "b"}]}
    )
    assert {"gnss_pvt", "imu_accel"} <= set(result.streams)
    assert result.streams["imu_accel"].num_rows == 5
    skipped = issues(result)["JSON_TABLES_SKIPPED"]
    assert (skipped.evidence["count"], skipped.evidence["tables"]) == (1, "log_settings (2 records)")
    assert result.metadata["document"] == {"device.name": "x"}


def test_columns_may_come_late_and_units_beside_them():
    document = {"units": {"speed": "km/h", "rpm": 3}, "rows": [*ROWS, row(5, speed=36.0, note='a,"b"')]}
    result = parsed(document)
    assert [each["speed_mps"] for each in gnss(result)] == [None] * 5 + [10.0]
    assert result.streams["channels.main"]["note"].to_pylist()[-1] == 'a,"b"'


def test_columns_of_one_name_keep_their_whole_path():
    document = [row(number, front={"temp": 1.5}, rear={"temp": 2.5}, list=[1, [2]]) for number in range(3)]
    channels = parsed(document).streams["channels.main"]
    assert channels["front_temp"].to_pylist() == [1.5] * 3
    assert channels["rear_temp"].to_pylist() == [2.5] * 3


def test_too_many_columns_and_lists_are_counted():
    wide = parsed([{**each, **{f"x{number}": number for number in range(300)}} for each in ROWS])
    assert issues(wide)["CHANNELS_SKIPPED"].evidence["count"] == 47
    many = parsed({f"rows{number}": ROWS[:1] for number in range(40)})
    assert issues(many)["JSON_TABLES_SKIPPED"].evidence["tables"] == "8 records of further lists"


def test_remarks_are_no_rows_and_are_counted():
    result = parsed([{"note": "#x", **ROWS[0]}, {"note": "y", **ROWS[1]}, {"note": "z", **ROWS[2]}])
    assert len(gnss(result)) == 2
    assert issues(result)["ROWS_SKIPPED"].evidence["count"] == 1


def test_oddities_are_said():
    text = '[{"time": "2025-05-04T10:00:00Z", "lat": 48.1, "lon": 11.5, "lon": 11.6, "rpm": NaN}]'
    result = parsed(text)
    assert set(issues(result)) == {"JSON_REPEATED_KEYS", "JSON_NOT_A_NUMBER"}
    assert gnss(result)[0]["lon_deg"] == 11.6


def test_losses_are_told_by_record_of_the_document():
    result = parsed([*ROWS[:2], {**ROWS[2], "lat": 91}, *ROWS[3:]])
    issue = next(iter(issues(result).values()))
    assert (issue.locus.artifact, issue.locus.record) == ("log.json", 2)
    assert len(gnss(result)) == 4
    assert "record 2" in str(issue.evidence)


@pytest.mark.parametrize("data", [b"", b"\0" * 100, b"\xef\xbb\xbf\n"])
def test_nothing_is_an_error(data):
    assert "ARTIFACT_EMPTY" in issues(parsed(data))


@pytest.mark.parametrize("data", ["[]", "{}", "3", '{"a": 1}', "[1, 2, 3]"])
def test_a_document_without_records_gives_no_stream(data):
    assert not parsed(data).ok


def test_damage_is_said_with_its_line():
    text = lines(*ROWS).replace("11.5}", "11.5?", 2)
    result = parsed(text)
    issue = issues(result)["JSON_MALFORMED"]
    assert (issue.evidence["count"], issue.locus.line) == (2, 1)
    assert len(gnss(result)) == 3
    cut = parsed(json.dumps(ROWS)[:-20])
    assert set(issues(cut)) == {"ARTIFACT_TRUNCATED"}
    assert len(gnss(cut)) == 4


def test_half_a_letter_at_the_end_lies_not_behind_it():
    data = json.dumps(ROWS)[:-20].encode("utf-16") + b"\x00"
    assert issues(parsed(data))["ARTIFACT_TRUNCATED"].locus.offset <= len(data)


def test_a_document_too_large_for_memory_is_said(monkeypatch):
    monkeypatch.setattr("telemparse.formats.json.values.LARGEST_VALUE_BYTES", 1000)
    streams = list(
        parse_in_steps(
            ArtifactSet.of({"a.json": json.dumps({"rows": ROWS * 50}).encode()}), ParseOptions(), 100
        )
    )
    assert "ARTIFACT_TOO_LARGE" in {message.code for message in streams if hasattr(message, "code")}


def test_two_documents_of_one_recording_do_not_hide_each_other():
    files = {"a.json": json.dumps(ROWS).encode(), "b/a.json": json.dumps(ROWS[:2]).encode()}
    result = telemparse.parse(files, on_error="return")
    assert {name: table.num_rows for name, table in result.streams.items()} == {
        "gnss_pvt": 5,
        "gnss_pvt.a_2": 2,
    }


# --- MyChronoGPS --------------------------------------------------------------------------------


def trace(*fixes, head=TRACE_HEAD):
    return lines([head], *([each] for each in fixes))


def test_a_trace_is_read_with_its_gates():
    head = {**TRACE_HEAD, "Int1": [1, 2, 3, 4], "PitIn": [1, 2], "PitOut": [99, 2, 3, 4]}
    result = parsed(trace(fix(0), fix(1), head=head))
    first, second = gnss(result)
    assert str(first["t"]) == "2025-05-04 10:00:00.500000+00:00"
    assert (first["speed_mps"], second["course_deg"]) == (10, 90)
    assert [(gate.kind, gate.name) for gate in result.metadata["gates"]] == [
        ("start_finish", "FL"),
        ("sector", "Int1"),
    ]
    gate = result.metadata["gates"][0]
    assert (gate.lat1_deg, gate.lon1_deg, gate.lat2_deg, gate.lon2_deg) == (48.1, 11.5, 48.2, 11.6)
    assert (result.metadata["dialect"], result.device_family) == ("mychronogps", "MyChronoGPS")
    assert not issues(result)


def test_a_trace_passes_midnight_and_may_lack_its_date():
    times = ("235959.900", "000000.000", "000000.100")
    fixes = [{**fix(0), "timestamp": time} for time in times]
    t_ns = [each["t"].value for each in gnss(parsed(trace(*fixes)))]
    assert [after - t_ns[0] for after in t_ns] == [0, 100_000_000, 200_000_000]
    undated = parsed(trace(*fixes, head={**TRACE_HEAD, "date": "31/02/2025"}))
    assert set(issues(undated)) == {"TIME_RELATIVE"}
    assert undated.metadata["clock"]["midnights"] == 1


def test_what_a_trace_cannot_hold_is_counted():
    bad = [{**fix(2), "timestamp": "250000.0"}, {**fix(3), "timestamp": 3}, {**fix(4), "pointgps": [91, 0]},
           {**fix(5), "pointgps": 3}, {"x": 1}, 7]  # fmt: skip
    odd = [
        fix(6, vitesse=-1),
        fix(7, cap=361),
        {**fix(8), "pointgps": [1, 180.0], "vitesse": None, "cap": 360},
    ]
    result = parsed(trace(fix(0), *bad, *odd, {**fix(9), "pointgps": [0, 0]}))
    rows = gnss(result)
    assert [each["speed_mps"] for each in rows] == [10, None, 10, None]
    assert [each["course_deg"] for each in rows] == [90, 90, None, 0]
    assert rows[-1]["lon_deg"] == -180
    found = issues(result)
    assert (found["ROWS_SKIPPED"].evidence["count"], found["ROWS_SKIPPED"].locus.record) == (6, 2)
    assert sum(issue.code == "VALUE_OUT_OF_RANGE" for issue in result.warnings) == 2
    assert result.metadata["epochs_without_fix"] == 1
    assert "NO_VALID_FIX" in issues(parsed(trace({**fix(9), "pointgps": [0, 0]})))


# --- detection and steadiness -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (ROWS, Rung.MARKER), ({"x": {"rows": ROWS}}, Rung.MARKER), (lines(*ROWS).encode(), Rung.MARKER),
        (trace(fix(0)).encode(), Rung.SIGNATURE), (trace().encode(), Rung.MARKER),
        ([{"lat": 1, "lon": 2}], Rung.SHAPE), ([{"time": 1, "rpm": 2}], Rung.SHAPE),
        ([{"name": "a", "version": "b"}], Rung.NO), ({"time": 1}, Rung.NO), (b"lat,lon", Rung.NO),
        (b"", Rung.NO), (b"[", Rung.NO), (b"\x01\x02" * 50, Rung.NO),
        (b"\xff\xfe" + json.dumps(ROWS).encode("utf-16-le"), Rung.MARKER),
        (b"{" + b'"a":[' * 60_000, Rung.NO),
    ],
)  # fmt: skip
def test_more_names_make_surer(document, expected):
    assert rung(document) is expected
    assert rung(document, "a.json") is (expected if expected is not Rung.NO else Rung.NAME)


def test_a_head_that_cuts_a_document_is_enough():
    rows = [row(number % 60) for number in range(3000)]
    assert rung(rows) is Rung.MARKER
    assert rung({"rows": rows}) is Rung.MARKER
    assert rung({name: [each[name] for each in rows] for name in ("lat", "lon", "time")}) is Rung.SHAPE


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("step", [7, 100, 4096])
def test_examples_read_the_same_in_steps_of_any_size(name, step):
    def read(size):
        streams = {}
        for message in parse_in_steps(ArtifactSet.of({name: EXAMPLES[name]}), ParseOptions(), size):
            if isinstance(message, Batch):
                streams.setdefault(message.stream, []).extend(message.data.to_pylist())
        return streams

    assert read(step) == read(1 << 18)
    assert CARD.greets(name, b"")


def test_loss_and_return_of_a_traces_fix_are_events():
    lost = [{**fix(number), "pointgps": [0, 0]} for number in (0, 1, 4, 5, 8)]
    kept = [fix(number) for number in (2, 3, 6, 7)]
    lines_of_trace = sorted([*lost, *kept], key=lambda line: line["timestamp"])
    result = parsed(trace(*lines_of_trace))
    events = result.streams["events"].to_pylist()
    assert [(str(event["t"])[17:19], event["event_type"]) for event in events] == [
        ("02", "fix_regained"), ("04", "fix_lost"), ("06", "fix_regained"), ("08", "fix_lost"),
    ]  # fmt: skip
    assert result.streams["gnss_pvt"].num_rows == 4
    assert result.metadata["epochs_without_fix"] == 5


TIMES = [f"2025-05-04T10:00:{second:02d}Z" for second in range(20)]


@pytest.mark.parametrize("odd", [{"a": 1}, [1, 2]], ids=["object", "list"])
@pytest.mark.parametrize("layout", ["columns", "headed"])
def test_values_of_columns_that_are_no_scalars_are_blank_and_named(layout, odd):
    heights = [500.0] * 12 + [odd] * 8  # the first ones tell what a list is
    document = {"time": TIMES, "lat": [48.1] * 20, "lon": [11.5] * 20, "height": heights}
    if layout == "headed":
        rows = [list(row) for row in zip(*document.values(), strict=True)]
        document = {"columns": list(document), "data": rows}
    result = parsed(document)
    assert result.ok
    assert result.streams["gnss_pvt"]["alt_m"].to_pylist() == [500.0] * 12 + [None] * 8
    assert issues(result)["CHANNELS_SKIPPED"].evidence["channels"] == "height (objects)"


def test_columns_are_the_lists_of_the_length_that_most_have_and_the_others_are_named():
    document = {"time": TIMES, "lat": [48.1] * 20, "lon": [11.5] * 20, "rpm": [1] * 30, "laps": [1] * 30}
    result = parsed(document)
    assert result.streams["gnss_pvt"].num_rows == 20
    assert issues(result)["CHANNELS_SKIPPED"].evidence["channels"] == "rpm, laps"


def test_items_beyond_the_eighth_and_values_too_deep_are_named():
    deep = {"x": 1}
    for _level in range(9):
        deep = {"d": deep}
    records = [{"time": t, "lat": 48.1, "lon": 11.5, "s": list(range(10)), "e": deep} for t in TIMES]
    result = parsed(records)
    assert {f"s_{place}" for place in range(8)} <= {*result.streams["channels.main"].column_names}
    skipped = issues(result)["CHANNELS_SKIPPED"].evidence
    assert (skipped["count"], skipped["channels"]) == (2, "s.8 and on, e.d.d.d.d.d.d.d.d")


def test_elements_among_records_that_are_no_objects_are_counted():
    records = [{"time": t, "lat": 48.1, "lon": 11.5} for t in TIMES]
    result = parsed([None, *records, 5])
    assert result.streams["gnss_pvt"].num_rows == 20
    skipped = issues(result)["ROWS_SKIPPED"].evidence
    assert (skipped["count"], skipped["total"], skipped["reason"]) == (2, 22, "is no object")


def test_all_names_without_a_column_are_counted():
    records = [{"time": t, "lat": 48.1, "lon": 11.5, **{f"c{n}": 1 for n in range(600)}} for t in TIMES[:2]]
    assert issues(parsed(records))["CHANNELS_SKIPPED"].evidence["count"] == 603 - 256


def test_lists_beside_lines_cost_no_more_than_they_hold():
    class Watched(list):
        looks = 0

        def __getitem__(self, place):
            type(self).looks += 1
            return list.__getitem__(self, place)

    beside = {f"k{number}": Watched([[number]]) for number in range(50)}
    lines = [[[11.5, 48.1]]] * 50
    geometry = {"type": "MultiLineString", "coordinates": lines}
    found = list(records_of({"type": "Feature", "geometry": geometry, "properties": beside}))
    assert len(found) == 50
    assert found[0]["k7"] == 7
    assert Watched.looks <= 3 * 50


def test_documents_of_one_name_keep_their_facts_apart():
    documents = {f"{place}/a.json": json.dumps([{"time": TIMES[0], "lat": 48, "lon": 11}]) for place in "xyz"}
    artifacts = {name: text.encode() for name, text in documents.items()}
    result = telemparse.parse(artifacts, parser="json", on_error="return")
    assert {"dialect", "dialect.a", "dialect.a_2"} <= result.metadata.keys()
