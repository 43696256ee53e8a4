"""Finalisation: uploads become a session, once, whoever asks and however often."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import attrs
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from telemparse.errors import CallError
from telemparse.runner.keys import key_in
from telemparse.runner.stamps import utc_now
from telemparse.runner.states import ArtifactState
from telemparse.runner.submissions import NewSession, Submission, content_key, known_session
from telemparse.runner.upload_rows import read_uploads
from telemparse.runner.upload_values import UploadRefused
from telemparse.storage.failures import StorageFailed
from telemparse.storage.layout import raw_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, Row

    from telemparse.runner.submissions import Owner, Submissions

__all__ = ["Finalisation"]

_MOST = 500
_TRIES = 3


@attrs.frozen
class _Arrived:
    """Bytes in the store: where, how many, and their hex sha256."""

    key: str
    byte_size: int
    sha256: str

    @property
    def digest(self) -> tuple[str, int]:
        return self.sha256, self.byte_size


@attrs.frozen
class Finalisation:
    """Makes uploads of an owner sessions."""

    submissions: Submissions
    owner: Owner

    def of(
        self,
        upload_ids: Sequence[str],
        *,
        name: str | None,
        track: str | None,
        force: bool,
        options: Mapping[str, Any],
    ) -> Submission:
        """Make uploads a session, or say which one they belong to; see `Uploads.finalise`."""
        ids = list(dict.fromkeys(upload_ids))
        if not 1 <= len(ids) <= _MOST:
            raise CallError(f"1 to {_MOST} uploads make a session, not {len(ids)}")
        left = _TRIES
        while True:
            left -= 1
            try:
                found, dropped = self._attempt(ids, name, track, options, force=force)
            except IntegrityError:
                # Somebody else has made a session of the same content meanwhile: it is known now.
                if not left:
                    raise
            else:
                with suppress(StorageFailed):  # swept later
                    self.submissions.storage.delete(dropped)
                return found

    def _attempt(
        self,
        ids: Sequence[str],
        name: str | None,
        track: str | None,
        options: Mapping[str, Any],
        *,
        force: bool,
    ) -> tuple[Submission, Sequence[str]]:
        """Return the session, and keys of bytes that nobody needs."""
        database = self.submissions.database
        with database.reading() as connection:
            rows = read_uploads(connection, database, self.owner, ids)
        rows = _asked_for(ids, rows)
        known = _session_of(rows)
        if known is not None:
            return Submission(known, created=False), ()
        # The store may take its time, so that it is asked before anything is locked.
        seen = {upload_id: self._arrived(row) for upload_id, row in rows.items()}
        with database.transaction() as connection:
            rows = _asked_for(ids, read_uploads(connection, database, self.owner, ids, locked=True))
            known = _session_of(rows)
            if known is not None:
                return Submission(known, created=False), ()
            arrived = {upload_id: _in_row(row) or seen[upload_id] for upload_id, row in rows.items()}
            key = content_key({each.digest for each in arrived.values()})
            known = None if force else self._known(connection, key)
            if known is not None:
                return Submission(known, created=False), self._double(connection, known, arrived)
            session = NewSession(
                owner=self.owner, name=name or next(iter(rows.values())).original_file_name, track=track,
                content_key=None if force else key, options=options,
            )  # fmt: skip
            session_id = self.submissions.insert_session(connection, session)
            return Submission(session_id, created=True), self._fill(connection, session_id, arrived, options)

    def _known(self, connection: Connection, key: str) -> str | None:
        query = known_session(self.submissions.database, self.owner, key)
        # Whoever deletes that session at this moment comes before or after.
        found: str | None = connection.scalar(query.with_for_update(read=True))
        return found

    def _arrived(self, row: Row[Any]) -> _Arrived:
        """Return the bytes of an upload, also those that came to the store past us."""
        own = _in_row(row)
        if own is not None:
            return own
        storage, told = self.submissions.storage, {"upload": row.id, "artifact": row.original_file_name}
        key = raw_key(row.tenant_id, row.id)
        found, limit = storage.byte_size(key), self.submissions.settings.max_file_size_bytes
        if found is None:
            raise UploadRefused("UPLOAD_WITHOUT_BYTES", **told)
        if row.byte_size not in (None, found):
            raise UploadRefused("UPLOAD_TRUNCATED", bytes=found, expected=row.byte_size, **told)
        if found == 0:
            raise UploadRefused("ARTIFACT_EMPTY", bytes=found, **told)
        if found > limit:
            raise UploadRefused("ARTIFACT_TOO_LARGE", bytes=found, limit=limit, **told)
        # The first job of the run compares the bytes with what was announced.
        return _Arrived(key, found, row.sha256 or storage.digest(key))

    def _double(
        self, connection: Connection, session_id: str, arrived: Mapping[str, _Arrived]
    ) -> Sequence[str]:
        """Let uploads stand for the artifacts of a session; returns the keys of their bytes."""
        artifacts = self.submissions.database.tables.artifacts.c
        query = sa.select(artifacts.id, artifacts.sha256, artifacts.byte_size)
        rows = connection.execute(query.where(artifacts.session_id == session_id))
        theirs = {(row.sha256, row.byte_size): row.id for row in rows}
        for upload_id, each in arrived.items():
            self._stand_for(connection, upload_id, theirs[each.digest], each)
        return [each.key for each in arrived.values()]

    def _stand_for(self, connection: Connection, upload_id: str, other_id: str, each: _Arrived) -> None:
        self._change(
            connection, upload_id, duplicate_of=other_id, status=ArtifactState.DELETED, storage_path=None,
            discarded_at=utc_now(), sha256=each.sha256, byte_size=each.byte_size,
        )  # fmt: skip

    def _fill(
        self,
        connection: Connection,
        session_id: str,
        arrived: Mapping[str, _Arrived],
        options: Mapping[str, Any],
    ) -> Sequence[str]:
        """Give a session its artifacts and its first run; returns keys of bytes that came twice."""
        kept: dict[tuple[str, int], str] = {}
        dropped: list[str] = []
        for upload_id, each in arrived.items():
            other = kept.setdefault(each.digest, upload_id)
            if other != upload_id:
                self._stand_for(connection, upload_id, other, each)
                dropped.append(each.key)
                continue
            self._change(
                connection, upload_id, session_id=session_id, position=len(kept) - 1, storage_path=each.key,
                sha256=each.sha256, byte_size=each.byte_size,
            )  # fmt: skip
        self.submissions.start_run(connection, session_id, list(kept.values()), options)
        return dropped

    def _change(self, connection: Connection, upload_id: str, **values: Any) -> None:
        artifacts = self.submissions.database.tables.artifacts
        connection.execute(artifacts.update().where(artifacts.c.id == upload_id).values(**values))


def _asked_for(ids: Sequence[str], rows: Mapping[str, Row[Any]]) -> dict[str, Row[Any]]:
    """Return the rows in the order that was asked for; raises UploadRefused where one is missing."""
    found: dict[str, Row[Any]] = {}
    for text in ids:
        key = key_in(text)
        if key is None or key not in rows:
            raise UploadRefused("UPLOAD_UNKNOWN", upload=text)
        found[key] = rows[key]
    return found


def _session_of(rows: Mapping[str, Row[Any]]) -> str | None:
    """Return the session that all uploads belong to, None where none belongs to any."""
    found: dict[str | None, Row[Any]] = {row.of_session: row for row in rows.values()}
    if len(found) == 1:
        (only,) = found
        return only
    row = next(row for session_id, row in found.items() if session_id is not None)
    raise UploadRefused("UPLOAD_ALREADY_FINALISED", upload=row.id, session=row.of_session)


def _in_row(row: Row[Any]) -> _Arrived | None:
    return None if row.storage_path is None else _Arrived(row.storage_path, row.byte_size, row.sha256)
