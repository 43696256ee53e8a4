"""Objects: what the pipeline keeps below keys, in a local folder and in S3 alike."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

import attrs

from telemparse.errors import CallError
from telemparse.storage import transfers
from telemparse.storage.buckets import bucket_named
from telemparse.storage.failures import StorageFailed
from telemparse.storage.fetches import fetched
from telemparse.storage.folders import folder_at
from telemparse.storage.forks import check_not_forked
from telemparse.storage.keys import checked_key, checked_prefix
from telemparse.storage.probing import probe
from telemparse.storage.readers import opened_reader
from telemparse.storage.sources import digest_of, opened

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator

    from telemparse.storage.buckets import Bucket
    from telemparse.storage.folders import Folder

__all__ = ["Storage", "Stored"]

_READ_BYTES = 16 * 1024 * 1024
_DAY_S = 86_400.0
_WEEK_S = 7 * _DAY_S  # what S3 allows


@attrs.frozen
class Stored:
    """An object as it lies in the store.

    Args:
        key: where.
        byte_size: of the content.
        sha256: hex digest of the content.
        created: False when the same content was there already.
    """

    key: str
    byte_size: int
    sha256: str
    created: bool


@attrs.frozen
class Storage:
    """A place for objects. Made by `local` and `s3`; safe to use from several threads.

    Every method raises CallError for a key that is none and in a process forked from one that has used
    a storage, and StorageFailed for what the system or the server did not do.

    Args:
        where: the folder, or `s3://bucket/prefix`; for people.
    """

    where: str
    _objects: Folder | Bucket = attrs.field(repr=False, eq=False)

    @property
    def _home(self) -> Folder | Bucket:
        check_not_forked()
        return self._objects

    @classmethod
    def local(cls, folder: str | os.PathLike[str]) -> Storage:
        """Return the storage in a folder, which is made when absent.

        Symbolic links below it are never followed.
        """
        home = folder_at(Path(folder))
        return cls(str(home.root), home)

    @classmethod
    def s3(
        cls,
        bucket: str,
        *,
        endpoint: str | None = None,
        access_key: str | None = None,
        secret_key: str | None = None,
        region: str = "us-east-1",
        prefix: str = "",
    ) -> Storage:
        """Return the storage in a bucket of S3, or of a server that speaks like it; asks nothing yet.

        A killed process may leave parts of an upload that no listing shows: give the bucket a lifecycle
        rule that aborts them (AbortIncompleteMultipartUpload).

        Args:
            bucket: must exist.
            endpoint: URL of the server, None for that of AWS; plain http is allowed. The bucket is
                named in the path.
            access_key: None for the credentials of the environment or of the machine.
            secret_key: that belongs to it.
            region: of the bucket.
            prefix: before every key.
        """
        below = checked_prefix(prefix) if prefix else ""
        home = bucket_named(
            bucket,
            endpoint=endpoint,
            access_key=access_key,
            secret_key=secret_key,
            region=region,
            prefix=below,
        )
        return cls(f"s3://{bucket}/{below}", home)

    @contextmanager
    def workroom(self) -> Iterator[Path]:
        """Give a folder for files on their way into the storage; it goes with all that is left in it.

        In a folder it lies beside the objects, and `give` moves files out of it; else it is a temporary
        one. `sweep` removes those of killed processes.
        """
        with tempfile.TemporaryDirectory(
            prefix="room-", dir=self._home.doorstep(), ignore_cleanup_errors=True
        ) as name:
            yield Path(name)

    def give(self, source: Path, key: str, *, sha256: str | None = None) -> Stored:
        """Put a file that is not needed any more, as `put` does; one of a workroom is moved, not copied.

        What is already there is compared, and the file stays. Raises StorageFailed as `put` does, also
        for a source that is no regular file.
        """
        self._home.place(checked_key(key))
        if not source.is_file() or source.is_symlink():
            raise StorageFailed("STORAGE_REFUSED", key=key, error="the source is no regular file")
        with opened(source, key, sha256) as content:
            digest = content.sha256
            created = self._home.adopt(source, key) or transfers.create(self._home, content)
            return Stored(key, content.byte_size, digest, created)

    def put(self, source: Path | bytes, key: str, *, sha256: str | None = None) -> Stored:
        """Put content under a key that has none: all of it or nothing, and one of many who try it.

        The same content under the key is fine; it is compared, not written again. In a folder a power
        cut can still undo it, see `settle`; in S3 the content ends at 5 GiB.

        Args:
            source: a file or bytes.
            key: where to.
            sha256: hex digest that the content must have, else INTEGRITY_HASH_MISMATCH.

        Raises StorageFailed, with STORAGE_CONFLICT when other content is there; OSError when the
        source cannot be opened.
        """
        self._home.place(checked_key(key))
        with opened(source, key, sha256) as content:
            created = transfers.create(self._home, content)
            return Stored(key, content.byte_size, content.sha256, created)

    def replace(self, source: Path | bytes, key: str) -> Stored:
        """Put content under a key whatever is there; readers see the old or the new content, whole."""
        self._home.place(checked_key(key))
        with opened(source, key) as content:
            transfers.overwrite(self._home, content)
            return Stored(key, content.byte_size, content.sha256, created=True)

    def fetch(self, key: str, place: Path, *, sha256: str | None = None) -> Stored:
        """Write an object to a file; a file that has the name is replaced, by the whole object or not.

        Args:
            key: of the object.
            place: the file; its folder is made when absent.
            sha256: hex digest that the object must have, else INTEGRITY_HASH_MISMATCH.
        """
        byte_size, found = fetched(self.chunks(key), key, Path(place), sha256)
        return Stored(key, byte_size, found, created=False)

    def read(self, key: str, *, limit_bytes: int = _READ_BYTES) -> bytes:
        """Return a small object; raises CallError for one that is larger than the limit."""
        self._home.place(checked_key(key))
        return transfers.read(self._home, key, limit_bytes)

    def chunks(self, key: str) -> Iterator[bytes]:
        """Yield an object's content, a few MB at a time; STORAGE_UNAVAILABLE when it changes meanwhile."""
        self._home.place(checked_key(key))
        return transfers.pieces(self._home, key)

    def digest(self, key: str) -> str:
        """Return the hex sha256 of an object, read in bounded memory."""
        return digest_of(self.chunks(key))

    def byte_size(self, key: str) -> int | None:
        """Return the size of an object, None when there is none."""
        self._home.place(checked_key(key))
        return transfers.size_of(self._home, key)

    def local_path(self, key: str) -> Path | None:
        """Return the file in which an object lies or would lie, for reading; None in S3."""
        return self._home.place(checked_key(key))

    def reader(self, key: str) -> BinaryIO:
        """Open an object for reading here and there, as pyarrow does; close it, or use it in `with`.

        In S3 each read is a request, of a MiB at least. Reading raises StorageFailed there.
        """
        self._home.place(checked_key(key))
        return opened_reader(self._home, key)

    def presigned(self, key: str, method: Literal["GET", "PUT"], expires_s: float) -> str | None:
        """Return a URL that whoever has it may read or write an object by; None for a folder.

        Args:
            key: of the object, which need not be there.
            method: `GET` or `PUT`.
            expires_s: for so long, up to a week. The URL is a secret; nobody can take it back.

        Raises CallError for another method or time.
        """
        if method not in ("GET", "PUT"):
            raise CallError(f"an object is read by GET and written by PUT, not by {method!r}")
        if not 1 <= expires_s <= _WEEK_S:
            raise CallError(f"expires_s must be 1 to {_WEEK_S:.0f}, not {expires_s!r}")
        self._home.place(checked_key(key))
        return self._home.presigned(key, method, expires_s)

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Yield the keys below a prefix of whole parts (`a/bc/d` is not below `a/b`), in no certain order."""
        return self._home.listed(checked_prefix(prefix) if prefix else "")

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects; missing ones are fine."""
        self._home.delete([checked_key(key) for key in keys])

    def delete_below(self, prefix: str) -> int:
        """Delete all objects below a prefix of whole parts; return how many there were.

        In a folder, what killed processes left there and folders that are empty then go too.
        """
        return self._home.delete_below(checked_prefix(prefix))

    def settle(self, keys: Iterable[str]) -> None:
        """Wait until objects outlast a power cut; for use before what they were made of is given up.

        In a folder it takes some milliseconds; S3 answers a put only then.
        """
        self._home.settle([checked_key(key) for key in keys])

    def sweep(self, *, older_than_s: float = _DAY_S) -> int:
        """Delete content that killed processes left unfinished; return how many files or objects.

        Args:
            older_than_s: since the last write to it. A put that was asleep for longer fails then, and
                may be tried again.
        """
        return self._home.sweep(older_than_s)

    def check(self) -> None:
        """Put, read and delete a small object, and see that it cannot be put twice."""
        probe(self._home)
