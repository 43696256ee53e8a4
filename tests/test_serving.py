"""Classification by way of documents, as a child process and its parent exchange them, in one process."""

from __future__ import annotations

import gzip
import io
import json
import zipfile

import pytest

from telemparse import confined_detection
from telemparse.detection import detect
from telemparse.errors import CallError
from telemparse.extension.faults import Fault
from telemparse.isolation import ChildFailed
from telemparse.model.artifacts import ArtifactSet
from telemparse.model.detection import Rung
from telemparse.model.options import ParseOptions
from toys import install, seeing, toy

PROCESS = ParseOptions(isolation="process")


@pytest.fixture
def limits(monkeypatch):
    """Let this process do what a child would; hold what the child was given."""
    given = {}

    def run(target, request, folder, **limits):
        given.update(limits, target=target)
        return json.loads(json.dumps(confined_detection.serve(json.loads(json.dumps(request)), folder)))

    monkeypatch.setattr(confined_detection.isolation, "run", run)
    return given


def zipped(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.mark.usefixtures("limits")
def test_what_comes_by_way_of_documents_is_what_was_said_first_hand(monkeypatch):
    two = toy("two", seeing(b"two", Rung.SIGNATURE), streams=())
    bad = toy("bad", ValueError("boom"))
    install(monkeypatch, toy("one", seeing(b"one")), two, bad, toy("guess", Rung.NAME))
    packed = zipped(a=b"one", b=b"one")
    source = {"a.x": b"one", "b.gz": gzip.compress(b"two"), "c.zip": packed, "d.x": b"", "e.x": b"?"}
    here, there = detect(source), detect(source, PROCESS)

    assert [part.candidate for part in there.parts] == [part.candidate for part in here.parts]
    assert (there.winner, there.candidates, there.issues, there.faults) == (
        here.winner, here.candidates, here.issues, here.faults,
    )  # fmt: skip
    assert len(there.parts) == 2
    assert {issue.code for issue in there.issues} == {"ARTIFACT_EMPTY", "FORMAT_NOT_RECOGNISED"}
    assert {fault.plugin for fault in there.faults} == {"bad"}


def test_the_child_gets_its_limits_and_knows_nothing_of_another_child(monkeypatch, limits):
    seen = []
    install(monkeypatch, toy())
    plainly = confined_detection.classify

    def remember(artifacts, options, catalog):
        seen.append(options)
        return plainly(artifacts, options, catalog)

    monkeypatch.setattr(confined_detection, "classify", remember)
    options = {"threshold": 0.6, "prefer": ("b", "a")}
    detect(b"x", ParseOptions(isolation="process", timeout_s=7, max_memory_bytes=1 << 30, **options))

    assert limits == {
        "target": "telemparse.confined_detection:serve", "timeout_s": 7, "max_memory_bytes": 1 << 30,
    }  # fmt: skip
    assert seen == [ParseOptions(**options)]


@pytest.mark.usefixtures("limits")
def test_a_part_holds_the_artifacts_as_they_were_given_each_once(monkeypatch):
    install(monkeypatch, toy("one", seeing(b"one")), toy("two", seeing(b"two")))
    packed = zipped(a=b"one", b=b"two", c=b"one")
    given = ArtifactSet.of({"a.zip": packed, "b": b"two", "c.gz": gzip.compress(b"one")})
    one, two = detect(given, PROCESS).parts

    assert one.artifacts.artifacts == (given.artifacts[0], given.artifacts[2])
    assert two.artifacts.artifacts == (given.artifacts[0], given.artifacts[1])


@pytest.mark.usefixtures("limits")
def test_what_a_child_recognises_as_nothing_has_no_winner(monkeypatch):
    install(monkeypatch, toy("a", Rung.NO))
    found = detect(b"x", PROCESS)

    assert (found.winner, found.parts) == (None, ())
    assert [issue.code for issue in found.issues] == ["FORMAT_NOT_RECOGNISED"]


@pytest.mark.usefixtures("limits")
def test_a_parser_that_the_child_does_not_know_is_a_call_error_here(monkeypatch):
    install(monkeypatch, toy("a"), toy("b"))

    with pytest.raises(CallError, match="no parser 'absent'; installed: a, b"):
        detect(b"x", ParseOptions(isolation="process", parser="absent"))


def test_how_a_child_failed_is_the_issue_beside_the_faults_that_it_had_found(monkeypatch):
    broken = Fault("broken", "import", "ImportError: no")
    install(monkeypatch, toy()).faults = (broken,)

    def fail(_target, request, folder, **_limits):
        confined_detection.serve(request, folder)
        raise ChildFailed("PARSER_TIMEOUT", timeout_s=7)

    monkeypatch.setattr(confined_detection.isolation, "run", fail)
    found = detect(b"x", ParseOptions(isolation="process", timeout_s=7))

    assert (found.winner, found.parts, found.candidates, found.faults) == (None, (), (), (broken,))
    assert [(issue.code, issue.evidence) for issue in found.issues] == [("PARSER_TIMEOUT", {"timeout_s": 7})]
