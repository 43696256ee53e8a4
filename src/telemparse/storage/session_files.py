"""The files of a session store: their names, whole writes, and what killed writers leave behind."""

from __future__ import annotations

import errno
import operator
import os
import re
import secrets
import stat
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, SupportsIndex

from telemparse.errors import CallError
from telemparse.storage.failures import StorageFailed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

__all__ = [
    "failures_told", "flush_folder", "opened", "replaced", "session_file", "session_name", "session_names",
    "swept",
]  # fmt: skip

_SUFFIX = ".parquet"
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._@+-]{0,127}")
# With the dot in front it is no session, and most tools overlook it.
_UNFINISHED = re.compile(r"\..+\.[0-9a-f]{32}\.unfinished")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ELOOP, errno.ENOTDIR, errno.EISDIR})


def session_name(session_id: SupportsIndex | str) -> str:
    """Return the name of a session: a whole number from 0, or letters, digits and `._@+-`.

    Raises CallError for anything else, so that no name leads out of the folder.
    """
    if not isinstance(session_id, str):
        try:
            session_id = "" if isinstance(session_id, bool) else str(operator.index(session_id))
        except (TypeError, ValueError):
            session_id = ""
    if not _NAME.fullmatch(session_id) or re.fullmatch(r"-\d+", session_id):
        raise CallError(
            "session_id must be a whole number from 0, or letters, digits and ._@+- without a dot in front,"
            " 128 at most"
        )
    return session_id


@contextmanager
def failures_told(name: str) -> Iterator[None]:
    """Raise what the system refuses as StorageFailed: STORAGE_FULL, STORAGE_REFUSED, STORAGE_UNAVAILABLE."""
    try:
        yield
    except OSError as error:
        code = "STORAGE_UNAVAILABLE"
        if error.errno in _FULL:
            code = "STORAGE_FULL"
        elif error.errno in _REFUSED:
            code = "STORAGE_REFUSED"
        words = os.strerror(error.errno) if error.errno else type(error).__name__
        raise StorageFailed(code, key=f"{name}{_SUFFIX}", error=words) from None


@contextmanager
def replaced(folder: Path, name: str) -> Iterator[BinaryIO]:
    """Give a file to write; it takes the place of the session's when it is whole and on the disk."""
    unfinished = folder / f".{name}.{secrets.token_hex(16)}.unfinished"
    with failures_told(name):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with unfinished.open("x+b") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(folder / f"{name}{_SUFFIX}")
        finally:
            with suppress(OSError):
                unfinished.unlink()
        flush_folder(folder)


@contextmanager
def opened(folder: Path, name: str) -> Iterator[BinaryIO | None]:
    """Give a session's file to read as it is now, whatever is written meanwhile; None where there is none."""
    with failures_told(name):
        number = _descriptor(folder / f"{name}{_SUFFIX}")
        if number is None:
            yield None
            return
        with os.fdopen(number, "rb", buffering=0) as file:
            if not stat.S_ISREG(os.fstat(number).st_mode):
                raise OSError(errno.EPERM, "no plain file")
            yield file


def _descriptor(place: Path) -> int | None:
    # Neither a link, which could lead anywhere, nor a pipe, at which one would wait.
    try:
        return os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None


def session_file(folder: Path, name: str) -> Path | None:
    """Return where the file of a session lies, None where there is none; a link is none."""
    place = folder / f"{name}{_SUFFIX}"
    with failures_told(name):
        try:
            return place if stat.S_ISREG(os.lstat(place).st_mode) else None
        except (FileNotFoundError, NotADirectoryError):
            return None


def session_names(folder: Path) -> tuple[str, ...]:
    """Return the names of all sessions, in order."""
    with failures_told("*"):
        try:
            with os.scandir(folder) as entries:
                found = [entry.name for entry in entries if entry.is_file(follow_symlinks=False)]
        except (FileNotFoundError, NotADirectoryError):
            return ()
    names = (name.removesuffix(_SUFFIX) for name in found if name.endswith(_SUFFIX))
    return tuple(sorted(name for name in names if _NAME.fullmatch(name)))


def swept(folder: Path, older_than_s: float) -> int:
    """Remove unfinished files that nobody has touched for so long; return how many."""
    before = time.time() - older_than_s
    count = 0
    with failures_told("*"), suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as entries:
        for entry in entries:
            if not _UNFINISHED.fullmatch(entry.name) or not entry.is_file(follow_symlinks=False):
                continue
            with suppress(FileNotFoundError):
                if entry.stat(follow_symlinks=False).st_mtime <= before:
                    Path(entry.path).unlink()
                    count += 1
    return count


def flush_folder(folder: Path) -> None:
    """Wait until the names of a folder are on the disk."""
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(number)
    finally:
        os.close(number)
