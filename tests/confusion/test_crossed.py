"""Names crossed with contents, wrapped recordings, and one format inside another: content decides."""

from __future__ import annotations

import bz2
import csv
import functools
import gzip
import io
import json
import lzma
import operator
import zipfile
import zlib

import pytest

from telemparse.extension.catalog import Catalog
from telemparse.formats.csv.examples import EXAMPLES as CSV
from telemparse.formats.gpx.examples import EXAMPLES as GPX
from telemparse.model.detection import Rung
from telemparse.testing.confusion import Recording, ask, examples

CARDS = Catalog.shared().cards
EXTENSIONS = sorted({extension for card in CARDS for extension in card.extensions})
SINGLE = {each.name: each for each in examples() if len(each.source) == 1}


@pytest.fixture(params=SINGLE)
def single(request):
    """Return the name, content and owner of an example of one file."""
    recording = SINGLE[request.param]
    ((name, content),) = recording.source.items()
    return name, content, recording.owner


def shown(content, name="recording", owner=None):
    return ask(Recording(name, {name: content}, owner))


# ---- names


NAMES = ("recording", "recording.bin", *(f"RECORDING{extension.upper()}" for extension in EXTENSIONS))


def test_an_example_is_known_under_any_name(single):
    own, content, owner = single
    rung = shown(content, own, owner).rungs[owner]
    answers = {name: shown(content, name, owner) for name in NAMES}
    found = {name: (row.winner, row.rungs[owner], row.rivals, row.faults) for name, row in answers.items()}
    assert found == dict.fromkeys(NAMES, (owner, rung, (), ()))


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_a_name_without_the_content_wins_nothing(extension):
    for content in (b"Dear Anna,\n\nthe car ran well on Sunday.\n\nYours, Ben\n", bytes(range(256)) * 8):
        row = shown(content, f"letter{extension}")
        assert (row.winner, row.rivals, row.faults) == (None, (), ())


# ---- wrappers


def zipped(content, name="folder/recording"):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name, (2025, 5, 4, 0, 0, 0)), content)
    return target.getvalue()


WRAPPERS = {
    "gzip": gzip.compress, "zlib": zlib.compress, "xz": lzma.compress, "bzip2": bz2.compress, "zip": zipped,
}  # fmt: skip


def test_a_wrapped_example_is_known_as_surely_as_a_bare_one(single):
    own, content, owner = single
    rung = shown(content, own, owner).rungs[owner]
    answers = {name: shown(wrap(content), "recording.dat", owner) for name, wrap in WRAPPERS.items()}
    found = {name: (row.winner, row.rungs[owner], row.rivals, row.faults) for name, row in answers.items()}
    assert found == dict.fromkeys(WRAPPERS, (owner, rung, (), ()))


def test_a_member_of_an_archive_is_known_by_its_content(single):
    _own, content, owner = single
    members = {name: zipped(content, f"recording{name}") for name in EXTENSIONS}
    winners = {name: shown(archive, "archive.zip", owner).winner for name, archive in members.items()}
    assert winners == dict.fromkeys(EXTENSIONS, owner)


# ---- one format inside another

DOCUMENT = GPX["version-1-0.gpx"].decode()
ROWS = [[f"2025-05-04T10:00:{i:02d}Z", f"48.1{i:02d}", f"11.5{i:02d}", f"{i}.5", "plain"] for i in range(40)]
HEADER = ["timestamp", "lat", "lon", "speed_mps", "note"]


def table(note, header=HEADER):
    """Return a CSV whose fourth row has this note."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([*row[:4], note if i == 3 else row[4]] for i, row in enumerate(ROWS))
    return target.getvalue()


TABLE = table("plain")
KML = "<kml xmlns='http://www.opengis.net/kml/2.2'>"
DECLARATION = "<?xml version='1.0'?>\n"


def sentence(body):
    """Return an NMEA sentence with its checksum."""
    return f"${body}*{functools.reduce(operator.xor, body.encode()):02X}"


FIXES = [f"GPGGA,1000{i:02d}.00,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,," for i in range(40)]
SENTENCES = [sentence(fix) for fix in FIXES]

OWNED = {
    "a GPX in a cell": (table(DOCUMENT), "csv"),
    "a GPX in one line in a cell": (table(DOCUMENT.replace("\n", "")), "csv"),
    "a point in a cell": (table('<trkpt lat="48.1" lon="11.5"/>'), "csv"),
    "the root of a GPX in the header": (table("", [*HEADER[:4], DOCUMENT[:140]]), "csv"),
    "a GPX behind a dialect's rows": (CSV["racebox.csv"].decode() + DOCUMENT, "csv"),
    "a table in a description": (
        DOCUMENT.replace("<name>", f"<desc><![CDATA[\n{TABLE}]]></desc><name>", 1), "gpx",
    ),
    "a table in a comment": (DOCUMENT.replace("<trk>", f"<!--\n{TABLE}-->\n<trk>"), "gpx"),
    "a table in a comment before the root": (DOCUMENT.replace("<gpx", f"<!--\n{TABLE}-->\n<gpx", 1), "gpx"),
    "a table behind the root": (DOCUMENT + TABLE, "gpx"),
    "an NMEA sentence in a description": (
        DOCUMENT.replace("<name>", "<desc>$GPGGA,1,2,3*47</desc><name>", 1), "gpx",
    ),
    "an NMEA log": ("\r\n".join([*SENTENCES, ""]), "nmea"),
    "an NMEA log behind a mark": ("\ufeff" + "\r\n".join([*SENTENCES, ""]), "nmea"),
    "an NMEA log with stamps": (
        "".join(f"2025-05-04 10:00:00.{i:03d},{s}\n" for i, s in enumerate(SENTENCES)), "nmea",
    ),
    "an NMEA log below a header": (
        "time,sentence\n" + "".join(f"{i},{s}\n" for i, s in enumerate(SENTENCES)), "nmea",
    ),
    "a GPX in CDATA of a KML": (
        f"{DECLARATION}{KML}<description><![CDATA[{DOCUMENT}]]></description></kml>", "kml",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("content", "owner"), OWNED.values(), ids=OWNED)
@pytest.mark.parametrize("name", ["recording", "recording.csv", "recording.gpx"])
def test_what_is_inside_another_recording_does_not_take_it_over(content, owner, name):
    row = shown(content.encode(), name, owner)
    assert (row.winner, row.rivals, row.faults) == (owner, (), ())


NOBODYS = {
    "a table in CDATA": f"{DECLARATION}<log><![CDATA[\n{TABLE}]]></log>\n",
    "a table in CDATA, undeclared": f"<log><![CDATA[\n{TABLE}]]></log>\n",
    "a table in CDATA behind a comment": f"<!-- a log -->\n<log><![CDATA[\n{TABLE}]]></log>\n",
    "a table in CDATA behind a mark": f"\ufeff{DECLARATION}<log><![CDATA[\n{TABLE}]]></log>\n",
    "a GPX in a page": f"<!DOCTYPE html>\n<html><body><pre>{DOCUMENT}</pre></body></html>",
    "a table in JSON": json.dumps({"rows": ROWS}, indent=1),
    "a table as text in JSON": json.dumps([{"file": TABLE}]),
    "a table among JSON, behind a mark": '\ufeff[\n{"a": 1},\n' + TABLE + "]",
    "a GPX as text in JSON": json.dumps({"file": DOCUMENT}),
}


@pytest.mark.parametrize("content", NOBODYS.values(), ids=NOBODYS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("name", ["recording", "recording.csv", "recording.gpx"])
def test_what_only_holds_a_recording_is_claimed_by_nobody(content, encoding, name):
    row = shown(content.removeprefix("\ufeff" if encoding == "utf-16" else "").encode(encoding), name)
    assert (row.winner, row.rivals, row.faults) == (None, (), ())


def test_nmea_without_checksums_is_at_most_a_table_without_a_header():
    row = shown("".join(f"${fix}\r\n" for fix in FIXES).encode())
    assert row.rungs["csv"] in (Rung.NO, Rung.SHAPE)
    assert row.rungs["gpx"] is Rung.NO


def test_several_formats_in_one_set_each_find_their_parser():
    row = ask(Recording("both", {"a": CSV["racebox.csv"], "b": GPX["prefixed.gpx"]}, "csv"))
    assert (row.rungs["csv"], row.rungs["gpx"]) == (Rung.MARKER, Rung.SIGNATURE)
