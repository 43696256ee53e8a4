"""A worker: claims jobs, does them, and writes back what came of them as long as they are still its own."""

from __future__ import annotations

import random
import threading
import time
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from telemparse.isolation import Stopped
from telemparse.runner import intake, session_job
from telemparse.runner.chains import Chain
from telemparse.runner.chains import told as facts_of
from telemparse.runner.database import DatabaseUnavailable
from telemparse.runner.failures import Failure, StageFailed
from telemparse.runner.finishing import Finisher
from telemparse.runner.jobs import LeaseLost, new_worker_id
from telemparse.runner.leases import Leases
from telemparse.runner.ledger import Ledger
from telemparse.runner.migration import SchemaMismatch
from telemparse.runner.runs import fail_run, read_run
from telemparse.runner.states import JobType, SessionState
from telemparse.runner.tools import Held
from telemparse.runner.upkeep import Upkeep
from telemparse.storage.failures import StorageFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from telemparse.runner.jobs import Job
    from telemparse.runner.tools import Step, Tools

__all__ = ["Worker"]

_Answer = TypeVar("_Answer")

_HANDLERS: Mapping[str, Callable[[Chain], Step]] = {
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
        self._finisher = Finisher()
        self._in_hand: Held | None = None
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
                with self._finisher:
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
                self._finisher.turn()
                self._upkeep.rest()
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
        while not over.wait(_LOOK_AGAIN_S):
            if self.stop.is_set():
                held = self._in_hand
                if held is not None:
                    held.abort.set()
                return

    def _follow(self, job: Job, leases: Leases) -> int:
        """Do a job and those that follow from it; returns how many."""
        held = Held(job)
        leases.add(held)
        self._in_hand = held
        if self.stop.is_set():
            held.abort.set()
        try:
            with ExitStack() as belongings:
                belongings.callback(leases.drop, held)
                return self._go_along(held, belongings)
        finally:
            self._in_hand = None

    def _go_along(self, held: Held, belongings: ExitStack) -> int:
        """Do the jobs of a chain until one does not go well, or none follows; returns how many."""
        done = 0
        chain: Chain | None = None
        while True:
            done += 1
            begun = time.perf_counter()
            self.tools.events.emit("job_started", worker=self.id, **facts_of(held.job))
            try:
                if chain is None:
                    chain = belongings.enter_context(self._chain(held))
                step = _HANDLERS[held.job.job_type](chain)
                follows = step.finish is None and self._go_on(chain, step, begun)
            except Exception as error:  # noqa: BLE001  (each kind has its end below)
                self._end(held, chain, error, begun)
                self._finisher.turn()  # it may never have come to the sandbox
                return done
            if step.finish is not None:
                self._finisher.turn()
                rest = belongings.pop_all()
                self._finisher.hand(partial(self._finish, chain, step.finish, begun, rest))
            if not follows:
                return done

    def _end(self, held: Held, chain: Chain | None, error: Exception, begun: float) -> None:
        """End a chain in which a job did not go well."""
        told = facts_of(held.job)
        if isinstance(error, LeaseLost):
            held.lose()
            self.tools.events.emit("lease_lost", worker=self.id, **told)
            self._clear_up(held.job)
        elif isinstance(error, Stopped):
            self._give_back(held, chain, told)
        elif isinstance(error, DatabaseUnavailable | SchemaMismatch):
            # Nobody can be told. The lease ends by itself, and the job is rescued.
            self.tools.events.emit("database_unavailable", worker=self.id, **told)
        else:
            self._fail(held, chain, _failure_of(error), begun)

    def _chain(self, held: Held) -> Chain:
        """Return the chain that begins with a job. Raises LeaseLost where its run is over."""
        tools, job = self.tools, held.job
        if job.job_type not in _HANDLERS or job.run_id is None:
            raise StageFailed(Failure.coded("JOB_UNKNOWN", job_type=job.job_type))
        with tools.database.reading() as connection:
            run = read_run(connection, tools.database, job.run_id)
        if run is None or run.status.is_final or run.session_status is SessionState.DELETED:
            raise LeaseLost(f"the run of job {job.id} has ended")
        return Chain(tools, held, Ledger(run), self._finisher)

    def _finish(self, chain: Chain, finish: Callable[[], Step], begun: float, belongings: ExitStack) -> None:
        """Do the last of a chain, and let go of it."""
        with belongings:
            try:
                self._go_on(chain, finish(), begun)
            except Exception as error:  # noqa: BLE001  (each kind has its end)
                self._end(chain.held, chain, error, begun)
            self._upkeep.has_work = True

    def _go_on(self, chain: Chain, step: Step, begun: float) -> bool:
        """Take note of what the job in hand came to; returns True when another follows."""
        chain.pass_on(time.perf_counter() - begun, step.then)
        if step.then is None:
            self._insist(chain.held, lambda: chain.save(step))
        else:
            chain.save_when_due()
        if step.after is not None:
            step.after()
        return step.then is not None

    def _fail(self, held: Held, chain: Chain | None, failure: Failure, begun: float) -> None:
        tools, job = self.tools, held.job
        if chain is not None and chain.is_complete:
            # What could not be written at the end is done again, from where the database knows of it.
            job, chain = held.anchor, None
        facts = facts_of(job)
        again = failure.retryable and not job.is_last
        waits = tools.settings.backoff_s
        wait_s = waits[min(job.attempt, len(waits)) - 1] * (1 + random.uniform(-_JITTER, _JITTER))  # noqa: S311  (so that not all come at once)

        def write() -> None:
            if chain is not None:
                chain.save()
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

    def _give_back(self, held: Held, chain: Chain | None, facts: Mapping[str, object]) -> None:
        """Let somebody else do a job that was stopped; the attempt does not count."""
        tools = self.tools
        if held.lost:
            self._clear_up(held.job)
            return
        try:
            if chain is not None:
                chain.save()
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


def _failure_of(error: Exception) -> Failure:
    if isinstance(error, StageFailed):
        return error.failure
    # Whatever else it is: a bug of ours costs one job, never the worker.
    return Failure.of_storage(error) if isinstance(error, StorageFailed) else Failure.of_bug(error)
