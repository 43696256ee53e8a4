"""What a call of `telemparse run` sees of its sessions while workers work on them."""

from __future__ import annotations

import datetime as dt
import threading
from typing import TYPE_CHECKING, Self

from telemparse.cli.session_display import failure_words
from telemparse.cli.terminal import complain
from telemparse.runner.database import DatabaseUnavailable
from telemparse.runner.jobs import new_worker_id
from telemparse.runner.states import JobState, SessionState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from telemparse.runner import Pipeline
    from telemparse.runner.job_lists import JobFacts

__all__ = ["Watch"]

_LOOK_S = 0.5
_MOST_JOBS = 1000


class Watch:
    """Looks after sessions from a thread of its own, and says when all of them are settled.

    Workers of other processes may do the work as well; and what they hold, or what waits for another
    attempt, is waited for.

    Args:
        pipeline: of the sessions.
        labels: what people call each session, by id.
        advance: called for each session that is settled.
        tell: called with words on what is waited for, empty without any.
        stop: set when all of them are settled.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        labels: Mapping[str, str],
        *,
        advance: Callable[[], None],
        tell: Callable[[str], None],
        stop: threading.Event,
    ) -> None:
        self._pipeline, self._advance, self._tell, self._stop = pipeline, advance, tell, stop
        self._open = dict(labels)
        self._lock = threading.Lock()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch of sessions", daemon=True)
        self._own = new_worker_id().rpartition(":")[0] + ":"  # host and process, as our workers have them
        self._told: set[str] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._end.set()
        self._thread.join()

    @property
    def unsettled(self) -> int:
        """Number of sessions on which something is still to be done."""
        return len(self._open)

    def look(self) -> bool:
        """Look at the sessions; returns True when all of them are settled. Raises DatabaseUnavailable."""
        with self._lock:
            if self._open:
                statuses = self._pipeline.statuses(list(self._open))
                over = [key for key in self._open if statuses.get(key, SessionState.DELETED).is_settled]
                self._tell_failures([key for key in over if statuses.get(key) is not SessionState.READY])
                for key in over:
                    del self._open[key]
                    self._advance()
            if not self._open:
                self._stop.set()
            return not self._open

    def _tell_failures(self, keys: Sequence[str]) -> None:
        for key, session in self._pipeline.sessions_by_id(keys).items():
            if session.failure is not None:
                complain(f"{self._open[key]}: {failure_words(session)}")

    def _run(self) -> None:
        while not self._end.wait(_LOOK_S):
            try:
                if self.look():
                    return
                self._tell(self._waiting())
            except DatabaseUnavailable:
                continue  # the workers say so

    def _waiting(self) -> str:
        """Return what is waited for that nobody here can hasten."""
        jobs = [
            job
            for job in self._pipeline.jobs(status=(JobState.QUEUED, JobState.RUNNING), limit=_MOST_JOBS)
            if job.session_id in self._open
        ]
        now = dt.datetime.now(dt.UTC)
        waiting = [job for job in jobs if job.next_retry_at is not None and job.next_retry_at > now]
        elsewhere = [job for job in jobs if job.worker is not None and not job.worker.startswith(self._own)]
        if elsewhere and len(elsewhere) + len(waiting) == len(jobs):
            self._tell_elsewhere(elsewhere)
        words = []
        if waiting:
            first = min(waiting, key=lambda job: job.next_retry_at or now)
            left_s = ((first.next_retry_at or now) - now).total_seconds()
            words.append(f"{len(waiting)} wait ({first.code}), next in {left_s:.0f} s")
        if elsewhere:
            words.append(f"{len(elsewhere)} elsewhere")
        return "; ".join(words)

    def _tell_elsewhere(self, jobs: Sequence[JobFacts]) -> None:
        """Say once of each other worker that only its jobs are left, and what happens when it is gone."""
        lease_s = self._pipeline.settings.lease_s
        for worker in {job.worker for job in jobs if job.worker is not None} - self._told:
            self._told.add(worker)
            complain(
                f"waiting for another worker ({worker}); if it was killed, its work is taken over when it has"
                f" been silent for {lease_s:g} s"
            )
