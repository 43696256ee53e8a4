"""Messages: what is taken, what is refused and how, and the line that comes of it."""

from __future__ import annotations

import json
import string

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from live_servers import message
from telemparse.live.faults import BodyMalformed, MessageInvalid
from telemparse.live.messages import Message, MessageLimits, read_messages

RECEIVED_NS = 1_759_581_296_200_000_000


def read(content, **limits):
    body = content if isinstance(content, bytes) else orjson.dumps(content)
    return read_messages(body, received_ns=RECEIVED_NS, limits=MessageLimits(**limits))


def problems(content, **limits):
    with pytest.raises(MessageInvalid) as caught:
        read(content, **limits)
    assert caught.value.code == "MESSAGE_INVALID"
    return [(each.index, each.field) for each in caught.value.problems]


def test_a_message_becomes_the_line_that_is_described():
    (found,) = read(message(message_id="a:1"))
    assert found.line() == (
        b'{"message_id":"a:1","timestamp":"2025-10-04T12:34:56.123Z","vehicle_id":"veh-00123",'
        b'"can_id":"0x1F0","payload":{"engine_rpm":2150},"ingest_received_at":"2025-10-04T12:34:56.200Z"}'
    )
    assert Message.from_line(found.line()) == found


def test_what_a_sender_need_not_say_is_made_or_null():
    first, second = read(
        [{"timestamp": "2025-10-04T12:34:56+02:00", "vehicle_id": "v", "payload": {"a": None}}] * 2
    )
    assert first.message_id != second.message_id
    assert len(first.message_id) == 32
    assert (first.can_id, first.payload) == (None, {"a": None})
    assert b'"can_id":null' in first.line()
    assert b'"timestamp":"2025-10-04T10:34:56.000Z"' in first.line()


def test_the_arrival_is_the_servers_whatever_a_sender_says():
    (found,) = read(message(ingest_received_at="1999-01-01T00:00:00Z"))
    assert found.received_ns == RECEIVED_NS


@pytest.mark.parametrize(
    ("given_id", "kept"),
    [("0x1f0", "0x1f0"), (496, "0x1F0"), (None, None), (0, "0x0"), ("0x1FFFFFFF", "0x1FFFFFFF")],
)
def test_identifiers_of_frames_are_kept_as_they_were_written(given_id, kept):
    assert read(message(can_id=given_id))[0].can_id == kept


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("message_id", ""), ("message_id", "a b"), ("message_id", "x" * 129), ("message_id", 7),
        ("vehicle_id", "../../etc"), ("vehicle_id", "véhicule"), ("vehicle_id", None), ("vehicle_id", "a\n"),
        ("timestamp", "2025-10-04T12:34:56"), ("timestamp", "yesterday"), ("timestamp", 1759581296),
        ("timestamp", "2025-02-30T00:00:00Z"), ("timestamp", "2262-01-01T00:00:00Z"),
        ("timestamp", "1969-12-31T23:59:59Z"), ("timestamp", "2025-10-04T12:34:60Z"),
        ("timestamp", "2025-10-04T12:34:56.1234567891Z"), ("timestamp", "2025-10-04T12:34:56+24:00"),
        ("can_id", "1F0"), ("can_id", "0x20000000"), ("can_id", -1), ("can_id", True), ("can_id", 1.0),
        ("payload", {}), ("payload", [1]), ("payload", None), ("payload", {"": 1}), ("payload", {"a\x00": 1}),
        ("payload", {" ": 1}), ("payload", {"x" * 129: 1}),
    ],
)  # fmt: skip
def test_a_field_that_does_not_fit_is_named(field, value):
    assert problems(message(**{field: value})) == [(0, field)]


@pytest.mark.parametrize("field", ["timestamp", "vehicle_id", "payload"])
def test_a_field_that_is_missing_is_named(field):
    content = message()
    del content[field]
    assert (0, field) in problems(content)


@pytest.mark.parametrize("value", [[1], {"a": 1}, 2**63, -(2**63) - 1, "x" * 1025, 10**30, 10**300])
def test_a_value_that_is_no_plain_one_is_named_with_its_signal(value):
    body = json.dumps(message(payload={"good": 1, "odd": value})).encode()
    assert problems(body) == [(0, "payload.odd")]


@pytest.mark.parametrize("value", [2**63 - 1, -(2**63), 1e300, -0.0, True, "x" * 1024, None, "ü\n\u2028"])
def test_every_plain_value_comes_back_as_it_was(value):
    (found,) = read(json.dumps(message(payload={"a": value})).encode())
    again = Message.from_line(found.line())
    assert (repr(again.payload["a"]), b"\n" in found.line()) == (repr(value), False)


def test_an_unknown_field_is_refused():
    assert problems(message(speed=3)) == [(0, "speed")]


def test_a_name_that_is_no_plain_one_is_not_repeated():
    assert problems(message(**{"\x1b[31m": 3})) == [(0, "?")]


def test_of_a_batch_all_are_taken_or_none():
    assert problems([message(1), message(2, vehicle_id=""), message(3), 7]) == [(1, "vehicle_id"), (3, "")]
    assert [each.message_id for each in read([message(1), message(2)])] == ["m1", "m2"]


def test_a_batch_is_bounded():
    assert problems([]) == [(None, "")]
    assert problems([message(1)] * 3, max_messages=2) == [(None, "")]
    assert problems(message(payload={"a": 1, "b": 2}), max_signals=1) == [(0, "payload")]
    long = message(payload={f"s{number}": "x" * 1000 for number in range(70)})
    assert problems(long) == [(0, "")]


def test_problems_are_counted_and_only_the_first_are_told():
    with pytest.raises(MessageInvalid) as caught:
        read([7] * 1000)
    assert len(caught.value.problems) == 20
    assert caught.value.count >= 20


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"3", b'"text"', b"null", b"\xff", b"NaN", b'{"payload": {"a": NaN}}',
        b'{"payload": {"a": 1e999}}', b'{"payload": {"a": "\\ud800"}}', b"[" * 100_000,
        b'{"a":' * 5000 + b"1" + b"}" * 5000, b"\xef\xbb\xbf{}", b'{"payload": {"a": 1, "a": 2}}',
        b'{"vehicle_id": "a", "vehicle_id": "b"}', b'{"payload": {"a": ' + b"9" * 5000 + b"}}",
    ],
)  # fmt: skip
def test_what_is_not_json_is_refused_as_a_whole(body):
    with pytest.raises(BodyMalformed):
        read(body)


def test_a_refusal_never_repeats_what_was_sent():
    with pytest.raises(MessageInvalid) as caught:
        read(message(vehicle_id="se cret", timestamp="se cret", payload={"lat": [48.123]}, can_id="se cret"))
    words = f"{caught.value} {caught.value.evidence} {caught.value.problems}"
    assert "cret" not in words
    assert "48.1" not in words


@pytest.mark.parametrize(
    "line",
    [
        b"{}", b"[]", b"", b'{"message_id":"a"}', orjson.dumps(message()), b"x" * 70_000,
        orjson.dumps({**message(message_id=None), "ingest_received_at": "2025-10-04T12:34:56.200Z"}),
        orjson.dumps({**message(), "ingest_received_at": "now"}),
    ],
)  # fmt: skip
def test_a_line_that_is_no_message_is_refused(line):
    with pytest.raises(MessageInvalid):
        Message.from_line(line)


IDS = st.text(string.ascii_letters + string.digits + "._:-", min_size=1, max_size=128)
NAMES = st.text(min_size=1, max_size=20).filter(lambda name: name.isprintable() and not name.isspace())
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), TEXTS,
    st.floats(allow_nan=False, allow_infinity=False),
)  # fmt: skip
INSTANTS = st.integers(0, 9_214_646_400 * 10**9 - 1)
DOCUMENTS = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@st.composite
def sent_messages(draw):
    can_id = draw(st.one_of(st.none(), st.integers(0, 0x1FFFFFFF)))
    return Message(
        message_id=draw(IDS), vehicle_id=draw(IDS), t_ns=draw(INSTANTS), received_ns=draw(INSTANTS),
        payload=draw(st.dictionaries(NAMES, VALUES, min_size=1, max_size=8)),
        can_id=None if can_id is None else f"0x{can_id:X}",
    )  # fmt: skip


@given(sent_messages())
def test_every_message_is_read_back_from_its_line(sent):
    assert Message.from_line(sent.line()) == sent
    assert read_messages(sent.line(), received_ns=sent.received_ns) == [sent]


@given(st.binary(max_size=200) | DOCUMENTS.map(lambda content: json.dumps(content).encode()))
def test_a_body_of_anything_is_refused_as_one_that_does_not_fit(body):
    with pytest.raises(MessageInvalid):
        read_messages(body, received_ns=RECEIVED_NS)
