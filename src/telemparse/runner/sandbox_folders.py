"""Folders of sandboxes' children: held while the parent lives, and swept by another when it was killed."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["held", "sweep"]

_PREFIX = "telemparse-sandbox-"
# One that is younger may not be held yet.
_OLD_S = 3600.0


@contextmanager
def held() -> Iterator[Path]:
    """Make a folder, and remove it afterwards. The system lets go of it when this process is killed."""
    with tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as name:
        number = os.open(name, os.O_RDONLY | os.O_DIRECTORY)
        try:
            with suppress(OSError):  # where a file system knows no locks, nothing is swept either
                fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield Path(name).resolve()
        finally:
            os.close(number)


def sweep() -> None:
    """Remove what processes of this user that were killed have left, once it is an hour old."""
    for place in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            _remove_unless_held(place)


def _remove_unless_held(place: Path) -> None:
    number = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        facts = os.fstat(number)
        if facts.st_uid == os.geteuid() and time.time() - facts.st_mtime > _OLD_S:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(place, ignore_errors=True)
    finally:
        os.close(number)
