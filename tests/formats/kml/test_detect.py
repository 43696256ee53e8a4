"""The KML detector: what is KML or KMZ, how sure it is, and that it stays light."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile

import pytest

import telemparse
from telemparse.formats.kml.detect import detect
from telemparse.formats.kml.examples import EXAMPLES
from telemparse.model.detection import Rung, Sniff

OGC = "http://www.opengis.net/kml/2.2"


def rung(data, name="x.dat", members=()):
    head = data if isinstance(data, bytes) else data.encode()
    sniff = Sniff(name=name, size=len(head), head=head[:65536], tail=head[-4096:], members=members)
    return detect((sniff,)).rung


@pytest.mark.parametrize("name", ["log.kml", "log.csv", "log"])
@pytest.mark.parametrize("data", EXAMPLES.values(), ids=EXAMPLES)
def test_examples_are_signed_whatever_their_name(data, name):
    assert rung(data, name) is Rung.SIGNATURE


@pytest.mark.parametrize("version", ["2.0", "2.1", "2.2"])
def test_every_version_of_the_namespace_is_a_signature(version):
    assert rung(f'<kml xmlns="http://earth.google.com/kml/{version}">') is Rung.SIGNATURE
    assert rung(f'\ufeff<?xml version="1.0"?><k:kml xmlns:k="{OGC}">') is Rung.SIGNATURE


def test_a_root_without_its_namespace_is_a_marker_and_positions_alone_are_a_shape():
    assert rung("<kml>") is Rung.MARKER
    assert rung('<kml xmlns="urn:x">') is Rung.MARKER
    assert rung("</when>\n<gx:coord>-12.5 3.25 1</gx:coord>") is Rung.SHAPE


@pytest.mark.parametrize(
    "data", ["<gpx>", "<TrainingCenterDatabase/>", "lat,lon\n1,2\n", "", "the <gx:coord>", "<"]
)
def test_what_is_not_kml_is_refused(data):
    assert rung(data) is Rung.NO


def test_a_name_alone_is_only_a_name_and_content_outweighs_it():
    assert rung("lat,lon", "a.KML") is Rung.NAME
    assert rung("<gpx/>", "a.kml") is Rung.NO
    assert detect(()).rung is Rung.NO


def test_a_kmz_is_told_by_what_it_holds():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("drive/stint.kml", EXAMPLES["track.kml"])
    zipped = file.getvalue()
    assert rung(zipped, "a.kmz", ("drive/stint.kml", "icons/a.png")) is Rung.SIGNATURE
    assert rung(zipped, "a.kmz", ("a.png",)) is Rung.NAME
    assert rung(zipped, "a.zip", ("stint.kml",)) is Rung.NO
    for name in ("a.kmz", "a.zip"):
        assert telemparse.detect({name: zipped}).winner.parser_id == "kml"


def test_detecting_imports_neither_numpy_nor_pyarrow_nor_an_xml_library():
    code = (
        "import sys\n"
        "from telemparse.formats.kml.detect import detect\n"
        "from telemparse.model.detection import Sniff\n"
        "detect((Sniff(name='a', size=5, head=b'<kml>', tail=b''),))\n"
        "heavy = {'numpy', 'pyarrow', 'lxml', 'pyexpat'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
