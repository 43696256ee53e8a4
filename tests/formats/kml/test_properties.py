"""Generated and mutated KML: both ways of reading agree, cutting does not matter, no bytes break it."""

from __future__ import annotations

import datetime as dt
import random
from xml.etree import ElementTree as ET

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from telemparse.formats.kml.examples import EXAMPLES
from telemparse.formats.kml.parser import parse, read
from telemparse.kernels.xml_points import Method
from telemparse.model.artifacts import Artifact, ArtifactSet
from telemparse.model.issues import Issue
from telemparse.model.messages import Batch, Meta
from telemparse.model.options import ParseOptions
from telemparse.schemas import check

KML, GX = "http://www.opengis.net/kml/2.2", "http://www.google.com/kml/ext/2.2"
CONFESSIONS = {"XML_MALFORMED", "XML_UNSAFE", "ARTIFACT_TRUNCATED", "ARTIFACT_EMPTY"}
SNIPPETS = [
    b"<", b">", b"&", b'"', b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?x", b"</gx:Track>", b"<gx:Track>",
    b"<when>", b"</when>", b"<gx:coord>1 2 3</gx:coord>", b"<gx:coord/>", b"<Placemark>", b"</Placemark>",
    b"<coordinates>", b"</Folder>", b"\0", b"\xff", b"&nbsp;", b"<a>", b"/", b"<gx:value>5</gx:value>",
    b"<gx:SimpleArrayData name='#text'>", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b" xmlns='urn:q' ", b"\xc3\xa4",
    b"<LineString>", b"<gx:SimpleArrayData>", b"<gx:angles>1 2 3</gx:angles>", b"<ExtendedData>", b"<Point>",
]  # fmt: skip


class _Writer:
    """Writes KML in one of many hands, from seeded dice."""

    def __init__(self, rng, prefix, newline, oddity):
        self.rng, self.p, self.nl, self.oddity = rng, prefix, newline, oddity
        self.count = 0

    def odd(self):
        return self.rng.random() < self.oddity

    def document(self, tracks):
        body = "".join(self.placemark() for _track in range(tracks))
        root = f"kml xmlns='{KML}' xmlns:{self.p}='{GX}'"
        return f"<{root}>{self.nl}<Document><Folder>{body}</Folder></Document></kml>".encode()

    def placemark(self):
        inner = self.rng.choice([self.track, self.track, self.track, self.point, self.line])()
        return f"<Placemark><name>a &amp; b</name>{inner}</Placemark>{self.nl}"

    def when(self):
        self.count += 1
        stamp = f"2024-05-04T10:{self.count // 60 % 60:02}:{self.count % 60:02}Z"
        return f"<when>{self.rng.choice([stamp, '', 'x']) if self.odd() else stamp}</when>{self.nl}"

    def place(self, gap):
        numbers = [f"{self.rng.uniform(-179, 179):.6f}", f"{self.rng.uniform(-89, 89):.6f}"]
        return gap.join([*numbers, *(["12.5"] if self.rng.random() < 0.8 else [])])

    def track(self):
        size = self.rng.choice([0, 1, 4, 15])
        whens = [self.when() for _n in range(size)]
        coords = [
            f"<{self.p}:coord>{self.rng.choice(['', 'x', '7']) if self.odd() else self.place(' ')}"
            f"</{self.p}:coord>{self.nl}"
            for _n in range(size - self.odd())
        ]
        lists = [*whens, *coords]
        if self.odd():
            self.rng.shuffle(lists)
        values = "".join(
            f"<{self.p}:value>{self.rng.randint(60, 200)}</{self.p}:value>" for _n in range(size)
        )
        array = f"<{self.p}:SimpleArrayData name='hr'>{values}</{self.p}:SimpleArrayData>"
        data = (
            f"<ExtendedData><SchemaData>{array}</SchemaData></ExtendedData>"
            if self.rng.random() < 0.5
            else ""
        )
        return f"<{self.p}:Track>{self.nl}{''.join(lists)}{data}</{self.p}:Track>"

    def point(self):
        time = f"<TimeStamp>{self.when()}</TimeStamp>" if self.rng.random() < 0.8 else ""
        return f"{time}<Point><coordinates>{self.place(',')}</coordinates></Point>"

    def line(self):
        coordinates = " ".join(self.place(",") for _n in range(5))
        return f"<LineString><coordinates>{coordinates}</coordinates></LineString>"


@st.composite
def documents(draw):
    """Documents of a few placemarks."""
    writer = _Writer(
        random.Random(draw(st.integers(0, 2**32))),  # noqa: S311  (seeded variety, no secret)
        draw(st.sampled_from(["gx", "gx", "g"])),
        draw(st.sampled_from(["\n", "\r\n", "", " \n\t"])),
        draw(st.sampled_from([0.0, 0.05, 0.3])),
    )
    return writer.document(draw(st.integers(1, 4)))


@st.composite
def damaged(draw, source):
    """A document with up to four wounds: cuts, insertions, flips, repeated parts."""
    data = bytearray(draw(source))
    for _wound in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, max(len(data) - 1, 0)))
        kind = draw(st.sampled_from(["cut", "insert", "flip", "end", "repeat"]))
        if kind == "cut":
            del data[place : place + draw(st.sampled_from([1, 5, 50, 400]))]
        elif kind == "insert":
            data[place:place] = draw(st.sampled_from(SNIPPETS))
        elif kind == "flip":
            data[place : place + 1] = bytes([draw(st.integers(0, 255))])
        elif kind == "end":
            del data[place:]
        else:
            data[place:place] = data[place : place + draw(st.sampled_from([5, 100, 1000]))]
    return bytes(data)


def seen(messages):
    """Return everything that a parse yields, batches joined, in comparable form."""
    pieces, issues, facts = {}, [], {}
    for message in messages:
        if isinstance(message, Batch):
            table, problems = check(message.stream, message.data)
            assert problems == []
            pieces.setdefault(message.stream, []).append(table)
        elif isinstance(message, Issue):
            issues.append((message.code, message.message, str(message.locus), repr(message.evidence)))
        else:
            assert isinstance(message, Meta)
            facts[message.key] = message.value
    tables = {}
    for stream, parts in pieces.items():
        table = pa.concat_tables(parts, promote_options="permissive")
        tables[stream] = (table.column_names, table.schema.metadata, table.to_pylist())
    return tables, issues, facts


def outcome(data, method=Method.STENCILS, piece_bytes=1 << 20):
    artifacts = ArtifactSet((Artifact.from_bytes(data, "a.kml"),))
    return seen(read(artifacts, ParseOptions(), method=method, piece_bytes=piece_bytes))


any_document = st.one_of(documents(), damaged(documents()), damaged(st.sampled_from(list(EXAMPLES.values()))))


@given(any_document, st.sampled_from([64, 300, 1000, 4000]), st.sampled_from([7, 100, 999]))
def test_stencils_and_walker_and_every_cut_give_the_same(data, piece_bytes, small_bytes):
    expected = outcome(data, Method.WALK)
    assert outcome(data) == expected
    assert outcome(data, piece_bytes=piece_bytes) == expected
    assert outcome(data, Method.WALK, piece_bytes=small_bytes) == expected


def by_elementtree(data):
    """Return (when, lon, lat) of each pair of a gx:Track with a readable position and time."""
    rows = []
    for track in ET.fromstring(data).iter(f"{{{GX}}}Track"):  # noqa: S314  (written by this test)
        whens = [when.text for when in track.iter(f"{{{KML}}}when")]
        coords = [(coord.text or "").split() for coord in track.iter(f"{{{GX}}}coord")]
        for when, coord in zip(whens, coords, strict=False):
            if len(coord) > 1:
                rows.append((when if when and when != "x" else None, float(coord[0]), float(coord[1])))
        rows += [(None, float(coord[0]), float(coord[1])) for coord in coords[len(whens) :] if len(coord) > 1]
    return rows


@given(documents())
def test_well_formed_documents_read_as_elementtree_reads_them(data):
    tables, issues, facts = outcome(data)
    if facts["track_source"] == "gx:Track":
        rows = tables["gnss_pvt"][2] if "gnss_pvt" in tables else []
        expected = by_elementtree(data)
        assert [(row["lon_deg"], row["lat_deg"]) for row in rows] == [row[1:] for row in expected]
        for row, (when, *_place) in zip(rows, expected, strict=True):
            assert bool(row["quality_flags"]) == (when is None)
            assert when is None or row["t"].to_pydatetime() == dt.datetime.fromisoformat(when)
    assert not {code for code, *_rest in issues} & CONFESSIONS


@given(any_document)
def test_what_lxml_calls_malformed_is_never_taken_silently(data):
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        # A namespace that is no URI, or a colon in an instruction's name, is no matter of well-formedness.
        if "URI" in str(error) or "PI names" in str(error):
            return
        _tables, issues, _facts = outcome(data)
        assert {code for code, *_rest in issues} & CONFESSIONS


@given(st.binary(max_size=300) | st.lists(st.sampled_from(SNIPPETS), max_size=30).map(b"".join))
@example(b"<when>")
@example(b"<kml><Track><when/><coord/><coord>1 2</coord><SimpleArrayData name='#text'><value>1</value>")
def test_any_bytes_give_messages_and_nothing_else(data):
    expected = outcome(data, Method.WALK)
    assert outcome(data) == expected
    assert outcome(data, piece_bytes=3) == expected


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_read_without_a_word(name):
    _tables, issues, _facts = seen(
        parse(ArtifactSet((Artifact.from_bytes(EXAMPLES[name], name),)), ParseOptions())
    )
    assert issues == []
