"""Sets of files: names that are odd, legal and different, and bytes within bounds."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemparse.errors import CallError
from telemparse.model.artifacts import ArtifactSet
from telemparse.testing.strategies import artifact_sets

HEALTHY = settings(suppress_health_check=[])


@HEALTHY
@given(artifact_sets(max_files=16, max_bytes=20))
def test_names_are_legal_and_different(artifacts):
    assert isinstance(artifacts, ArtifactSet)
    assert 1 <= len(artifacts) <= 16
    for name in artifacts.names:
        assert 0 < len(name.encode()) <= 255
        assert name[0] != "."
        assert not any(letter in "/\\:" or unicodedata.category(letter) == "Cc" for letter in name)
    spellings = {unicodedata.normalize("NFC", name).casefold() for name in artifacts.names}
    assert len(spellings) == len(artifacts)
    assert all(artifact.size <= 20 for artifact in artifacts)


@settings(max_examples=30)
@given(artifact_sets(min_files=16, max_files=16, contents=st.just(b"same")))
def test_sets_are_as_large_as_asked_even_where_names_repeat(artifacts):
    assert len(set(artifacts.names)) == len(artifacts) == 16
    assert {artifact.read_at(0, 9) for artifact in artifacts} == {b"same"}


def test_sets_are_written_to_a_folder_and_read_back(tmp_path, smallest):
    artifacts = smallest(
        artifact_sets(min_files=3), lambda found: any(len(name) > 60 for name in found.names)
    )
    for artifact in artifacts:
        (tmp_path / artifact.name).write_bytes(artifact.read_at(0, artifact.size))
    assert sorted(ArtifactSet.of(tmp_path).names) == sorted(artifacts.names)


ODD = {
    "long": lambda name: len(name.encode()) > 200,
    "other scripts": lambda name: not name.isascii(),
    "several dots": lambda name: name.count(".") > 2,
    "no extension": lambda name: "." not in name,
    "blanks": lambda name: " " in name,
    "quotes": lambda name: '"' in name,
    "capitals": lambda name: name.endswith(".CSV"),
}


def test_names_are_odd(unmet):
    assert unmet(artifact_sets(max_files=1).map(lambda drawn: drawn.names[0]), ODD) == []


def test_sets_shrink_to_empty_files_of_plain_names(smallest):
    artifacts = smallest(artifact_sets(min_files=3))
    assert artifacts.names == ("log", "1-log", "2-log")
    assert not any(artifact.size for artifact in artifacts)


@pytest.mark.parametrize("bounds", [{"min_files": 0}, {"max_files": 17}, {"min_files": 5}, {"max_bytes": -1}])
def test_sets_that_cannot_be_are_a_call_error(bounds):
    with pytest.raises(CallError):
        artifact_sets(**bounds)
