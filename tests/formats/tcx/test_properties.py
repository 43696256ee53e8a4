"""Generated and mutated TCX: both ways of reading agree, cutting does not matter, no bytes break it."""

from __future__ import annotations

import datetime as dt
import random
from xml.etree import ElementTree as ET

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from telemparse.formats.tcx.examples import EXAMPLES
from telemparse.formats.tcx.parser import parse, read
from telemparse.kernels.xml_points import Method
from telemparse.model.artifacts import Artifact, ArtifactSet
from telemparse.model.issues import Issue
from telemparse.model.messages import Batch, Meta
from telemparse.model.options import ParseOptions
from telemparse.schemas import check

TCX = "http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"
TPX = "http://www.garmin.com/xmlschemas/ActivityExtension/v2"
CONFESSIONS = {"XML_MALFORMED", "XML_UNSAFE", "ARTIFACT_TRUNCATED", "ARTIFACT_EMPTY"}
SNIPPETS = [
    b"<", b">", b"&", b'"', b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?x", b"</Trackpoint>", b"<Trackpoint>",
    b"<Track>", b"</Track>", b"<Lap StartTime='2024-05-04T10:00:00Z'>", b"</Lap>", b"<Activity>",
    b"<Courses>",
    b"</Activities>", b"\0", b"\xff", b"&nbsp;", b"<a>", b"/", b"<Position>",
    b"<TotalTimeSeconds>5</TotalTimeSeconds>",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b" xmlns='urn:q' ", b"<Extensions>", b"\xc3\xa4", b"<Course>",
]  # fmt: skip


class _Writer:
    """Writes TCX in one of many hands, from seeded dice."""

    def __init__(self, rng, prefix, newline, oddity):
        self.rng, self.p, self.nl, self.oddity = rng, prefix, newline, oddity
        self.count = 0

    def odd(self):
        return self.rng.random() < self.oddity

    def element(self, name, body, attributes=""):
        return f"<{self.p}{name}{attributes}>{body}</{self.p}{name}>{self.nl}"

    def document(self, laps):
        p = self.p
        root = f"{p}TrainingCenterDatabase xmlns{':' + p[:-1] if p else ''}='{TCX}' xmlns:x='{TPX}'"
        body = "".join(self.lap() for _lap in range(laps))
        inner = self.element("Activities", self.element("Activity", body, ' Sport="Other"'))
        return f"<{root}>{self.nl}{inner}</{p}TrainingCenterDatabase>".encode()

    def lap(self):
        tracks = "".join(
            self.element("Track", "".join(self.point() for _p in range(self.rng.choice([0, 1, 3, 12]))))
            for _track in range(self.rng.choice([1, 1, 2]))
        )
        seconds = self.element("TotalTimeSeconds", f"{self.rng.uniform(0, 99):.3f}")
        return self.element("Lap", seconds + tracks, f' StartTime="2024-05-04T10:{self.count // 60:02}:00Z"')

    def point(self):
        self.count += 1
        rng, element = self.rng, self.element
        stamp = f"2024-05-04T10:{self.count // 60 % 60:02}:{self.count % 60:02}Z"
        lat, lon = f"{rng.uniform(-89, 89):.6f}", f"{rng.uniform(-179, 179):.6f}"
        leaves = [
            element("Time", rng.choice([stamp, "", "x"]) if self.odd() else stamp),
            element("Position", element("LatitudeDegrees", lat) + element("LongitudeDegrees", lon)),
            element("AltitudeMeters", f"{rng.uniform(0, 99):.2f}"),
            element("HeartRateBpm", element("Value", str(rng.randint(60, 200)))),
            element("Extensions", f"<x:TPX><x:Speed>{rng.uniform(0, 9):.2f}</x:Speed></x:TPX>"),
        ]
        if self.odd():
            leaves.pop(rng.randrange(len(leaves)))
        if self.odd():
            rng.shuffle(leaves)
        if self.odd():
            leaves = leaves[:1]
        if self.odd():
            leaves.append(
                rng.choice(["<!-- c -->", element("Cadence", " 80 "), element("Note", "<![CDATA[<x>]]>")])
            )
        return element("Trackpoint", self.nl + "".join(leaves))


@st.composite
def documents(draw):
    """Documents of a few laps."""
    writer = _Writer(
        random.Random(draw(st.integers(0, 2**32))),  # noqa: S311  (seeded variety, no secret)
        draw(st.sampled_from(["", "", "g:"])),
        draw(st.sampled_from(["\n", "\r\n", "", " \n\t"])),
        draw(st.sampled_from([0.0, 0.05, 0.3])),
    )
    return writer.document(draw(st.integers(1, 3)))


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
    artifacts = ArtifactSet((Artifact.from_bytes(data, "a.tcx"),))
    return seen(read(artifacts, ParseOptions(), method=method, piece_bytes=piece_bytes))


any_document = st.one_of(documents(), damaged(documents()), damaged(st.sampled_from(list(EXAMPLES.values()))))


@given(any_document, st.sampled_from([64, 300, 1000, 4000]), st.sampled_from([7, 100, 999]))
def test_stencils_and_walker_and_every_cut_give_the_same(data, piece_bytes, small_bytes):
    expected = outcome(data, Method.WALK)
    assert outcome(data) == expected
    assert outcome(data, piece_bytes=piece_bytes) == expected
    assert outcome(data, Method.WALK, piece_bytes=small_bytes) == expected


def number_of(text):
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


def rows_by_elementtree(data):
    """Return (lat, lon, alt, speed, time or None) of points with a position, and (start, seconds) of laps."""
    tree = ET.fromstring(data)  # noqa: S314  (written by this test)
    rows = []
    for point in tree.iter(f"{{{TCX}}}Trackpoint"):
        place = {leaf.tag.rpartition("}")[2]: leaf.text for leaf in point.iter()}
        if "LatitudeDegrees" in place:
            time = (place.get("Time") or "").strip()
            stamp = dt.datetime.fromisoformat(time) if len(time) > 1 else None
            values = [number_of(place.get(name)) for name in
                      ("LatitudeDegrees", "LongitudeDegrees", "AltitudeMeters", "Speed")]  # fmt: skip
            rows.append((*values, stamp))
    laps = [
        (lap.get("StartTime"), float(lap.findtext(f"{{{TCX}}}TotalTimeSeconds")))
        for lap in tree.iter(f"{{{TCX}}}Lap")
    ]
    return rows, laps


@given(documents())
def test_well_formed_documents_read_as_elementtree_reads_them(data):
    tables, issues, _facts = outcome(data)
    found = tables["gnss_pvt"][2] if "gnss_pvt" in tables else []
    expected, laps = rows_by_elementtree(data)
    assert [(row["lat_deg"], row["lon_deg"], row["alt_m"]) for row in found] == [row[:3] for row in expected]
    for row, (*_place, speed, stamp) in zip(found, expected, strict=True):
        assert row["speed_mps"] == (None if speed is None else pytest.approx(speed, rel=1e-6))
        assert stamp is None or row["t"].to_pydatetime() == stamp
        assert bool(row["quality_flags"]) == (stamp is None)
    lap_rows = [
        (f"{row['t_start']:%Y-%m-%dT%H:%M:%SZ}", row["duration_ns"] / 1e9) for row in tables["laps"][2]
    ]
    assert lap_rows == laps
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
@example(b"<Trackpoint>")
@example(b"<TrainingCenterDatabase><Activities><Activity><Lap><Track><Trackpoint/>")
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
