"""Strangers: files of many kinds that no parser claims and that hold no magic they were told to avoid."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings

import telemparse
from telemparse.errors import CallError
from telemparse.model.detection import Rung
from telemparse.testing.strategies import strangers

HEALTHY = settings(suppress_health_check=[])


@HEALTHY
@given(strangers())
def test_no_installed_parser_sees_a_recording_in_a_stranger(data):
    found = telemparse.detect({"stranger.bin": data})
    assert [candidate for candidate in found.candidates if candidate.rung >= Rung.SHAPE] == []
    assert found.winner is None


@HEALTHY
@given(strangers())
def test_strangers_are_small(data):
    assert type(data) is bytes
    assert len(data) <= 12 * 1024


def test_strangers_shrink_to_the_empty_file(smallest):
    assert smallest(strangers()) == b""


def _is_json(data):
    try:
        return isinstance(json.loads(data), dict | list)
    except ValueError:
        return False


KINDS = {
    "a picture": lambda data: data.startswith(b"\x89PNG\r\n\x1a\n"),
    "a document": lambda data: data.startswith(b"%PDF"),
    "a program": lambda data: data.startswith(b"\x7fELF"),
    "a database": lambda data: data.startswith(b"SQLite format 3\0"),
    "gzip": lambda data: data.startswith(b"\x1f\x8b"),
    "a zip": lambda data: data.startswith(b"PK\x03\x04"),
    "NULs": lambda data: len(data) > 100 and not data.strip(b"\0"),
    "noise": lambda data: len(data) > 100 and len(set(data)) > 80 and data.startswith(b"\x05"),
    "prose with numbers": lambda data: data.count(b";") > 1 and b"1987" in data and data.count(b",") > 3,
    "a log": lambda data: data.count(b" INFO ") > 1,
    "source": lambda data: b"def " in data and b"return [" in data,
    "settings": lambda data: data.startswith(b"[") and b" = yes, no; maybe" in data,
    "HTML": lambda data: data.startswith(b"<!DOCTYPE html>"),
    "XML": lambda data: data.startswith(b"<?xml") and b"gpx" not in data,
    "JSON": lambda data: len(data) > 20 and _is_json(data),
    "Markdown": lambda data: b"# The " in data and b"\n1. Take " in data,
    "a long line": lambda data: len(data) > 4096 and b"\n" not in data and data.isascii(),
    "CRLF": lambda data: data.count(b"\r\n") > 2,
}


def test_strangers_are_of_every_kind(unmet):
    assert unmet(strangers(), KINDS) == []


MAGICS = {
    "common": ((0, b"<"), (0, b"\x89PNG"), (0, b"PK\x03\x04"), (0, b"{"), (4, b"\x0d\x0a"), (512, b"A")),
    "overlapping": tuple(
        (offset, letter) for offset in range(12) for letter in (b"e", b"th", b"o", b" ", b"n")
    ),
    "every byte": tuple((3, bytes([byte])) for byte in range(256)),
    "each substitute": ((0, b"<"), *((0, bytes([byte])) for byte in b"~#-_.")),
}


@pytest.mark.parametrize("magics", MAGICS.values(), ids=MAGICS)
def test_no_stranger_holds_a_magic_at_its_offset(magics):
    changed = []

    @settings(HEALTHY, max_examples=400)
    @given(strangers(magics=magics))
    def holds_none(data):
        assert [magic for offset, magic in magics if data[offset : offset + len(magic)] == magic] == []
        changed.append(data)

    holds_none()
    assert len({*changed}) > 50


def test_a_magic_elsewhere_is_no_matter(smallest):
    assert smallest(strangers(magics=((1, b"<?xml"),)), lambda data: data.startswith(b"<?xml"))


@pytest.mark.parametrize("magics", [((0, b""),), ((-1, b"x"),)])
def test_a_magic_that_cannot_be_is_a_call_error(magics):
    with pytest.raises(CallError):
        strangers(magics=magics)


# Texts that no human would call a recording, and that come near to a table of numbers.
NEARLY_TABLES = {
    "a sentence that names two quantities": "Please check the time and the speed of the car.\n",
    "a program that names two quantities": "speed = distance / time\n",
    "settings of a word and a number": "port: 8080\ntimeout: 30\n",
    "a log with stamps before the comma": (
        "2025-05-04 10:00:02,456 WARNING worker: no luck\n2025-05-04 10:00:03,456 INFO worker: fine\n"
    ),
    "a list of things to buy": "3 apples\n2 pears\n",
    "a log with a clock": "10:00:01 started\n10:00:02 stopped\n",
    "a log with a date and a clock": "2025-05-04 10:00:01 started\n2025-05-04 10:00:02 stopped\n",
    "a table in Markdown": "| name | count |\n|------|-------|\n| a | 1 |\n| b | 2 |\n",
}


@pytest.mark.parametrize("text", NEARLY_TABLES.values(), ids=NEARLY_TABLES)
def test_texts_with_a_few_numbers_are_strangers_too(text):
    assert telemparse.detect({"notes.txt": text.encode()}).winner is None
