"""Objects: what is promised of a folder holds in S3 too."""

from __future__ import annotations

import hashlib
import os
import sys
import warnings

import pytest

from telemparse import storage as room
from telemparse.errors import CallError, MissingExtra
from telemparse.storage import StorageFailed

MB = 1024 * 1024
# Longer than what S3 takes in one request here, and no whole number of them.
LARGE = os.urandom(MB) * 19 + b"end"
CONTENTS = pytest.mark.parametrize("content", [b"", b"few bytes", LARGE], ids=["empty", "small", "large"])
HOSTILE = [
    "", "/", "a//b", "/a", "../a", "a/../b", "a/..", ".", ".hidden", "a/.unfinished/b", "a\0b", "a\n", "a b",
    "ä", "x" * 256, "a/" * 600 + "a", "%2e%2e/a", "a\\b", "a:b", "~", "a/b?c", "a#1", None, b"a", 7,
]  # fmt: skip


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def failure(action):
    with pytest.raises(StorageFailed) as caught:
        action()
    return caught.value


def everything(storage):
    return sorted(storage.keys())


@CONTENTS
def test_what_is_put_is_read_as_it_was(storage, tmp_path, content):
    stored = storage.put(content, "a/b.bin", sha256=sha256(content))
    assert (stored.key, stored.byte_size, stored.sha256) == ("a/b.bin", len(content), sha256(content))
    assert stored.created
    assert storage.byte_size("a/b.bin") == len(content)
    assert storage.digest("a/b.bin") == sha256(content)
    assert b"".join(storage.chunks("a/b.bin")) == content
    assert storage.read("a/b.bin", limit_bytes=20 * MB) == content
    fetched = storage.fetch("a/b.bin", tmp_path / "new" / "file", sha256=sha256(content))
    assert (fetched.byte_size, fetched.sha256) == (len(content), sha256(content))
    assert (tmp_path / "new" / "file").read_bytes() == content
    assert everything(storage) == ["a/b.bin"]


@CONTENTS
def test_a_file_is_put_as_its_bytes_are(storage, tmp_path, content):
    file = tmp_path / "file"
    file.write_bytes(content)
    assert storage.put(file, "a").sha256 == sha256(content)
    assert storage.read("a", limit_bytes=20 * MB) == content
    assert storage.put(content, "a").created is False


@CONTENTS
def test_the_same_content_again_is_found_and_not_written(storage, content):
    first = storage.put(content, "a/b")
    again = storage.put(content, "a/b")
    assert (first.created, again.created) == (True, False)
    assert (again.byte_size, again.sha256) == (first.byte_size, first.sha256)


@CONTENTS
def test_other_content_under_the_key_is_a_conflict_and_stays(storage, content):
    there = content[::-1] + b"-" if content == b"" else content[::-1]
    storage.put(there, "a/b")
    failed = failure(lambda: storage.put(content, "a/b"))
    assert failed.code == "STORAGE_CONFLICT"
    assert failed.retryable is False
    assert failed.evidence["key"] == "a/b"
    assert failed.evidence["expected"] != failed.evidence["found"]
    assert storage.read("a/b", limit_bytes=20 * MB) == there
    assert everything(storage) == ["a/b"]


@CONTENTS
def test_content_that_is_not_what_was_expected_is_not_put(place, content):
    failed = failure(lambda: place.storage.put(content, "a/b", sha256=sha256(b"other")))
    assert failed.code == "INTEGRITY_HASH_MISMATCH"
    assert failed.retryable is False
    assert (failed.evidence["expected"], failed.evidence["found"]) == (sha256(b"other"), sha256(content))
    assert everything(place.storage) == []
    assert place.storage.sweep(older_than_s=-60) == 0


@CONTENTS
def test_replacing_puts_new_content_in_place_of_the_old_one(storage, content):
    assert storage.replace(b"old", "a/b").sha256 == sha256(b"old")
    assert storage.replace(content, "a/b").sha256 == sha256(content)
    assert storage.read("a/b", limit_bytes=20 * MB) == content
    assert everything(storage) == ["a/b"]


@pytest.mark.parametrize("code", ["read", "digest", "fetch", "chunks"])
def test_what_is_not_there_is_missing(storage, tmp_path, code):
    actions = {
        "read": lambda: storage.read("a/b"),
        "digest": lambda: storage.digest("a/b"),
        "fetch": lambda: storage.fetch("a/b", tmp_path / "file"),
        "chunks": lambda: list(storage.chunks("a/b")),
    }
    failed = failure(actions[code])
    assert (failed.code, failed.retryable) == ("STORAGE_MISSING", False)
    assert storage.byte_size("a/b") is None
    assert list(tmp_path.glob("*file*")) == []


def test_a_fetch_of_other_content_than_expected_leaves_the_file_that_was_there(storage, tmp_path):
    storage.put(b"content", "a")
    work = tmp_path / "work"
    work.mkdir()
    (work / "file").write_bytes(b"before")
    failed = failure(lambda: storage.fetch("a", work / "file", sha256=sha256(b"other")))
    assert failed.code == "INTEGRITY_HASH_MISMATCH"
    assert [(file.name, file.read_bytes()) for file in work.iterdir()] == [("file", b"before")]


def test_a_fetch_to_where_no_file_can_be_leaves_nothing(storage, tmp_path):
    storage.put(b"content", "a")
    (tmp_path / "work" / "folder").mkdir(parents=True)
    failed = failure(lambda: storage.fetch("a", tmp_path / "work" / "folder"))
    assert failed.code == "STORAGE_CONFLICT"
    assert [entry.name for entry in (tmp_path / "work").iterdir()] == ["folder"]
    (tmp_path / "file").write_bytes(b"")
    assert failure(lambda: storage.fetch("a", tmp_path / "file" / "below")).code == "STORAGE_CONFLICT"


def test_what_is_larger_than_the_limit_is_not_read(storage):
    storage.put(b"12345", "a")
    assert storage.read("a", limit_bytes=5) == b"12345"
    with pytest.raises(CallError, match="5 bytes, more than the 4"):
        storage.read("a", limit_bytes=4)


@pytest.mark.parametrize("size", [8 * MB - 1, 8 * MB, 8 * MB + 1])
def test_sizes_around_one_request_are_whole(storage, size):
    content = bytes(size)
    assert storage.put(content, "a").created
    assert storage.put(content, "a").created is False
    assert storage.digest("a") == sha256(content)


def test_an_object_that_changes_while_it_is_read_is_no_mixture_of_both(storage):
    storage.put(LARGE, "a")
    chunks = storage.chunks("a")
    assert LARGE.startswith(next(chunks))
    storage.replace(LARGE[::-1], "a")
    failed = failure(lambda: list(chunks))
    assert (failed.code, failed.retryable) == ("STORAGE_UNAVAILABLE", True)


def test_keys_come_below_whole_parts_only(storage):
    names = ["a/b/c", "a/b/d/e", "a/bc/d", "a/x~1", "b", "-_/_."]
    for name in names:
        storage.put(name.encode(), name)
    assert everything(storage) == sorted(names)
    assert sorted(storage.keys("a/b")) == sorted(storage.keys("a/b/")) == ["a/b/c", "a/b/d/e"]
    assert list(storage.keys("a/b/c")) == list(storage.keys("nobody")) == []


@pytest.mark.slow
def test_more_keys_than_one_page_of_s3_are_listed_and_deleted(bucket_place):
    storage = bucket_place.storage
    names = [f"many/{number}" for number in range(1005)]
    for name in names:
        storage.put(b"", name)
    assert everything(storage) == sorted(names)
    assert storage.delete_below("many") == 1005
    assert everything(storage) == []


def test_deleting_takes_what_is_there_and_does_not_mind_what_is_not(storage):
    for name in ("a/b", "a/c", "d"):
        storage.put(b"1", name)
    storage.delete(["a/b", "nobody/here", "d", "d"])
    storage.delete([])
    assert everything(storage) == ["a/c"]


def test_deleting_below_takes_all_below_and_nothing_beside(storage):
    for name in ("t/d/s/r1/a", "t/d/s/r1/channels/b", "t/d/s/r2/a", "t/d/s2/r/a", "t/d/x"):
        storage.put(b"1", name)
    assert storage.delete_below("t/d/s/") == 3
    assert everything(storage) == ["t/d/s2/r/a", "t/d/x"]
    assert storage.delete_below("t/d/s") == 0
    assert storage.delete_below("t/d/x") == 0
    assert everything(storage) == ["t/d/s2/r/a", "t/d/x"]


@pytest.mark.parametrize("key", HOSTILE, ids=repr)
def test_a_hostile_key_is_refused_by_every_method(storage, tmp_path, key):
    actions = [
        lambda: storage.put(b"1", key),
        lambda: storage.replace(b"1", key),
        lambda: storage.fetch(key, tmp_path / "file"),
        lambda: storage.read(key),
        lambda: storage.chunks(key),
        lambda: storage.digest(key),
        lambda: storage.byte_size(key),
        lambda: storage.local_path(key),
        lambda: storage.delete(["good", key]),
        lambda: storage.delete_below(key),
    ]
    storage.put(b"1", "good")
    for action in actions:
        with pytest.raises(CallError):
            action()
    assert everything(storage) == ["good"]


@pytest.mark.parametrize("prefix", ["..", "a//b", "a/../b", ".unfinished"])
def test_a_hostile_prefix_is_refused(storage, prefix):
    for action in (storage.keys, storage.delete_below):
        with pytest.raises(CallError):
            action(prefix)


def test_the_longest_key_is_kept(storage):
    key = "/".join(["x" * 200] * 5)
    storage.put(b"1", key)
    assert everything(storage) == [key]


def test_a_file_that_cannot_be_opened_is_the_callers_matter(storage, tmp_path):
    with pytest.raises(FileNotFoundError):
        storage.put(tmp_path / "nobody", "a")
    assert everything(storage) == []


def test_a_source_that_breaks_while_it_is_read_leaves_nothing(place, tmp_path):
    (tmp_path / "memory").symlink_to("/proc/self/mem")  # whose first page nobody can read
    failed = failure(lambda: place.storage.put(tmp_path / "memory", "a"))
    assert (failed.code, failed.retryable) == ("STORAGE_UNAVAILABLE", True)
    assert everything(place.storage) == []
    assert place.storage.sweep(older_than_s=-60) == 0


def test_a_healthy_store_passes_and_nothing_of_the_look_is_left(place):
    place.storage.check()
    assert everything(place.storage) == []
    assert place.storage.sweep(older_than_s=-60) == 0


def test_what_is_settled_is_still_there(storage):
    storage.put(b"1", "a/b/c")
    storage.settle(["a/b/c"])
    storage.settle([])
    assert storage.read("a/b/c") == b"1"


def test_a_storage_tells_where_it_is_and_no_secret(place):
    assert "hidden-words" not in repr(place.storage)
    if place.is_folder:
        assert place.storage.where == place.order["folder"]
    else:
        assert place.storage.where == f"s3://{place.order['s3']['bucket']}/tele/metry"


def test_a_prefix_keeps_storages_in_one_bucket_apart(bucket_place):
    other = room.Storage.s3(**{**bucket_place.order["s3"], "prefix": "tele"})
    bucket_place.storage.put(b"1", "a")
    assert everything(other) == ["metry/a"]
    other.put(b"2", "a")
    assert bucket_place.storage.read("a") == b"1"


def test_one_of_two_keys_is_a_call_error():
    with pytest.raises(CallError, match="belong together"):
        room.Storage.s3("bucket", access_key="known")


def test_the_face_says_which_extra_is_missing(monkeypatch):
    for name in [name for name in sys.modules if name.startswith(("telemparse.storage.", "obstore"))]:
        monkeypatch.delitem(sys.modules, name)
    for name in room.__all__:
        monkeypatch.delitem(vars(room), name, raising=False)
    monkeypatch.setitem(sys.modules, "obstore", None)
    assert room.StorageFailed("STORAGE_FULL").retryable
    with pytest.raises(MissingExtra, match=r"pip install 'telemparse\[runner\]'"):
        _ = room.Storage
    with pytest.raises(AttributeError, match="nobody"):
        _ = room.nobody
    assert set(room.__all__) <= set(dir(room))


def test_another_module_that_is_missing_is_not_taken_for_the_extra(monkeypatch):
    monkeypatch.delitem(vars(room), "raw_key", raising=False)
    monkeypatch.setitem(sys.modules, "telemparse.storage.layout", None)
    with pytest.raises(ModuleNotFoundError, match=r"telemparse\.storage\.layout"):
        _ = room.raw_key


def test_a_fork_of_a_process_that_used_a_storage_is_told_so(folder_place):
    folder_place.storage.put(b"1", "a")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # forking beside threads is what this is about
        child = os.fork()
    if not child:
        try:
            folder_place.storage.read("a")
        except CallError:
            os._exit(7)
        finally:
            os._exit(1)
    _pid, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 7
