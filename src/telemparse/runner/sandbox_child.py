"""A sandbox's child: it loads, says that it is ready, and does what it is told until it is told no more."""

from __future__ import annotations

import faulthandler
import json
import os
import resource
import sys
import threading
from contextlib import nullcontext
from pathlib import Path
from types import GeneratorType
from typing import TYPE_CHECKING, Any

from telemparse import isolation
from telemparse.runner import sandbox_guards
from telemparse.runner.sandbox_surroundings import Surroundings
from telemparse.runner.sandbox_wire import ANSWER, ANSWER_BYTES, ORDER, TOO_LONG

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["serve"]

_PIECE_BYTES = 1024 * 1024
# A child that has been as full as this is worn out: what is left of it may be in the way of the next
# file, and how much that one needed could no longer be told.
_FULL = 0.5


def serve(start: Mapping[str, Any]) -> None:
    """Live as a sandbox's child.

    Args:
        start: `parent_pid`; `orders` and `answers`, the numbers of open pipes; `scratch`, the folder for
            temporary files; `max_memory_bytes` and `preload`, each may be null.
    """
    sandbox_guards.end_with_parent(start["parent_pid"])
    sandbox_guards.limit_memory(start["max_memory_bytes"])
    faulthandler.enable()
    sys.dont_write_bytecode = True
    orders, answers, scratch = start["orders"], start["answers"], Path(start["scratch"])
    for pipe in (orders, answers):
        os.set_inheritable(pipe, False)  # noqa: FBT003  (it takes no keyword)
    os.chdir(scratch)
    sandbox_guards.install()
    text, _worn = _answer(lambda: _preload(start["preload"]))
    surroundings = Surroundings.seen(str(scratch))
    threads, had_children = set(threading.enumerate()), _has_children()
    full_bytes = max(_peak_rss_bytes(), int((start["max_memory_bytes"] or sys.maxsize) * _FULL))
    _write(answers, _framed(text, worn=False))
    while (order := _order(orders)) is not None:
        text, worn = _obeyed(order, scratch, lambda text: _write(answers, _framed(text, follows=True)))
        try:
            surroundings.restore()
        except (OSError, ValueError):
            worn = True
        worn = worn or _peak_rss_bytes() > full_bytes or not threads.issuperset(threading.enumerate())
        worn = worn or (_has_children() and not had_children)
        _write(answers, _framed(text, worn=worn))


def _preload(target: str | None) -> None:
    if target is not None:
        isolation.resolved(target)()


def _obeyed(order: Mapping[str, Any], scratch: Path, tell: Callable[[str], None]) -> tuple[str, bool]:
    """Do what the order says; return the last answer, and whether this process is worn out by it."""
    folder = Path(order["folder"])

    def do() -> Any:
        sandbox_guards.limit_cpu(order["timeout_s"])
        value = isolation.resolved(order["target"])(order["request"], folder)
        if not isinstance(value, GeneratorType):
            return value
        for one in value:
            tell(_answer_of(one))
            sandbox_guards.limit_cpu(order["timeout_s"])
        return None

    with sandbox_guards.confined_to(folder, scratch) if order["guarded"] else nullcontext():
        return _answer(do)


class _TooLongError(Exception):
    """An answer is longer than an answer may be."""


def _answer_of(value: Any) -> str:
    text = json.dumps({"value": value})
    if len(text) > ANSWER_BYTES:
        raise _TooLongError
    return text


def _answer(function: Callable[[], Any]) -> tuple[str, bool]:
    try:
        return _answer_of(function()), False
    except _TooLongError:
        error, worn = {"error": TOO_LONG}, False
    except BaseException as wrong:  # noqa: BLE001  (whatever it is, the parent has to know)
        error = isolation.described(wrong)
        worn = isinstance(wrong, MemoryError) or not isinstance(wrong, Exception)
    return json.dumps({"error": error}), worn


def _has_children() -> bool:
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _peak_rss_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _order(pipe: int) -> dict[str, Any] | None:
    """Wait for an order; None when there will be no more."""
    header = _read(pipe, ORDER.size)
    text = None if header is None else _read(pipe, *ORDER.unpack(header))
    return None if text is None else json.loads(text)


def _read(pipe: int, size: int) -> bytes | None:
    content = bytearray()
    while len(content) < size:
        piece = os.read(pipe, min(size - len(content), _PIECE_BYTES))
        if not piece:
            return None
        content += piece
    return bytes(content)


def _framed(text: str, *, worn: bool = False, follows: bool = False) -> bytes:
    content = text.encode("ascii")
    return ANSWER.pack(len(content), _peak_rss_bytes(), worn, follows) + content


def _write(pipe: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(pipe, rest) :]
