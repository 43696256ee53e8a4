"""Parts of raw messages: every good line is read, every damaged one is told, in bounded memory."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raw_hours import message, put_lines
from telemparse.live import parts, raw_lines
from telemparse.live.faults import MessageInvalid
from telemparse.live.messages import Message
from telemparse.live.parts import PartReader
from telemparse.live.raw_lines import LineReader, content_of


def _read(*paths):
    reader = PartReader()
    return [found for path in paths for _line, found in reader.read(path)], reader.damages


def test_every_line_of_a_part_is_a_message(tmp_path):
    sent = [message(number, can_id="0x1F0") for number in range(5)]
    found, damages = _read(put_lines(tmp_path, *(each.line() for each in sent)))
    assert [each.message_id for each in found] == [each.message_id for each in sent]
    assert [each.t_ns for each in found] == [each.t_ns for each in sent]
    assert [each.received_ns for each in found] == [each.received_ns for each in sent]
    assert [each.can_id for each in found] == ["0x1F0"] * 5
    assert found[3].payload == {"engine_rpm": 1003}
    assert damages == []


def test_damaged_lines_are_told_by_number_and_the_others_are_kept(tmp_path):
    good = [message(number).line() for number in range(3)]
    part = put_lines(tmp_path, good[0], good[1][:40], b"\xff\xfe", good[1], b"{}", b"[]", good[2])
    found, (damage,) = _read(part)
    assert [each.message_id for each in found] == ["m-0", "m-1", "m-2"]
    assert (damage.part, damage.count, damage.lines) == (part.name, 4, (2, 3, 5))
    assert damage.issue.code == "RAW_LINES_DAMAGED"
    assert damage.issue.locus.line == 2


def test_blank_lines_and_a_last_line_without_its_end_are_no_damage(tmp_path):
    part = put_lines(tmp_path, message(0).line(), b"", b"  ", message(1).line())
    part.write_bytes(part.read_bytes().removesuffix(b"\n"))
    found, damages = _read(part)
    assert [each.message_id for each in found] == ["m-0", "m-1"]
    assert damages == []


@pytest.mark.parametrize("step", [1, 7, 300, 4096])
def test_lines_are_the_same_however_the_file_is_cut(tmp_path, monkeypatch, step):
    monkeypatch.setattr(parts, "_STEP_BYTES", step)
    monkeypatch.setattr(parts, "LONGEST_LINE_BYTES", 500)
    lines = [message(number).line() for number in range(4)]
    part = put_lines(tmp_path, lines[0], b"x" * 2000, lines[1], b"y" * 501, lines[2], lines[3], b"z" * 9000)
    found, (damage,) = _read(part)
    assert [each.message_id for each in found] == ["m-0", "m-1", "m-2", "m-3"]
    assert (damage.count, damage.lines) == (3, (2, 4, 7))


def test_a_word_that_was_never_good_is_refused_also_after_good_lines(tmp_path):
    good = json.loads(message(0).line())
    bad = [
        {**good, "vehicle_id": "../veh"},
        {**good, "vehicle_id": ["veh-1"]},
        {**good, "message_id": "a b"},
        {**good, "can_id": "0xZZ"},
        {**good, "can_id": {"a": 1}},
        {**good, "payload": {"engine_rpm": [1]}},
        {**good, "payload": {"engine_rpm": {}}},
        {**good, "payload": {}},
        {**good, "payload": "engine_rpm"},
        {**good, "payload": {"engine_rpm": "x" * 2000}},
        {**good, "timestamp": "2025-10-09T09:00:61.000Z"},
        {**good, "timestamp": "2025-10-09T09:00:00"},
        {**good, "timestamp": 5},
        {**good, "ingest_received_at": None},
        {**good, "surplus": 1},
        {key: value for key, value in good.items() if key != "timestamp"},
    ]
    lines = [message(0).line(), *(json.dumps(each).encode() for each in bad), message(1).line()]
    found, (damage,) = _read(put_lines(tmp_path, *lines))
    assert [each.message_id for each in found] == ["m-0", "m-1"]
    assert damage.count == len(bad)


def test_whole_numbers_beyond_64_bits_and_repeated_names_are_no_messages():
    read = LineReader().read
    line = message(0, payload={"n": 1}).line()
    assert read(line).payload == {"n": 1}
    assert read(line.replace(b'"n":1', b'"n":123456789012345678901234567890')) is None
    assert read(line.replace(b'"n":1', b'"n":1,"n":2')) is None
    assert read(line.replace(b'"n":1', b'"n":1e999')) is None
    assert read(line.replace(b'"n":1', b'"n":-9223372036854775808')).payload == {"n": -(2**63)}


def test_what_the_reader_keeps_aside_is_bounded(monkeypatch):
    monkeypatch.setattr(raw_lines, "_MOST_KEPT", 3)
    reader = LineReader()
    sent = [message(n, vehicle=f"v{n}", can_id=hex(n), payload={f"s{n}": n}) for n in range(40)]
    assert [reader.read(each.line()).vehicle_id for each in sent] == [each.vehicle_id for each in sent]
    kept = (reader._vehicles, reader._can_ids, reader._names, reader._seconds, reader._fractions)
    assert all(len(words) <= 4 for words in kept)


_IDS = st.text("ab.:_-9", min_size=1, max_size=6)
_VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.text(max_size=5)
    | st.floats(allow_nan=False, allow_infinity=False)
)
_MESSAGES = st.builds(
    Message,
    message_id=_IDS,
    vehicle_id=_IDS,
    t_ns=st.integers(0, 9_000_000_000_000_000_000),
    can_id=st.none() | st.integers(0, 0x1FFFFFFF).map(hex),
    payload=st.dictionaries(
        st.text("abc ä\"':/", min_size=1, max_size=4).filter(str.strip), _VALUES, min_size=1
    ),
    received_ns=st.integers(0, 9_000_000_000_000_000_000),
)


@given(st.lists(_MESSAGES, min_size=1, max_size=8), st.data())
def test_the_fast_reader_says_what_the_careful_one_says(sent, data):
    reader = LineReader()
    for each in (*sent, *sent):
        line = each.line()
        assert reader.read(line) == _carefully(line)
        place = data.draw(st.integers(0, len(line) - 1))
        torn = line[:place] + data.draw(st.binary(max_size=3)) + line[place + 1 :]
        assert reader.read(torn) == _carefully(torn)


def _carefully(line):
    try:
        found = Message.from_line(line)
    except MessageInvalid:
        return None
    # -0.0 and 0.0 are equal and still two values.
    assert all(not isinstance(value, float) or math.isfinite(value) for value in found.payload.values())
    return (
        found.message_id, found.vehicle_id, found.t_ns, found.can_id, found.payload, found.received_ns
    )  # fmt: skip


def test_the_content_of_a_line_is_what_the_sender_said():
    once, again = message(3), message(3, arrival_s=99)
    assert once.line() != again.line()
    assert content_of(once.line()) == content_of(again.line())
    assert content_of(b"no message") == b"no message"
