"""A local folder as a home of objects: links kept out, empty folders removed, writes made to last."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import attrs
import obstore
from obstore.store import LocalStore

from telemparse.storage.failures import StorageFailed
from telemparse.storage.keys import UNFINISHED, is_key
from telemparse.storage.translation import translated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["Folder", "folder_at"]

_TRIES = 1000
_MB = 1024 * 1024


@attrs.frozen
class Folder:
    """Objects in a folder.

    Args:
        root: the folder, without links on the way.
        store: as obstore works on it.
        request_bytes: what one write or read carries.
        at_once_bytes: none; even little content is written elsewhere first, so that what a killed
            process leaves lies where `sweep` finds it.
    """

    root: Path
    store: LocalStore
    request_bytes: int = _MB
    at_once_bytes: int = -1

    def place(self, key: str) -> Path:
        """Return where an object lies; raises StorageFailed when a link lies on the way to it.

        A link could lead out of the folder, so a store has none at all.
        """
        place = str(self.root)
        with translated(key):
            for part in key.split("/"):
                place = f"{place}/{part}"
                try:
                    status = os.lstat(place)
                except (FileNotFoundError, NotADirectoryError):
                    break
                if stat.S_ISLNK(status.st_mode):
                    raise StorageFailed("STORAGE_REFUSED", key=key, error="a symbolic link lies on the way")
        return self.root / key

    def doorstep(self) -> Path:
        """Return where files wait that will be objects, on the same file system."""
        with translated(UNFINISHED):
            (self.root / UNFINISHED).mkdir(exist_ok=True)
        return self.root / UNFINISHED

    def adopt(self, source: Path, key: str) -> bool:
        """Make a file that waits here an object without a copy; False where there is one, or it cannot be."""
        if not source.is_relative_to(self.root / UNFINISHED):
            return False
        place = self.root / key
        with translated(key):
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                # Unlike a rename, a link never takes the place of another.
                os.link(source, place, follow_symlinks=False)
            except OSError as error:
                if error.errno in (errno.EEXIST, errno.EXDEV, errno.EMLINK, errno.EPERM, errno.EOPNOTSUPP):
                    return False
                raise
            source.unlink()
        return True

    def presigned(self, _key: str, _method: str, _expires_s: float) -> None:
        """Return None: nobody reaches a folder by a URL."""

    def listed(self, prefix: str) -> Iterator[str]:
        """Yield the keys below a prefix, or all."""
        with translated(prefix):
            try:
                entries = list(os.scandir(self.place(prefix) if prefix else self.root))
            except (FileNotFoundError, NotADirectoryError):
                return
        for entry in entries:
            key = f"{prefix}/{entry.name}" if prefix else entry.name
            if is_key(key) and entry.is_dir(follow_symlinks=False):
                yield from self.listed(key)
            elif is_key(key) and entry.is_file(follow_symlinks=False):
                yield key

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects; missing ones are fine."""
        for key in keys:
            self.place(key)
            with translated(key), suppress(FileNotFoundError):
                obstore.delete(self.store, key)

    def give_up(self, unfinished: str) -> None:
        """Remove content that will not be finished."""
        # Under the second name obstore writes; it removes that too, but some time after the failure.
        for name in (unfinished, f"{unfinished}#1"):
            self.place(name).unlink(missing_ok=True)

    def delete_below(self, prefix: str) -> int:
        """Remove all that lies below a prefix, and folders empty then; return the number of objects."""
        place = self.place(prefix)
        if not place.is_dir():
            return 0
        count = sum(1 for _key in self.listed(prefix))
        with translated(prefix):
            _remove(place)
        with suppress(OSError):  # the first one that is not empty
            while (place := place.parent) != self.root:
                place.rmdir()
        return count

    def settle(self, keys: Iterable[str]) -> None:
        """Wait until objects and the folders on their way are on the disk."""
        folders = {""}
        for key in keys:
            place, folder = self.place(key), key.rpartition("/")[0]
            with translated(key):
                _flush(place)
            while folder not in folders:
                folders.add(folder)
                folder = folder.rpartition("/")[0]
        # What lies deeper comes first.
        for folder in sorted(folders, reverse=True):
            with translated(folder):
                _flush(self.root / folder)

    def sweep(self, older_than_s: float) -> int:
        """Remove unfinished content that nobody has touched for so long; return how many files."""
        before = time.time() - older_than_s
        count = 0
        with translated(UNFINISHED):
            try:
                entries = list(os.scandir(self.place(UNFINISHED)))
            except FileNotFoundError:
                return 0
            for entry in entries:
                with suppress(FileNotFoundError):  # its process lives after all and has just finished
                    if entry.stat(follow_symlinks=False).st_mtime >= before:
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        shutil.rmtree(entry.path, ignore_errors=True)
                    else:
                        (self.root / UNFINISHED / entry.name).unlink()
                    count += 1
        return count


def folder_at(place: Path) -> Folder:
    """Return the folder, which is made when absent; raises StorageFailed."""
    root = place.resolve()
    with translated(""):
        root.mkdir(parents=True, exist_ok=True)
        return Folder(root, LocalStore(root))


def _remove(place: Path) -> None:
    for left in reversed(range(_TRIES)):
        try:
            shutil.rmtree(place)
        except OSError as error:
            if not os.path.lexists(place):
                return
            # Another process removes the same, or puts something there.
            if error.errno not in {errno.ENOENT, errno.ENOTEMPTY} or not left:
                raise
        else:
            return


def _flush(place: Path) -> None:
    descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
