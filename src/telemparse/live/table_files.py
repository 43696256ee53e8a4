"""Files of tables: finished under another name, made durable, and then put in place."""

from __future__ import annotations

import os
import time
import uuid
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pyarrow as pa

from telemparse.live.faults import LiveFault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["UNFINISHED", "guarded", "placed", "settle"]

UNFINISHED = ".unfinished-"
"""How the names of files and folders begin that are still written."""

# No table takes as long to write; what is older was left by a process that was killed.
_LEFT_S = 3600


@contextmanager
def placed(path: Path) -> Iterator[Path]:
    """Give a name for the file to be written; on leaving, it stands at its path, or nothing has changed.

    What a killed process left unfinished beside it is removed first. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep(path.parent)
    # Two processes that write the same table finish one after the other, under names of their own.
    unfinished = path.with_name(f"{UNFINISHED}{path.name}-{uuid.uuid4().hex}")
    try:
        yield unfinished
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.replace(path)
        settle(path.parent)
    finally:
        with suppress(OSError):
            unfinished.unlink()


def settle(folder: Path) -> None:
    """Make what was renamed or removed in a folder durable; raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def guarded() -> Iterator[None]:
    """Raise LiveFault (TABLES_UNAVAILABLE) for files that cannot be read or written."""
    try:
        yield
    except OSError as error:
        raise LiveFault("TABLES_UNAVAILABLE", error=error.strerror or type(error).__name__) from error
    except pa.ArrowException as error:
        raise LiveFault("TABLES_UNAVAILABLE", error=type(error).__name__) from error


def _sweep(folder: Path) -> None:
    for left in folder.glob(f"{UNFINISHED}*"):
        with suppress(OSError):
            if left.lstat().st_mtime < time.time() - _LEFT_S:
                left.unlink()
