"""`telemparse enqueue` and `telemparse worker`: who hands in need not be who works."""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
import threading
import urllib.request

import pytest

from postgres_server import wanted
from servers import make_bucket, moto_server
from telemparse.runner.pipeline import Pipeline
from telemparse.runner.settings import Settings

pytestmark = pytest.mark.slow

PATIENCE_S = 120.0


@pytest.fixture
def postgres():
    """Hold a server of this test's own."""
    with wanted() as server:
        yield server


@pytest.fixture
def worker(start):
    """Return a function that starts a worker, and gives the events of its log as they come."""
    started = []

    def begin(*words):
        process = start("worker", *words)
        # A log without the event that a test waits for must end.
        alarm = threading.Timer(PATIENCE_S, process.kill)
        alarm.start()
        started.append((process, alarm))
        return process, map(json.loads, (line for line in process.stderr if line.startswith("{")))

    yield begin
    for process, alarm in started:
        alarm.cancel()
        alarm.join()
        with process:
            process.kill()


def await_event(events, name, **facts):
    for event in events:
        if event["event"] == name and facts.items() <= event.items():
            return event
    raise AssertionError(f"the log ended before {name}")


def test_what_is_handed_in_by_one_process_is_done_by_another(run, toy, gnss, fixtures_dir, tmp_path):
    files = [toy("a.toy", gnss()), fixtures_dir / "noise.bin", tmp_path / "gone.gpx"]
    handed = run("enqueue", *files, "--out", tmp_path / "out")
    assert handed.returncode == 1
    first, second = handed.stdout.splitlines()
    again = run("enqueue", files[0], "--out", tmp_path / "out", "--json")
    assert json.loads(again.stdout) == {"v": 1, "paths": [str(files[0])], "outcome": "queued", "id": first}

    worked = run("worker", "--out", tmp_path / "out", "--drain")
    assert (worked.returncode, worked.stdout) == (0, "")
    events = [json.loads(line) for line in worked.stderr.splitlines() if line.startswith("{")]
    assert all(event["timestamp"].endswith("Z") for event in events)
    (failed,) = [event for event in events if event["event"] == "job_failed"]
    assert (failed["code"], failed["level"]) == ("FORMAT_NOT_RECOGNISED", "error")
    assert (events[-1]["event"], events[-1]["reason"]) == ("ended", "the queue is empty")

    with Pipeline(Settings.embedded(tmp_path / "out")) as pipeline:
        statuses = pipeline.statuses([first, second])
    assert [str(statuses[each]) for each in (first, second)] == ["READY", "FAILED"]
    known = run("enqueue", files[0], "--out", tmp_path / "out")
    assert (known.returncode, known.stdout) == (0, f"{first}\n")
    assert f"telemparse: {files[0]}: known, nothing is done again" in known.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_told_to_stop_gives_its_job_back(worker, toy, gnss, tmp_path, number):
    with Pipeline(Settings.embedded(tmp_path / "out")) as pipeline:
        session_id = pipeline.submit(toy("a.toy", gnss(), ["wait", str(tmp_path / "now")]))
        process, events = worker("--out", "out")
        await_event(events, "job_succeeded", job_type="artifact_classify")
        process.send_signal(number)
        await_event(events, "job_released", job_type="parse_raw")
        assert await_event(events, "ended")["reason"] == "it was told to stop"
        assert process.wait(PATIENCE_S) == 0
        assert process.stdout.read() == ""
        (job,) = pipeline.jobs()
        assert (job.job_type, job.status, job.attempts, job.worker) == ("parse_raw", "QUEUED", 0, None)

        (tmp_path / "now").touch()
        process, events = worker("--out", "out", "--drain")
        await_event(events, "ended")
        assert process.wait(PATIENCE_S) == 0
        assert pipeline.session(session_id).status == "READY"


def test_a_worker_waits_for_jobs_and_tells_its_metrics(worker, toy, gnss, tmp_path):
    process, events = worker("--out", "out", "--metrics-port", "0", "--workers", "2")
    served = await_event(events, "metrics_served")
    await_event(events, "worker_started")
    await_event(events, "worker_started")
    with Pipeline(Settings.embedded(tmp_path / "out")) as pipeline:
        pipeline.submit(toy("a.toy", gnss()))
        await_event(events, "job_succeeded", job_type="process_session")
    with urllib.request.urlopen(f"http://127.0.0.1:{served['port']}/metrics", timeout=60) as answer:
        text = answer.read().decode()
    assert 'telemetry_jobs_total{code="",status="succeeded",type="process_session"} 1.0' in text
    process.send_signal(signal.SIGTERM)
    await_event(events, "ended")
    assert process.wait(PATIENCE_S) == 0


def test_a_worker_leaves_when_the_schema_is_migrated_under_it(worker, tmp_path):
    process, events = worker("--out", "out")
    await_event(events, "worker_started")
    with sqlite3.connect(tmp_path / "out" / "telemparse.sqlite", timeout=60) as connection:
        connection.execute("UPDATE telemetry_schema_version SET version_num = '9999'")
    connection.close()
    ended = await_event(events, "ended")
    assert (ended["code"], ended["level"]) == ("DATABASE_SCHEMA_NEWER", "error")
    assert "9999" in ended["error"]
    assert process.wait(PATIENCE_S) == 1


def test_a_port_that_is_taken_is_one_line(call, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = call("worker", "--out", tmp_path / "out", "--metrics-port", port)
    assert result.exit_code == 1
    assert "Address already in use" in result.stderr
    assert not (tmp_path / "out").exists()


def test_the_log_may_be_text(call, tmp_path):
    result = call("worker", "--out", tmp_path / "out", "--drain", "--log", "text")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "info    worker_started worker=" in result.stderr


def test_a_worker_waits_for_a_database_that_is_away(*, worker, run, toy, gnss, postgres, tmp_path):
    url = postgres.database()
    words = ("--database-url", url, "--storage", str(tmp_path / "store"))
    refused = run("worker", *words)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "telemparse db upgrade" in refused.stderr
    assert run("db", "upgrade", "--database-url", url).returncode == 0
    process, events = worker(*words)
    await_event(events, "worker_started")
    postgres.stop()
    await_event(events, "database_unavailable")
    assert process.poll() is None
    postgres.start()
    handed = run("enqueue", toy("a.toy", gnss()), *words)
    assert handed.returncode == 0
    await_event(events, "job_succeeded", job_type="process_session")
    process.send_signal(signal.SIGTERM)
    await_event(events, "ended")
    assert process.wait(PATIENCE_S) == 0


def test_postgres_and_a_bucket_serve_as_well_as_a_folder(*, run, environment, toy, gnss, postgres, tmp_path):
    url = postgres.database()
    with moto_server() as endpoint:
        make_bucket(endpoint, "telemetry")
        secrets = environment(
            TELEMETRY_DATABASE_URL=url,
            TELEMETRY_OBJECT_STORAGE_ENDPOINT=endpoint,
            TELEMETRY_OBJECT_STORAGE_ACCESS_KEY="key",
            TELEMETRY_OBJECT_STORAGE_SECRET_KEY="any",  # noqa: S106  (the server asks for none)
        )
        here = {"env": secrets, "cwd": tmp_path}
        assert run("db", "upgrade", **here).returncode == 0
        store = ["--storage", "s3://telemetry/some/prefix"]
        process = run("run", toy("a.toy", gnss()), *store, **here)
        assert process.returncode == 0
        assert "Files:    s3://telemetry/some/prefix" in process.stdout
        (document,) = map(json.loads, run("sessions", *store, "--json", **here).stdout.splitlines())
        assert (document["name"], document["status"]) == ("a.toy", "READY")
        assert run("health", *store, **here).returncode == 0
        assert run("delete", document["id"], "--yes", *store, **here).returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["a.toy"]
