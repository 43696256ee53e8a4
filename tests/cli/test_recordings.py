"""What the paths of a call mean, and where each recording goes."""

from __future__ import annotations

import os
import zipfile

import pytest

from telemparse.cli.exits import Exit
from telemparse.cli.recordings import each, gather
from telemparse.errors import CallError
from telemparse.model.artifacts import Artifact, ArtifactSet


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _files(here, *names):
    for name in names:
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_text(name)


def test_each_file_is_a_recording_with_a_folder_named_after_it(here):
    _files(here, "b/ride.csv", "a.gpx")
    recordings, code = gather(["b/ride.csv", "a.gpx"], together=False)
    assert code is Exit.OK
    assert [(r.label, r.paths, r.folder) for r in recordings] == [
        ("b/ride.csv", ("b/ride.csv",), "ride"),
        ("a.gpx", ("a.gpx",), "a"),
    ]


def test_a_single_recording_has_no_folder_of_its_own(here):
    _files(here, "logs/a.gpx")
    (recording,), _code = gather(["logs"], together=False)
    assert (recording.label, recording.folder) == ("logs/a.gpx", "")


def test_equal_stems_are_numbered_in_order_whatever_their_case(here):
    _files(here, "1/run.csv", "2/RUN.gpx", "3/run-2.csv", "4/run.csv")
    recordings, _code = gather(["1", "2", "3", "4"], together=False)
    assert [recording.folder for recording in recordings] == ["run", "RUN-2", "run-2-2", "run-3"]


def test_together_makes_one_recording_of_all_files(here):
    _files(here, "a.csv", "more/b.csv", "more/c.csv", "more/d.csv", "more/e.csv")
    (recording,), code = gather(["a.csv", "more"], together=True)
    assert code is Exit.OK
    assert recording.artifacts.names == ("a.csv", "b.csv", "c.csv", "d.csv", "e.csv")
    assert recording.label == "a.csv + more/b.csv + more/c.csv + 2 more"


def test_what_a_command_writes_itself_is_no_recording(here, capsys):
    _files(here, "logs/a.gpx", "logs/out/b.parquet", "logs/out.sqlite", "outside.csv")
    store = [here / "logs/out", here / "logs/out.sqlite"]
    recordings, code = gather(["logs", "outside.csv"], together=False, store=store)
    assert code is Exit.OK
    assert [recording.label for recording in recordings] == ["logs/a.gpx", "outside.csv"]
    assert capsys.readouterr().err == ""
    recordings, code = gather(["logs/out/b.parquet", "outside.csv"], together=True, store=store)
    assert code is Exit.UNREADABLE
    assert [recording.label for recording in recordings] == ["outside.csv"]
    said = capsys.readouterr().err
    assert (
        said
        == "telemparse: logs/out/b.parquet: it lies where sessions are kept; choose another folder for them\n"
    )


def test_members_of_a_zip_are_recordings_labelled_with_the_archive(here):
    with zipfile.ZipFile(here / "logs.zip", "w") as archive:
        archive.writestr("day/one.csv", "a,b\n1,2\n")
        archive.writestr("two.csv", "a,b\n1,2\n")
    recordings, _code = gather(["logs.zip"], together=False)
    assert [recording.label for recording in recordings] == ["logs.zip/day/one.csv", "logs.zip/two.csv"]
    assert [recording.folder for recording in recordings] == ["one", "two"]
    assert {recording.paths for recording in recordings} == {("logs.zip",)}


def test_one_unreadable_path_costs_a_line_and_the_others_go_on(here, capsys):
    _files(here, "a.csv")
    recordings, code = gather(["gone.csv", "a.csv"], together=False)
    assert [recording.label for recording in recordings] == ["a.csv"]
    assert code is Exit.UNREADABLE
    assert capsys.readouterr().err == "telemparse: gone.csv: No such file or directory\n"


def test_a_pipe_is_no_file_and_is_never_waited_for(here, capsys):
    os.mkfifo(here / "pipe")
    assert gather(["pipe"], together=False) == ([], Exit.UNREADABLE)
    assert capsys.readouterr().err == "telemparse: pipe: pipe is not a regular file\n"


@pytest.mark.parametrize("together", [False, True])
def test_an_empty_folder_is_said_to_be_one(here, capsys, together):
    (here / "nothing").mkdir()
    assert gather(["nothing"], together=together) == ([], Exit.UNREADABLE)
    assert capsys.readouterr().err.startswith("telemparse: nothing: ")


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("..", "recording"),
        ("outer.zip/../../etc/passwd", "passwd"),
        ("outer.zip/..\\..\\boot.ini", "boot"),
        ("line\nbreak.csv", "line_break"),
        ("a" * 300 + ".csv", "a" * 120),
        ("é" * 200 + ".csv", "é" * 60),
        ("byte\udcff.csv", "byte_"),
    ],
)
def test_folder_names_are_plain_whatever_a_member_is_called(name, folder, monkeypatch):
    sets = [
        ArtifactSet((Artifact.from_bytes(b"x", name),)),
        ArtifactSet((Artifact.from_bytes(b"x", "other"),)),
    ]
    monkeypatch.setattr("telemparse.cli.recordings._sets", lambda _paths, together: sets)  # noqa: ARG005  (its name counts)
    recordings, _code = gather([__file__], together=False)
    assert [recording.folder for recording in recordings] == [folder, "other"]
    assert recordings[0].label == name


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (OSError(28, "No space left on device"), Exit.UNREADABLE, "a: No space left on device\n"),
        (CallError("no"), Exit.UNREADABLE, "a: no\n"),
        (RuntimeError("boom"), Exit.ERRORS, "a: internal error, please report it: RuntimeError: boom ("),
    ],
)
def test_a_recording_that_raises_costs_a_line_and_the_next_one_goes_on(here, capsys, error, code, line):
    _files(here, "a", "b")
    recordings, _code = gather(["a", "b"], together=False)
    seen = []

    def handle(recording):
        seen.append(recording.label)
        if recording.label == "a":
            raise error
        return Exit.OK

    assert each(recordings, handle) is code
    assert seen == ["a", "b"]
    (said,) = capsys.readouterr().err.splitlines(keepends=True)
    assert said.startswith(f"telemparse: {line}")


def test_a_broken_pipe_ends_the_round(here):
    _files(here, "a", "b")
    recordings, _code = gather(["a", "b"], together=False)
    seen = []

    def handle(recording):
        seen.append(recording.label)
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        each(recordings, handle)
    assert seen == ["a"]
