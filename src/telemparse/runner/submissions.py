"""Submission: files into the store, and a session, a run and its first job into the database."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from telemparse.errors import CallError
from telemparse.model.documents import options_document, plain
from telemparse.model.options import Isolation
from telemparse.runner.database import DatabaseUnavailable
from telemparse.runner.jobs import NewJob, new_id
from telemparse.runner.stamps import utc_now
from telemparse.runner.states import ArtifactState, JobType, RunState, SessionState
from telemparse.storage.failures import StorageFailed
from telemparse.storage.layout import raw_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, Select

    from telemparse.model.artifacts import Artifact, ArtifactSet
    from telemparse.model.options import ParseOptions
    from telemparse.runner.database import Database
    from telemparse.runner.jobs import Queue
    from telemparse.runner.settings import Settings
    from telemparse.storage.objects import Storage

__all__ = [
    "NewSession",
    "Owner",
    "Submission",
    "Submissions",
    "content_key",
    "known_session",
    "legible",
    "run_options",
]

_NAME_CHARACTERS = 255
_CHUNK_BYTES = 1024 * 1024


@attrs.frozen
class Owner:
    """Whose sessions: a tenant and one of its drivers."""

    tenant_id: str
    driver_id: str


@attrs.frozen
class Submission:
    """What came of handing in files.

    Args:
        session_id: of the session that holds them.
        created: False where the owner had handed in the same files before.
    """

    session_id: str
    created: bool


@attrs.frozen(kw_only=True)
class NewSession:
    """A session that is not in the database yet.

    Args:
        owner: whose it is.
        name: of the session.
        content_key: digest of its set of files; None where the owner has a session of them already.
        options: of its run.
        track: as its owner names it, None where nobody does.
    """

    owner: Owner
    name: str
    content_key: str | None
    options: Mapping[str, Any]
    track: str | None = None


@attrs.frozen
class _Stored:
    """A file in the store, not yet in the database."""

    id: str
    name: str
    key: str
    byte_size: int
    sha256: str


@attrs.frozen(kw_only=True)
class Submissions:
    """Takes in recordings.

    Args:
        settings, database, queue, storage: of the pipeline.
    """

    settings: Settings
    database: Database
    queue: Queue
    storage: Storage

    def submit(
        self,
        artifacts: ArtifactSet,
        owner: Owner,
        *,
        name: str | None,
        options: Mapping[str, Any],
        force: bool,
    ) -> Submission:
        """Hand in the files of one recording.

        The bytes go to the store first, and the rows follow in one transaction: a process that ends in
        between leaves bytes that no session names, and never a session without bytes.

        Raises CallError for a file that is larger than the settings allow, OSError for one that cannot be
        read, StorageFailed for a store that does not take it.
        """
        self._refuse_large(artifacts)
        # Twice the same file adds nothing, whatever it is called.
        files = {_digest(artifact): artifact for artifact in reversed(list(artifacts))}
        key = content_key(set(files))
        known = None if force else self._known(owner, key)
        if known is not None:
            return Submission(known, created=False)
        stored: list[_Stored] = []
        written = False
        try:
            for digest, artifact in reversed(files.items()):
                stored.append(_stored(artifact, digest[0], owner, self.storage))
            self.storage.settle([each.key for each in stored])
            session = NewSession(
                owner=owner, name=name or stored[0].name, content_key=None if force else key, options=options
            )
            with self.database.transaction() as connection:
                session_id = self._insert(connection, session, stored)
                written = True
            return Submission(session_id, created=True)
        except IntegrityError:
            # Somebody handed in the same files at the same time.
            self._take_back(stored)
            known = self._known(owner, key)
            if known is None:
                raise
            return Submission(known, created=False)
        except BaseException as error:
            # Nobody knows whether a commit that was cut off went through: its bytes stay.
            if not (written and isinstance(error, DatabaseUnavailable)):
                self._take_back(stored)
            raise

    def _take_back(self, stored: Sequence[_Stored]) -> None:
        # What stays behind is named by no session, and nobody else is hurt by it.
        with suppress(StorageFailed):
            self.storage.delete([each.key for each in stored])

    def start_run(
        self,
        connection: Connection,
        session_id: str,
        artifact_ids: Sequence[str],
        options: Mapping[str, Any],
        first: JobType = JobType.ARTIFACT_VALIDATE,
    ) -> str:
        """Insert a run of a session and its first job, make it the current one, and return its id."""
        tables = self.database.tables
        run_id, now = new_id(), utc_now()
        connection.execute(
            tables.runs.insert(),
            {
                "id": run_id, "session_id": session_id, "status": RunState.QUEUED, "options": dict(options),
                "input_artifact_ids": list(artifact_ids), "stages": {}, "created_at": now,
            },
        )  # fmt: skip
        connection.execute(
            tables.sessions.update()
            .where(tables.sessions.c.id == session_id)
            .values(current_run_id=run_id, status=SessionState.PROCESSING, updated_at=now)
        )
        job = NewJob(
            job_type=first, run_id=run_id, payload={"session_id": session_id},
            max_attempts=self.settings.max_attempts,
        )  # fmt: skip
        self.queue.put(connection, [job])
        return run_id

    def _refuse_large(self, artifacts: ArtifactSet) -> None:
        limit = self.settings.max_file_size_bytes
        for artifact in artifacts:
            if artifact.size > limit:
                raise CallError(
                    f"ARTIFACT_TOO_LARGE: {artifact.name} has {artifact.size} bytes; the limit is {limit}"
                )

    def _known(self, owner: Owner, key: str) -> str | None:
        with self.database.reading() as connection:
            found: str | None = connection.scalar(known_session(self.database, owner, key))
        return found

    def insert_session(self, connection: Connection, session: NewSession) -> str:
        """Insert the row of a session without artifacts and without a run, and return its id.

        Raises IntegrityError where its owner has a session of the same files.
        """
        session_id, now = new_id(), utc_now()
        connection.execute(
            self.database.tables.sessions.insert(),
            {
                "id": session_id, "name": legible(session.name), "status": SessionState.UPLOADING,
                "content_key": session.content_key, "start_time_utc": now, "end_time_utc": now,
                "track": None if session.track is None else legible(session.track),
                "created_at": now, "updated_at": now, **attrs.asdict(session.owner),
            },
        )  # fmt: skip
        return session_id

    def _insert(self, connection: Connection, session: NewSession, stored: Sequence[_Stored]) -> str:
        tables, now = self.database.tables, utc_now()
        session_id = self.insert_session(connection, session)
        owned = attrs.asdict(session.owner)
        connection.execute(
            tables.artifacts.insert(),
            [
                {
                    "id": each.id, "session_id": session_id, "original_file_name": each.name,
                    "byte_size": each.byte_size, "sha256": each.sha256, "storage_path": each.key,
                    "position": position, "status": ArtifactState.UPLOADED, "uploaded_at": now, **owned,
                }
                for position, each in enumerate(stored)
            ],
        )  # fmt: skip
        self.start_run(connection, session_id, [each.id for each in stored], session.options)
        return session_id


def known_session(database: Database, owner: Owner, key: str) -> Select[Any]:
    """Return the query for the session that an owner has of a set of files, by their `content_key`."""
    sessions = database.tables.sessions.c
    return sa.select(sessions.id).where(
        sessions.tenant_id == owner.tenant_id,
        sessions.driver_id == owner.driver_id,
        sessions.content_key == key,
    )


def content_key(digests: set[tuple[str, int]]) -> str:
    """Return the digest of a set of files, whatever their order and names."""
    lines = sorted(f"{sha256} {byte_size}\n" for sha256, byte_size in digests)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def run_options(parse: ParseOptions | None, gate: Any = None) -> dict[str, Any]:
    """Return what a run is asked for as plain values: options of the parse, and a gate."""
    document: dict[str, Any] = {}
    if parse is not None:
        # Where a parse runs, and for how long, is the runner's affair.
        free = attrs.evolve(parse, isolation=Isolation.NONE, timeout_s=None, max_memory_bytes=None)
        if given := options_document(free):
            document["parse"] = given
    if gate is not None:
        from telemparse.analysis.given_gates import given_gate

        document["gate"] = plain(given_gate(gate))
    return document


def _digest(artifact: Artifact) -> tuple[str, int]:
    """Return hash and size of what is stored: of a member of an archive, the member itself."""
    if artifact.outer is None:
        return artifact.sha256, artifact.size
    digest, size = hashlib.sha256(), 0
    for piece in artifact.chunks():
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def _stored(artifact: Artifact, sha256: str, owner: Owner, storage: Storage) -> _Stored:
    artifact_id = new_id()
    key = raw_key(owner.tenant_id, artifact_id)
    if artifact.path is not None:
        kept = storage.put(artifact.path, key, sha256=sha256)
    else:
        with tempfile.TemporaryDirectory(prefix="telemparse-") as folder:
            place = Path(folder) / "artifact"
            with artifact.open() as source, place.open("wb") as target:
                shutil.copyfileobj(source, target, _CHUNK_BYTES)
            kept = storage.put(place, key, sha256=sha256)
    return _Stored(artifact_id, legible(artifact.name), key, kept.byte_size, kept.sha256)


def legible(name: str) -> str:
    """Return a name that a database takes: no control characters, no lone surrogates, not too long."""
    text = name.encode("utf-8", "replace").decode()
    return "".join(letter if letter.isprintable() else "_" for letter in text)[-_NAME_CHARACTERS:]
