"""Faces of a pipeline for services: uploads, API keys, page sessions, repeated requests and outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telemparse.runner.api_keys import ApiKeys
from telemparse.runner.idempotency import Idempotency
from telemparse.runner.outputs import read_datasets, read_laps, read_quality, read_status, shown_run
from telemparse.runner.page_sessions import PageSessions
from telemparse.runner.submissions import Submissions
from telemparse.runner.uploads import Uploads

if TYPE_CHECKING:
    from telemparse.runner.database import Database
    from telemparse.runner.events import Events
    from telemparse.runner.jobs import Queue
    from telemparse.runner.outputs import Dataset, LapFacts, ShownRun
    from telemparse.runner.settings import Settings
    from telemparse.runner.states import SessionState
    from telemparse.runner.submissions import Owner
    from telemparse.storage.objects import Storage

__all__ = ["Faces"]


class Faces:
    """What a pipeline shows besides its own calls."""

    __slots__ = ()

    if TYPE_CHECKING:
        settings: Settings
        database: Database
        queue: Queue
        storage: Storage
        events: Events

    @property
    def uploads(self) -> Uploads:
        """Files that come one by one, over HTTP."""
        return Uploads(submissions=self._submissions, events=self.events)

    @property
    def api_keys(self) -> ApiKeys:
        """Who may come over HTTP."""
        return ApiKeys(self.database)

    @property
    def page_sessions(self) -> PageSessions:
        """Browsers that are logged in."""
        return PageSessions(self.database)

    @property
    def idempotency(self) -> Idempotency:
        """Answers to requests that may come again."""
        return Idempotency(self.database)

    @property
    def _submissions(self) -> Submissions:
        return Submissions(
            settings=self.settings, database=self.database, queue=self.queue, storage=self.storage
        )

    def shown_run(self, session_id: str) -> ShownRun | None:
        """Return the run whose outputs a session shows.

        It is the current one if that succeeded, else the last that did. None for a session without such a
        run, and for an id that nobody has.
        """
        with self.database.reading() as connection:
            return shown_run(connection, self.database, session_id)

    def status_of(self, session_id: str, owner: Owner) -> SessionState | None:
        """Return the status of a session of an owner, None for one that this owner has not."""
        with self.database.reading() as connection:
            return read_status(connection, self.database, session_id, owner)

    def datasets(self, session_id: str) -> tuple[Dataset, ...]:
        """Return the datasets of the run that a session shows, none without such a run."""
        with self.database.reading() as connection:
            return read_datasets(connection, self.database, session_id)

    def laps(self, session_id: str) -> tuple[LapFacts, ...]:
        """Return the laps of the run that a session shows, of every stream; none without such a run."""
        with self.database.reading() as connection:
            return read_laps(connection, self.database, session_id)

    def quality(self, session_id: str) -> dict[str, Any]:
        """Return the document of the quality of the run that a session shows, empty without one."""
        with self.database.reading() as connection:
            return read_quality(connection, self.database, session_id)
