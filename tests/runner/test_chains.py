"""Chains: what a worker writes of jobs that it does in a row, when, and what if the end goes wrong."""

from __future__ import annotations

import attrs
import pytest
import sqlalchemy as sa

from telemparse.runner import Events, Pipeline, chains, publication
from telemparse.runner.states import JobState, SessionState

FILE = "sample_gnss_10hz.csv"
JOBS = ("artifact_validate", "artifact_classify", "parse_raw", "process_session")


@pytest.fixture
def begin(settings, sandboxes):
    """Open the pipeline, with whoever is to hear of events."""

    def opened(*observers, **changes):
        changed = attrs.evolve(settings, **changes)
        return Pipeline(changed, events=Events(observers=observers), sandboxes=sandboxes)

    return opened


def jobs_of(pipeline, session_id):
    """Return what the database says of the jobs of a session's run: type, state and attempt."""
    jobs = pipeline.database.tables.jobs.c
    run_id = pipeline.session(session_id).run_id
    query = sa.select(jobs.job_type, jobs.status, jobs.attempt_count).where(jobs.run_id == run_id)
    with pipeline.database.reading() as connection:
        return [tuple(row) for row in connection.execute(query.order_by(jobs.id))]


def test_jobs_of_a_short_run_are_written_down_together(begin, fixtures_dir, monkeypatch):
    monkeypatch.setattr(chains, "_SAVES_S", 3600.0)
    seen = []

    def look(event, _facts):
        if event == "stage_started":
            seen.append(jobs_of(pipeline, session_id))

    with begin(look) as pipeline:
        session_id = pipeline.submit(fixtures_dir / FILE)
        assert pipeline.work() == len(JOBS)
        assert {tuple(rows) for rows in seen} == {((JOBS[0], JobState.RUNNING, 1),)}
        assert jobs_of(pipeline, session_id) == [(name, JobState.SUCCEEDED, 1) for name in JOBS]


def test_what_takes_long_is_written_down_on_the_way(begin, fixtures_dir, monkeypatch):
    monkeypatch.setattr(chains, "_SAVES_S", 0.0)
    seen = {}

    def look(event, facts):
        if event in ("job_started", "stage_started"):
            seen[facts.get("stage") or facts["job_type"]] = jobs_of(pipeline, session_id)

    with begin(look) as pipeline:
        session_id = pipeline.submit(fixtures_dir / FILE)
        pipeline.work()
        for number, name in enumerate(JOBS):
            earlier = [(each, JobState.SUCCEEDED, 1) for each in JOBS[:number]]
            assert seen[name] == [*earlier, (name, JobState.RUNNING, 1)]
        assert seen["quality"] == seen["process_session"]


@pytest.mark.parametrize(("saves_s", "attempts"), [(3600.0, [2, 1, 1, 1]), (0.0, [1, 1, 1, 2])])
def test_a_run_whose_end_cannot_be_written_goes_on_where_it_was_written_last(
    begin, fixtures_dir, monkeypatch, saves_s, attempts
):
    monkeypatch.setattr(chains, "_SAVES_S", saves_s)
    show, calls, failed = publication._show_session, [], []

    def show_the_second_time(*arguments, **options):
        calls.append(arguments)
        if len(calls) == 1:
            raise ZeroDivisionError
        show(*arguments, **options)

    def note(event, facts):
        if event == "job_retried":
            failed.append((facts["code"], facts["job_type"]))

    monkeypatch.setattr(publication, "_show_session", show_the_second_time)
    with begin(note, backoff_s=(0.0,)) as pipeline:
        session_id = pipeline.submit(fixtures_dir / FILE)
        pipeline.work()
        assert pipeline.session(session_id).status is SessionState.READY
        states = [(name, JobState.SUCCEEDED, count) for name, count in zip(JOBS, attempts, strict=True)]
        assert jobs_of(pipeline, session_id) == states
        assert failed == [("INTERNAL_ERROR", JOBS[attempts.index(2)])]


def test_the_end_of_a_run_does_not_wait_for_one_that_never_comes_to_the_sandbox(begin, fixtures_dir):
    heard = []

    def note(event, facts):
        if event in ("job_started", "job_failed", "stage_done"):
            heard.append((event, facts.get("stage") or facts["job_type"], facts["run_id"]))

    with begin(note) as pipeline:
        ids = [pipeline.submit(fixtures_dir / FILE, force=True) for _time in range(3)]
        runs = [pipeline.session(each).run_id for each in ids]
        artifacts = pipeline.database.tables.artifacts.c
        with pipeline.database.reading() as connection:
            query = sa.select(artifacts.storage_path).where(artifacts.session_id == ids[1])
            pipeline.storage.delete([connection.scalar(query)])
        pipeline.work()
    failed = heard.index(("job_failed", "artifact_validate", runs[1]))
    published = heard.index(("stage_done", "publish_session", runs[0]))
    assert failed < published < heard.index(("job_started", "artifact_validate", runs[2]))
