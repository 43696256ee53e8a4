"""Verification: a run as it was written has no problem, and each kind of damage has one of its own."""

from __future__ import annotations

import json

import pytest

import telemparse
from telemparse import writers
from telemparse.storage import Problem, RunPlace, StorageFailed, verify

PLACE = RunPlace("team", "jane", "session", "run")
MISSING, MISMATCH = "STORAGE_MISSING", "INTEGRITY_HASH_MISMATCH"


@pytest.fixture(scope="module")
def recording(fixtures_dir, tmp_path_factory):
    """Return the folder of a written recording with several streams."""
    folder = tmp_path_factory.mktemp("recording")
    writers.write(telemparse.parse(fixtures_dir / "csv_gnss_imu_vehicle.csv"), folder)
    return folder


@pytest.fixture
def run(storage, recording):
    """Put the recording as a run with one level, and return the storage."""
    for folder in (PLACE.prefix, f"{PLACE.prefix}L1/"):
        for file in recording.rglob("*.*"):
            storage.put(file, f"{folder}{file.relative_to(recording).as_posix()}")
    return storage


def changed(storage, key, change):
    document = json.loads(storage.read(key))
    change(document)
    storage.replace(json.dumps(document).encode(), key)


def test_a_run_as_it_was_written_has_no_problem(run):
    assert len(list(run.keys(PLACE.prefix))) >= 4
    assert verify(run, PLACE) == ()


def test_a_run_of_which_nothing_is_there_lacks_its_manifest(storage):
    assert verify(storage, PLACE) == (Problem(MISSING, PLACE.manifest(), "there is no manifest"),)


@pytest.mark.parametrize("level", [None, "L1"])
def test_a_stream_that_is_not_there_is_missing(run, level):
    key = PLACE.stream("gnss_pvt", level)
    run.delete([key])
    assert verify(run, PLACE) == (Problem(MISSING, key, "there is no such object"),)


@pytest.mark.parametrize("level", [None, "L1"])
def test_a_level_without_a_manifest_is_told(run, level):
    run.delete([PLACE.manifest(level)])
    assert verify(run, PLACE) == (Problem(MISSING, PLACE.manifest(level), "there is no manifest"),)


@pytest.mark.parametrize("level", [None, "L1"])
def test_one_changed_byte_is_found(run, level):
    key = PLACE.stream("gnss_pvt", level)
    content = bytearray(run.read(key))
    content[len(content) // 2] ^= 1
    run.replace(bytes(content), key)
    (problem,) = verify(run, PLACE)
    assert (problem.code, problem.key) == (MISMATCH, key)
    assert "sha256" in problem.words


def test_a_file_cut_short_is_found_by_its_size(run):
    key = PLACE.stream("gnss_pvt")
    content = run.read(key)
    run.replace(content[:-1], key)
    (problem,) = verify(run, PLACE)
    assert (problem.code, problem.key) == (MISMATCH, key)
    assert problem.words == f"it has {len(content) - 1} bytes, {len(content)} were written"


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b"[1]", b'{"v": 1}', bytes(17 << 20)])
def test_a_manifest_that_is_none_is_told(run, content):
    run.replace(content, PLACE.manifest("L1"))
    (problem,) = verify(run, PLACE)
    assert (problem.code, problem.key) == (MISMATCH, PLACE.manifest("L1"))


@pytest.mark.parametrize(
    "change", [{"file": "../../../other/gnss_pvt.parquet"}, {"file": "/etc/passwd"}, {"name": "../secret"}]
)
def test_a_manifest_cannot_lead_to_another_file(run, change):
    changed(run, PLACE.manifest(), lambda document: document["streams"][0].update(change))
    (problem,) = verify(run, PLACE)
    assert (problem.code, problem.key) == (MISMATCH, PLACE.manifest())


def test_rows_are_counted_where_the_file_lies_in_a_folder(place, run):
    changed(run, PLACE.manifest(), lambda document: document["streams"][0].update(rows=7))
    found = [(problem.code, "7 were written" in problem.words) for problem in verify(run, PLACE)]
    assert found == ([(MISMATCH, True)] if place.is_folder else [])


def test_a_file_that_is_no_parquet_is_told_although_its_digest_is_right(folder_place, recording):
    storage = folder_place.storage
    for file in recording.rglob("*.*"):
        storage.put(file, f"{PLACE.prefix}{file.relative_to(recording).as_posix()}")
    stored = storage.replace(b"no Parquet", PLACE.stream("gnss_pvt"))
    changed(
        storage,
        PLACE.manifest(),
        lambda document: [
            stream.update(bytes=stored.byte_size, sha256=stored.sha256)
            for stream in document["streams"]
            if stream["name"] == "gnss_pvt"
        ],
    )
    assert verify(storage, PLACE) == (Problem(MISMATCH, PLACE.stream("gnss_pvt"), "it is no Parquet file"),)


def test_a_store_that_refuses_is_no_problem_of_the_run(folder_place, tmp_path):
    storage = folder_place.storage
    storage.put(b"1", PLACE.stream("gnss_pvt"))
    storage.local_path(PLACE.manifest()).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StorageFailed, match="STORAGE_REFUSED"):
        verify(storage, PLACE)
