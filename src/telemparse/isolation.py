"""A function in a child process, with a deadline and a memory limit: hangs, crashes and floods end there."""

from __future__ import annotations

import faulthandler
import importlib
import json
import math
import os
import re
import resource
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from telemparse.child_process import Stopped, watched
from telemparse.errors import CallError, TelemparseError
from telemparse.model.wording import words_of

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping

    from telemparse.child_process import Ending

__all__ = [
    "ChildFailed", "Stopped",
    "check_target", "described", "failure", "lower_limit", "resolved", "run",
]  # fmt: skip

_TARGET = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
_ANSWER_BYTES = 64 * 1024 * 1024
_MESSAGE_CHARACTERS = 1024
_EVIDENCE_CHARACTERS = 4 * 1024
# Peak resident memory from this share of the limit on makes a violent death one of memory.
_NEAR_LIMIT = 0.75
# What allocators, loaders and thread starts say when the address space is used up.
_MEMORY_WORDS = (
    "bad_alloc", "MemoryError", "Cannot allocate memory", "can't start new thread",
    "failed to map segment", "out of memory", "pthread_create", "Unable to allocate",
)  # fmt: skip
# What a target quotes may be a position.
_PRECISE_NUMBER = re.compile(r"(?<!\d)\d+\.\d{3,}")  # looks once at each run of digits

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
    check_target(target)
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
        ending = watched(["-c", _BOOTSTRAP, str(place / "order.json")], place, deadline, stop)
        answer = _answer(place / "answer.json")
    if "value" in answer:
        return answer["value"]
    raise failure(ending, answer, timeout_s, max_memory_bytes)


def check_target(target: str) -> None:
    """Raise CallError unless `target` reads `module:function`."""
    if not _TARGET.fullmatch(target):
        raise CallError(f"target must be 'module:function', not {target!r}")


def resolved(target: str) -> Callable[..., Any]:
    """Import and return what `module:function` names. Raises whatever its import does."""
    module, _colon, name = target.partition(":")
    return cast("Callable[..., Any]", getattr(importlib.import_module(module), name))


def _limits(timeout_s: float | None, max_memory_bytes: int | None) -> dict[str, int]:
    """Return resource limits by name, all of which the child takes on before it imports the target."""
    limits = {"RLIMIT_CORE": 0}
    if max_memory_bytes is not None:
        limits["RLIMIT_AS"] = max_memory_bytes
    if timeout_s is not None:
        # Only a second line behind the wall clock, should this process be gone: all cores may be busy.
        limits["RLIMIT_CPU"] = math.ceil(timeout_s * (os.cpu_count() or 1)) + 1
    return limits


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


def failure(
    ending: Ending, answer: Mapping[str, Any], timeout_s: float | None, max_memory_bytes: int | None
) -> ChildFailed:
    """Return what is to be said of a child that did not do what it was asked.

    Args:
        ending: how it ended; exit code 0 for one that lives and has told its error.
        answer: `{"error": described(...)}`, or empty when it told nothing.
        timeout_s: wall clock that it had.
        max_memory_bytes: address space that it had.
    """
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


def _last_words(ending: Ending) -> dict[str, Any]:
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


def _serve(order: Mapping[str, Any]) -> None:
    """Do what the order says, in the child, and leave the answer."""
    for name, limit in order["limits"].items():
        lower_limit(getattr(resource, name), limit)
    faulthandler.enable()
    try:
        function = resolved(order["target"])
        text = json.dumps({"value": function(order["request"], Path(order["folder"]))})
    except BaseException as error:  # noqa: BLE001  (whatever it is, the parent has to know)
        text = json.dumps({"error": described(error)})
    answer = Path(order["answer"])
    unfinished = answer.with_suffix(".part")
    unfinished.write_text(text, "utf-8")
    unfinished.replace(answer)


def lower_limit(kind: int, limit: int) -> None:
    """Set soft and hard limit of a resource of this process, where the hard one is not lower already."""
    _soft, hard = resource.getrlimit(kind)
    limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(kind, (limit, limit))


def described(error: BaseException) -> dict[str, Any]:
    """Return what a child tells of an exception: words and traceback, bounded and without positions."""
    # The frames hold what filled the memory.
    traceback.clear_frames(error.__traceback__)
    lines = "".join(traceback.format_exception(error))
    return {
        "error": _blotted(words_of(error))[:_MESSAGE_CHARACTERS],
        "traceback": _blotted(lines)[-_EVIDENCE_CHARACTERS:],
        "of_memory": isinstance(error, MemoryError),
    }
