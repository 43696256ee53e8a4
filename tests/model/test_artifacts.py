"""Artifacts: one value for files, blobs and streams, and the set of them that makes one recording."""

from __future__ import annotations

import gc
import hashlib
import io
import os
import tempfile
from pathlib import Path

import pytest

from telemparse.errors import CallError
from telemparse.model.artifacts import IN_MEMORY_BYTES, Artifact, ArtifactSet, spooled

DATA = bytes(range(256)) * 8


class OneWay(io.RawIOBase):
    """A pipe-like file: readable once, not seekable, in small pieces."""

    def __init__(self, data, name=None):
        self._data = io.BytesIO(data)
        self.name = name

    def readable(self):
        return True

    def readinto(self, buffer):
        return self._data.readinto(memoryview(buffer)[:100])


def contents(artifacts):
    return {artifact.name: artifact.read_at(0, artifact.size) for artifact in artifacts}


@pytest.fixture
def folder(tmp_path):
    for name in ("b.csv", "a.csv", "sub/c.gpx", ".hidden/d.csv", "sub/.e.csv"):
        place = tmp_path / "rec" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(name.encode())
    return tmp_path / "rec"


def test_a_file_is_read_on_demand(folder):
    artifact = Artifact.from_path(folder / "a.csv")
    (folder / "a.csv").write_bytes(DATA)
    assert (artifact.name, artifact.path, artifact.size) == ("a.csv", folder / "a.csv", len(DATA))
    assert artifact.sha256 == hashlib.sha256(DATA).hexdigest()
    assert artifact.read_at(250, 10) == DATA[250:260]
    assert artifact.read_at(len(DATA) - 3, 10) == DATA[-3:]
    assert list(artifact.chunks(1000)) == [DATA[:1000], DATA[1000:2000], DATA[2000:]]


def test_size_and_hash_are_found_out_once(folder):
    artifact = Artifact.from_path(folder / "a.csv")
    before = artifact.size, artifact.sha256
    (folder / "a.csv").write_bytes(DATA)
    assert (artifact.size, artifact.sha256) == before


def test_a_folder_or_a_pipe_is_no_artifact(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(CallError, match="not a regular file"):
            Artifact.from_path(place)


def test_a_missing_file_raises_what_the_system_says(tmp_path):
    with pytest.raises(FileNotFoundError):
        ArtifactSet.of(tmp_path / "missing.csv")


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_bytes_of_any_kind_are_one_unnamed_artifact(kind):
    assert contents(ArtifactSet.of(kind(DATA))) == {"<bytes>": DATA}


def test_bytes_are_taken_as_they_were_when_given():
    data = bytearray(DATA)
    artifact = Artifact.from_bytes(data)
    data[:] = b""
    assert artifact.read_at(0, 10_000) == DATA


def test_a_folder_means_its_visible_files_in_order_of_name(folder):
    recording = ArtifactSet.of(folder)
    assert recording.names == ("a.csv", "b.csv", "c.gpx")
    assert len(recording) == 3
    assert contents(recording)["c.gpx"] == b"sub/c.gpx"


def test_a_hidden_folder_that_is_named_is_read(folder):
    assert ArtifactSet.of(folder / ".hidden").names == ("d.csv",)


def test_a_mapping_gives_names_to_bytes():
    assert contents(ArtifactSet.of({"a.csv": b"1", "b.csv": b"2"})) == {"a.csv": b"1", "b.csv": b"2"}


def test_sources_of_several_kinds_make_one_set(folder):
    several = [
        str(folder / "b.csv"),
        Path(folder / "a.csv"),
        b"1",
        Artifact.from_bytes(b"2", "x"),
        OneWay(b"3"),
    ]
    assert ArtifactSet.of(iter(several)).names == ("b.csv", "a.csv", "<bytes>", "x", "<file>")


def test_a_set_is_itself():
    recording = ArtifactSet.of(b"1")
    assert ArtifactSet.of(recording) is recording


def test_a_file_object_is_taken_over_from_where_it_stands(folder):
    with (folder / "a.csv").open("rb") as file:
        file.seek(2)
        recording = ArtifactSet.of(file)
    assert contents(recording) == {"a.csv": b"csv"}


def test_a_file_object_that_cannot_seek_is_read_to_its_end():
    assert contents(ArtifactSet.of(OneWay(DATA, name=7))) == {"<file>": DATA}


@pytest.mark.parametrize("text", ["t,lat\n", ""])
def test_a_text_file_object_is_refused(text):
    with pytest.raises(CallError, match="binary mode"):
        ArtifactSet.of(io.StringIO(text))


@pytest.mark.parametrize("source", [7, None, object(), [7]])
def test_a_source_of_another_type_is_a_bad_call(source):
    with pytest.raises(CallError, match="cannot read a recording from"):
        ArtifactSet.of(source)


@pytest.mark.parametrize("source", [[], {}, ()])
def test_a_set_of_nothing_is_a_bad_call(source):
    with pytest.raises(CallError, match="at least one file"):
        ArtifactSet.of(source)


# --- spooled content ---


def test_spooled_content_is_in_memory_up_to_the_limit_and_in_one_file_beyond(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    small = spooled([b"x" * 50, b"y" * 50], 100)
    assert list(tmp_path.iterdir()) == []
    large = spooled(iter([b"x" * 50, b"y" * 51, b"z"]), 100)
    assert len(list(tmp_path.iterdir())) == 1
    with small() as one, large() as other, large() as again:
        assert one.read() == b"x" * 50 + b"y" * 50
        assert other.read() == again.read() == b"x" * 50 + b"y" * 51 + b"z"


def test_32_mib_stay_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    opener = spooled([bytes(IN_MEMORY_BYTES)])
    assert list(tmp_path.iterdir()) == []
    assert opener().seek(0, os.SEEK_END) == 32 * 1024 * 1024


def test_a_temporary_file_lives_as_long_as_an_opener_that_reads_it(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    artifact = Artifact("x", spooled([DATA], 10))
    opener = artifact._opener
    del artifact
    gc.collect()
    with opener() as reader:
        assert reader.read() == DATA
    del opener, reader
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_a_source_that_breaks_off_leaves_no_temporary_file(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def pieces():
        yield DATA
        yield DATA
        raise OSError("unplugged")

    with pytest.raises(OSError, match="unplugged"):
        spooled(pieces(), 10)
    gc.collect()
    assert list(tmp_path.iterdir()) == []
