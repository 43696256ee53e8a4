"""Parts that killed consumers left behind: they are cut to whole lines and closed."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

import attrs

from telemparse.live.faults import RawUnavailable
from telemparse.live.folders import sync_folder
from telemparse.live.raw_layout import open_parts
from telemparse.live.raw_parts import OPEN

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Recovery", "recover"]

_BLOCK_BYTES = 65_536


@attrs.frozen
class Recovery:
    """What was found.

    Args:
        closed: parts that hold lines.
        deleted: parts without a whole line.
        cut_bytes: of lines that were begun and not ended; they were never acknowledged, so the queue has
            their messages.
    """

    closed: int = 0
    deleted: int = 0
    cut_bytes: int = 0


def recover(root: Path) -> Recovery:
    """Close the parts that nobody writes to any more; those of living consumers are left alone.

    Args:
        root: folder of the live messages; it need not exist.

    Raises RawUnavailable where the disk refuses.
    """
    closed = deleted = cut_bytes = 0
    try:
        for path in open_parts(root):
            found = _recover(path)
            if found is not None:
                kept, cut = found
                closed += kept > 0
                deleted += kept == 0
                cut_bytes += cut
    except OSError as error:
        raise RawUnavailable(error=error.strerror or type(error).__name__) from error
    return Recovery(closed, deleted, cut_bytes)


def _recover(path: Path) -> tuple[int, int] | None:
    """Return how many bytes were kept and cut, None for a part that has an owner."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        if not _is_at(handle, path):
            # Its owner closed it just now, or another recovery did.
            return None
        size = os.fstat(handle).st_size
        whole = _whole_lines(handle, size)
        if whole == 0:
            path.unlink()
        else:
            if whole < size:
                os.ftruncate(handle, whole)
            # Its owner may have ended before its last lines were on the disk.
            os.fsync(handle)
            path.rename(path.with_name(path.name.removesuffix(OPEN)))
        sync_folder(path.parent)
        return whole, size - whole
    finally:
        os.close(handle)


def _is_at(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.lstat())
    except FileNotFoundError:
        return False


def _whole_lines(handle: int, size: int) -> int:
    end = size
    while end > 0:
        start = max(0, end - _BLOCK_BYTES)
        found = os.pread(handle, end - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0
