"""Workers that are killed, stopped and starved, with real processes: nothing is lost, nothing comes twice."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import attrs
import pytest
import sqlalchemy as sa

from telemparse.runner import Events, Pipeline
from telemparse.runner.states import JobState, SessionState
from telemparse.storage.layout import RunPlace
from telemparse.storage.verification import verify

pytestmark = pytest.mark.slow

FILE = "csv_gnss_imu_vehicle.csv"
# Without inertial samples nothing is fused, which takes a fresh process its time.
PLAIN = "sample_gnss_10hz.csv"
HELPER = Path(__file__).parents[1] / "runner_workers.py"
# Where a worker is killed, one after the other, while one session goes through all of it.
AMBUSHES = [
    ["job_started", "artifact_validate"],
    ["stage_done", "artifact_classify"],
    ["outputs_promoted", "parse_raw"],
    ["stage_started", "time_align"],
    ["outputs_promoted", "downsample"],
    ["stage_started", "fuse_gnss_imu"],
    ["stage_done", "detect_laps"],
    ["outputs_promoted", "publish_session"],
    ["stage_done", "publish_session"],
]
FURTHER_AMBUSHES = [
    ["job_succeeded", "artifact_validate"],
    ["job_started", "artifact_classify"],
    ["job_started", "parse_raw"],
    ["job_started", "process_session"],
    ["stage_started", "normalise_units"],
    ["stage_started", "downsample"],
    ["stage_started", "detect_laps"],
    ["stage_started", "quality"],
    ["stage_skipped", "materialise"],
    ["stage_started", "publish_session"],
]


def short(settings, **changes):
    """Return settings under which silence is noticed soon."""
    return attrs.evolve(settings, lease_s=1.0, poll_s=0.1, max_attempts=50, **changes)


@contextmanager
def worker(settings, **order):
    """Run a worker in a process of its own; it is gone afterwards."""
    document = {name: str(value) if isinstance(value, Path) else value
                for name, value in attrs.asdict(settings, recurse=False).items()}  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, str(HELPER), json.dumps({"settings": document, **order})],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def finished(settings, **order):
    """Return exit code and events of a worker that ends by itself."""
    with worker(settings, **order) as process:
        out, err = process.communicate(timeout=120)
    return process.returncode, out.splitlines(), err


def heard(process, words):
    """Read on until an event; returns the lines before it."""
    seen = []
    for line in process.stdout:
        seen.append(line.strip())
        if line.split()[: len(words)] == words:
            return seen
    raise AssertionError(f"{words} never came: {seen}")


def is_asleep(process):
    """Wait until a worker has stopped itself: it says so a moment before."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if state_of(process.pid) == "T":
            return True
        time.sleep(0.01)
    return False


def state_of(pid):
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def contents(pipeline, session):
    """Return the digests of a run's files by their names below it."""
    prefix = RunPlace(session.tenant_id, session.driver_id, session.id, session.run_id).prefix
    return {key.removeprefix(prefix): pipeline.storage.digest(key) for key in pipeline.storage.keys(prefix)}


def everything_is_there_once(pipeline, session_id):
    session = pipeline.session(session_id)
    assert (session.status, session.failure) == (SessionState.READY, None)
    tables = pipeline.database.tables
    with pipeline.database.reading() as connection:
        for table, columns in (
            (tables.datasets, ("level", "stream")),
            (tables.laps, ("stream", "lap_number")),
        ):
            chosen = [table.c[name] for name in columns]
            rows = connection.execute(sa.select(*chosen).where(table.c.session_id == session_id)).all()
            assert len(rows) == len(set(rows))
        jobs = connection.execute(
            sa.select(tables.jobs.c.job_type, tables.jobs.c.status).where(
                tables.jobs.c.run_id == session.run_id
            )
        ).all()
    assert len(jobs) == len({job.job_type for job in jobs}) == 4
    assert {job.status for job in jobs} == {JobState.SUCCEEDED}
    place = RunPlace(session.tenant_id, session.driver_id, session.id, session.run_id)
    assert verify(pipeline.storage, place) == ()
    return session


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "ambushes", [AMBUSHES, pytest.param(FURTHER_AMBUSHES, marks=pytest.mark.deep)], ids=["usual", "further"]
)
def test_a_worker_killed_in_every_stage_loses_nothing_and_does_nothing_twice(
    settings, fixtures_dir, ambushes
):
    settings = short(settings)
    with Pipeline(settings) as pipeline:
        session_id = pipeline.submit(fixtures_dir / FILE)
        for ambush in ambushes:
            code, events, err = finished(settings, kill_at=ambush)
            assert code == -signal.SIGKILL, (ambush, events, err)
        code, _events, err = finished(settings)
        assert code == 0, err
        session = everything_is_there_once(pipeline, session_id)
        undisturbed = pipeline.submit(fixtures_dir / FILE, force=True)
        pipeline.work()
        assert contents(pipeline, session) == contents(pipeline, pipeline.session(undisturbed))
        assert list(pipeline.storage.keys("uploads/")) == []


def test_a_worker_that_was_stopped_for_longer_than_its_lease_writes_nothing_any_more(settings, fixtures_dir):
    settings = short(settings)
    with Pipeline(settings) as pipeline:
        session_id = pipeline.submit(fixtures_dir / FILE)
        with worker(settings, stop_at=["outputs_promoted", "downsample"]) as sleeper:
            heard(sleeper, ["outputs_promoted", "downsample"])
            assert is_asleep(sleeper)
            time.sleep(1.5)  # by now its lease is over
            code, _events, err = finished(settings)
            assert code == 0, err
            session = everything_is_there_once(pipeline, session_id)
            before = contents(pipeline, session), session
            sleeper.send_signal(signal.SIGCONT)
            heard(sleeper, ["lease_lost"])
            assert sleeper.wait(60) == 0
        after = pipeline.session(session_id)
        assert (contents(pipeline, after), after) == before


def test_a_job_whose_workers_all_die_fails_and_says_so(settings, fixtures_dir):
    settings = attrs.evolve(short(settings), max_attempts=2)
    with Pipeline(settings) as pipeline:
        session_id = pipeline.submit(fixtures_dir / PLAIN)
        for _attempt in range(2):
            code, _events, _err = finished(settings, kill_at=["job_started", "artifact_validate"])
            assert code == -signal.SIGKILL
        code, _events, err = finished(settings)
        assert code == 0, err
        assert pipeline.session(session_id).failure.code == "WORKER_LOST"
        pipeline.reprocess(session_id)
        pipeline.work()
        assert pipeline.session(session_id).status is SessionState.READY


def test_a_worker_that_is_asked_to_stop_gives_its_job_back_and_the_attempt_does_not_count(
    settings, fixtures_dir
):
    stop = threading.Event()

    def stop_there(event, facts):
        if (event, facts.get("stage")) == ("stage_started", "normalise_units"):
            stop.set()
            time.sleep(0.5)  # it is passed on, by and by

    with Pipeline(short(settings), events=Events(observers=(stop_there,))) as pipeline:
        session_id = pipeline.submit(fixtures_dir / PLAIN)
        pipeline.work(stop=stop)
        assert pipeline.session(session_id).status is SessionState.PROCESSING
        depth = pipeline.queue.depth()
        assert (depth.ready, depth.running) == (1, 0)
    with Pipeline(short(settings)) as pipeline:
        pipeline.work()
        session = everything_is_there_once(pipeline, session_id)
        jobs = pipeline.database.tables.jobs.c
        with pipeline.database.reading() as connection:
            attempts = connection.scalars(
                sa.select(jobs.attempt_count).where(jobs.run_id == session.run_id)
            ).all()
        assert set(attempts) == {1}


def test_a_worker_under_which_the_schema_was_migrated_ends_and_says_why(settings, fixtures_dir):
    settings = short(settings)
    with Pipeline(settings) as pipeline:
        pipeline.submit(fixtures_dir / PLAIN)
        # A job that nobody finishes keeps the worker waiting for more.
        with worker(settings, stop_at=["job_started", "parse_raw"]) as process:
            heard(process, ["job_started", "parse_raw"])
            assert is_asleep(process)
            with pipeline.database.transaction() as connection:
                connection.exec_driver_sql("UPDATE telemetry_schema_version SET version_num = '9999'")
            process.send_signal(signal.SIGCONT)
            _out, err = process.communicate(timeout=150)
            assert process.returncode == 1
            assert "DATABASE_SCHEMA_NEWER" in err


def test_four_workers_in_two_processes_do_each_recording_once(settings, fixtures_dir):
    settings = short(settings)
    with Pipeline(settings) as pipeline:
        ids = [pipeline.submit(fixtures_dir / PLAIN, force=True) for _ in range(12)]
        with worker(settings, workers=2) as one, worker(settings, workers=2) as other:
            assert one.wait(120) == 0
            assert other.wait(120) == 0
        for session_id in ids:
            everything_is_there_once(pipeline, session_id)


def test_a_store_that_refuses_is_waited_for(settings, fixtures_dir, tmp_path):
    settings = attrs.evolve(short(settings), backoff_s=(0.2,))
    with Pipeline(settings) as pipeline:
        session_id = pipeline.submit(fixtures_dir / PLAIN)
        blocked = Path(settings.parquet_path) / "default"
        blocked.symlink_to(tmp_path)  # links are never followed
        with worker(settings) as process:
            heard(process, ["job_retried", "parse_raw", "STORAGE_REFUSED"])
            blocked.unlink()
            assert process.wait(60) == 0
        everything_is_there_once(pipeline, session_id)


def test_nothing_of_a_killed_worker_keeps_running(settings, fixtures_dir):
    settings = short(settings)
    with Pipeline(settings) as pipeline:
        pipeline.submit(fixtures_dir / PLAIN)
    with worker(settings, stop_at=["job_started", "parse_raw"]) as process:
        heard(process, ["job_started", "parse_raw"])
        children = descendants(process.pid)
        assert children
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        deadline = time.monotonic() + 20
        while any(alive(pid) for pid in children) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert [pid for pid in children if alive(pid)] == []


def descendants(pid):
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *descendants(int(child))]
    return found


def alive(pid):
    try:
        return state_of(pid) != "Z"
    except FileNotFoundError:
        return False
