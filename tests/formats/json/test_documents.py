"""Long documents: their lists come element by element, and all is said as if each were read as a whole."""

# ruff: noqa: S311  (documents, not secrets)

from __future__ import annotations

import io
import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemparse.formats.json import parser
from telemparse.formats.json.decoding import Reader
from telemparse.formats.json.documents import Document
from telemparse.formats.json.values import UNREAD
from telemparse.model.artifacts import ArtifactSet
from telemparse.model.issues import Issue
from telemparse.model.messages import Batch, Meta
from telemparse.model.options import ParseOptions

WHOLE = 10**9
NAMES = ("a", "samples", "laps", "device", "units", "time", "lat", "meta", "name", "points", "x y", "")
DAMAGE = (b'"', b"{", b"}", b"[", b"]", b",", b":", b"\0", b"\\", b"\n", b"NaN", b",,", b"}{")


def said(data, whole, step=1 << 16):
    """Return the messages about a document, of which an object up to so many characters is one value."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parser, "_WHOLE", whole)
        messages = parser.parse_in_steps(ArtifactSet.of({"a.json": data}), ParseOptions(), step)
        return [
            (each.stream, each.data.to_pylist()) if isinstance(each, Batch) else each for each in messages
        ]


def fix(number):
    """Return one record of a drive."""
    return {
        "time": f"2024-05-04T10:{number // 60:02d}:{number % 60:02d}Z",
        "lat": 47.5,
        "lon": 8 + number / 1e4,
    }


def feature(number):
    """Return a fix as GeoJSON has it."""
    at = fix(number)
    place = {"type": "Point", "coordinates": [at["lon"], at["lat"]]}
    return {"type": "Feature", "properties": {"time": at["time"]}, "geometry": place}


def rows(messages, stream="gnss_pvt"):
    return [row for each in messages if isinstance(each, tuple) and each[0] == stream for row in each[1]]


def codes(messages):
    return [each.code for each in messages if isinstance(each, Issue)]


def document(rng, depth=0):
    """Return an object of all that documents hold: facts, columns, units, and lists of several kinds."""
    kinds = (
        fix,
        lambda i: {
            "t": i,
            "gps": {"lat": 1.5, "lon": 2.5},
            "points": [{"a": 1, "time": i}, {"a": 2, "time": i}],
        },
        lambda i: [i, 2] if i % 3 else 7,
        lambda i: {"value": [1, 2, 3], "cts": i, "date": fix(i)["time"]},
        feature,
    )
    made = {}
    for _member in range(rng.randint(0, 5)):
        found = rng.randrange(8)
        if found == 0:
            part = rng.choice([1, 2.5, None, True, "x", "GPS (Lat., Long., Alt.)", 'a"b,é'])
        elif found == 1:
            part = [rng.random() for _row in range(rng.choice([0, 2, 5, 5]))]
        elif found == 2 and depth < 3:
            part = document(rng, depth + 1)
        elif found == 3:
            part = {"speed": "km/h"}
        else:
            usual = rng.choice(kinds)
            part = [
                (usual if rng.random() < 0.9 else rng.choice(kinds[:-1]))(number)
                for number in range(rng.choice([0, 1, 3, 12, 30]))
            ]
        made[rng.choice(NAMES)] = part
    if rng.random() < 0.2:
        listed = {"features": [feature(number) for number in range(rng.choice([0, 1, 12]))]}
        kind = {"type": "FeatureCollection"}
        made |= listed | kind if rng.random() < 0.5 else kind | listed
    return made


@given(st.integers(0, 10**6), st.sampled_from([0, 20, 100]), st.sampled_from([7, 64, 1000, 1 << 16]))
def test_a_document_in_parts_is_what_it_is_as_a_whole(seed, whole, step):
    rng = random.Random(seed)
    text = json.dumps(document(rng), indent=rng.choice([None, 1]), ensure_ascii=rng.random() < 0.5).encode()
    assert said(text, whole, step) == said(text, WHOLE)


@given(st.integers(0, 10**6), st.sampled_from([0, 20, 100]), st.sampled_from([7, 64, 1000]))
@settings(max_examples=40)
def test_what_is_said_of_a_damaged_document_depends_on_no_buffer(seed, whole, step):
    rng = random.Random(seed)
    text = bytearray(json.dumps(document(rng), indent=rng.choice([None, 1])).encode())
    for _blow in range(rng.randint(1, 4)):
        place = rng.randrange(len(text) + 1)
        kind = rng.randrange(4)
        if kind == 0:
            del text[place:]
        elif kind == 1:
            text[place:place] = rng.choice(DAMAGE)
        elif kind == 2:
            del text[place : place + rng.randrange(1, 30)]
        else:
            text[place:place] = text[max(0, place - rng.randrange(60)) : place]
    assert said(bytes(text), whole, step) == said(bytes(text), whole)


def test_of_a_long_list_eight_elements_are_held():
    text = json.dumps({"laps": {"points": [fix(number) for number in range(500)]}, "n": 1}).encode()
    reader = Reader(io.BytesIO(text), text, whole=100)
    assert next(reader.elements()) is UNREAD
    read = Document(reader)
    assert len(list(read.parts())) == 500
    assert read.shell == {"laps": {"points": [*read.shell["laps"]["points"]]}, "n": "1"}
    assert len(read.shell["laps"]["points"]) == 8
    assert reader.values == 1


@pytest.mark.parametrize("place", [1, 2, 3])
def test_a_long_document_that_is_cut_keeps_all_before(place):
    text = json.dumps({"device": "x", "samples": [fix(number) for number in range(60)]}).encode()
    lost = {1: len(text) - 1, 2: len(text) - 2, 3: text.rindex(b'"lon"')}[place]
    messages = said(text[:lost], 100)
    assert len(rows(messages)) == (59 if place == 3 else 60)
    assert codes(messages) == ["ARTIFACT_TRUNCATED"]


@pytest.mark.parametrize("end", ["", ".", "?}", " 1}"])
def test_a_number_that_may_have_lost_digits_is_left_out(end):
    messages = said(f'{{"device": "x", "samples": {json.dumps([fix(1)])}, "count": 12{end}'.encode(), 100)
    facts = [each.value for each in messages if isinstance(each, Meta) and each.key == "document"]
    assert facts == [{"device": "x"}]


def test_damage_in_a_long_list_costs_one_element():
    text = json.dumps({"samples": [fix(number) for number in range(60)], "units": {}}).encode()
    messages = said(text.replace(b'"lat": 47.5', b'"lat": 47.5.5', 30).replace(b"47.5.5", b"47.5", 29), 100)
    assert len(rows(messages)) == 59
    assert codes(messages) == ["JSON_MALFORMED"]


@pytest.mark.parametrize(
    "broken", ['"samples" [', "samples: [", '"a": 1 "samples": [', '"a": 1,, "samples": [']
)
@pytest.mark.parametrize("whole", [100, WHOLE])
def test_behind_damage_between_members_records_are_read_on(broken, whole):
    listed = json.dumps([fix(number) for number in range(60)])[1:]
    messages = said(f"{{{broken}{listed}}}".encode(), whole)
    assert len(rows(messages)) == 59  # what says that values begin anew is the comma between two
    assert codes(messages)[0] == "JSON_MALFORMED"


def test_samples_of_a_camera_wait_for_the_name_behind_them():
    samples = [{"value": [47.5, 8.25, 400.0], "date": fix(number)["time"]} for number in range(60)]
    stream = {"samples": samples, "name": "GPS (Lat., Long., Alt.) [deg,deg,m]"}
    text = json.dumps({"1": {"streams": {"GPS": stream}}}).encode()
    assert said(text, 100) == said(text, WHOLE)


def test_features_are_read_once_though_nothing_says_what_they_are_a_collection_of():
    text = json.dumps({"features": [feature(number) for number in range(60)], "note": "x"}).encode()
    assert len(rows(said(text, 100))) == len(rows(said(text, WHOLE))) == 60


def test_what_stands_beside_features_is_read_too():
    text = json.dumps(
        {"type": "FeatureCollection", "features": [feature(1)], "fixes": [fix(2), fix(3)]}
    ).encode()
    tables = {each.stream for each in said_batches(text)}
    assert len(tables) == 2


def said_batches(text):
    messages = parser.parse_in_steps(ArtifactSet.of({"a.json": text}), ParseOptions(), 1 << 16)
    return [each for each in messages if isinstance(each, Batch) and "gnss_pvt" in each.stream]


def test_what_a_document_holds_beside_its_lists_is_bounded(monkeypatch):
    monkeypatch.setattr("telemparse.formats.json.documents.LARGEST_VALUE_BYTES", 1000)
    notes = {f"note {number}": "x" * 30 for number in range(100)}
    listed = {"samples": [fix(number) for number in range(60)]}
    messages = said(json.dumps(listed | notes).encode(), 100)
    assert codes(messages) == ["ARTIFACT_TOO_LARGE"]
    assert len(rows(messages)) == 60


def test_a_name_that_a_long_document_repeats_is_counted_once_an_object():
    text = (
        b'{"a": 1, "a": 2, "a": 3, "b": ' + json.dumps([fix(number) for number in range(60)]).encode() + b"}"
    )
    (issue,) = [each for each in said(text, 100) if isinstance(each, Issue)]
    assert (issue.code, issue.evidence["count"]) == ("JSON_REPEATED_KEYS", 1)


def test_a_long_record_without_a_list_is_a_record():
    text = json.dumps({**fix(1), "note": "x" * 200}).encode()
    assert said(text, 100) == said(text, WHOLE)
    assert len(rows(said(text, 100))) == 1


def test_facts_of_a_long_document_are_those_beside_its_lists():
    text = json.dumps({"device": "x", "samples": [fix(number) for number in range(60)], "n": 2}).encode()
    facts = [each.value for each in said(text, 100) if isinstance(each, Meta) and each.key == "document"]
    assert facts == [{"device": "x", "n": "2"}]
