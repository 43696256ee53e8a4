"""Many processes on one store: readers see whole sessions, killed writers leave none, full disks say so."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pyarrow as pa
import pytest

from storage.session_making import session
from telemparse.storage import LapTelemetry, SessionStore, SessionTelemetry, StorageFailed

_BEGIN = """
import json, os, resource, sys
import numpy as np, pyarrow as pa
from telemparse.storage import LapTelemetry, SessionFailed, SessionStore, SessionTelemetry, StorageFailed

store = SessionStore(sys.argv[1])

def marked(mark, rows=20_000):
    tables = [pa.table({"time": np.arange(rows) + n * rows, "mark": [float(mark)] * rows}) for n in (1, 2)]
    laps = [LapTelemetry(lap_number=n, table=table) for n, table in enumerate(tables, start=1)]
    return SessionTelemetry.from_laps(laps, source_type="vbo")

"""
_WRITE = """
ready = [marked(mark) for mark in range(4)]
print("ready", flush=True)
sys.stdin.readline()
for turn in range(25):
    store.write(1, ready[turn % 4])
"""
_READ = """
print("ready", flush=True)
sys.stdin.readline()
seen = set()
while len(seen) < 3:
    for table in (store.read(1).table, store.read_lap(1, 2).table):
        marks = table["mark"].unique().to_pylist()
        assert len(marks) == 1 and table.num_rows in (20_000, 40_000), (marks, table.num_rows)
        seen.add(marks[0])
        if os.path.exists(os.path.join(sys.argv[1], "stop")):
            sys.exit()
"""


def names_in(folder):
    return sorted(each.name for each in folder.iterdir())


def child(code, folder):
    return subprocess.Popen(
        [sys.executable, "-c", _BEGIN + code, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_readers_see_whole_sessions_while_others_write_them(tmp_path):
    store = SessionStore(tmp_path)
    with child("store.write(1, marked(0))", tmp_path) as first:
        first.communicate(timeout=60)
    writers = [child(_WRITE, tmp_path) for _ in range(2)]
    readers = [child(_READ, tmp_path) for _ in range(2)]
    try:
        for each in (*writers, *readers):
            assert each.stdout.readline() == "ready\n"
        for each in (*readers, *writers):
            each.stdin.write("\n")
            each.stdin.flush()
        for each in writers:
            each.communicate(timeout=120)
        (tmp_path / "stop").touch()
        for each in readers:
            each.communicate(timeout=60)
        assert [each.returncode for each in (*writers, *readers)] == [0] * 4
    finally:
        for each in (*writers, *readers):
            each.kill()
            with each:
                pass
    (tmp_path / "stop").unlink()
    assert store.sessions() == ("1",)
    assert names_in(tmp_path) == ["1.parquet"]


_KILLED = """
import telemparse.storage.session_files as files

def stop(*_arguments):
    print("written", flush=True)
    sys.stdin.readline()

os.fsync = stop
store.write(1, marked(7))
"""


@pytest.mark.slow
def test_a_killed_writer_leaves_no_session_and_its_leftovers_are_swept_when_old(tmp_path):
    store = SessionStore(tmp_path)
    store.write(1, session(laps=1))
    with child(_KILLED, tmp_path) as writer:
        assert writer.stdout.readline() == "written\n"
        writer.send_signal(signal.SIGKILL)
        writer.wait(timeout=60)
    (left,) = [name for name in names_in(tmp_path) if name != "1.parquet"]
    assert store.sessions() == ("1",)
    assert store.read(1).table.num_rows == 50
    store.write(2, session(laps=1))
    assert left in names_in(tmp_path)
    assert store.sweep() == 0
    old = time.time() - 3601
    os.utime(tmp_path / left, (old, old))
    store.write(2, session(laps=1))
    assert names_in(tmp_path) == ["1.parquet", "2.parquet"]


_FULL = """
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    store.write(1, marked(7, rows=200_000))
except StorageFailed as failed:
    print(json.dumps([failed.code, failed.evidence, failed.retryable]))
"""


@pytest.mark.slow
def test_a_full_disk_is_said_and_leaves_what_was_there(tmp_path):
    store = SessionStore(tmp_path)
    store.write(1, session(laps=1))
    with child(_FULL, tmp_path) as writer:
        said = json.loads(writer.communicate(timeout=60)[0])
    assert said == ["STORAGE_FULL", {"key": "1.parquet", "error": "File too large"}, True]
    assert writer.returncode == 0
    assert names_in(tmp_path) == ["1.parquet"]
    assert store.read(1).table.num_rows == 50


class Full:
    """A file on a disk without room: takes some bytes, then none."""

    def __init__(self, file, room):
        self._file, self._room = file, room

    def write(self, data):
        self._room -= len(data)
        if self._room < 0:
            raise OSError(28, "No space left on device")
        return self._file.write(data)

    def __getattr__(self, name):
        return getattr(self._file, name)


@pytest.mark.parametrize("room", [0, 1000, 5000])
def test_a_disk_that_fills_up_while_a_session_is_written_is_said(tmp_path, monkeypatch, room):
    from telemparse.storage import session_store

    write = session_store.write_session
    monkeypatch.setattr(session_store, "write_session", lambda file, *rest: write(Full(file, room), *rest))
    with pytest.raises(StorageFailed) as raised:
        SessionStore(tmp_path).write(1, session())
    assert raised.value.code == "STORAGE_FULL"
    assert names_in(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").touch()
    store = SessionStore(tmp_path / "file" / "store")
    with pytest.raises(StorageFailed) as raised:
        store.write(1, session(laps=1))
    assert raised.value.code == "STORAGE_REFUSED"
    assert store.sessions() == ()
    assert not store.exists(1)


def test_a_reader_of_a_deleted_session_reads_on(tmp_path):
    store = SessionStore(tmp_path)
    store.write(1, session())
    with store._opened(1) as file:
        assert store.delete(1)
        assert file.read().num_rows == 150


def test_an_unfinished_file_of_somebody_else_is_left_alone(tmp_path):
    store = SessionStore(tmp_path)
    other = tmp_path / ".notes.unfinished"
    other.touch()
    os.utime(other, (0, 0))
    assert store.sweep(older_than_s=0) == 0
    laps = [LapTelemetry(lap_number=1, table=pa.table({"time": [0.0]}))]
    store.write(1, SessionTelemetry.from_laps(laps, source_type="vbo"))
    assert other.exists()
