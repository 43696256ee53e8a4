"""A sandbox's child as a process: how it starts, how it ends, and that nothing of it stays."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, Self

import attrs

from telemparse.child_process import Ending
from telemparse.runner import sandbox_folders
from telemparse.runner.sandbox_wire import ORDER, Wire

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping

    from telemparse.runner.sandbox_wire import Answer

__all__ = ["WarmChild", "known_peak"]

_GRACE_S = 5.0
_LOOK_AGAIN_S = 0.005

# Workers are what runs in parallel, not what they call.
_ENVIRONMENT = {
    "ARROW_IO_THREADS": "1", "MKL_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1",
}  # fmt: skip
# In names of variables that a parser has no business to read.
_SECRETS = "CREDENTIAL", "DATABASE_URL", "KEY", "PASSWORD", "SECRET", "TOKEN"

# Nothing of the parent's main module is imported, so that a program needs no guard round its own.
_BOOTSTRAP = """
import json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    start = json.load(file)
sys.path[:] = start["path"]
from telemparse.runner.sandbox_child import serve
serve(start)
"""


@attrs.define(eq=False, kw_only=True)
class WarmChild:
    """One child process, from its start to its end; for one thread at a time.

    Args:
        calls: how many orders it was given.
    """

    calls: int = attrs.field(default=0, init=False)
    _process: subprocess.Popen[bytes]
    _wire: Wire
    _scratch: int
    _belongings: ExitStack

    @classmethod
    def start(cls, max_memory_bytes: int | None, preload: str | None) -> Self:
        """Start a process; the system ends it with the calling thread, whatever that one dies of.

        Args:
            max_memory_bytes: limit on its address space.
            preload: `module:function`, called there before it is ready.

        Raises OSError where the system has no room for it.
        """
        with ExitStack() as ours, ExitStack() as theirs:
            place = ours.enter_context(sandbox_folders.held())
            scratch = place / "tmp"
            scratch.mkdir()
            # Whatever the child may put in its place, it is this one that is emptied.
            kept = os.open(scratch, os.O_RDONLY | os.O_DIRECTORY)
            ours.callback(os.close, kept)
            take_orders, orders = _pipe(theirs, ours)
            answers, give_answers = _pipe(ours, theirs)
            stderr, write_stderr = _pipe(ours, theirs)
            for file in (orders, answers, stderr):
                os.set_blocking(file.fileno(), False)
            start = {
                "parent_pid": os.getpid(),
                "path": [str(Path(entry).absolute()) for entry in sys.path],
                "orders": take_orders.fileno(),
                "answers": give_answers.fileno(),
                "scratch": str(scratch),
                "max_memory_bytes": max_memory_bytes,
                "preload": preload,
            }
            (place / "start.json").write_text(json.dumps(start), "utf-8")
            process = subprocess.Popen(  # noqa: S603  (our own interpreter and bootstrap, no shell)
                # `-P` keeps the working folder from answering for the standard library.
                [sys.executable, "-P", "-c", _BOOTSTRAP, str(place / "start.json")],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=write_stderr,
                env={**_harmless(os.environ), **_ENVIRONMENT, "TMPDIR": str(scratch)},
                pass_fds=(take_orders.fileno(), give_answers.fileno()),
                start_new_session=True,
            )
            return cls(
                process=process, wire=Wire(orders, answers, stderr), scratch=kept, belongings=ours.pop_all()
            )

    def has_ended(self) -> bool:
        """Tell whether the process is no more."""
        try:
            return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        except ChildProcessError:  # where SIGCHLD is ignored, the system reaps
            return True

    def answer(
        self, deadline: float, *unwanted: threading.Event, meanwhile: Callable[[], None] | None = None
    ) -> Answer | None:
        """Wait for what it says next: that it has loaded, or more to the order before; as `ask`."""
        return self._wire.exchange(b"", deadline, unwanted, self.has_ended, meanwhile)

    def ask(
        self,
        order: str,
        deadline: float,
        *unwanted: threading.Event,
        meanwhile: Callable[[], None] | None = None,
    ) -> Answer | None:
        """Give it an order and wait for the answer; None when it ended without one.

        Raises TimeoutError at the deadline, which is on the clock of `time.monotonic`, and Stopped when
        one of the events is set.
        """
        text = order.encode("ascii")
        self.calls += 1
        framed = ORDER.pack(len(text)) + text
        return self._wire.exchange(framed, deadline, unwanted, self.has_ended, meanwhile)

    def is_tidied(self) -> bool:
        """Empty its folder for temporary files and forget what it wrote to stderr; False where that fails."""
        self._wire.listen()
        self._wire.words.clear()
        try:
            with os.scandir(self._scratch) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        shutil.rmtree(entry.name, dir_fd=self._scratch)
                    else:
                        os.unlink(entry.name, dir_fd=self._scratch)
        except OSError:
            return False
        return True

    def end(self, *, in_time: bool = True, gently: bool = False) -> Ending:
        """End it with its whole group and remove its folder; gently: give it five seconds to go by itself."""
        try:
            self._wire.orders.close()
            if gently:
                self._wait()
        finally:
            peak_rss_bytes = self._kill()
            self._wire.listen()
            self._belongings.close()
        words = self._wire.words.decode("utf-8", "replace")
        return Ending(in_time, self._process.returncode, peak_rss_bytes, words)

    def _wait(self) -> None:
        until = time.monotonic() + _GRACE_S
        while not self.has_ended() and time.monotonic() < until:
            self._wire.listen()  # it may be waiting to be heard
            time.sleep(_LOOK_AGAIN_S)

    def _kill(self) -> int | None:
        """Kill the group and reap the process; return its peak memory where it is known."""
        # Once it is reaped, the number of the group may be somebody else's.
        if self._process.returncode is not None:
            return None
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        try:
            _pid, status, usage = os.wait4(self._process.pid, 0)
        except ChildProcessError:
            self._process.returncode = 0
            return None
        self._process.returncode = os.waitstatus_to_exitcode(status)
        return known_peak(usage.ru_maxrss * 1024)


def known_peak(peak_rss_bytes: int) -> int | None:
    """Return a child's peak resident memory; None below this process's own, with which the figure begins."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return peak_rss_bytes if peak_rss_bytes > own else None


def _harmless(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in environment.items()
        if not any(word in name.upper() for word in _SECRETS)
    }


def _pipe(readers: ExitStack, writers: ExitStack) -> tuple[FileIO, FileIO]:
    read, write = os.pipe()
    return (
        readers.enter_context(FileIO(read, "r")),
        writers.enter_context(FileIO(write, "w")),
    )
