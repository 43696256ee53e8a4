"""Damage: of every kind, always some, bounded, told in words without content, and small when shrunk."""

from __future__ import annotations

import codecs
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemparse.errors import CallError
from telemparse.testing.strategies import Damage, damaged

HEALTHY = settings(suppress_health_check=[])
TEXT = "time,Höhe\r\n" + "".join(f"{second},secret{second}\r\n" for second in range(12))
SAMPLES = {
    "text": TEXT.encode(),
    "binary": bytes(range(256)) * 3,
    "one byte": b"\xb5",
    "alike": bytes(500),
    "one long line": b"a" * 3000,
    "line ends": b"\n" * 300,
    "large": b"0.5;1.5\n" * 4000,
}
DAMAGED_SAMPLES = st.sampled_from(sorted(SAMPLES)).flatmap(
    lambda name: st.tuples(st.just(SAMPLES[name]), damaged(SAMPLES[name]))
)


@HEALTHY
@given(DAMAGED_SAMPLES)
def test_damage_is_real_and_bounded(drawn):
    sample, found = drawn
    assert list(found.files) == ["sample"]
    assert found.files["sample"] != sample
    assert len(found.files["sample"]) <= 2 * len(sample) + 4096


@pytest.mark.parametrize("kind", Damage)
def test_every_kind_happens_and_says_so(kind):
    seen = set()

    @settings(max_examples=60)
    @given(damaged(SAMPLES["text"], kinds=(kind,), name="log.csv"))
    def is_told(found):
        assert found.kind is kind
        assert found.words.startswith("log.csv: ")
        assert not re.search("secret|Höhe|time,", found.words)
        assert repr(found) == f"Damaged({kind.value}: {found.words})"
        seen.add(found.files["log.csv"])

    is_told()
    assert len(seen) > 2


def test_all_kinds_happen_unless_told():
    seen = set()

    @settings(max_examples=200)
    @given(damaged(SAMPLES["text"]))
    def is_counted(found):
        seen.add(found.kind)

    is_counted()
    assert seen == set(Damage)


LINES = b"t,v\r\n1,2\r\n"
SMALLEST = {
    Damage.CUT: ("ends after 9 of 10 bytes", LINES[:9]),
    Damage.FLIP: ("bits turned over at 0+1 by 0x01 (offset+length)", b"u" + LINES[1:]),
    Damage.SPLICE: ("bytes 0 to 1 of 10 are missing", LINES[1:]),
    Damage.REPEAT: ("bytes 0 to 1 of 10 stand there 2 times", b"t" + LINES),
    Damage.INSERT: ("a NUL put in at 0 of 10", b"\0" + LINES),
    Damage.SWAP_ENCODING: ("a mark of UTF-8 in front", codecs.BOM_UTF8 + LINES),
    Damage.SWAP_NEWLINES: ("LF behind each line", b"t,v\n1,2\n"),
}


@pytest.mark.parametrize("kind", Damage)
def test_damage_shrinks_to_the_least_at_the_earliest_place(smallest, kind):
    words, data = SMALLEST[kind]
    found = smallest(damaged(LINES, kinds=(kind,)))
    assert (found.words, found.files) == (f"sample: {words}", {"sample": data})


def test_damage_of_any_kind_shrinks_to_a_byte_cut_off(smallest):
    assert smallest(damaged(LINES)).files == {"sample": LINES[:-1]}


WAYS = {
    "begins late": (Damage.CUT, LINES[3:]),
    "empty": (Damage.CUT, b""),
    "a piece moved": (Damage.SPLICE, b",vt\r\n1,2\r\n"),
    "a line missing": (Damage.SPLICE, b"1,2\r\n"),
    "a line twice": (Damage.REPEAT, LINES + b"1,2\r\n"),
    "UTF-16 with a mark": (Damage.SWAP_ENCODING, codecs.BOM_UTF16_LE + LINES.decode().encode("utf-16-le")),
    "UTF-16 without a mark": (Damage.SWAP_ENCODING, LINES.decode().encode("utf-16-be")),
    "CR": (Damage.SWAP_NEWLINES, b"t,v\r1,2\r"),
    "mixed line ends": (Damage.SWAP_NEWLINES, b"t,v\r\n1,2\n"),
    "no line ends": (Damage.SWAP_NEWLINES, b"t,v1,2"),
}


@pytest.mark.parametrize(("kind", "wanted"), WAYS.values(), ids=WAYS)
def test_damage_comes_in_many_ways(smallest, kind, wanted):
    assert smallest(damaged(LINES, kinds=(kind,)), lambda found: found.files["sample"] == wanted)


@pytest.mark.parametrize("extra", [b"\0" * 100, b"9" * 400, b"\n" * 30, b'"'], ids=repr)
def test_runs_of_bytes_are_put_in(smallest, extra):
    found = smallest(damaged(b"ab", kinds=(Damage.INSERT,)), lambda each: extra in each.files["sample"])
    assert found.files["sample"] == extra + b"ab"


def test_text_goes_through_latin_1_both_ways(smallest):
    text = "Höhe\n"
    for wanted in (text.encode("latin-1"), text.encode().decode("latin-1").encode()):
        swaps = damaged(text.encode(), kinds=(Damage.SWAP_ENCODING,))
        assert smallest(swaps, lambda found, wanted=wanted: found.files["sample"] == wanted)


@settings(max_examples=100)
@given(damaged({"a.gpx": b"<gpx/>\n", "empty.txt": b"", "b.csv": b"1,2\n3,4\n"}))
def test_exactly_one_file_of_a_recording_is_damaged(found):
    whole = {"a.gpx": b"<gpx/>\n", "empty.txt": b"", "b.csv": b"1,2\n3,4\n"}
    assert list(found.files) == list(whole)
    (name,) = [name for name in whole if found.files[name] != whole[name]]
    assert found.words.startswith(f"{name}: ")


@settings(max_examples=50)
@given(damaged(b""))
def test_an_empty_file_only_gains_bytes(found):
    assert found.kind in (Damage.INSERT, Damage.SWAP_ENCODING)
    assert found.files["sample"]


def test_damage_that_cannot_be_done_is_a_call_error():
    with pytest.raises(CallError, match="CUT, SWAP_NEWLINES"):
        damaged(b"", kinds=(Damage.CUT, Damage.SWAP_NEWLINES))
    with pytest.raises(CallError, match="wanted: none"):
        damaged(b"abc", kinds=())
    with pytest.raises(CallError, match="at least one file"):
        damaged({})
