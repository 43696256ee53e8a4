"""A function in a child process, with a deadline and a memory limit: hangs, crashes and floods end there."""

from __future__ import annotations

import faulthandler
import importlib
import json
import math
import os
import re
import resource
import selectors
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from telemparse.errors import CallError, TelemparseError
from telemparse.model.wording import words_of

if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping

__all__ = ["ChildFailed", "Stopped", "run"]

_TARGET = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
_ANSWER_BYTES = 64 * 1024 * 1024
_MESSAGE_CHARACTERS = 1024
_EVIDENCE_CHARACTERS = 4 * 1024
_PIPE_BYTES = 64 * 1024
_LAST_READS = 16
# The end of a child shows at once when its stderr closes; this is for one that closed it early, or
# that left it open in a process of its own.
_LOOK_AGAIN_S = 0.05
_SOON_S = 0.001
# Peak resident memory from this share of the limit on makes a violent death one of memory.
_NEAR_LIMIT = 0.75
# What allocators, loaders and thread starts say when the address space is used up.
_MEMORY_WORDS = (
    "bad_alloc", "MemoryError", "Cannot allocate memory", "can't start new thread",
    "failed to map segment", "out of memory", "pthread_create", "Unable to allocate",
)  # fmt: skip
# What a target quotes may be a position.
_PRECISE_NUMBER = re.compile(r"(?<!\d)\d+\.\d{3,}")  # looks once at each run of digits

# `-P` keeps the working folder from answering for the standard library before sys.path is set.
_BOOTSTRAP = """
import json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    order = json.load(file)
sys.path[:] = order["path"]
from telemparse.isolation import _serve
_serve(order)
"""


class ChildFailed(TelemparseError):  # noqa: N818  (what happened, as a parse reports it)
    """A child did not answer.

    Args:
        code: `PARSER_TIMEOUT`, `PARSER_MEMORY_EXCEEDED` or `PARSER_CRASHED`.
        **evidence: `timeout_s`; `max_memory_bytes`, `peak_rss_bytes`; `error` and `traceback` of a
            Python exception, or `signal` or `exit_code` with the end of `stderr` (4 KiB at most).
            Numbers with three or more decimals are blotted out.
    """

    def __init__(self, code: str, **evidence: Any) -> None:
        super().__init__(f"{code}: {evidence}")
        self.code = code
        self.evidence = evidence


class Stopped(TelemparseError):  # noqa: N818  (what happened, not a failure)
    """The caller no longer wanted the answer; the child is gone."""


def run(
    target: str,
    request: Mapping[str, Any],
    folder: Path,
    *,
    timeout_s: float | None = None,
    max_memory_bytes: int | None = None,
    stop: threading.Event | None = None,
) -> Any:
    """Call `target(request, folder)` in a fresh child process of this interpreter.

    The child has this process's `sys.path` and environment, and a session of its own; no stdin, no
    core dumps, and its temporary files lie in a folder that goes with it. What it writes to stdout is
    thrown away, of stderr the end is kept as evidence. Callable from any thread.

    Args:
        target: `module:function`, importable.
        request: JSON-able.
        folder: private to the caller; where the function leaves bulk data.
        timeout_s: wall clock from now; then the child and its process group are killed.
        max_memory_bytes: limit on the child's address space, which is more than its resident memory:
            numpy and pyarrow map several hundred MB before they do anything, and below about 1 GiB
            they may not load at all.
        stop: when another thread sets it, the child is killed within a twentieth of a second.

    Returns what the function returns, by way of JSON. Raises ChildFailed with code and evidence,
    Stopped when it was told to, and CallError for a target that is no `module:function`.
    """
    if not _TARGET.fullmatch(target):
        raise CallError(f"target must be 'module:function', not {target!r}")
    deadline = math.inf if timeout_s is None else time.monotonic() + timeout_s
    with tempfile.TemporaryDirectory(prefix="telemparse-child-", ignore_cleanup_errors=True) as name:
        place = Path(name)
        order = {
            "target": target,
            "request": request,
            "folder": str(folder.resolve()),
            "answer": str(place / "answer.json"),
            "path": [entry or str(Path.cwd()) for entry in sys.path],
            "limits": _limits(timeout_s, max_memory_bytes),
        }
        (place / "order.json").write_text(json.dumps(order), "utf-8")
        ending = _watched(place, deadline, stop)
        answer = _answer(place / "answer.json")
    if "value" in answer:
        return answer["value"]
    raise _failure(ending, answer, timeout_s, max_memory_bytes)


def _limits(timeout_s: float | None, max_memory_bytes: int | None) -> dict[str, int]:
    """Return resource limits by name, all of which the child takes on before it imports the target."""
    limits = {"RLIMIT_CORE": 0}
    if max_memory_bytes is not None:
        limits["RLIMIT_AS"] = max_memory_bytes
    if timeout_s is not None:
        # Only a second line behind the wall clock, should this process be gone: all cores may be busy.
        limits["RLIMIT_CPU"] = math.ceil(timeout_s * (os.cpu_count() or 1)) + 1
    return limits


# --- the parent ---------------------------------------------------------------------------------


class _Ending(NamedTuple):
    """How a child ended: in time or not, exit code (a negative signal), peak memory, last words."""

    in_time: bool
    exit_code: int
    peak_rss_bytes: int | None
    stderr: str


def _watched(place: Path, deadline: float, stop: threading.Event | None) -> _Ending:
    """Run the child until it ends or the deadline is there; nothing of it is left afterwards."""
    scratch = place / "tmp"
    scratch.mkdir()
    stderr, theirs = os.pipe()
    words = bytearray()
    in_time = False
    try:
        try:
            process = subprocess.Popen(  # noqa: S603  (our own interpreter and bootstrap, no shell)
                [sys.executable, "-P", "-c", _BOOTSTRAP, str(place / "order.json")],
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
    return _Ending(in_time, process.returncode, peak_rss_bytes, words.decode("utf-8", "replace"))


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


def _answer(place: Path) -> dict[str, Any]:
    """Return the document that the child left; empty when it left none."""
    try:
        with place.open("rb") as file:
            text = file.read(_ANSWER_BYTES + 1)
    except FileNotFoundError:
        return {}
    if len(text) > _ANSWER_BYTES:
        return {"error": {"error": f"the answer has more than {_ANSWER_BYTES} bytes"}}
    answer: dict[str, Any] = json.loads(text)
    return answer


def _failure(
    ending: _Ending, answer: dict[str, Any], timeout_s: float | None, max_memory_bytes: int | None
) -> ChildFailed:
    if not ending.in_time or ending.exit_code == -signal.SIGXCPU:
        return ChildFailed("PARSER_TIMEOUT", timeout_s=timeout_s)
    evidence = dict(answer["error"]) if "error" in answer else _last_words(ending)
    peak = ending.peak_rss_bytes
    near_limit = None not in (peak, max_memory_bytes) and (peak or 0) > _NEAR_LIMIT * (max_memory_bytes or 0)
    violent = ending.exit_code < 0 and near_limit
    starved = max_memory_bytes is not None and any(word in str(evidence) for word in _MEMORY_WORDS)
    if evidence.pop("of_memory", False) or violent or starved:
        evidence |= {"max_memory_bytes": max_memory_bytes}
        evidence |= {} if peak is None else {"peak_rss_bytes": peak}
        return ChildFailed("PARSER_MEMORY_EXCEEDED", **evidence)
    return ChildFailed("PARSER_CRASHED", **evidence)


def _last_words(ending: _Ending) -> dict[str, Any]:
    """Return the evidence of a child that ended without an answer."""
    stderr = _blotted(ending.stderr)
    of_memory = any(word in stderr for word in _MEMORY_WORDS)
    words = {"stderr": stderr[-_EVIDENCE_CHARACTERS:], "of_memory": of_memory}
    if ending.exit_code >= 0:
        error = f"the process ended with exit code {ending.exit_code} and no answer"
        return {"error": error, "exit_code": ending.exit_code, **words}
    try:
        name = signal.Signals(-ending.exit_code).name
    except ValueError:  # a real-time signal
        name = f"signal {-ending.exit_code}"
    return {"error": f"the process was ended by {name}", "signal": name, **words}


def _blotted(text: str) -> str:
    return _PRECISE_NUMBER.sub("#", text)


# --- the child ----------------------------------------------------------------------------------


def _serve(order: Mapping[str, Any]) -> None:
    """Do what the order says, in the child, and leave the answer."""
    for name, limit in order["limits"].items():
        _lower(getattr(resource, name), limit)
    faulthandler.enable()
    try:
        module, _colon, name = order["target"].partition(":")
        function = getattr(importlib.import_module(module), name)
        text = json.dumps({"value": function(order["request"], Path(order["folder"]))})
    except BaseException as error:  # noqa: BLE001  (whatever it is, the parent has to know)
        text = json.dumps({"error": _described(error)})
    answer = Path(order["answer"])
    unfinished = answer.with_suffix(".part")
    unfinished.write_text(text, "utf-8")
    unfinished.replace(answer)


def _lower(kind: int, limit: int) -> None:
    _soft, hard = resource.getrlimit(kind)
    limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(kind, (limit, limit))


def _described(error: BaseException) -> dict[str, Any]:
    # The frames hold what filled the memory.
    traceback.clear_frames(error.__traceback__)
    lines = "".join(traceback.format_exception(error))
    return {
        "error": _blotted(words_of(error))[:_MESSAGE_CHARACTERS],
        "traceback": _blotted(lines)[-_EVIDENCE_CHARACTERS:],
        "of_memory": isinstance(error, MemoryError),
    }
