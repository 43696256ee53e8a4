"""Part files of messages that are being written: durable when a write returns, and never half a batch."""

from __future__ import annotations

import fcntl
import os
import time
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING, Self

import attrs

from telemparse.live.faults import RawUnavailable
from telemparse.live.folders import make_folder, sync_folder
from telemparse.live.raw_layout import hour_folder, hour_start_ns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from telemparse.live.messages import Message

__all__ = ["OPEN", "RawParts"]

OPEN = ".open"
"""Ending of a part that is being written."""

# Hours with an open part at the same time: messages that waited long are of several hours.
_MOST_OPEN = 8
_TRIES = 5
_PROBE_BYTES = 1_048_576


@attrs.define
class _Part:
    """An open part: what is durable ends at `good`."""

    path: Path
    handle: int
    opened_s: float
    good: int = 0


class RawParts:
    """The part files that one consumer writes; not safe to use from two threads at once.

    Args:
        root: folder of the live messages.
        rotate_bytes: a part that has become as large is closed.
        part_s: age in seconds from which `close_old` closes a part.
    """

    def __init__(self, root: Path, *, rotate_bytes: int = 5_000_000, part_s: float = 30.0) -> None:
        self._root = root
        self._rotate_bytes = rotate_bytes
        self._part_s = part_s
        # By the beginning of the hour, that written to last at the end.
        self._parts: dict[int, _Part] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def write(self, messages: Sequence[Message]) -> None:
        """Append messages to the parts of their hours; when it returns, they outlive a crash.

        Raises RawUnavailable; then none of them counts as written, and what was begun is cut off.
        """
        lines: dict[int, bytearray] = {}
        for message in messages:
            line = lines.setdefault(hour_start_ns(message.received_ns), bytearray())
            line += message.line()
            line += b"\n"
        touched: list[tuple[_Part, int]] = []
        try:
            for hour_ns, text in lines.items():
                part = self._part(hour_ns)
                touched.append((part, part.good + len(text)))
                _append(part.handle, text)
            for part, _size in touched:
                os.fsync(part.handle)
        except OSError as error:
            for part, _size in touched:
                self._give_up(part)
            raise _unavailable(error) from error
        for part, size in touched:
            part.good = size
            if size >= self._rotate_bytes:
                self._finish(part)
        for part in list(self._parts.values())[:-_MOST_OPEN]:
            self._finish(part)

    def probe(self) -> None:
        """Look whether there is room to write, without writing a message; raises RawUnavailable."""
        place = self._root / f"probe-{uuid.uuid4()}"
        try:
            make_folder(self._root)
            handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            try:
                # Without a name it is gone with this process, whatever happens.
                place.unlink()
                os.posix_fallocate(handle, 0, _PROBE_BYTES)
            finally:
                os.close(handle)
        except OSError as error:
            raise _unavailable(error) from error

    def close_old(self, now_s: float) -> int:
        """Close parts that are older than `part_s` and return how many.

        Args:
            now_s: by the clock of `time.monotonic`.
        """
        old = [part for part in self._parts.values() if now_s - part.opened_s >= self._part_s]
        return sum(map(self._finish, old))

    def close(self) -> int:
        """Close all parts and return how many; one that cannot be renamed is left to the recovery."""
        closed = sum(map(self._finish, list(self._parts.values())))
        for part in self._parts.values():
            os.close(part.handle)
        self._parts.clear()
        return closed

    def _part(self, hour_ns: int) -> _Part:
        part = self._parts.pop(hour_ns, None)
        if part is not None and os.fstat(part.handle).st_nlink == 0:
            # Somebody deleted the file. What is written to it now, nobody would find.
            os.close(part.handle)
            part = None
        if part is None:
            part = _opened(hour_folder(self._root, hour_ns))
        self._parts[hour_ns] = part
        return part

    def _finish(self, part: _Part) -> bool:
        """Close a part whose content is on the disk; False where it could not be renamed."""
        try:
            part.path.rename(part.path.with_name(part.path.name.removesuffix(OPEN)))
            sync_folder(part.path.parent)
        except OSError:
            # Its lines are safe. The next write to it or the next recovery tries again.
            if part.path.exists():
                return False
        self._forget(part)
        return True

    def _give_up(self, part: _Part) -> None:
        # After a write or an fsync that failed, the system may take for written what is not: this file
        # gets no more lines. A tail that cannot be cut off here was not acknowledged, so it does no harm.
        with suppress(OSError):
            os.ftruncate(part.handle, part.good)
            if part.good:
                self._finish(part)
            else:
                part.path.unlink(missing_ok=True)
        self._forget(part)

    def _forget(self, part: _Part) -> None:
        for hour_ns, each in list(self._parts.items()):
            if each is part:
                del self._parts[hour_ns]
                os.close(part.handle)


def _opened(folder: Path) -> _Part:
    for _try in range(_TRIES):
        path = folder / f"part-{uuid.uuid4()}.jsonl{OPEN}"
        try:
            make_folder(folder)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o644)
        except FileNotFoundError:
            # Whoever deletes old hours took the folder away in between.
            continue
        try:
            # The lock says that this part has an owner who lives.
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(handle).st_nlink:
                sync_folder(folder)
                return _Part(path, handle, time.monotonic())
        except BlockingIOError:
            # A recovery found the file before it was locked; it is empty, and will be deleted.
            pass
        except OSError:
            os.close(handle)
            with suppress(OSError):
                path.unlink(missing_ok=True)
            raise
        os.close(handle)
    raise FileNotFoundError(2, "the folder of the hour is taken away again and again")


def _append(handle: int, text: bytearray) -> None:
    left = memoryview(text)
    while left:
        left = left[os.write(handle, left) :]


def _unavailable(error: OSError) -> RawUnavailable:
    return RawUnavailable(error=error.strerror or type(error).__name__)
