"""Generated and mutated GPX: both ways of reading agree, cutting does not matter, no bytes break it."""

from __future__ import annotations

import datetime as dt
import random
import re

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from telemparse.formats.gpx.examples import EXAMPLES
from telemparse.formats.gpx.parser import parse, read
from telemparse.kernels.xml_points import Method
from telemparse.model.artifacts import Artifact, ArtifactSet
from telemparse.model.issues import Issue
from telemparse.model.messages import Batch, Meta
from telemparse.model.options import ParseOptions
from telemparse.schemas import check

CONFESSIONS = {"XML_MALFORMED", "XML_UNSAFE", "ARTIFACT_TRUNCATED", "ARTIFACT_EMPTY"}
EXTENSION = 'xmlns:x="http://www.garmin.com/xmlschemas/TrackPointExtension/v2" xmlns:ns3="urn:b"'


@st.composite
def documents(draw, *, well_formed=False):
    """GPX in many hands: prefixes, quotes, orders, blanks, missing and odd values, several segments."""
    rng = random.Random(draw(st.integers(0, 2**32)))  # noqa: S311  (seeded variety, no secret)
    writer = _Writer(
        rng,
        prefix=draw(st.sampled_from(["", "", "g:"])),
        quote=draw(st.sampled_from('""\'')),
        newline=draw(st.sampled_from(["\n", "\r\n", "", " \n\t"])),
        extension=draw(st.sampled_from([None, "x:", "ns3:", None if well_formed else "undeclared:"])),
        oddity=draw(st.sampled_from([0.0, 0.02, 0.3])),
    )
    return writer.document(draw(st.integers(1, 3)))


class _Writer:
    def __init__(self, rng, *, prefix, quote, newline, extension, oddity):
        self.rng, self.prefix, self.quote, self.newline = rng, prefix, quote, newline
        self.extension, self.oddity, self.count = extension, oddity, 0

    def odd(self):
        return self.rng.random() < self.oddity

    def document(self, tracks):
        p, nl = self.prefix, self.newline
        namespace = (
            f"xmlns{':' + p[:-1] if p else ''}={self.quote}http://www.topografix.com/GPX/1/1{self.quote}"
        )
        body = "".join(self.track() for _track in range(tracks))
        head = "" if self.odd() else f'<?xml version="1.0" encoding="UTF-8"?>{nl}'
        root = f"<{p}gpx version='1.1' creator='a' {namespace} {EXTENSION}>"
        return f"{head}{root}{nl}{body}</{p}gpx>{nl}".encode()

    def track(self):
        p, nl = self.prefix, self.newline
        segments = "".join(
            f"<{p}trkseg>{nl}{''.join(self.point() for _p in range(self.rng.choice([0, 1, 3, 10, 25])))}"
            f"{'<!-- c -->' if self.odd() else ''}</{p}trkseg>{nl}"
            for _segment in range(self.rng.randint(1, 3))
        )
        return f"<{p}trk>{nl}<{p}name>T &amp; U</{p}name>{nl}{segments}</{p}trk>{nl}"

    def point(self):
        self.count += 1
        p, nl, rng, q = self.prefix, self.newline, self.rng, self.quote
        attributes = [f"lat={q}{rng.uniform(-90, 90):.5f}{q}", f"lon={q}{rng.uniform(-180, 180):.5f}{q}"]
        if self.odd():
            attributes.reverse()
        if self.odd():
            lat = [text.startswith("lat") for text in attributes].index(True)
            attributes[lat] = rng.choice(['lat="91"', "lat='x'", 'lat="0"', 'lat=""', "lat='1'", ""])
        stamp = f"2024-05-04T10:{self.count // 60 % 60:02}:{self.count % 60:02}"
        leaves = [
            f"<{p}ele>{rng.uniform(0, 99):.2f}</{p}ele>",
            f"<{p}time>{stamp}{rng.choice(['', '+02:00', ' x']) if self.odd() else 'Z'}</{p}time>",
        ]
        if self.extension:
            e = self.extension
            leaves.append(
                f"<{p}extensions><{e}TPX>{nl}<{e}hr>{rng.randint(60, 200)}</{e}hr>"
                f"<{e}v>{rng.random():.2f}</{e}v>"
                f"</{e}TPX></{p}extensions>"
            )
        if self.odd():
            leaves.append(re.sub(r"(</?)(name|fix)", rf"\1{p}\2", rng.choice(ODD_LEAVES)))
        if self.odd():
            leaves.pop(rng.randrange(len(leaves)))
        if self.odd():
            rng.shuffle(leaves)
        return f"<{p}trkpt {' '.join(attributes)}>{nl}{nl.join(leaves)}</{p}trkpt>{nl}"


ODD_LEAVES = [
    "<fix>none</fix>", "<fix>2d</fix>", "<name>b &lt; c</name>", "<name>ä</name>", "<name> pad </name>",
    "<name><![CDATA[<x>]]></name>", "<!-- <trkpt lat='1' lon='2'/> -->", "<?pi?>", "<name>1</name>",
    "<ele>1</ele>", "<x:speed>-3</x:speed>", "<name></name>", "<speed a='1'>4</speed>",
]  # fmt: skip
SNIPPETS = [
    b"<", b">", b"&", b'"', b"'", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?x", b"?>", b"</trkpt>",
    b"<trkpt ",
    b"<trkseg>", b"</trkseg>", b"<trk>", b"</trk>", b"</gpx>", b"\0", b"\xff", b"&nbsp;", b"<a>", b"/", b"=",
    b"x:",
    b'lat="1" ', b'<trkpt lat="5" lon="6"/>', b"\x0b", b"<!DOCTYPE a>", b"\xc3\xa4",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
    b" xmlns='urn:q' ", b" xmlns:x='urn:q' ", b"<metadata>", b"<extensions>", b"<wpt lat='1' lon='2'/>",
]  # fmt: skip


@st.composite
def damaged(draw, source):
    """A document with up to five wounds: cuts, insertions, flips, lost tags, repeated parts."""
    data = bytearray(draw(source))
    for _wound in range(draw(st.integers(1, 5))):
        if not data:
            break
        place = draw(st.integers(0, len(data) - 1))
        tag = data.find(b"<", place)
        kind = draw(st.sampled_from(["cut", "insert", "flip", "end", "repeat", "tag", "replace"]))
        if kind == "cut":
            del data[place : place + draw(st.sampled_from([1, 5, 50, 400]))]
        elif kind == "insert":
            data[place:place] = draw(st.sampled_from(SNIPPETS))
        elif kind == "flip":
            data[place] = draw(st.integers(0, 255))
        elif kind == "end":
            del data[place:]
        elif kind == "repeat":
            data[place:place] = data[tag : tag + draw(st.sampled_from([5, 100, 1000]))] if tag >= 0 else b""
        elif tag >= 0:
            end = data.find(b">", tag) + 1 if kind == "tag" else tag + 1
            data[tag : max(end, tag)] = b"" if kind == "tag" else draw(st.sampled_from(SNIPPETS))
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
    artifacts = ArtifactSet((Artifact.from_bytes(data, "a.gpx"),))
    return seen(read(artifacts, ParseOptions(), method=method, piece_bytes=piece_bytes))


any_document = st.one_of(documents(), damaged(documents()), damaged(st.sampled_from(list(EXAMPLES.values()))))


@given(any_document, st.sampled_from([64, 300, 1000, 4000]), st.sampled_from([7, 100, 999]))
def test_stencils_and_walker_and_every_cut_give_the_same(data, piece_bytes, small_bytes):
    expected = outcome(data, Method.WALK)
    assert outcome(data) == expected
    assert outcome(data, piece_bytes=piece_bytes) == expected
    assert outcome(data, Method.WALK, piece_bytes=small_bytes) == expected


def lxml_root(data):
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    return etree.fromstring(data, parser)


def number_of(text):
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


def instant_of(text):
    try:
        return dt.datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None


def rows_by_lxml(data):
    """Return (lat, lon, ele, time or None) of each usable point, read with lxml element by element."""
    rows = []
    for point in lxml_root(data).iterfind(".//{*}trkpt"):
        ele, time, fix = (
            point.findtext(f"{{http://www.topografix.com/GPX/1/1}}{name}") for name in ("ele", "time", "fix")
        )
        lat, lon = number_of(point.get("lat")), number_of(point.get("lon"))
        if None not in (lat, lon) and abs(lat) <= 90 and (lat, lon) != (0, 0) and fix != "none":
            stamp = instant_of(time)
            aware = stamp and (stamp if stamp.tzinfo else stamp.replace(tzinfo=dt.UTC))
            rows.append((lat, lon, number_of(ele), aware))
    return rows


@given(documents(well_formed=True))
def test_well_formed_documents_read_as_lxml_reads_them(data):
    tables, issues, _facts = outcome(data)
    found = tables["gnss_pvt"][2] if "gnss_pvt" in tables else []
    expected = rows_by_lxml(data)
    assert [(row["lat_deg"], row["lon_deg"], row["alt_m"]) for row in found] == [row[:3] for row in expected]
    for row, (_lat, _lon, _ele, stamp) in zip(found, expected, strict=True):
        assert stamp is None or row["t"].to_pydatetime() == stamp
        assert bool(row["quality_flags"]) == (stamp is None)
    assert not {code for code, *_rest in issues} & CONFESSIONS


@given(any_document)
def test_what_lxml_calls_malformed_is_never_taken_silently(data):
    try:
        lxml_root(data)
    except etree.XMLSyntaxError as error:
        # A namespace that is no URI, or a colon in an instruction's name, is no matter of well-formedness.
        if "URI" in str(error) or "PI names" in str(error):
            return
        _tables, issues, _facts = outcome(data)
        assert {code for code, *_rest in issues} & CONFESSIONS


@given(st.binary(max_size=300) | st.lists(st.sampled_from(SNIPPETS), max_size=30).map(b"".join))
@example(b"")
@example(b"<")
@example(b"\xff\xfe<\0g\0p\0x\0")
@example(b"\xff\xfe\0\0<\0\0\0")
@example(b"<?xml version='1.0' encoding='utf-7'?><gpx/>")
@example(b"<trkpt lat='1' lon='2'>")
@example(b"<A/>\xc3\x80<\0<")
@example(b"<A/> <!-- c --> x")
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
