"""Folders: links, leftovers, foreign files, and what the system refuses."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from telemparse.storage import Storage, StorageFailed
from telemparse.storage.keys import UNFINISHED


def failure(action):
    with pytest.raises(StorageFailed) as caught:
        action()
    return caught.value


@pytest.fixture
def storage(folder_place):
    return folder_place.storage


@pytest.fixture
def folder(folder_place):
    return Path(folder_place.order["folder"])


@pytest.fixture
def outside(tmp_path):
    place = tmp_path / "outside"
    place.mkdir()
    (place / "secret").write_bytes(b"secret")
    return place


def test_an_object_is_a_file_under_its_key(storage, folder):
    storage.put(b"1", "a/b/c")
    assert storage.local_path("a/b/c") == folder / "a" / "b" / "c"
    assert (folder / "a" / "b" / "c").read_bytes() == b"1"


def test_a_folder_is_made_with_all_above_it(tmp_path):
    Storage.local(tmp_path / "a" / "b").put(b"1", "c")
    assert (tmp_path / "a" / "b" / "c").read_bytes() == b"1"


def test_a_file_where_the_folder_should_be_is_told(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    assert failure(lambda: Storage.local(tmp_path / "file")).code == "STORAGE_CONFLICT"
    assert failure(lambda: Storage.local(tmp_path / "file" / "below")).code == "STORAGE_CONFLICT"


def test_the_folder_itself_may_be_reached_by_a_link(tmp_path, outside):
    (tmp_path / "link").symlink_to(outside)
    Storage.local(tmp_path / "link").put(b"1", "a")
    assert (outside / "a").read_bytes() == b"1"


@pytest.mark.parametrize(
    "key", ["link/secret", "link/new", "link/deep/er", "t/file", "t/dangling", "inner/a"]
)
def test_no_link_is_followed(storage, folder, outside, tmp_path, key):
    storage.put(b"1", "t/a")
    (folder / "link").symlink_to(outside)
    (folder / "t" / "file").symlink_to(outside / "secret")
    (folder / "t" / "dangling").symlink_to(outside / "not yet")
    (folder / "inner").symlink_to(folder / "t")
    actions = [
        lambda: storage.put(b"mine", key),
        lambda: storage.put(b"secret", key),
        lambda: storage.replace(b"mine", key),
        lambda: storage.fetch(key, tmp_path / "got"),
        lambda: storage.read(key),
        lambda: storage.chunks(key),
        lambda: storage.digest(key),
        lambda: storage.byte_size(key),
        lambda: storage.local_path(key),
        lambda: storage.delete([key]),
        lambda: storage.delete_below(key),
        lambda: storage.settle([key]),
        lambda: list(storage.keys(key)),
    ]
    for action in actions:
        failed = failure(action)
        assert (failed.code, failed.evidence["key"]) == ("STORAGE_REFUSED", key)
    assert [(file.name, file.read_bytes()) for file in outside.iterdir()] == [("secret", b"secret")]
    assert list(storage.keys()) == ["t/a"]
    assert not (tmp_path / "got").exists()


def test_unfinished_content_does_not_follow_a_link_either(storage, folder, outside):
    (folder / UNFINISHED).symlink_to(outside)
    for action in (storage.put, storage.replace):
        assert failure(lambda action=action: action(b"1", "a")).code == "STORAGE_REFUSED"
    assert failure(lambda: storage.sweep(older_than_s=-60)).code == "STORAGE_REFUSED"
    assert failure(storage.check).code == "STORAGE_REFUSED"
    assert [file.name for file in outside.iterdir()] == ["secret"]


def test_deleting_below_removes_links_and_not_what_they_lead_to(storage, folder, outside):
    storage.put(b"1", "t/a")
    (folder / "t" / "link").symlink_to(outside)
    (folder / "t" / "file").symlink_to(outside / "secret")
    assert storage.delete_below("t") == 1
    assert not (folder / "t").exists()
    assert (outside / "secret").read_bytes() == b"secret"


def test_deleting_below_leaves_no_empty_folder_and_no_leftover(storage, folder):
    storage.put(b"1", "t/d/s/r/channels/a")
    storage.put(b"1", "t/d2/a")
    (folder / "t/d/s/r/empty").mkdir()
    (folder / "t/d/s/r/.hidden").write_bytes(b"foreign")
    assert storage.delete_below("t/d/s") == 1
    assert sorted(place.name for place in (folder / "t").iterdir()) == ["d2"]
    assert storage.delete_below("t") == 1
    assert [place.name for place in folder.iterdir()] == [UNFINISHED]


def test_files_that_are_no_objects_are_not_listed(storage, folder):
    storage.put(b"1", "a/b")
    (folder / ".DS_Store").write_bytes(b"")
    (folder / "a" / "b c").write_bytes(b"")
    (folder / "lost found").mkdir()
    (folder / "lost found" / "a").write_bytes(b"")
    os.mkfifo(folder / "a" / "pipe")
    assert list(storage.keys()) == ["a/b"]


def test_a_key_below_an_object_or_above_objects_is_a_conflict(storage):
    storage.put(b"1", "a/b")
    for key in ("a/b/c", "a"):
        for action in (storage.put, storage.replace):
            failed = failure(lambda action=action, key=key: action(b"1", key))
            assert (failed.code, failed.retryable) == ("STORAGE_CONFLICT", False)
    assert failure(lambda: storage.read("a")).code == "STORAGE_MISSING"
    assert storage.byte_size("a") is None
    assert list(storage.keys()) == ["a/b"]
    assert storage.sweep(older_than_s=-60) == 0


def test_only_old_leftovers_are_swept(storage, folder):
    assert storage.sweep() == 0
    (folder / UNFINISHED).mkdir()
    for name, age_s in (("old#1", 90_000), ("fresh", 0)):
        (folder / UNFINISHED / name).write_bytes(b"half")
        then = (folder / UNFINISHED / name).stat().st_mtime - age_s
        os.utime(folder / UNFINISHED / name, (then, then))
    assert storage.sweep() == 1
    assert [file.name for file in (folder / UNFINISHED).iterdir()] == ["fresh"]


def test_settling_what_is_not_there_is_told(storage):
    assert failure(lambda: storage.settle(["a"])).code == "STORAGE_MISSING"


_READ_ONLY = """
storage.read("a")  # the threads are there before the rights go
if not os.geteuid():
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
say({
    "put": tried(lambda: storage.put(b"new", "b")),
    "again": tried(lambda: storage.put(b"1", "a")),
    "replace": tried(lambda: storage.replace(b"new", "a")),
    "delete": tried(lambda: storage.delete(["a"])),
    "delete_below": tried(lambda: storage.delete_below("t")),
    "check": tried(storage.check),
    "read": tried(lambda: storage.read("a")),
    "hidden": tried(lambda: storage.read("hidden")),
    "another": tried(lambda: Storage.local(Path(order["folder"]) / "below")),
})
"""


@pytest.mark.slow
def test_a_read_only_folder_refuses_and_can_be_read(started, answered):
    with tempfile.TemporaryDirectory() as name:  # pytest's own folder lets no other user in
        folder = Path(name) / "store"
        storage = Storage.local(folder)
        for key in ("a", "t/a", "hidden"):
            storage.put(b"1", key)
        (folder / "hidden").chmod(0)
        for place in (folder, folder / UNFINISHED, folder / "t", Path(name)):
            place.chmod(0o555)
        found = answered(started(_READ_ONLY, folder=str(folder)))
        for place in (folder, folder / UNFINISHED, folder / "t", Path(name)):
            place.chmod(0o755)
        assert sorted(storage.keys()) == ["a", "hidden", "t/a"]
    refused = {"put", "replace", "delete", "delete_below", "check", "hidden", "another"}
    assert found == {**dict.fromkeys(refused, "STORAGE_REFUSED"), "again": "done", "read": "done"}


_FULL = """
code = tried(lambda: storage.put(bytes(4 << 20), "t/a"))
replaced = tried(lambda: storage.replace(bytes(4 << 20), "small"))
after = "never"
deadline = time.monotonic() + 30  # obstore may hold the file of a failed put for a moment
while after != "done" and time.monotonic() < deadline:
    after = tried(lambda: storage.put(b"1", "t/b"))
say({
    "code": code, "replaced": replaced,
    "keys": sorted(storage.keys()), "left": storage.sweep(older_than_s=-60),
    "small": storage.read("small").decode(), "next": after,
})
"""
_WHEN_FULL = {
    "code": "STORAGE_FULL",
    "replaced": "STORAGE_FULL",
    "keys": ["small", "t/b"],
    "left": 0,
    "small": "kept",
    "next": "done",
}


@pytest.mark.slow
def test_a_limit_on_files_is_a_full_store_and_leaves_nothing_half_done(folder_place, answered):
    code = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))\n"
    folder_place.storage.put(b"kept", "small")
    assert answered(folder_place.child(code + _FULL)) == _WHEN_FULL


def _may_mount():
    if shutil.which("unshare") is None:
        return False
    words = ["unshare", "--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


@pytest.mark.slow
def test_a_full_disk_is_a_full_store_and_leaves_nothing_half_done(tmp_path):
    if not _may_mount():
        pytest.skip("this system lets us mount no file system of our own, so no disk can be filled")
    code = f"""
import json, subprocess, time
from telemparse.storage import Storage, StorageFailed
folder = {str(tmp_path)!r}
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], check=True)
storage = Storage.local(folder)
storage.put(b"kept", "small")

def tried(action):
    try:
        action()
    except StorageFailed as failed:
        return failed.code
    return "done"

def say(document):
    print(json.dumps(document))
{_FULL}"""
    words = ["unshare", "--user", "--map-root-user", "--mount", sys.executable, "-c", code]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    assert ended.stderr == ""
    assert json.loads(ended.stdout) == _WHEN_FULL
