"""Runs of like records: whatever is taken at once, all is said as if each had been read on its own."""

from __future__ import annotations

import io
import json
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemparse.formats.json import parser
from telemparse.formats.json.decoding import Reader
from telemparse.formats.json.runs import Runs
from telemparse.formats.json.shapes import Shape
from telemparse.formats.json.skeletons import learned
from telemparse.formats.json.tables import Table
from telemparse.model.artifacts import ArtifactSet
from telemparse.model.messages import Batch
from telemparse.model.options import ParseOptions

STEP = 1 << 16
SOUND = (
    "48.1", "-0", "-0.0", "1.50", "0", "7", "1e-05", "-1E+3", "2.5e7", "true", "false", "null", '""', '"x"',
    '"ü"', '" a"', '"9:00"',
)  # fmt: skip
ODD = (
    "NaN", "-Infinity", "1e999", "+1", "01", "-01.5", "-", "1.", ".5", "1e", "1e+", "1.5.5", "1-1", "0x1",
    "nul", "nuly", "truex", "1 2", '"', "", "\u0661", '"a,b"', '"a}b"', '"a{b"', '"a\\"b"', '"a\\u00e9"',
    '"a"b"', '"open', "'x'", '"#x"', '" #"', '"%"', '"a\x85b"', '"a\u2028b"', '"a\tb"', '"a\nb"', '"\x7f"',
    '"a\0"', "1\0", "[]", "{}", "[1,2]", '{"a":1}', '{"lat":48.1}', "7, ", '7,"v":8', '7,"w":8',
    '7,"type":"Point","coordinates":[1,2]',
)  # fmt: skip
# Between names and values, between members, before and behind a record.
STYLES = (
    (": ", ", ", "{", "}"),
    (":", ",", "{", "}"),
    (": ", ",\n    ", "{\n    ", "\n  }"),
    (":", " , ", "[{ ", " }]"),
)
KEYS = ("lat", "lon", "gps", "acc", "v", "note", "ü", "x.y", "type", "coordinates", "")
BYTES = (
    b'"',
    b",",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b"\\",
    b"\0",
    b"\xff",
    b"0",
    b"-",
    b"\n",
    b"\xc2\x85",
    b"#",
)


def record(second, members, style=STYLES[0]):
    colon, comma, opening, closing = style
    time = f'"time"{colon}"2025-05-04T10:{second // 60:02}:{second % 60:02}Z"'
    return opening + comma.join([time, *(f'"{key}"{colon}{value}' for key, value in members)]) + closing


def rows(count, *odd, at=20):
    """Return records of a second each, one of them with an odd value."""
    values = [f"{second}.50" for second in range(count)]
    values[at : at + len(odd)] = odd
    return [
        record(second, [("lat", f"48.1{second:03}"), ("lon", "11.5"), ("v", value)])
        for second, value in enumerate(values)
    ]


def told(data, step=STEP):
    """Return all that the parser says, and how many records were taken at once."""
    taken, take = [], Runs._taken
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Runs, "_taken", lambda self, *given: taken.append(take(self, *given)) or taken[-1])
        messages = parser.parse_in_steps(ArtifactSet.of({"a.json": data}), ParseOptions(), step)
        # As text, for 0 is equal to -0, and NaN to nothing.
        return [
            (each.stream, str(each.data.schema), repr(each.data.to_pydict()))
            if isinstance(each, Batch)
            else each
            for each in messages
        ], sum(taken)


def told_one_by_one(data, step=STEP):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Runs, "take", lambda *_given: None)
        return told(data, step)[0]


@pytest.fixture
def eager(monkeypatch):
    """Look always, and not far."""
    monkeypatch.setattr(parser, "Runs", partial(Runs, 600, 0, 0))


@pytest.mark.parametrize("value", ODD)
@pytest.mark.usefixtures("eager")
def test_an_odd_value_among_like_records_is_told_as_if_each_was_read_alone(value):
    text = ",\n".join(rows(40, value)).join("[]")
    messages, taken = told(text.encode())
    assert taken > 30
    assert messages == told_one_by_one(text.encode())


@pytest.mark.parametrize("value", SOUND)
@pytest.mark.usefixtures("eager")
def test_values_are_taken_as_they_are_written(value):
    text = "\n".join(rows(40, value))
    messages, taken = told(text.encode())
    assert taken == 38  # all but the first two, which tell lines from a document
    assert messages == told_one_by_one(text.encode())


@st.composite
def documents(draw):
    """Draw bytes: records of some skeletons with odd values, separators and bytes here and there."""
    style, array = draw(st.sampled_from(STYLES)), draw(st.booleans())
    blank = draw(st.sampled_from([",", ", ", ",\r\n  "] if array else ["\n", "\r\n", "\n\n", "", "\x1e"]))
    nested = {"gps": '{"lat":48.1, "lon":11.5}', "acc": "[0.1, -0.2,9.8]", "type": '"Feature"'}
    parts, second = [], 0
    for _run in range(draw(st.integers(1, 4))):
        keys = draw(
            st.lists(st.sampled_from(KEYS), min_size=1, max_size=5, unique=draw(st.integers(0, 4)) > 0)
        )
        values = [nested.get(key) or draw(st.sampled_from(SOUND)) for key in keys]
        for _record in range(draw(st.integers(1, 40))):
            parts += [record(second, zip(keys, values, strict=True), style), blank]
            second += 1
        if draw(st.booleans()):
            values[-1] = draw(st.sampled_from(ODD))
            parts += [record(second, zip(keys, values, strict=True), style)]
            parts += [draw(st.sampled_from([blank, ",,", "", "]", "\0", "\ufeff", "},{"]))]
    text = "".join(parts[:-1])
    data = bytearray(
        (f"[{text}]" if array else text).encode(draw(st.sampled_from(["utf-8", "utf-8", "utf-16"])))
    )
    for _change in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(data)))
        data[at : at + draw(st.sampled_from([0, 1, 30]))] = draw(st.sampled_from(BYTES))
    return bytes(data)


@given(documents(), st.sampled_from([7, 100, STEP]), st.sampled_from([100, 600, STEP]))
@settings(max_examples=40, deadline=None)
def test_runs_change_nothing_that_is_told_whatever_the_step(data, step, size):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parser, "Runs", partial(Runs, size, 0, 0))
        messages, _taken = told(data, step)
    assert messages == told_one_by_one(data)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_records_of_any_encoding_are_taken(encoding):
    text = ",\n".join(rows(300, '"Lédenon"')).join("[]")
    messages, taken = told(text.encode(encoding))
    assert taken == 299
    assert messages == told_one_by_one(text.encode(encoding))


def test_values_that_are_taken_at_once_are_counted():
    data = ",\n".join(rows(300)).join("[]").encode()
    reader = Reader(io.BytesIO(data), data, STEP)
    next(values := reader.elements())
    table = Table("a", Shape.RECORDS, {name: place for place, name in enumerate(("time", "lat", "lon", "v"))})
    Runs().take(reader, table)
    assert (reader.values, table.rows) == (300, 299)
    assert not list(values)
    table.close()


@pytest.mark.usefixtures("eager")
def test_damage_behind_a_run_is_told_where_it_stands():
    text = "\n".join(rows(60, "?", at=50))
    issue = next(each for each in told(text.encode())[0] if getattr(each, "code", "") == "JSON_MALFORMED")
    assert (issue.locus.line, issue.locus.offset) == (51, text.index("?"))


@pytest.mark.usefixtures("eager")
def test_columns_that_other_records_have_stay_empty_in_a_run():
    first = record(0, [("v", "1.5"), ("lon", "11.5"), ("note", '"x"'), ("lat", "48.1")])
    text = ",\n".join([first, *rows(40)[1:]]).join("[]")
    messages, taken = told(text.encode())
    assert taken == 38
    assert messages == told_one_by_one(text.encode())


def test_where_records_differ_looking_pauses_twice_as_long_each_time():
    records = [record(number, [(f"v{number % 2}", "1")]) for number in range(8000)]
    looks, taken = [], Runs._taken
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Runs, "_taken", lambda self, *given: looks.append(0) or taken(self, *given))
        told("\n".join(records).encode())
    assert len(looks) == 5  # after 512, 1024, 2048 and 4096 records


@pytest.mark.usefixtures("eager")
def test_records_too_long_or_with_too_few_of_many_columns_are_read_alone():
    long = record(0, [("note", f'"{"x" * 10_000}"')])
    assert told("\n".join([long] * 10).encode())[1] == 0
    wide = record(0, [(f"c{number}", "1") for number in range(60)])
    assert told("\n".join([wide, *rows(10)]).encode())[1] == 0


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('{"a": 1, "b": {"c": "x"}, "d": [1, null]}', ("a", "b.c", "d.0", "d.1")),
        ('[{"a": true}]', ("a",)), ('{"type": "Feature", "a": 1}', ("type", "a")),
        ('{"type": "Point", "coordinates": 1}', None), ('{"a": 1, "a": 2}', None),
        ('{"a": 1, "b": [], "b": []}', None), ('{"a.b": 1, "a": {"b": 2}}', None),
        ('{"a": [1,2,3,4,5,6,7,8,9]}', None), ('{"a": [{"b": 1}]}', None),
        ('{"a": {"b": [1,2], "c": [3,4]}}', None),
        ('{"a": "\\n"}', None), ('{"a": NaN}', None), ("[1]", None), ("{}", None), ('{"a": {}}', None),
    ],
)  # fmt: skip
def test_a_skeleton_is_learned_where_every_scalar_has_a_column(text, names):
    skeleton = learned(text, "\n")
    assert (skeleton and skeleton.names) == names


def test_a_skeleton_has_no_nul_and_not_too_many_slots():
    assert learned('{"a": 1}', "\n\0") is None
    many = {f"c{number}": number for number in range(64)}
    assert len(learned(json.dumps(many), "").names) == 64
    assert learned(json.dumps({**many, "x": 1}), "") is None
