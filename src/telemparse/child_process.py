"""A child process and its end: watched, killed with its whole group, its last words kept."""

from __future__ import annotations

import os
import resource
import selectors
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from telemparse.errors import TelemparseError

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["Ending", "Stopped", "watched"]

_PIPE_BYTES = 64 * 1024
_LAST_READS = 16
# The end of a child shows at once when its stderr closes; this is for one that closed it early, or
# that left it open in a process of its own.
_LOOK_AGAIN_S = 0.05
_SOON_S = 0.001


class Stopped(TelemparseError):  # noqa: N818  (what happened, not a failure)
    """The caller no longer wanted the answer; the child is gone."""


class Ending(NamedTuple):
    """How a child ended: in time or not, exit code (a negative signal), peak memory, last words."""

    in_time: bool
    exit_code: int
    peak_rss_bytes: int | None
    stderr: str


def watched(arguments: Sequence[str], place: Path, deadline: float, stop: threading.Event | None) -> Ending:
    """Run this interpreter until it ends or the deadline is there; nothing of it is left afterwards.

    Args:
        arguments: of the interpreter.
        place: a folder that goes with the child; its temporary files lie there.
        deadline: on the clock of `time.monotonic`.
        stop: when it is set, the child is killed and Stopped is raised.
    """
    scratch = place / "tmp"
    scratch.mkdir()
    stderr, theirs = os.pipe()
    words = bytearray()
    in_time = False
    try:
        try:
            process = subprocess.Popen(  # noqa: S603  (our own interpreter and bootstrap, no shell)
                # `-P` keeps the working folder from answering for the standard library.
                [sys.executable, "-P", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=theirs,
                env={**os.environ, "TMPDIR": str(scratch)},
                start_new_session=True,
            )
        finally:
            os.close(theirs)
        try:
            in_time = _ends_in_time(process.pid, stderr, deadline, words, stop)
        finally:
            # Not yet reaped, so that the number of the group cannot be somebody else's by now.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            peak_rss_bytes = _reap(process)
        _take_the_rest(stderr, words)
    finally:
        os.close(stderr)
    return Ending(in_time, process.returncode, peak_rss_bytes, words.decode("utf-8", "replace"))


def _ends_in_time(
    pid: int, stderr: int, deadline: float, words: bytearray, stop: threading.Event | None
) -> bool:
    pause_s = _LOOK_AGAIN_S
    with selectors.DefaultSelector() as selector:
        selector.register(stderr, selectors.EVENT_READ)
        while not _has_ended(pid):
            if stop is not None and stop.is_set():
                raise Stopped("the caller stopped the child")
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                return False
            if not selector.select(min(left_s, pause_s)):
                pause_s = min(2 * pause_s, _LOOK_AGAIN_S)
            elif not _take(stderr, words):
                selector.unregister(stderr)
                pause_s = _SOON_S
    return True


def _has_ended(pid: int) -> bool:
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:  # where SIGCHLD is ignored, the system reaps
        return True


def _take(stderr: int, words: bytearray) -> bool:
    """Read once and keep only the end; False when there is no more."""
    piece = os.read(stderr, _PIPE_BYTES)
    words += piece
    del words[:-_PIPE_BYTES]
    return bool(piece)


def _take_the_rest(stderr: int, words: bytearray) -> None:
    # A process that left the group may hold the other end for ever.
    os.set_blocking(stderr, False)
    with suppress(BlockingIOError):
        for _read in range(_LAST_READS):
            if not _take(stderr, words):
                return


def _reap(process: subprocess.Popen[bytes]) -> int | None:
    """Reap the child; return its peak resident memory, None where the system cannot tell."""
    try:
        _pid, status, usage = os.wait4(process.pid, 0)
    except ChildProcessError:
        process.returncode = 0
        return None
    process.returncode = os.waitstatus_to_exitcode(status)
    # The figure begins with that of the process it was forked from, and tells nothing below it.
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return usage.ru_maxrss * 1024 if usage.ru_maxrss > own else None
