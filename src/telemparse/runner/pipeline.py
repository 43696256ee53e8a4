"""The pipeline: files in, sessions out; the calls that commands and services share."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Self

import attrs

from telemparse.errors import CallError
from telemparse.model.artifacts import ArtifactSet
from telemparse.runner import migration
from telemparse.runner.crews import work_together
from telemparse.runner.database import Database
from telemparse.runner.deletion import cancel_session, delete_session
from telemparse.runner.events import Events
from telemparse.runner.faces import Faces
from telemparse.runner.health import health_of
from telemparse.runner.job_lists import list_jobs
from telemparse.runner.keys import key_in, keys_in
from telemparse.runner.queues import open_queue
from telemparse.runner.reprocessing import begin_again
from telemparse.runner.retries import retried, session_with
from telemparse.runner.sandboxes import Sandboxes
from telemparse.runner.session_lists import SessionFilters, list_sessions
from telemparse.runner.session_rows import read_sessions, read_statuses
from telemparse.runner.states import JobState, SessionState
from telemparse.runner.submissions import Owner, run_options
from telemparse.runner.tools import Tools, storage_of
from telemparse.runner.worker import Worker

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Sequence

    from telemparse.model.artifacts import Source
    from telemparse.model.options import ParseOptions
    from telemparse.runner.health import Health
    from telemparse.runner.job_lists import JobFacts
    from telemparse.runner.jobs import Queue
    from telemparse.runner.retries import Retried
    from telemparse.runner.sandbox import Sandbox
    from telemparse.runner.sessions import Session, SessionPage
    from telemparse.runner.settings import Settings
    from telemparse.runner.submissions import Submission
    from telemparse.storage.objects import Storage

__all__ = ["Pipeline"]


@attrs.define(eq=False, init=False)
class Pipeline(Faces):
    """Recordings through all stages, from a queue.

    Use it in `with`, or call `close`. One pipeline may be used from several threads; `work` starts a
    child process for each worker, which stays warm for the next call.

    Args:
        settings: see `Settings`.
        events: where events go; the log when absent.
        upgrade: bring the schema of the database to the one that this library knows. When absent, only
            an SQLite file without tables gets them.
        sandboxes: to work in, of the caller; its own when absent, which end with it.

    Raises SchemaMismatch for a database of another schema, DatabaseUnavailable for one that does not
    answer, MissingExtra without the extra `runner` (and `postgres`).
    """

    settings: Settings
    database: Database
    queue: Queue
    storage: Storage
    events: Events
    _sandboxes: Sandboxes
    _own_sandboxes: bool

    def __init__(
        self,
        settings: Settings,
        *,
        events: Events | None = None,
        upgrade: bool | None = None,
        sandboxes: Sandboxes | None = None,
    ) -> None:
        self.settings = settings
        self.events = events or Events()
        self.storage = storage_of(settings)
        self._own_sandboxes = sandboxes is None
        self._sandboxes = sandboxes or Sandboxes(settings.max_memory_bytes)
        self.database = Database.open(settings)
        try:
            self._settle_schema(upgrade)
            self.queue = open_queue(self.database, settings)
        except BaseException:
            self.database.close()
            raise

    def _settle_schema(self, upgrade: bool | None) -> None:  # noqa: FBT001  (as the caller said)
        if upgrade is None:
            with self.database.reading() as connection:
                upgrade = not self.database.is_postgres and migration.current(connection) is None
        if upgrade:
            migration.upgrade(self.database)
        with self.database.reading() as connection:
            migration.check(connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of all connections."""
        if self._own_sandboxes:
            self._sandboxes.close()
        self.queue.close()
        self.database.close()

    def submit(
        self,
        files: Source,
        *,
        owner: str | None = None,
        driver: str | None = None,
        name: str | None = None,
        force: bool = False,
        options: ParseOptions | None = None,
        gate: Any = None,
    ) -> str:
        """Hand in the files of ONE recording and return the id of its session.

        Files that the same owner handed in before give the session that they have, whatever their names
        and order; nothing is done again.

        Args:
            files: as `telemparse.parse` takes them; `telemparse.group` tells recordings apart.
            owner: tenant, the one of the settings when absent: letters, digits and `._@+-`.
            driver: of the tenant, likewise.
            name: of the session; that of the first file when absent.
            force: make a session of its own even so.
            options: of the parse; what says where it runs is the runner's affair and does not count.
            gate: start/finish line of the user, as `telemparse.analysis.find_laps` takes it.

        Raises CallError for a call that cannot be right or a file beyond the limit, OSError for a file
        that cannot be read, StorageFailed and DatabaseUnavailable.
        """
        return self.hand_in(
            files, owner=owner, driver=driver, name=name, force=force, options=options, gate=gate
        ).session_id

    def hand_in(
        self,
        files: Source,
        *,
        owner: str | None = None,
        driver: str | None = None,
        name: str | None = None,
        force: bool = False,
        options: ParseOptions | None = None,
        gate: Any = None,
    ) -> Submission:
        """Do what `submit` does, and say whether the session is new."""
        found = self._submissions.submit(
            ArtifactSet.of(files), self.owner(owner, driver), name=name,
            options=run_options(options, gate), force=force,
        )  # fmt: skip
        self.events.emit(
            "recording_submitted", session_id=found.session_id,
            outcome="created" if found.created else "known",
        )  # fmt: skip
        return found

    def owner(self, tenant_id: str | None = None, driver_id: str | None = None) -> Owner:
        """Return an owner; whom nobody names is that of the settings. Raises CallError for odd names."""
        # The settings know which words are owners.
        checked = attrs.evolve(
            self.settings,
            tenant_id=tenant_id or self.settings.tenant_id,
            driver_id=driver_id or self.settings.driver_id,
        )
        return Owner(checked.tenant_id, checked.driver_id)

    def session(self, session_id: str, owner: Owner | None = None) -> Session:
        """Return a session. Raises CallError for an id that nobody has, or not this owner."""
        found = next(iter(self.sessions_by_id([session_id]).values()), None)
        if found is None or (
            owner is not None and (found.tenant_id, found.driver_id) != attrs.astuple(owner)
        ):
            raise CallError(f"there is no session {session_id!r}")
        return found

    def sessions_by_id(self, ids: Sequence[str]) -> dict[str, Session]:
        """Return sessions by id; unknown ids are left out."""
        with self.database.reading() as connection:
            return read_sessions(connection, self.database, keys_in(ids))

    def statuses(self, ids: Sequence[str]) -> dict[str, SessionState]:
        """Return no more than the status of sessions by id; unknown ids are left out."""
        with self.database.reading() as connection:
            return read_statuses(connection, self.database, keys_in(ids))

    def sessions(
        self,
        *,
        owner: str | None = None,
        driver: str | None = None,
        status: Iterable[str] = (),
        track: str | None = None,
        begins_after: dt.datetime | None = None,
        begins_before: dt.datetime | None = None,
        search: str | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> SessionPage:
        """Return sessions, the newest first.

        Args:
            owner: only sessions of this tenant, all when absent.
            driver: only those of this driver, likewise.
            status: only these, all but DELETED when empty.
            track: only those of this track, by its whole name.
            begins_after: only those whose data begins then or later; with a time zone.
            begins_before: only those whose data begins earlier, likewise.
            search: only those with this in their name, whatever the case of letters.
            limit: 1 to 1000.
            cursor: of the page before, with the same filters.

        Raises CallError for values that cannot be right.
        """
        try:
            wanted = [SessionState(word) for word in status]
        except ValueError as error:
            raise CallError(f"status is one of {', '.join(SessionState)}: {error}") from None
        filters = SessionFilters(
            tenant_id=owner, driver_id=driver, status=tuple(wanted), track=track, begins_after=begins_after,
            begins_before=begins_before, search=search,
        )  # fmt: skip
        with self.database.reading() as connection:
            return list_sessions(connection, self.database, filters, limit=limit, cursor=cursor)

    def work(
        self,
        workers: int = 1,
        *,
        until: Callable[[], bool] | None = None,
        stop: threading.Event | None = None,
    ) -> int:
        """Work on the queue and return the number of jobs done.

        Args:
            workers: threads, each with a sandbox process of its own.
            until: asked while the queue is empty; True ends the work. When absent it ends when no job
                waits or runs.
            stop: ends the work when it is set: jobs in hand are given back.

        Raises SchemaMismatch when the database is migrated meanwhile.
        """
        if workers < 1:
            raise CallError(f"workers must be 1 or more, not {workers!r}")
        stop = stop or threading.Event()
        until = until or self._is_idle

        def work_alone() -> int:
            with self._sandboxes.lent() as sandbox:
                return Worker(self._tools(sandbox), stop).run(until)

        return work_together(work_alone, workers, stop)

    def _tools(self, sandbox: Sandbox) -> Tools:
        return Tools(
            settings=self.settings, database=self.database, queue=self.queue, storage=self.storage,
            events=self.events, sandbox=sandbox,
        )  # fmt: skip

    def _is_idle(self) -> bool:
        depth = self.queue.depth()
        return not (depth.ready or depth.waiting or depth.running)

    def reprocess(self, session_id: str, *, options: ParseOptions | None = None, gate: Any = None) -> str:
        """Begin a new run of a session and return its id; older runs stay as they are.

        Where the raw files are gone, it begins from the tables of the last run that succeeded: laps,
        pose, levels and quality are made anew, and options of the parse have no effect.

        Args:
            session_id: of the session.
            options: of the parse, those of the run before when absent.
            gate: start/finish line of the user, that of the run before when absent.

        Raises CallError for a session that is not there, was deleted, is being processed, or has neither
        raw files nor tables.
        """
        with self.database.transaction() as connection:
            return begin_again(
                connection, self.database, self._submissions, session_id, run_options(options, gate)
            )

    def jobs(self, *, status: Iterable[str] = (), limit: int = 100) -> tuple[JobFacts, ...]:
        """Return jobs, the newest first.

        Args:
            status: only these, all but SUCCEEDED when empty.
            limit: 1 to 1000.

        Raises CallError for values that cannot be right.
        """
        try:
            wanted = [JobState(word) for word in status]
        except ValueError as error:
            raise CallError(f"status is one of {', '.join(JobState)}: {error}") from None
        with self.database.reading() as connection:
            return list_jobs(connection, self.database, status=wanted, limit=limit)

    def retry(self, id: str) -> Retried:  # noqa: A002  (it is an id)
        """Try at once what waits for its next attempt, and begin a new run where the last one has ended.

        Args:
            id: of a job or of a session. A run that has ended never changes: a job of one that failed or
                was cancelled stands for its session, which is processed again.

        Raises CallError for an id that nobody has, and for one with nothing to retry.
        """
        with self.database.transaction() as connection:
            found = retried(connection, self.database, self.queue, id)
        if found.hurried or found.session_id is None:
            return found
        return attrs.evolve(found, run_id=self.reprocess(found.session_id))

    def cancel(self, id: str) -> int:  # noqa: A002  (it is an id)
        """Cancel what is still to be done for a session; returns the number of jobs.

        Args:
            id: of the session, or of one of its jobs. Raises CallError for one that nobody has.
        """
        with self.database.reading() as connection:
            session_id = session_with(connection, self.database, id)
        if session_id is None:
            raise CallError(f"there is no job and no session {id!r}")
        return cancel_session(self.database, self.queue, session_id)

    def delete(self, session_id: str) -> bool:
        """Delete a session with all its files and rows; returns False for one that is not there."""
        key = key_in(session_id)
        return key is not None and delete_session(self.database, self.queue, self.storage, key)

    def health(self) -> Health:
        """Say how the parts are and how the queue stands; never raises for a part that does not answer."""
        return health_of(self.database, self.queue, self.storage)
