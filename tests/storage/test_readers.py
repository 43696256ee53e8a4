"""Objects that are read here and there, and URLs by which others read and write them."""

from __future__ import annotations

import os
import urllib.request

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from telemparse.errors import CallError
from telemparse.storage import StorageFailed

CONTENT = bytes(range(256)) * 20_000  # more than a request of the buffer


def failure(call, *args):
    with pytest.raises(StorageFailed) as caught:
        call(*args)
    return caught.value.code


def test_an_object_is_read_from_any_place(storage):
    storage.put(CONTENT, "a/b")
    with storage.reader("a/b") as file:
        assert (file.readable(), file.seekable(), file.tell()) == (True, True, 0)
        assert file.read(5) == CONTENT[:5]
        assert file.seek(-7, os.SEEK_END) == len(CONTENT) - 7
        assert file.read() == CONTENT[-7:]
        assert file.read(1) == b""
        file.seek(1_500_000)
        assert file.read(2_000_000) == CONTENT[1_500_000:3_500_000]
        file.seek(10, os.SEEK_CUR)
        assert file.tell() == 3_500_010
        file.seek(0)
        assert file.read() == CONTENT
    assert file.closed


def test_pyarrow_reads_single_columns_of_a_parquet_file(storage, tmp_path):
    table = pa.table({"a": range(100_000), "b": [0.5] * 100_000})
    pq.write_table(table, tmp_path / "t.parquet", row_group_size=10_000)
    storage.put(tmp_path / "t.parquet", "t.parquet")
    with storage.reader("t.parquet") as file, pq.ParquetFile(file) as parquet:
        assert parquet.read_row_group(7, columns=["a"]).equals(table.select(["a"]).slice(70_000, 10_000))


def test_what_is_not_there_or_no_key_is_not_opened(storage):
    assert failure(storage.reader, "a/missing") == "STORAGE_MISSING"
    storage.put(b"x", "a/b")
    assert failure(storage.reader, "a/b/c") in {"STORAGE_CONFLICT", "STORAGE_MISSING"}
    for key in ("../a", "a//b", "", "/etc/passwd"):
        with pytest.raises(CallError):
            storage.reader(key)


def test_an_object_that_changes_while_it_is_read_is_no_mixture(bucket_place):
    storage = bucket_place.storage
    storage.put(CONTENT, "a")
    with storage.reader("a") as file:
        assert file.read(4) == CONTENT[:4]
        storage.replace(CONTENT[::-1], "a")
        file.seek(4_000_000)
        assert failure(file.read, 4) == "STORAGE_UNAVAILABLE"


def test_links_folders_and_pipes_are_not_opened(folder_place, tmp_path):
    storage = folder_place.storage
    root = storage.local_path("x").parent
    (tmp_path / "secret").write_text("secret")
    (root / "link").symlink_to(tmp_path / "secret")
    (root / "way").symlink_to(tmp_path)
    (root / "folder").mkdir()
    os.mkfifo(root / "pipe")
    for key in ("link", "way/secret", "folder", "pipe"):
        assert failure(storage.reader, key) == "STORAGE_REFUSED"


def test_a_folder_has_no_urls(folder_place):
    assert folder_place.storage.presigned("a", "GET", 60) is None


def test_whoever_has_a_url_reads_or_writes_one_object(bucket_place):
    storage = bucket_place.storage
    url = storage.presigned("up/one.bin", "PUT", 60)
    sent_as = {"Content-Type": "application/octet-stream"}
    request = urllib.request.Request(url, b"sent past us", sent_as, method="PUT")  # noqa: S310  (a server of ours)
    with urllib.request.urlopen(request) as answer:  # noqa: S310  (as above)
        assert answer.status == 200
    assert storage.read("up/one.bin") == b"sent past us"
    with urllib.request.urlopen(storage.presigned("up/one.bin", "GET", 60)) as answer:  # noqa: S310  (as above)
        assert answer.read() == b"sent past us"
    assert "hidden-words" not in url
    assert "X-Amz-Expires=60" in url


@pytest.mark.parametrize(("method", "expires_s"), [("DELETE", 60), ("get", 60), ("GET", 0), ("PUT", 700_000)])
def test_a_url_for_anything_else_or_for_ever_is_refused(place, method, expires_s):
    with pytest.raises(CallError):
        place.storage.presigned("a", method, expires_s)
