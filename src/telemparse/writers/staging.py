"""Staging: files are finished out of sight in a private folder, then put in place by rename."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Self

import attrs

from telemparse.writers.layout import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Staging", "staged"]

_PREFIX = ".telemparse-"
_FOLDER_ONLY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


@attrs.define
class Staging:
    """A private folder inside the recording's folder, so that a rename never crosses file systems.

    Args:
        directory: the recording's folder.
        folder: the private folder; it goes away with all that was not put in place.
    """

    directory: Path
    folder: Path
    _made: int = 0

    def place(self) -> Path:
        """Return a name in the private folder that nobody has used."""
        self._made += 1
        return self.folder / f"{self._made:06}"

    def publish(self, files: Iterable[tuple[Path, str]], manifest: bytes, stale: Iterable[str]) -> None:
        """Put files in place one by one, the manifest last, then remove what it no longer names.

        Args:
            files: finished files in the private folder, each with its path below the directory.
            manifest: content of `manifest.json`.
            stale: paths below the directory to remove; absent ones are fine.

        Raises OSError; a file that has its final name by then is whole.
        """
        settled = self.place()
        settled.write_bytes(manifest)
        moves = list(files)
        for staged_file, _name in (*moves, (settled, MANIFEST)):
            _flush_to_disk(staged_file)
        with _Folders(self.directory) as folders:
            for staged_file, name in moves:
                folders.put(staged_file, name)
            folders.settle()
            folders.put(settled, MANIFEST)
            folders.settle()
            for name in stale:
                folders.remove(name)
            folders.settle()


@contextmanager
def staged(directory: str | os.PathLike[str]) -> Iterator[Staging]:
    """Make the directory and a private folder in it; on leaving, the private folder is gone.

    Private folders that a killed process left behind are swept away first. Raises OSError.
    """
    root = Path(directory)
    root.mkdir(parents=True, exist_ok=True)
    _sweep(root)
    folder, lock = _private_folder(root)
    try:
        yield Staging(root, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _private_folder(root: Path) -> tuple[Path, int]:
    """Return a new folder and the descriptor that locks it: the lock ends with its process."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=root))
        # A sweep of another process may come between making and opening, or opening and locking.
        try:
            lock = os.open(folder, _FOLDER_ONLY)
        except FileNotFoundError:
            continue
        with suppress(OSError):  # a file system without locks: nobody sweeps there either
            fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.exists():
            return folder, lock
        os.close(lock)


def _sweep(root: Path) -> None:
    for folder in root.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            lock = os.open(folder, _FOLDER_ONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)


def _flush_to_disk(place: Path) -> None:
    with place.open("rb") as file:
        os.fsync(file.fileno())


class _Folders:
    """The recording's folder and its sub-folders, held open so that no link can lead out of them."""

    def __init__(self, directory: Path) -> None:
        self._open: dict[str, int] = {"": os.open(directory, os.O_RDONLY | os.O_DIRECTORY)}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for descriptor in self._open.values():
            os.close(descriptor)

    def put(self, staged_file: Path, name: str) -> None:
        path = PurePosixPath(name)
        os.replace(staged_file, path.name, dst_dir_fd=self._folder(path))

    def remove(self, name: str) -> None:
        """Remove a file of the former recording, and its sub-folder when that is empty then."""
        path = PurePosixPath(name)
        # The new manifest stands already: what cannot be removed (a link, a folder) is no part of it.
        with suppress(OSError):
            os.unlink(path.name, dir_fd=self._folder(path))
        with suppress(OSError):
            os.rmdir(path.parent.name, dir_fd=self._open[""])

    def _folder(self, path: PurePosixPath) -> int:
        name = path.parent.name
        if name not in self._open:
            with suppress(FileExistsError):
                os.mkdir(name, dir_fd=self._open[""])
            self._open[name] = os.open(name, _FOLDER_ONLY, dir_fd=self._open[""])
        return self._open[name]

    def settle(self) -> None:
        """Make the renames durable."""
        for descriptor in self._open.values():
            os.fsync(descriptor)
