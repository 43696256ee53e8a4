"""Chains: jobs of a run that one worker does in a row, written down together while they are short."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Self

import attrs

from telemparse.runner.database import DatabaseUnavailable
from telemparse.runner.jobs import Job

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from telemparse.runner.finishing import Finisher
    from telemparse.runner.jobs import NewJob
    from telemparse.runner.ledger import Ledger
    from telemparse.runner.tools import Held, Step, Tools
    from telemparse.writers.manifest import Manifest

__all__ = ["Chain", "told"]

# What took less time than this is sooner done again than written down by itself.
_SAVES_S = 1.0


@attrs.define(eq=False)
class Chain:
    """What a worker has done since the database heard of it last.

    The database knows one job of a chain as held, its anchor. Jobs that follow are put when the chain is
    written down, those that are over by then as over. A worker that ends before loses what it did since,
    and the anchor is done again.

    Args:
        tools, held: of the worker; `held.job` is the job in hand.
        ledger: of the run.
        finisher: with the last of the chain before this one.
        recording: manifest of what was parsed, None where an earlier chain did it.
    """

    tools: Tools
    held: Held
    ledger: Ledger
    finisher: Finisher
    recording: Manifest | None = None
    _rooms: ExitStack = attrs.field(factory=ExitStack)
    _room: Path | None = None
    _over: list[tuple[Job, float]] = attrs.field(factory=list)
    _saved_s: float = attrs.field(factory=time.monotonic)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._rooms.close()

    @property
    def is_complete(self) -> bool:
        """True when the last job is over and nothing of it was written yet."""
        return bool(self._over) and self._over[-1][0] is self.held.job

    def room(self, name: str) -> Path:
        """Return a folder for files on their way, made when it is absent; it goes with the chain."""
        if self._room is None:
            self._room = self._rooms.enter_context(self.tools.workroom())
        place = self._room / name
        place.mkdir(exist_ok=True)
        return place

    def breathe(self) -> None:
        """Do what may be done while the sandbox is at work. Raises LeaseLost."""
        self.finisher.turn_when_due()
        self.save_when_due()

    def save_when_due(self) -> None:
        """Write down what is done, when it would be a pity to do it all again. Raises LeaseLost.

        Where the database is away, another time will do.
        """
        if time.monotonic() - self._saved_s < _SAVES_S or not (self._over or self.ledger.has_news):
            return
        try:
            self.save()
        except DatabaseUnavailable:
            self._saved_s = time.monotonic()

    def pass_on(self, elapsed_s: float, follower: NewJob | None) -> None:
        """Take note that the job in hand is over, and go on with the one that follows."""
        job = self.held.job
        self._over.append((job, elapsed_s))
        if follower is not None:
            self.held.job = Job(
                id=follower.id, job_type=follower.job_type, payload=follower.payload, run_id=follower.run_id,
                attempt=1, max_attempts=follower.max_attempts, worker=job.worker,
            )  # fmt: skip

    def save(self, step: Step | None = None) -> None:
        """Write all of it down, in one transaction; with a step, the last job is over as well.

        Raises LeaseLost when the anchor is held by somebody else, and DatabaseUnavailable; nothing is
        written then.
        """
        held, over = self.held, self._over
        in_hand = None if self.is_complete else held.job
        with self.tools.database.transaction() as connection:
            self._write(connection, in_hand)
            if step is not None and step.write is not None:
                step.write(connection)
        self.ledger.settle()
        held.anchor, self._over, self._saved_s = held.job, [], time.monotonic()
        for job, elapsed_s in over:
            self.tools.events.emit("job_succeeded", elapsed_s=elapsed_s, **told(job))

    def _write(self, connection: Connection, in_hand: Job | None) -> None:
        queue, anchor = self.tools.queue, self.held.anchor
        over = [job for job, _elapsed_s in self._over]
        if not over:
            queue.hold(connection, anchor)
        else:
            queue.succeed(connection, anchor)
            queue.record(connection, over[1:], in_hand)
        if self.ledger.has_news:
            self.ledger.write(connection, self.tools.database)


def told(job: Job) -> dict[str, Any]:
    """Return what events tell of a job."""
    return {"job_id": job.id, "job_type": job.job_type, "run_id": job.run_id, "attempt": job.attempt}
