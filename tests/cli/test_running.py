"""`telemparse run`: the whole pipeline in one command, again and again, and what ends it in the middle."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import time
from contextlib import closing

import pytest

from telemparse.runner.pipeline import Pipeline
from telemparse.runner.settings import Settings

pytestmark = pytest.mark.slow

PATIENCE_S = 120.0


@pytest.fixture
def logs(tmp_path, fixtures_dir, toy, gnss):
    """Return a folder of good files, damaged ones, and some that are no recordings at all."""
    folder = tmp_path / "logs"
    folder.mkdir()
    for name in ("sample_track.gpx", "csv_epoch_s.csv", "empty.csv", "noise.bin"):
        shutil.copy(fixtures_dir / name, folder)
    shutil.copy(fixtures_dir / "csv_epoch_s.csv", folder / "same_content.csv")
    toy("logs/damaged.toy", gnss(), ["raise", "oh no"])
    (folder / "nothing").mkdir()
    return folder


def documents(process):
    return {document["name"]: document for document in map(json.loads, process.stdout.splitlines())}


def told(process):
    return [line for line in process.stderr.splitlines() if not line.startswith("the toy ")]


def rows(folder, query):
    """Return rows of an embedded database, none as long as it is not there."""
    try:
        with closing(sqlite3.connect(f"file:{folder}/telemparse.sqlite?mode=ro", uri=True)) as database:
            return database.execute(query).fetchall()
    except sqlite3.OperationalError:
        return []


def await_parse(process, folder):
    """Wait until a parse is under way."""
    deadline = time.monotonic() + PATIENCE_S
    query = "SELECT 1 FROM telemetry_jobs WHERE job_type = 'parse_raw' AND status = 'RUNNING'"
    while not rows(folder, query):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)


def content(folder):
    """Return what lies in a store, but for the database."""
    return sorted(
        path.relative_to(folder)
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith("telemparse.sqlite")
    )


def test_a_folder_ends_as_sessions_and_a_second_run_adds_nothing(run, logs, tmp_path):
    process = run("run", "logs", "gone.gpx", "--out", "logs/store", cwd=tmp_path)
    assert process.returncode == 4
    lines = told(process)
    assert lines[0] == "telemparse: gone.gpx: No such file or directory"
    assert sorted(line.split(":")[1:3] for line in lines[1:]) == [
        [" logs/damaged.toy", " PARSER_CRASHED"],
        [" logs/empty.csv", " ARTIFACT_EMPTY"],
        [" logs/noise.bin", " FORMAT_NOT_RECOGNISED"],
    ]
    head, *table = process.stdout.split("\n\n")[0].splitlines()
    assert head.split() == ["name", "status", "laps", "best", "lap", "quality"]
    assert [line.split()[:2] for line in table] == [
        ["csv_epoch_s.csv", "READY"], ["damaged.toy", "PARTIAL"], ["empty.csv", "FAILED"],
        ["noise.bin", "FAILED"], ["sample_track.gpx", "READY"],
    ]  # fmt: skip
    assert "5 sessions: 2 READY, 1 PARTIAL, 2 FAILED; " in process.stdout
    assert f"Files:    {tmp_path}/logs/store" in process.stdout
    before = content(logs / "store")

    again = run("run", "logs", "--out", "logs/store", cwd=tmp_path)
    assert (again.returncode, told(again)) == (4, [])
    assert "All of them were known: nothing was added." in again.stdout
    assert again.stdout.count("known") == 6
    assert content(logs / "store") == before


def test_json_is_an_object_a_session_and_nothing_else(run, fixtures_dir, tmp_path):
    files = [fixtures_dir / "sample_track.gpx", fixtures_dir / "noise.bin"]
    process = run("run", *files, "--out", tmp_path / "out", "--json", "--owner", "team", "--keep-raw")
    assert process.returncode == 3
    found = documents(process)
    assert list(found) == ["sample_track.gpx", "noise.bin"]
    ready = found["sample_track.gpx"]
    assert (ready["status"], ready["laps"], ready["outcome"]) == ("READY", 1, "processed")
    assert (ready["paths"], ready["tenant_id"]) == ([str(files[0])], "team")
    assert ready["artifacts"][0]["discarded_at"] is None
    assert found["noise.bin"]["failure"]["code"] == "FORMAT_NOT_RECOGNISED"
    more = run("run", files[0], "--out", tmp_path / "out", "--json", "--owner", "team", "--force")
    assert more.returncode == 0
    assert documents(more)["sample_track.gpx"]["id"] != ready["id"]


def test_a_parser_that_hangs_costs_its_own_session_only(run, toy, gnss, tmp_path):
    files = [toy("hangs.toy", gnss(), ["hang", 0]), toy("good.toy", gnss(5))]
    process = run("run", *files, "--out", tmp_path / "out", "--timeout", "5", "--jobs", "2", "--json")
    assert process.returncode == 4
    found = documents(process)
    assert found["hangs.toy"]["failure"]["code"] == "PARSER_TIMEOUT"
    assert found["good.toy"]["status"] == "READY"


def test_several_files_are_one_recording_when_they_are_together(run, toy, gnss, tmp_path):
    process = run(
        "run", toy("a.toy", gnss()), toy("b.toy", gnss(4)), "--together", "--out", tmp_path / "out", "--json"
    )
    (document,) = map(json.loads, process.stdout.splitlines())
    assert [artifact["name"] for artifact in document["artifacts"]] == ["a.toy", "b.toy"]
    assert len(document["paths"]) == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_gives_the_jobs_back_and_the_next_run_goes_on(*, start, run, toy, gnss, tmp_path, number):
    toy("a.toy", gnss(), ["wait", str(tmp_path / "now")])
    process = start("run", "a.toy", "--out", "out")
    await_parse(process, tmp_path / "out")
    process.send_signal(number)
    said, complained = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, said) == (128 + number, "")
    assert "Traceback" not in complained
    (line,) = [line for line in complained.splitlines() if line.startswith("telemparse: ")]
    assert line.startswith("telemparse: stopped: 1 of 1 are not done; ")
    jobs = "SELECT job_type, status, attempt_count, locked_by FROM telemetry_jobs"
    assert rows(tmp_path / "out", f"{jobs} WHERE status != 'SUCCEEDED'") == [("parse_raw", "QUEUED", 0, None)]

    (tmp_path / "now").touch()
    again = run("run", "a.toy", "--out", "out", "--json", cwd=tmp_path)
    assert again.returncode == 0
    document = documents(again)["a.toy"]
    assert (document["status"], document["outcome"]) == ("READY", "processed")
    assert rows(tmp_path / "out", "SELECT count(*) FROM telemetry_processing_runs") == [(1,)]


def test_what_a_killed_run_held_is_taken_over(*, start, run, environment, toy, gnss, tmp_path):
    toy("a.toy", gnss(), ["wait", str(tmp_path / "now")])
    process = start("run", "a.toy", "--out", "out")
    await_parse(process, tmp_path / "out")
    process.kill()
    process.communicate()
    ((holder,),) = rows(tmp_path / "out", "SELECT locked_by FROM telemetry_jobs WHERE status = 'RUNNING'")
    (tmp_path / "now").touch()
    settings = environment(TELEMETRY_JOB_LEASE_SEC="6")
    again = run("run", "a.toy", "--out", "out", "--json", cwd=tmp_path, env=settings)
    assert again.returncode == 0
    assert documents(again)["a.toy"]["status"] == "READY"
    assert f"telemparse: waiting for another worker ({holder})" in again.stderr
    assert "telemparse: job rescued: outcome requeued" in told(again)


def test_a_job_that_waits_for_its_next_attempt_is_waited_for(start_on_terminal, toy, gnss, tmp_path):
    path = toy("a.toy", gnss())
    with Pipeline(Settings.embedded(tmp_path / "out")) as pipeline:
        session_id = pipeline.submit(path)
        (job,) = pipeline.queue.claim("worker")
        with pipeline.database.transaction() as connection:
            pipeline.queue.fail(connection, job, "STORAGE_FULL", "no room", retry_after_s=3600)
        hurried = []

        def hurry(shown):
            if "1 wait (STORAGE_FULL), next in 3" in shown and not hurried:
                hurried.append(pipeline.retry(session_id))

        shown, code = start_on_terminal("run", "a.toy", "--out", "out", watch=hurry)
        assert code == 0
        assert [each.hurried for each in hurried] == [(job.id,)]
        assert "1/1" in shown
        assert pipeline.session(session_id).status == "READY"
        assert [each.attempts for each in pipeline.jobs(status=["SUCCEEDED"])] == [1, 1, 1, 2]


def test_options_that_a_known_session_cannot_follow_are_said_to_count_for_nothing(run, toy, gnss, tmp_path):
    path = toy("a.toy", gnss())
    words = ["run", path, "--out", tmp_path / "out", "--timezone", "Europe/Berlin"]
    assert "--force" not in run(*words).stderr
    again = run(*words)
    assert again.returncode == 0
    assert "known sessions stay as they were made; --force" in again.stderr


def test_the_store_itself_is_no_recording(run, toy, gnss, tmp_path):
    toy("a.toy", gnss())
    first = run("run", ".", "--out", ".", "--json", cwd=tmp_path)
    assert (first.returncode, list(documents(first))) == (1, [])
    assert "it lies where sessions are kept" in first.stderr
    assert list(tmp_path.glob("telemparse.sqlite*")) == []


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--out", "out", "--storage", "elsewhere"],
        ["--out", "out", "--timezone", "Nowhere"],
        ["--out", "out", "--gate", "1,2,3"],
        ["--out", "out", "--track", "no-track.geojson"],
        ["--out", "out", "--max-memory", "1M"],
        ["--out", "out", "--owner", "no such/owner"],
        ["--out", "out", "--timeout", "0"],
        ["--out", "out", "--jobs", "0"],
        ["--database-url", "mysql://a/b", "--storage", "out"],
    ],
)
def test_a_call_that_cannot_be_right_touches_nothing(*, call, toy, gnss, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    toy("a.toy", gnss())
    result = call("run", "a.toy", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert [path.name for path in tmp_path.iterdir()] == ["a.toy"]


def test_a_file_in_the_place_of_the_folder_is_said_to_be_in_the_way(call, toy, gnss, tmp_path):
    (tmp_path / "out").write_text("in the way")
    result = call("run", toy("a.toy", gnss()), "--out", tmp_path / "out")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "internal error" not in result.stderr
    assert (tmp_path / "out").read_text() == "in the way"
