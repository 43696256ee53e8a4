"""Limits and guards that a sandbox's child takes on: what the system holds to, and a fence for honest code.

The first fence is the process: its limits, its end at the deadline, and the rights of the user account
that runs the worker. The guards here are the second. They hear what Python code asks of the system (audit
events, PEP 578) and keep a parser that means no harm from doing some: from fetching a schema off the
network, from a cache in a home folder, from calling another program. Code that does mean harm can get
past them, as can a library in C that opens a file by itself.
"""

from __future__ import annotations

import ctypes
import errno
import math
import os
import resource
import signal
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telemparse import isolation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["confined_to", "end_with_parent", "install", "limit_cpu", "limit_memory"]

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
# When the machine runs out of memory, the system had better end this process than its parent.
_OOM_SCORE = "500"

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_NO_FOLDER = -1
_PROGRAMS = frozenset({
    "os.exec", "os.fork", "os.forkpty", "os.killpg", "os.posix_spawn", "os.system", "pty.spawn",
    "subprocess.Popen",
})  # fmt: skip
# Where in an event's arguments a path stands that is about to change, and the folder it is relative to.
_CHANGES: dict[str, tuple[tuple[int, int | None], ...]] = {
    "os.chmod": ((0, 2),),
    "os.chown": ((0, 3),),
    "os.link": ((0, 2), (1, 3)),
    "os.mkdir": ((0, 2),),
    "os.remove": ((0, 1),),
    "os.rename": ((0, 2), (1, 3)),
    "os.rmdir": ((0, 1),),
    "os.symlink": ((1, 2),),
    "os.truncate": ((0, None),),
    "os.utime": ((0, 3),),
}

# They change a name in a folder; the others, and an opening, change what a link leads to.
_OF_NAMES = frozenset({"os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink"})

# Folders that the call may write to; None while no call is guarded.
_roots: list[tuple[str, ...] | None] = [None]


def end_with_parent(parent_pid: int) -> None:
    """Have the system kill this process with the thread that started it, and gain no rights by any program.

    Leaves at once when the parent was gone before the system was told.
    """
    prctl: Callable[..., int] = ctypes.CDLL(None).prctl
    prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.getppid() != parent_pid:
        os._exit(1)


def limit_memory(max_memory_bytes: int | None) -> None:
    """Bound the address space for good, leave no core dumps, and be the first to go in want of memory."""
    isolation.lower_limit(resource.RLIMIT_CORE, 0)
    if max_memory_bytes is not None:
        isolation.lower_limit(resource.RLIMIT_AS, max_memory_bytes)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_OOM_SCORE, "ascii")


def limit_cpu(timeout_s: float | None) -> None:
    """Bound this process's processor time from now on; a second line behind the wall clock of the parent."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = hard
    if timeout_s is not None:
        soft = math.ceil(time.process_time() + timeout_s * (os.cpu_count() or 1)) + 1
        soft = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def install() -> None:
    """Install the guards, once a process and for good: no sockets from now on, and more in `confined_to`."""
    sys.addaudithook(_heard)


@contextmanager
def confined_to(*folders: Path) -> Iterator[None]:
    """Refuse programs, and changes of files outside of these folders, with a PermissionError."""
    _roots[0] = tuple(os.path.realpath(folder) + os.sep for folder in folders)
    try:
        yield
    finally:
        _roots[0] = None


def _heard(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith("socket.") and event != "socket.gethostname":
        _refuse(event)
    roots = _roots[0]
    if roots is None:
        return
    if event == "open":
        path, _mode, flags = arguments
        if flags & _WRITING:
            _check(event, path, _NO_FOLDER, roots)
    elif event in _PROGRAMS:
        _refuse(event)
    elif event == "os.kill":
        if arguments[0] != os.getpid():
            _refuse(event)
    elif event in _CHANGES:
        for place, relative_to in _CHANGES[event]:
            folder = _NO_FOLDER if relative_to is None else arguments[relative_to]
            _check(event, arguments[place], folder, roots)


def _check(event: str, path: Any, folder: Any, roots: tuple[str, ...]) -> None:
    """Refuse a path outside of the roots; a number is a file that is open already."""
    if isinstance(path, int):
        return
    name = os.fsdecode(path)
    if name == os.devnull:
        return
    if isinstance(folder, int) and folder != _NO_FOLDER and not name.startswith(os.sep):
        name = f"/proc/self/fd/{folder}/{name}"
    above, last = os.path.split(name)
    if event in _OF_NAMES and last not in {"", ".", ".."}:
        real = f"{os.path.realpath(above)}/{last}"
    else:
        # A folder itself is opened for a file without a name in it.
        real = os.path.realpath(name) + (os.sep if event == "open" else "")
    if not real.startswith(roots):
        _refuse(event, real)


def _refuse(event: str, path: str | None = None) -> None:
    raise PermissionError(errno.EPERM, f"the sandbox does not allow {event}", path)
