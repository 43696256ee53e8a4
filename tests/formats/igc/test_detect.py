"""The IGC detector: what is IGC, and how sure it is."""

from __future__ import annotations

import pytest

from telemparse.formats.igc.detect import detect
from telemparse.formats.igc.examples import EXAMPLES
from telemparse.model.detection import Rung, Sniff

FIX = "B1000002127267S01220736WA0011800120"


def answer(data, name="x.dat", size=None):
    head = data if isinstance(data, bytes) else data.encode()
    return detect((Sniff(name=name, size=size or len(head), head=head[:65536], tail=head[-4096:]),))


@pytest.mark.parametrize("name", ["log.igc", "log.csv", "log"])
@pytest.mark.parametrize("data", EXAMPLES.values(), ids=EXAMPLES)
def test_examples_are_signed_whatever_their_name(data, name):
    found = answer(data, name)
    assert found.rung is Rung.SIGNATURE
    assert found.evidence == ("A record of a maker", "HFDTE names the day", "40 B records")


@pytest.mark.parametrize(
    ("lines", "rung"),
    [
        (["AXXX001", "HFDTE040525", FIX], Rung.SIGNATURE),
        (["AXXX001", "HFDTE040525"], Rung.MARKER),
        (["AXXX001", "HPDTE:040525", FIX], Rung.SIGNATURE),
        (["HFDTE040525", FIX], Rung.MARKER),
        (["AXXX001", FIX], Rung.MARKER),
        (["HFPLTPILOT:x", FIX], Rung.MARKER),
        ([FIX, FIX], Rung.MARKER),
        ([FIX], Rung.SHAPE),
        ([FIX, "1", "2", "3"], Rung.NO),
        (["AXXX001"], Rung.NO),
        (["HFDTE040525"], Rung.NO),
        ([FIX[:-1], "x"], Rung.NO),
        (["a,b", "1,2"], Rung.NO),
        ([], Rung.NO),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_more_facts_make_surer(lines, rung, newline):
    assert answer(newline.join(lines)).rung is rung


def test_a_line_that_the_head_cuts_does_not_count():
    assert answer(f"{FIX}\n{FIX}", size=100_000).rung is Rung.SHAPE


def test_a_name_alone_is_only_a_name():
    assert answer("lat,lon", "a.IGC").rung is Rung.NAME
    assert answer(b"\x01\x02\x03" * 400, "a.igc").rung is Rung.NO


def test_the_strongest_artifact_of_a_set_speaks():
    sniffs = tuple(
        Sniff(name="a", size=len(data), head=data, tail=b"") for data in (b"x", f"AXXX1\n{FIX}".encode())
    )
    assert detect(sniffs).rung is Rung.MARKER
    assert detect(()).rung is Rung.NO
