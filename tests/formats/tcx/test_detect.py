"""The TCX detector: what is TCX, how sure it is, and that it stays light."""

from __future__ import annotations

import subprocess
import sys

import pytest

from telemparse.formats.tcx.detect import detect
from telemparse.formats.tcx.examples import EXAMPLES
from telemparse.model.detection import Rung, Sniff

V2 = "http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"


def rung(data, name="x.dat"):
    head = data if isinstance(data, bytes) else data.encode()
    return detect((Sniff(name=name, size=len(head), head=head[:65536], tail=head[-4096:]),)).rung


@pytest.mark.parametrize("name", ["log.tcx", "log.csv", "log"])
@pytest.mark.parametrize("data", EXAMPLES.values(), ids=EXAMPLES)
def test_examples_are_signed_whatever_their_name(data, name):
    assert rung(data, name) is Rung.SIGNATURE


@pytest.mark.parametrize(
    "data",
    [
        f'<TrainingCenterDatabase xmlns="{V2}"/>',
        f'<?xml version="1.0"?>\r\n<!-- > -->\n<t:TrainingCenterDatabase xmlns:t="{V2}">',
        f'\ufeff<TrainingCenterDatabase a="1" xmlns="{V2.replace("v2", "v1")}">',
        f'<?xml version="1.0" encoding="UTF-16"?><TrainingCenterDatabase xmlns="{V2}">'.encode("utf-16"),
    ],
)
def test_root_and_namespace_together_are_a_signature(data):
    assert rung(data) is Rung.SIGNATURE


def test_a_root_without_its_namespace_is_a_marker_and_points_alone_are_a_shape():
    assert rung("<TrainingCenterDatabase>") is Rung.MARKER
    assert rung('<TrainingCenterDatabase xmlns="urn:x">') is Rung.MARKER
    assert rung("</Trackpoint>\n<Trackpoint>\n <Time>2024-05-04T10:00:00Z</Time>") is Rung.SHAPE
    assert rung("...</n:Time><n:Trackpoint><n:Position>") is Rung.SHAPE


@pytest.mark.parametrize("data", ["<gpx>", "<kml/>", "lat,lon\n1,2\n", "", "the <Trackpoint> element", "<"])
def test_what_is_not_tcx_is_refused(data):
    assert rung(data) is Rung.NO


def test_a_name_alone_is_only_a_name_and_content_outweighs_it():
    assert rung("lat,lon", "a.TCX") is Rung.NAME
    assert rung("<kml/>", "a.tcx") is Rung.NO
    assert detect(()).rung is Rung.NO


def test_detecting_imports_neither_numpy_nor_pyarrow_nor_an_xml_library():
    code = (
        "import sys\n"
        "from telemparse.formats.tcx.detect import detect\n"
        "from telemparse.model.detection import Sniff\n"
        "detect((Sniff(name='a', size=5, head=b'<gpx>', tail=b''),))\n"
        "heavy = {'numpy', 'pyarrow', 'lxml', 'pyexpat'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
