"""Nothing half-written gets a final name, whatever fails and whenever; the folder is kept clean."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

import telemparse
from telemparse import writers
from telemparse.errors import CallError
from telemparse.model.messages import Batch
from telemparse.schemas import build
from telemparse.writers import staging


def everything(folder):
    """Return all paths below a folder, hidden ones too."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.fixture
def two(result_of, drive):
    """Return a result of two streams."""
    return result_of({"gnss_pvt": drive(40), "gnss_pvt.rover": drive(30)})


@pytest.mark.parametrize("form", ["parquet", "arrow", "csv", "geojson"])
@pytest.mark.parametrize(
    "failure", [("replace", 1), ("replace", 2), ("fsync", 1), ("fsync", 2), ("fsync", 3)]
)
def test_a_failing_system_call_leaves_whole_files_or_none(failure, form, two, tmp_path, monkeypatch):
    call, number = failure
    calls = []
    real = getattr(os, call)

    def failing(*args, **named):
        calls.append(args)
        if len(calls) == number:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*args, **named)

    with monkeypatch.context() as patch:
        patch.setattr(os, call, failing)
        with pytest.raises(OSError, match="No space left"):
            writers.write(two, tmp_path, format=form)

    left = set(everything(tmp_path))
    whole = writers.write(two, tmp_path / "whole", format=form)
    allowed = {record.file: record.bytes for record in whole.streams}
    assert left <= {*allowed, "manifest.json"}
    for name in left & set(allowed):
        assert (tmp_path / name).stat().st_size == allowed[name]


def test_files_are_durable_before_the_manifest_that_names_them(two, tmp_path, monkeypatch):
    steps = []
    fsync, replace = os.fsync, os.replace

    def flushing(descriptor):
        place = Path(f"/proc/self/fd/{descriptor}").readlink()
        steps.append(("flush", "folder" if place.is_dir() else str(place)))
        fsync(descriptor)

    def moving(source, name, **named):
        assert ("flush", str(source)) in steps
        steps.append(("move", name))
        replace(source, name, **named)

    monkeypatch.setattr(os, "fsync", flushing)
    monkeypatch.setattr(os, "replace", moving)
    writers.write(two, tmp_path)

    assert [what for what in steps if what[0] == "move" or what[1] == "folder"][:5] == [
        ("move", "gnss_pvt.parquet"),
        ("move", "gnss_pvt.rover.parquet"),
        ("flush", "folder"),
        ("move", "manifest.json"),
        ("flush", "folder"),
    ]


def test_an_error_while_rows_flow_leaves_the_former_recording_as_it_was(two, toy, tmp_path, drive):
    writers.write(two, tmp_path)
    before = {name: (tmp_path / name).read_bytes() for name in everything(tmp_path)}
    source = toy(Batch("gnss_pvt", drive(100)), KeyboardInterrupt())

    with pytest.raises(KeyboardInterrupt):
        telemparse.convert(source, tmp_path)

    assert {name: (tmp_path / name).read_bytes() for name in everything(tmp_path)} == before


WRITE_FOREVER = """
import sys
import tempfile
import numpy as np
import telemparse
from telemparse.schemas import build
from telemparse.extension.catalog import Catalog
from telemparse.extension.card import ParserCard
from telemparse.model.detection import Detection, Rung
from telemparse.model.messages import Batch

def parse(_artifacts, _options):
    rows = np.arange(70_000.0)
    for number in range(1_000_000):
        if number == 3:
            print("writing", flush=True)
        t_ns = (np.arange(70_000) + 70_000 * number) * 10**8
        yield Batch("gnss_pvt", build("gnss_pvt", {"t": t_ns, "lat_deg": rows % 90, "lon_deg": rows % 180}))

card = ParserCard(id="toy", name="Toy", version="1", detector="toy:detect", target="toy:parse")
catalog = Catalog(cards=(card,))
catalog._targets["toy:detect"] = lambda _sniffs: Detection(Rung.MARKER, ("a toy",))
catalog._targets["toy:parse"] = parse
Catalog.shared = staticmethod(lambda: catalog)
telemparse.convert(b"toy", sys.argv[1])
"""


def test_a_killed_writer_leaves_no_file_and_the_next_one_sweeps_up(two, tmp_path):
    child = subprocess.Popen([sys.executable, "-c", WRITE_FOREVER, str(tmp_path)], stdout=subprocess.PIPE)
    with child:
        assert child.stdout.readline() == b"writing\n"
        child.send_signal(signal.SIGKILL)
    remains = everything(tmp_path)
    assert remains
    assert all(name.startswith(".telemparse-") for name in remains)

    writers.write(two, tmp_path)

    assert everything(tmp_path) == ["gnss_pvt.parquet", "gnss_pvt.rover.parquet", "manifest.json"]


FULL_DISK = """
import resource, signal, sys
import telemparse
from telemparse import writers
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
recording = writers.read(sys.argv[1])
before = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, before[1]))
try:
    writers.write(recording, sys.argv[2], format=sys.argv[3])
except OSError as error:
    print(type(error).__name__)
finally:
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
"""


@pytest.mark.parametrize("form", ["parquet", "arrow", "csv", "geojson"])
def test_a_disk_that_takes_no_more_is_an_oserror_and_leaves_nothing(form, result_of, drive, tmp_path):
    writers.write(result_of({"gnss_pvt": drive(2000)}), tmp_path / "in")
    (tmp_path / "out").mkdir()

    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, tmp_path / "in", tmp_path / "out", form],
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert (done.stdout, done.stderr) == ("OSError\n", "")
    assert everything(tmp_path / "out") == []


def test_a_folder_in_use_is_not_swept_away(two, tmp_path):
    with staging.staged(tmp_path) as first:
        place = first.place()
        place.write_bytes(b"in the making")
        writers.write(two, tmp_path)
        assert place.read_bytes() == b"in the making"
    assert everything(tmp_path) == ["gnss_pvt.parquet", "gnss_pvt.rover.parquet", "manifest.json"]


def test_a_folder_swept_between_making_and_locking_is_made_again(tmp_path, monkeypatch):
    real, swept = fcntl.flock, []

    def late(descriptor, operation):
        if not swept:
            swept.extend(tmp_path.glob(".telemparse-*"))
            swept[0].rmdir()
        real(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", late)
    with staging.staged(tmp_path) as made:
        made.place().write_bytes(b"x")
        assert made.folder != swept[0]


def test_a_folder_swept_between_making_and_opening_is_made_again(tmp_path, monkeypatch):
    real, swept = tempfile.mkdtemp, []

    def early(**named):
        made = real(**named)
        if not swept:
            swept.append(Path(made))
            swept[0].rmdir()
        return made

    monkeypatch.setattr(tempfile, "mkdtemp", early)
    with staging.staged(tmp_path) as made:
        made.place().write_bytes(b"x")
        assert made.folder != swept[0]


def test_only_what_the_former_manifest_names_is_removed(two, result_of, drive, tmp_path):
    writers.write(two, tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "laps.parquet").write_text("not named by the manifest")

    writers.write(result_of({"gnss_pvt": drive(10)}), tmp_path)

    assert everything(tmp_path) == ["gnss_pvt.parquet", "laps.parquet", "manifest.json", "notes.txt"]
    assert pq.ParquetFile(tmp_path / "gnss_pvt.parquet").metadata.num_rows == 10


def test_a_recording_in_another_format_takes_the_place_of_the_former(two, tmp_path):
    writers.write(two, tmp_path)

    writers.write(two, tmp_path, format="csv")
    writers.write(two, tmp_path, format="geojson")

    assert everything(tmp_path) == ["manifest.json", "recording.geojson"]


def test_an_empty_channel_folder_goes_with_its_last_group(toy, tmp_path, two):
    telemparse.convert(toy(Batch("channels.main", build("channels.main", {"t": np.arange(3)}))), tmp_path)
    assert "channels/main.parquet" in everything(tmp_path)

    writers.write(two, tmp_path)

    assert everything(tmp_path) == ["gnss_pvt.parquet", "gnss_pvt.rover.parquet", "manifest.json"]


def test_a_manifest_cannot_have_files_removed_that_are_no_streams(two, tmp_path):
    folder, outside = tmp_path / "in", tmp_path / "precious.parquet"
    writers.write(two, folder)
    outside.write_text("keep")
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace("gnss_pvt.rover.parquet", "../precious.parquet"))

    writers.write(two, folder, format="arrow")

    assert outside.read_text() == "keep"


def test_a_link_in_place_of_a_file_is_replaced_and_not_followed(two, tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("keep")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "gnss_pvt.parquet").symlink_to(outside)

    writers.write(two, folder)

    assert outside.read_text() == "keep"
    assert not (folder / "gnss_pvt.parquet").is_symlink()


def test_a_link_in_place_of_the_channel_folder_is_refused(toy, tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "channels").symlink_to(tmp_path / "outside")

    with pytest.raises(OSError, match="channels"):
        telemparse.convert(
            toy(Batch("channels.main", build("channels.main", {"t": np.arange(3)}))), tmp_path / "in"
        )

    assert everything(tmp_path / "outside") == []
    assert everything(tmp_path / "in") == ["channels"]


def test_a_path_that_is_a_file_is_an_oserror(two, tmp_path):
    (tmp_path / "file").write_text("x")

    with pytest.raises(OSError, match="file"):
        writers.write(two, tmp_path / "file")


def test_writers_into_different_folders_do_not_disturb_each_other(result_of, drive, tmp_path):
    results = {name: result_of({"gnss_pvt": drive(2000 + number)}) for number, name in enumerate("abcd")}
    threads = [
        threading.Thread(target=writers.write, args=(result, tmp_path / name))
        for name, result in results.items()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for name, result in results.items():
        assert writers.read(tmp_path / name).streams["gnss_pvt"].equals(result.streams["gnss_pvt"])


def test_writers_into_one_folder_leave_one_whole_recording(result_of, drive, tmp_path):
    results = [result_of({"gnss_pvt": drive(2000)}) for _ in range(4)]
    threads = [threading.Thread(target=writers.write, args=(result, tmp_path)) for result in results]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert everything(tmp_path) == ["gnss_pvt.parquet", "manifest.json"]
    assert writers.read(tmp_path).streams["gnss_pvt"].equals(results[0].streams["gnss_pvt"])


@pytest.mark.parametrize("name", ["../evil", "channels", "gnss_pvt/x", "", "GNSS"])
def test_a_stream_name_that_is_none_is_refused_before_anything_is_written(name, result_of, drive, tmp_path):
    with pytest.raises(CallError, match="no canonical stream"):
        writers.write(result_of({name: drive(3)}), tmp_path / "in")

    assert everything(tmp_path / "in") == []
