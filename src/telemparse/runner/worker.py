"""A worker: claims jobs, does them, and writes back what came of them as long as they are still its own."""

from __future__ import annotations

import random
import threading
import time
from typing import TYPE_CHECKING, TypeVar

from telemparse.isolation import Stopped
from telemparse.runner import intake, session_job
from telemparse.runner.database import DatabaseUnavailable
from telemparse.runner.failures import Failure, StageFailed
from telemparse.runner.jobs import LeaseLost, new_worker_id
from telemparse.runner.leases import Leases
from telemparse.runner.migration import SchemaMismatch
from telemparse.runner.runs import fail_run, read_run
from telemparse.runner.states import JobType, SessionState
from telemparse.runner.tools import Held
from telemparse.runner.upkeep import Upkeep
from telemparse.storage.failures import StorageFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from telemparse.runner.jobs import Job
    from telemparse.runner.runs import Run
    from telemparse.runner.tools import Step, Tools

__all__ = ["Worker"]

_Answer = TypeVar("_Answer")

_HANDLERS: Mapping[str, Callable[[Tools, Held, Run], Step]] = {
    JobType.ARTIFACT_VALIDATE: intake.validate,
    JobType.ARTIFACT_CLASSIFY: intake.classify,
    JobType.PARSE_RAW: intake.parse,
    JobType.PROCESS_SESSION: session_job.process,
}
_JITTER = 0.2
_LOOK_AGAIN_S = 0.1
_LONGEST_PAUSE_S = 5.0
_PAUSE_S = 0.25  # before a database that was away is asked again


class Worker:
    """Does jobs one after the other, in the calling thread.

    Args:
        tools: of this worker; nobody else uses its sandbox.
        stop: ends the worker: the job in hand is given back, and begins again elsewhere.
        id: unique for each worker that ever was.
    """

    def __init__(self, tools: Tools, stop: threading.Event, *, id: str | None = None) -> None:  # noqa: A002  (it is its id)
        self.tools, self.stop = tools, stop
        self.id = id or new_worker_id()
        self._upkeep = Upkeep(tools)
        self._in_hand: Held | None = None
        self._run: Run | None = None
        self._pause_s = _PAUSE_S

    def run(self, until: Callable[[], bool] | None = None) -> int:
        """Work until `stop` is set, or until `until` says so while the queue is empty; returns the jobs done.

        Raises SchemaMismatch when the database was migrated meanwhile.
        """
        done = 0
        tools = self.tools
        tools.events.emit("worker_started", worker=self.id)
        with Leases(tools.queue, self.id, tools.settings.lease_s, tools.events) as leases:
            over = threading.Event()
            watch = threading.Thread(
                target=self._pass_on_stop, args=(over,), name=f"stop of {self.id}", daemon=True
            )
            watch.start()
            try:
                while (jobs := self._next(until)) is not None:
                    done += sum(self._follow(job, leases) for job in jobs)
            finally:
                over.set()
                watch.join()
        tools.events.emit("worker_stopped", worker=self.id, jobs=done)
        return done

    def _next(self, until: Callable[[], bool] | None) -> list[Job] | None:
        """Return jobs, none after a wait, or None when the work is over."""
        tools = self.tools
        if self.stop.is_set():
            return None
        try:
            self._upkeep.turn()
            jobs = tools.queue.claim(self.id)
            if not jobs:
                if until is not None and until():
                    return None
                tools.queue.wait(tools.settings.poll_s, self.stop)
        except DatabaseUnavailable as error:
            tools.events.emit("database_unavailable", worker=self.id, error=str(error))
            self.stop.wait(self._pause_s)
            self._pause_s = min(2 * self._pause_s, _LONGEST_PAUSE_S)
            return []
        self._pause_s = _PAUSE_S
        return jobs

    def _pass_on_stop(self, over: threading.Event) -> None:
        while not self.stop.wait(_LOOK_AGAIN_S):
            if over.is_set():
                return
        held = self._in_hand
        if held is not None:
            held.abort.set()

    def _follow(self, job: Job | None, leases: Leases) -> int:
        """Do a job and those that follow from it; returns how many."""
        done = 0
        while job is not None:
            held = Held(job)
            leases.add(held)
            self._in_hand = held
            if self.stop.is_set():
                held.abort.set()
            try:
                job = self._attempt(held)
            finally:
                self._in_hand = None
                leases.drop(held)
            done += 1
        return done

    def _attempt(self, held: Held) -> Job | None:
        """Do one job; returns the one that follows, held by this worker already."""
        job, begun = held.job, time.perf_counter()
        tools = self.tools
        facts = {"job_id": job.id, "job_type": job.job_type, "run_id": job.run_id, "attempt": job.attempt}
        tools.events.emit("job_started", worker=self.id, **facts)
        try:
            follower = self._do(held)
        except LeaseLost:
            held.lose()
            tools.events.emit("lease_lost", worker=self.id, **facts)
            self._clear_up(job)
        except Stopped:
            self._give_back(held, facts)
        except StageFailed as failed:
            self._fail(held, failed.failure, facts, begun)
        except StorageFailed as failed:
            self._fail(held, Failure.of_storage(failed), facts, begun)
        except (DatabaseUnavailable, SchemaMismatch):
            # Nobody can be told. The lease ends by itself, and the job is rescued.
            tools.events.emit("database_unavailable", worker=self.id, **facts)
        except Exception as error:  # noqa: BLE001  (a bug of ours costs one job, never the worker)
            self._fail(held, Failure.of_bug(error), facts, begun)
        else:
            tools.events.emit("job_succeeded", elapsed_s=time.perf_counter() - begun, **facts)
            return follower
        return None

    def _do(self, held: Held) -> Job | None:
        tools, job = self.tools, held.job
        handler = _HANDLERS.get(job.job_type)
        if handler is None or job.run_id is None:
            raise StageFailed(Failure.coded("JOB_UNKNOWN", job_type=job.job_type))
        run = self._run_of(job)
        if run is None or run.status.is_final or run.session_status is SessionState.DELETED:
            raise LeaseLost(f"the run of job {job.id} has ended")
        step = handler(tools, held, run)
        followers = self._insist(held, lambda: self._succeed(held, step))
        self._run = step.ledger.written().run
        if step.after is not None:
            step.after()
        return followers[0] if followers else None

    def _run_of(self, job: Job) -> Run | None:
        """Return the run of a job; that of a job which follows another is known."""
        known, self._run = self._run, None
        if known is not None and known.id == job.run_id:
            return known
        with self.tools.database.reading() as connection:
            return read_run(connection, self.tools.database, str(job.run_id))

    def _succeed(self, held: Held, step: Step) -> list[Job]:
        tools = self.tools
        with tools.database.transaction() as connection:
            tools.queue.succeed(connection, held.job)
            step.ledger.write(connection, tools.database)
            if step.write is not None:
                step.write(connection)
            return tools.queue.put(connection, step.then, worker=self.id) if step.then else []

    def _fail(self, held: Held, failure: Failure, facts: Mapping[str, object], begun: float) -> None:
        tools, job = self.tools, held.job
        again = failure.retryable and not job.is_last
        waits = tools.settings.backoff_s
        wait_s = waits[min(job.attempt, len(waits)) - 1] * (1 + random.uniform(-_JITTER, _JITTER))  # noqa: S311  (so that not all come at once)

        def write() -> None:
            with tools.database.transaction() as connection:
                tools.queue.fail(
                    connection, job, failure.code, failure.message, retry_after_s=wait_s if again else None
                )
                if not again and job.run_id is not None:
                    fail_run(connection, tools.database, job.run_id, failure)

        try:
            self._insist(held, write)
        except LeaseLost:
            tools.events.emit("lease_lost", worker=self.id, **facts)
            return
        except DatabaseUnavailable:
            tools.events.emit("database_unavailable", worker=self.id, **facts)
            return
        tools.events.emit(
            "job_retried" if again else "job_failed", code=failure.code,
            elapsed_s=time.perf_counter() - begun, retry_after_s=wait_s if again else None, **facts,
        )  # fmt: skip

    def _give_back(self, held: Held, facts: Mapping[str, object]) -> None:
        """Let somebody else do a job that was stopped; the attempt does not count."""
        tools = self.tools
        if held.lost:
            self._clear_up(held.job)
            return
        try:
            with tools.database.transaction() as connection:
                tools.queue.release(connection, held.job)
        except (LeaseLost, DatabaseUnavailable):
            return
        tools.events.emit("job_released", worker=self.id, **facts)

    def _insist(self, held: Held, write: Callable[[], _Answer]) -> _Answer:
        """Write back also when the database is away for a while, as long as the lease may last."""
        deadline = time.monotonic() + self.tools.settings.lease_s
        while True:
            held.check()
            try:
                return write()
            except DatabaseUnavailable:
                if time.monotonic() > deadline:
                    raise
                time.sleep(_PAUSE_S)

    def _clear_up(self, job: Job) -> None:
        """Remove what a stage has put into the store for a session that was deleted meanwhile."""
        tools = self.tools
        if job.run_id is None:
            return
        session_id = job.payload.get("session_id")
        try:
            self._upkeep.sweep_deleted(str(session_id))
        except (DatabaseUnavailable, StorageFailed) as error:
            tools.events.emit("upkeep_failed", job_id=job.id, error=str(error))
