"""Documents: values to plain JSON and back, the same on both sides."""

from __future__ import annotations

import enum
import json
import math

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.model.artifacts import Artifact, ArtifactSet
from telemparse.model.capabilities import Capabilities
from telemparse.model.codes import Severity
from telemparse.model.documents import (
    DOCUMENT_VERSION,
    issue_document,
    issue_from,
    metadata_from,
    options_document,
    options_from,
    plain,
    provenance_document,
    provenance_from,
    result_document,
    result_from,
)
from telemparse.model.gates import Gate, Track
from telemparse.model.handover import handed_over, taken_over
from telemparse.model.issues import Issue, Locus
from telemparse.model.options import ParseOptions
from telemparse.model.provenance import ArtifactRecord, PartRecord, Provenance
from telemparse.model.results import ParseResult

GATE = Gate("sector", "1", 1.0, 2.0, 3.0, 4.0, course_deg=90.0, raw={"line": [1, 2], "label": "a"})
TRACK = Track("Kart", (GATE,), (GATE, GATE), reference="survey")
PART = PartRecord("toy", "1.2", 0.8, ("a", "b"), (ArtifactRecord("a.x", 5, "00", "gzip"),))
PROVENANCE = Provenance((PART,), "0.1.0", 1, {"strict": True}, (ArtifactRecord("b.x", 6, "11"),))


def through_json(document):
    return json.loads(json.dumps(document, allow_nan=False))


class Colour(enum.StrEnum):
    RED = "red"


class Size(enum.IntEnum):
    LARGE = 3


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None), (True, True), (7, 7), ("a", "a"), (1.5, 1.5),
        (math.nan, None), (math.inf, None), (-math.inf, None),
        ((1, [2, (3,)]), [1, [2, [3]]]), ({1: "a", "b": None}, {"1": "a", "b": None}), (frozenset({1}), [1]),
        (np.int64(3), 3), (np.float32(0.5), 0.5), (np.bool_(1), True), (np.float64("nan"), None),
        (np.array(3), 3), (Colour.RED, "red"), (Size.LARGE, 3), (range(2), [0, 1]),
    ],
    ids=repr,
)  # fmt: skip
def test_values_become_plain(value, expected):
    found = plain(value)

    assert found == expected
    assert type(found) is type(expected)
    json.dumps(found)


@pytest.mark.parametrize(
    "value",
    [b"a", bytearray(b"a"), object(), np.zeros(2), 1j, len, {"a": {b"b"}}],
    ids=lambda value: repr(value).partition(" at 0x")[0],
)
def test_what_has_no_plain_form_is_a_type_error(value):
    with pytest.raises(TypeError, match="no plain form"):
        plain(value)


def test_nesting_has_an_end():
    deep: list[object] = []
    for _level in range(40):
        deep = [deep]

    with pytest.raises(TypeError, match="nested too deeply"):
        plain(deep)


def test_the_tag_of_gates_is_reserved():
    with pytest.raises(TypeError, match="reserved"):
        plain({"$type": "Gate"})


def test_a_class_that_only_bears_the_name_of_a_gate_is_none():
    impostor = type("Gate", (), {})()

    with pytest.raises(TypeError, match="no plain form"):
        plain(impostor)


@pytest.mark.parametrize("value", [GATE, TRACK, [GATE], {"tracks": [TRACK]}])
def test_gates_and_tracks_survive(value):
    assert metadata_from(through_json(plain(value))) == value


plain_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(plain_values)
def test_plain_values_survive_unchanged(value):
    assert metadata_from(through_json(plain(value))) == value


@pytest.mark.parametrize(
    "issue",
    [
        Issue("ROWS_SKIPPED", Locus("a.csv", offset=1, line=2, record=3), count=3, total=9, first=["a"]),
        Issue("CSV_MISSING_LAT_LON", severity=Severity.WARNING),
        Issue("TOY_ODD"),
    ],
    ids=lambda issue: issue.code,
)
def test_issues_survive(issue):
    assert issue_from(through_json(issue_document(issue))) == issue


def test_an_issue_is_written_as_the_command_line_shows_it():
    document = issue_document(Issue("ROWS_SKIPPED", Locus("a.csv", line=2), count=3))

    assert list(document) == ["code", "severity", "message", "evidence", "locus", "hint"]
    assert document["severity"] == "warning"
    assert document["locus"] == {"artifact": "a.csv", "offset": None, "line": 2, "record": None}


@pytest.mark.parametrize(
    "options",
    [
        ParseOptions(),
        ParseOptions(columns={"Speed": "speed:mph", 3: "t"}),
        ParseOptions(columns="t,lat_deg"),
        ParseOptions(time_range=(-5, 7), streams="gnss_pvt", channels=("rpm", "gear"), prefer=("a", "b")),
        ParseOptions(
            isolation="process", timeout_s=1.5, max_memory_bytes=1, strict=True, timezone="Europe/Berlin"
        ),
        ParseOptions(threshold=0.9, parser="toy", max_bytes=1, max_decompressed_bytes=2),
    ],
    ids=lambda options: ",".join(options.given()) or "none",
)
def test_options_survive_with_columns_by_number_and_by_name(options):
    assert options_from(through_json(options_document(options))) == options


def test_options_are_written_without_their_defaults():
    assert options_document(ParseOptions()) == {}


def test_provenance_survives():
    assert provenance_from(through_json(provenance_document(PROVENANCE))) == PROVENANCE


def test_a_result_survives_but_for_its_tables():
    result = ParseResult(
        device_family="Toy",
        device_model="T1",
        capabilities=Capabilities(has_gnss_position=True, sample_rate_gnss_hz=25.0, imu_dof=6),
        metadata={"gates": [GATE], "track": TRACK, "epochs_without_fix": 3},
        warnings=(Issue("UNIT_ASSUMED", column="a", unit="m"),),
        errors=(Issue("NO_STREAMS", Locus("a"), artifacts="a"),),
        provenance=PROVENANCE,
    )
    document = through_json(result_document(result))

    assert document["v"] == DOCUMENT_VERSION == 1
    assert result_from(document, {}) == result


# --- artifacts by way of a folder ---------------------------------------------------------------


def test_a_file_is_handed_over_by_its_place_and_bytes_by_a_copy(tmp_path):
    ride = tmp_path / "ride.x"
    ride.write_bytes(b"on disk")
    given = ArtifactSet.of([ride, b"in memory"])
    taken = taken_over(through_json(handed_over(given, tmp_path)))

    assert taken.names == ("ride.x", "<bytes>")
    assert taken.artifacts[0].path == ride.resolve()
    assert [artifact.read_at(0, 99) for artifact in taken] == [b"on disk", b"in memory"]


def test_what_came_out_of_a_wrapper_keeps_its_wrapper_its_hash_and_its_issues(tmp_path):
    outer = Artifact.from_bytes(b"packed", "day.zip")
    cut = Issue("ARTIFACT_TRUNCATED", artifact="day.zip/a", offset=3)
    inner = attrs.evolve(Artifact.from_bytes(b"abc", "day.zip/a"), wrapper="zip", outer=outer, issues=(cut,))
    taken, other = taken_over(through_json(handed_over(ArtifactSet((inner, inner)), tmp_path)))

    assert taken.outer.path == other.outer.path
    assert (taken.name, taken.wrapper, taken.issues) == ("day.zip/a", "zip", (cut,))
    assert (taken.sha256, taken.outer.name, taken.outer.size) == (inner.sha256, "day.zip", 6)
