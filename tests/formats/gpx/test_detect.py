"""The GPX detector: what is GPX, how sure it is, and that it stays light."""

from __future__ import annotations

import subprocess
import sys

import pytest

from telemparse.formats.gpx.detect import detect
from telemparse.formats.gpx.examples import EXAMPLES
from telemparse.model.detection import Rung, Sniff

TEN, ELEVEN = "http://www.topografix.com/GPX/1/0", "http://www.topografix.com/GPX/1/1"


def rung(data, name="x.dat"):
    head = data if isinstance(data, bytes) else data.encode()
    return detect((Sniff(name=name, size=len(head), head=head[:65536], tail=head[-4096:]),)).rung


@pytest.mark.parametrize("name", ["log.gpx", "log.csv", "log"])
@pytest.mark.parametrize("data", EXAMPLES.values(), ids=EXAMPLES)
def test_examples_are_signed_whatever_their_name(data, name):
    assert rung(data, name) is Rung.SIGNATURE


@pytest.mark.parametrize(
    "data",
    [
        f'<gpx version="1.1" xmlns="{ELEVEN}"/>',
        f"<gpx version='1.0' xmlns='{TEN}'></gpx>",
        f"<gpx creator='a > \"b\"' version='1.0' xmlns='{TEN}'></gpx>",
        f'<g:gpx xmlns:g="{ELEVEN}" version="1.1">',
        f'<?xml version="1.0"?>\r\n<!-- > -->\n<?pi?><!DOCTYPE gpx [<!ELEMENT a ANY>]><gpx xmlns="{ELEVEN}">',
        f' \n<gpx\n xmlns="{ELEVEN}"\n creator="a"\n>',
        f'<gpx xmlns="{ELEVEN}" creator="x"'.encode() + b" " * 70_000 + b">",
        f'\ufeff<gpx xmlns="{ELEVEN}" version="1.1">'.encode(),
        f'<?xml version="1.0" encoding="UTF-16"?><gpx xmlns="{ELEVEN}" version="1.1">'.encode("utf-16"),
        f'<gpx xmlns="{ELEVEN}" version="1.1">'.encode("utf-16-be"),
    ],
)
def test_root_and_namespace_together_are_a_signature(data):
    assert rung(data) is Rung.SIGNATURE


@pytest.mark.parametrize(
    "data",
    [
        "<gpx>", '<gpx version="1.1" creator="me">', '<gpx xmlns="http://example.org/track">',
        f'<gpx version="1.0" xmlns="{ELEVEN}">',
    ],
)  # fmt: skip
def test_a_gpx_root_with_a_doubt_is_a_marker(data):
    assert rung(data) is Rung.MARKER


@pytest.mark.parametrize(
    "data",
    [
        '<kml xmlns="http://www.opengis.net/kml/2.2"/>', "<TrainingCenterDatabase>", "<html><gpx>",
        "lat,lon\n1,2\n", "", "\0" * 100, "gpx", "<GPX>", f"<x><gpx xmlns='{ELEVEN}'/></x>",
        "<!-- <gpx> -->", "<",
    ],
)  # fmt: skip
def test_what_is_not_gpx_is_refused(data):
    assert rung(data) is Rung.NO


def test_a_name_alone_is_only_a_name_and_content_outweighs_it():
    assert rung("lat,lon", "a.GPX") is Rung.NAME
    assert rung("<kml/>", "a.gpx") is Rung.NO


def test_points_without_their_root_are_a_shape():
    assert rung('</ele></trkpt>\n<trkpt lat="1" lon="2">') is Rung.SHAPE
    assert rung("</ele></trkpt>\n<trkpt lon='2' lat = '-1'>") is Rung.SHAPE


@pytest.mark.parametrize(
    "data",
    ['t,note\n1,"<gpx><trkpt lat=""1"" lon=""2""/>"\n', r'{"file": "<gpx><trkpt lat=\"1\" lon=\"2\"/>"}'],
)
def test_points_whose_quotes_are_doubled_or_escaped_stand_inside_something_else(data):
    assert rung(data) is Rung.NO
    assert rung("the element <trkpt> has latitude") is Rung.NO


def test_the_strongest_artifact_of_a_set_speaks_and_says_why():
    sniffs = tuple(
        Sniff(name="a", size=len(data), head=data, tail=b"")
        for data in (b"x", f'<gpx version="1.1" xmlns="{ELEVEN}">'.encode())
    )
    assert detect(sniffs).evidence == ("root element is gpx", "namespace of GPX 1.1", "version 1.1")
    assert detect(()).rung is Rung.NO


def test_detecting_imports_neither_numpy_nor_pyarrow_nor_an_xml_library():
    code = (
        "import sys\n"
        "from telemparse.formats.gpx.detect import detect\n"
        "from telemparse.model.detection import Sniff\n"
        "detect((Sniff(name='a', size=5, head=b'<gpx>', tail=b''),))\n"
        "heavy = {'numpy', 'pyarrow', 'lxml', 'pyexpat'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("unit", ["<!--", "<?", "<!DOCTYPE [", " ", "<gpx ", '<gpx a="', "<a:"])
def test_hostile_heads_are_answered(unit):
    assert rung(unit * (65536 // len(unit))) in Rung
