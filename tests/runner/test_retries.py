"""Jobs as people see them, retried and cancelled by the id of a job or of its session."""

from __future__ import annotations

import datetime as dt

import pytest

from telemparse.errors import CallError
from telemparse.runner.jobs import new_id
from telemparse.runner.pipeline import Pipeline
from telemparse.runner.states import JobState, RunState, SessionState

_UNKNOWN = "0199a4c2-6f1e-7c3a-9d55-2b8e4f0a1c77"
NOBODY = ["nonsense", "", "x" * 5000, "'; DROP TABLE telemetry_jobs", "a\x00b", _UNKNOWN]


@pytest.fixture
def pipeline(settings):
    with Pipeline(settings) as opened:
        yield opened


@pytest.fixture
def session_id(pipeline):
    return pipeline.submit({"a.bin": b"content"})


def fail(pipeline, retry_after_s=None):
    """Let the oldest job fail as a worker does."""
    (job,) = pipeline.queue.claim("worker")
    with pipeline.database.transaction() as connection:
        pipeline.queue.fail(connection, job, "STORAGE_FULL", "no room", retry_after_s=retry_after_s)
    return job.id


def test_a_job_tells_what_it_is_and_whose(pipeline, session_id):
    (job,) = pipeline.jobs()
    assert (job.session_id, job.run_id) == (session_id, pipeline.session(session_id).run_id)
    assert (job.job_type, job.status, job.attempts, job.max_attempts) == (
        "artifact_validate", JobState.QUEUED, 0, 3,
    )  # fmt: skip
    assert (job.worker, job.locked_at, job.next_retry_at, job.code, job.message) == (None, None, None, "", "")
    assert job.is_open
    document = job.to_dict()
    assert dt.datetime.fromisoformat(document["created_at"]) == job.created_at
    assert (document["status"], document["locked_at"]) == ("QUEUED", None)


def test_a_job_tells_who_holds_it_and_what_it_waits_for(pipeline, session_id):
    (held,) = pipeline.queue.claim("worker")
    (job,) = pipeline.jobs(status=["RUNNING"])
    assert (job.id, job.worker, job.attempts, job.session_id) == (held.id, "worker", 1, session_id)
    assert job.locked_at.tzinfo is not None
    with pipeline.database.transaction() as connection:
        pipeline.queue.fail(connection, held, "STORAGE_FULL", "no room", retry_after_s=600)
    (job,) = pipeline.jobs(status=["QUEUED"])
    assert (job.worker, job.locked_at, job.code, job.message) == (None, None, "STORAGE_FULL", "no room")
    assert job.next_retry_at > job.created_at


def test_jobs_come_newest_first_and_those_that_succeeded_when_they_are_asked_for(pipeline):
    first, second = (pipeline.submit({"a.bin": name}) for name in (b"1", b"2"))
    assert [job.session_id for job in pipeline.jobs()] == [second, first]
    assert [job.session_id for job in pipeline.jobs(limit=1)] == [second]
    pipeline.queue.complete(pipeline.queue.claim("worker"))
    assert [job.session_id for job in pipeline.jobs()] == [second]
    assert [job.session_id for job in pipeline.jobs(status=["SUCCEEDED"])] == [first]


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"limit": 1001}, {"status": ["DONE"]}])
def test_a_listing_that_cannot_be_right_is_refused(pipeline, wrong):
    with pytest.raises(CallError):
        pipeline.jobs(**wrong)


@pytest.mark.parametrize("by", ["job", "session"])
def test_what_waits_for_its_next_attempt_is_ready_at_once(pipeline, session_id, by):
    job_id = fail(pipeline, retry_after_s=600)
    assert pipeline.queue.claim("worker") == []
    found = pipeline.retry(job_id.upper() if by == "job" else session_id)
    assert (found.session_id, found.hurried, found.run_id) == (session_id, (job_id,), None)
    (job,) = pipeline.queue.claim("worker")
    assert (job.id, job.attempt) == (job_id, 2)


@pytest.mark.parametrize("by", ["job", "session"])
def test_what_was_cancelled_gets_a_new_run(pipeline, session_id, by):
    (job,) = pipeline.jobs()
    assert pipeline.cancel(job.id if by == "job" else session_id) == 1
    cancelled = pipeline.session(session_id)
    assert (cancelled.status, cancelled.run_status) == (SessionState.FAILED, RunState.CANCELLED)
    assert pipeline.cancel(session_id) == 0
    found = pipeline.retry(job.id if by == "job" else session_id)
    assert (found.session_id, found.hurried) == (session_id, ())
    again = pipeline.session(session_id)
    assert (again.status, again.run_id) == (SessionState.PROCESSING, found.run_id)
    assert found.run_id != cancelled.run_id


def test_a_job_that_is_ready_or_held_has_nothing_to_retry(pipeline, session_id):
    (job,) = pipeline.jobs()
    with pytest.raises(CallError, match="ready already"):
        pipeline.retry(job.id)
    with pytest.raises(CallError, match="PROCESSING"):
        pipeline.retry(session_id)
    pipeline.queue.claim("worker")
    with pytest.raises(CallError, match="RUNNING"):
        pipeline.retry(job.id)


@pytest.mark.parametrize("nobody", NOBODY)
def test_an_id_that_nobody_has_is_said_to_be_none(pipeline, nobody):
    for call in (pipeline.retry, pipeline.cancel):
        with pytest.raises(CallError, match="there is no job and no session"):
            call(nobody)
    for call in (pipeline.session, pipeline.reprocess):
        with pytest.raises(CallError, match="there is no session"):
            call(nobody)
    assert pipeline.delete(nobody) is False
    assert pipeline.sessions_by_id([nobody]) == {}
    assert pipeline.statuses([nobody]) == {}


def test_statuses_of_more_sessions_than_a_query_takes(pipeline, session_id):
    others = [new_id() for _number in range(1200)]
    assert pipeline.statuses([*others, session_id, session_id.upper()]) == {
        session_id: SessionState.PROCESSING
    }
    assert list(pipeline.sessions_by_id([*others, session_id])) == [session_id]
