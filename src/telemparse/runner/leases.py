"""Leases: a thread renews those of the jobs that its worker holds, and says which ones are lost."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Self

from telemparse.runner.database import DatabaseUnavailable

if TYPE_CHECKING:
    from types import TracebackType

    from telemparse.runner.events import Events
    from telemparse.runner.jobs import Queue
    from telemparse.runner.tools import Held

__all__ = ["Leases"]

_RENEWALS = 4  # within a lease, so that one or two may fail


class Leases:
    """Renews leases off the thread that works.

    A job is lost when the database says so, and also when nobody could ask it for as long as a lease
    lasts: somebody else may have the job by then.

    Args:
        queue: of the jobs.
        worker: who holds them.
        lease_s: how long a lease lasts without renewal.
        events: hears of lost leases.
    """

    def __init__(self, queue: Queue, worker: str, lease_s: float, events: Events) -> None:
        self._queue, self._worker, self._lease_s, self._events = queue, worker, lease_s, events
        self._held: dict[Held, float] = {}
        self._lock = threading.Lock()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"leases of {worker}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._thread.join()

    def add(self, held: Held) -> None:
        """Renew the lease of a job from now on."""
        with self._lock:
            self._held[held] = time.monotonic()

    def drop(self, held: Held) -> None:
        """Renew it no longer."""
        with self._lock:
            self._held.pop(held, None)

    def _run(self) -> None:
        while not self._end.wait(self._lease_s / _RENEWALS):
            self._renew()

    def _renew(self) -> None:
        with self._lock:
            # The anchor of a chain moves on: what is asked about is the one of this moment.
            before = {held.anchor.id: (held, renewed) for held, renewed in self._held.items()}
        if not before:
            return
        asked = time.monotonic()
        try:
            kept = self._queue.renew(self._worker, before)
        except DatabaseUnavailable:
            lost = {job_id for job_id, (_held, renewed) in before.items() if asked - renewed > self._lease_s}
            kept = set()
        else:
            lost = set(before) - kept
        with self._lock:
            for job_id in kept:
                if before[job_id][0] in self._held:
                    self._held[before[job_id][0]] = asked
            # What was dropped or has moved on in between has been written back: nothing was lost.
            gone = [
                held
                for job_id, (held, _renewed) in before.items()
                if job_id in lost and held in self._held and held.anchor.id == job_id
            ]
            for held in gone:
                del self._held[held]
        for held in gone:
            held.lose()
            self._events.emit(
                "lease_lost", job_id=held.job.id, job_type=held.job.job_type, run_id=held.job.run_id,
                worker=self._worker,
            )  # fmt: skip
