"""Uploads: files that come one by one and become a session when their owner says that they are whole."""

from __future__ import annotations

import re
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.errors import CallError
from telemparse.runner.database import DatabaseUnavailable
from telemparse.runner.finalisation import Finalisation
from telemparse.runner.jobs import new_id
from telemparse.runner.stamps import utc_now
from telemparse.runner.states import ArtifactState
from telemparse.runner.submissions import legible, run_options
from telemparse.runner.upload_rows import is_open, read_uploads, upload_of_row
from telemparse.runner.upload_sweeps import sweep_uploads
from telemparse.runner.upload_values import UploadRefused, UploadState
from telemparse.storage.failures import StorageFailed
from telemparse.storage.layout import raw_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from telemparse.model.options import ParseOptions
    from telemparse.runner.database import Database
    from telemparse.runner.events import Events
    from telemparse.runner.submissions import Owner, Submission, Submissions
    from telemparse.runner.upload_values import Upload
    from telemparse.storage.objects import Storage

__all__ = ["Uploads"]

_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_FOLDERS = re.compile(r"[/\\]")
_NAMELESS = "upload"
_HOUR_S = 3600.0
_DAY_S = 86_400.0


@attrs.frozen(kw_only=True)
class Uploads:
    """Takes in files over HTTP. Every method raises DatabaseUnavailable and StorageFailed.

    The bytes go to the store first and the row that names them follows: a process that ends in between
    leaves bytes that no row names, which `sweep` finds, and never a row without bytes.

    Args:
        submissions: of the pipeline.
        events: where it is told that recordings came.
    """

    submissions: Submissions
    events: Events

    def begin(
        self,
        owner: Owner,
        file_name: str,
        *,
        byte_size: int | None = None,
        sha256: str | None = None,
        content_type: str | None = None,
    ) -> Upload:
        """Begin an upload, whose bytes are still to come.

        Args:
            owner: whose it is.
            file_name: of the file; folders before it are left out.
            byte_size: that it will have, None when that is not known.
            sha256: hex digest that it will have, likewise.
            content_type: for people; what a file is, its content says.

        Raises UploadRefused for a size that cannot be taken, CallError for a digest that is none.
        """
        if sha256 is not None and not _SHA256.fullmatch(sha256):
            raise CallError("sha256 must be 64 hex digits")
        upload_id, now = new_id(), utc_now()
        raw_key(owner.tenant_id, upload_id)  # refuses a tenant that cannot be in a key
        name = legible(_FOLDERS.split(file_name)[-1]).strip() or _NAMELESS
        if byte_size is not None:
            self._check_size(name, byte_size)
        row: dict[str, Any] = {
            "id": upload_id, "original_file_name": name, "byte_size": byte_size,
            "content_type": None if content_type is None else legible(content_type),
            "sha256": None if sha256 is None else sha256.lower(), "status": ArtifactState.UPLOADED,
            "uploaded_at": now, **attrs.asdict(owner),
        }  # fmt: skip
        with self._database.transaction() as connection:
            connection.execute(self._database.tables.artifacts.insert(), row)
        return self._known(owner, upload_id)

    def get(self, owner: Owner, upload_id: str) -> Upload | None:
        """Return an upload; None for an id that this owner has none of."""
        with self._database.reading() as connection:
            rows = read_uploads(connection, self._database, owner, [upload_id])
        return next(map(upload_of_row, rows.values()), None)

    def presigned(self, owner: Owner, upload_id: str, expires_s: float = _HOUR_S) -> str | None:
        """Return a URL that the bytes can be put to, past this process; None for a store in a folder.

        Raises UploadRefused for an upload that is not there, or has its bytes.
        """
        upload = self._known(owner, upload_id)
        self._refuse_full(upload)
        return self._storage.presigned(raw_key(owner.tenant_id, upload.id), "PUT", expires_s)

    def receive(self, owner: Owner, upload_id: str, file: Path, sha256: str, byte_size: int) -> Upload:
        """Take the bytes of an upload; the same bytes again are fine.

        Args:
            owner: whose it is.
            upload_id: of the upload.
            file: with the bytes; one in a folder that `Storage.workroom` gave is moved away.
            sha256: hex digest of the bytes as they came.
            byte_size: their number.

        Raises UploadRefused for an upload that is not there or has other bytes, and for bytes that are
        not those that were announced.
        """
        upload = self._known(owner, upload_id)
        digest = sha256.lower()
        if upload.status is not UploadState.AWAITING_BYTES:
            return self._settled(upload, digest, byte_size)
        self._check_announced(upload, file.stat().st_size, digest, byte_size)
        storage, table = self._storage, self._database.tables.artifacts
        # A place of its own: whoever else brings bytes at this moment is not disturbed.
        key = raw_key(owner.tenant_id, upload.id, secrets.token_hex(8))
        try:
            storage.give(file, key, sha256=digest)
            storage.settle([key])
            with self._database.transaction() as connection:
                taken = connection.execute(
                    table.update()
                    .where(table.c.id == upload.id, table.c.storage_path.is_(None), *is_open(self._database))
                    .values(storage_path=key, sha256=digest, byte_size=byte_size, uploaded_at=utc_now())
                ).rowcount
        except DatabaseUnavailable:
            # Nobody knows whether it was committed; what is left over is swept.
            raise
        except BaseException:
            self._drop(key)
            raise
        upload = self._known_or_drop(owner, upload, None if taken else key)
        return upload if taken else self._settled(upload, digest, byte_size)

    def finalise(
        self,
        owner: Owner,
        upload_ids: Sequence[str],
        *,
        name: str | None = None,
        track: str | None = None,
        force: bool = False,
        options: ParseOptions | None = None,
        gate: Any = None,
    ) -> Submission:
        """Make the files of ONE recording a session, and say whether it is new.

        Uploads that are finalised already give the session that they belong to. Content of which the
        owner has a session gives that one; the new bytes are dropped.

        Args:
            owner: whose they are.
            upload_ids: of all files of the recording, in order.
            name: of the session; that of the first file when absent.
            track: name of the track, as the owner says.
            force: make a session of its own even so.
            options: of the parse.
            gate: start/finish line of the user, as `telemparse.analysis.find_laps` takes it.

        Raises UploadRefused for uploads that are not there, have no bytes or belong to several sessions;
        CallError for no uploads, too many, or a gate that is none.
        """
        found = Finalisation(self.submissions, owner).of(
            upload_ids, name=name, track=track, force=force, options=run_options(options, gate)
        )
        self.events.emit(
            "recording_submitted", session_id=found.session_id,
            outcome="created" if found.created else "known",
        )  # fmt: skip
        return found

    def sweep(self, older_than_s: float = _DAY_S) -> int:
        """Remove uploads that nobody has touched for so long, and bytes that no row names.

        Returns the number of uploads.
        """
        return sweep_uploads(self._database, self._storage, older_than_s)

    @property
    def _database(self) -> Database:
        return self.submissions.database

    @property
    def _storage(self) -> Storage:
        return self.submissions.storage

    def _known(self, owner: Owner, upload_id: str) -> Upload:
        upload = self.get(owner, upload_id)
        if upload is None:
            raise UploadRefused("UPLOAD_UNKNOWN", upload=upload_id)
        return upload

    def _known_or_drop(self, owner: Owner, upload: Upload, key: str | None) -> Upload:
        """Return the upload as it is now; what lies under a key that no row names is dropped."""
        if key is not None:
            self._drop(key)
        return self._known(owner, upload.id)

    def _drop(self, key: str) -> None:
        with suppress(StorageFailed):  # swept later
            self._storage.delete([key])

    def _settled(self, upload: Upload, sha256: str, byte_size: int) -> Upload:
        """Return an upload that has its bytes, when they are these."""
        if (upload.sha256, upload.byte_size) != (sha256, byte_size):
            self._refuse_full(upload)
        return upload

    def _refuse_full(self, upload: Upload) -> None:
        if upload.status is UploadState.FINALISED:
            raise UploadRefused("UPLOAD_ALREADY_FINALISED", upload=upload.id, session=upload.session_id)
        if upload.status is UploadState.RECEIVED:
            raise UploadRefused("UPLOAD_ALREADY_RECEIVED", upload=upload.id, artifact=upload.file_name)

    def _check_size(self, name: str, byte_size: int) -> None:
        limit = self.submissions.settings.max_file_size_bytes
        if byte_size > limit:
            raise UploadRefused("ARTIFACT_TOO_LARGE", artifact=name, bytes=byte_size, limit=limit)
        if byte_size <= 0:
            raise UploadRefused("ARTIFACT_EMPTY", artifact=name, bytes=byte_size)

    def _check_announced(self, upload: Upload, found_bytes: int, sha256: str, byte_size: int) -> None:
        name = upload.file_name
        expected = byte_size if upload.byte_size is None else upload.byte_size
        if not byte_size == found_bytes == expected:
            found = found_bytes if found_bytes != expected else byte_size
            raise UploadRefused("UPLOAD_TRUNCATED", artifact=name, bytes=found, expected=expected)
        self._check_size(name, byte_size)
        if upload.sha256 not in (None, sha256):
            raise UploadRefused(
                "INTEGRITY_HASH_MISMATCH", artifact=name, expected=upload.sha256, found=sha256
            )
