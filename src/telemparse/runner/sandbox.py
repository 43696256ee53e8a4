"""A warm child process for untrusted files: hangs, crashes and floods end there, the next call finds another.

`telemparse.isolation` starts a process for each call, which costs about a second with everything that a
parser needs. Here it is started and loaded ahead, and a call costs less than a millisecond.

Calls that share a process could meet what an earlier one left in it. What can be put back is put back
(`sandbox_surroundings`), and a child is replaced after a number of calls, and when it failed, was once as
full as half its memory limit, or was left with a thread or a process. A file that takes a child over
altogether has it until then: who cannot have that sets `max_calls=1`, and calls wait for starts.

The pools of libraries do not serve: their parent unpickles what a child sends, and it waits without a
deadline for the rest of an answer whose sender was killed.
"""

from __future__ import annotations

import json
import math
import os
import threading
import time
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import attrs

from telemparse import isolation
from telemparse.child_process import Stopped
from telemparse.errors import CallError
from telemparse.runner.sandbox_keeper import Keeper, SandboxNotReady, told

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping
    from pathlib import Path

    from telemparse.runner.sandbox_process import WarmChild
    from telemparse.runner.sandbox_wire import Answer

__all__ = ["Sandbox", "SandboxNotReady"]

_MIN_MEMORY_BYTES = 1 << 30
_LOOK_AGAIN_S = 0.02


def _at_least(least: int) -> Any:
    def check(_instance: object, attribute: attrs.Attribute[Any], value: Any) -> None:
        if value is not None and value < least:
            raise CallError(f"{attribute.name} must be {least} or more, not {value}")

    return check


@attrs.define(eq=False)
class Sandbox:
    """One warm child process, replaced whenever it must be; a context manager.

    Calls from several threads queue up. A program that uses it needs no `if __name__ == "__main__"`.

    Args:
        max_memory_bytes: limit on the child's address space, 1 GiB at least; None for no limit.
        max_calls: then the child is replaced, and what strangers' parsers have leaked ends with it.
    """

    max_memory_bytes: int | None = attrs.field(validator=_at_least(_MIN_MEMORY_BYTES))
    max_calls: int = attrs.field(default=256, validator=_at_least(1))
    _turn: threading.Lock = attrs.field(factory=threading.Lock, init=False)
    _keeper: Keeper = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._keeper = Keeper(self.max_memory_bytes)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def warm(self, preload: str | None = None) -> None:
        """Start the child and wait until it has loaded, so that the first call pays no start.

        Args:
            preload: `module:function`, called without arguments in this child and in all that replace
                it, and unguarded but for sockets: imports what calls will need.

        Raises SandboxNotReady when it does not come to that, and CallError for a preload that is no
        `module:function` or a sandbox that is closed.
        """
        if preload is not None:
            isolation.check_target(preload)
        with self._my_turn((self._keeper.closing,)):
            if preload != self._keeper.preload:
                self._keeper.preload = preload
                self._keeper.dismiss()
            self._keeper.child(self._keeper.closing)

    def call(
        self,
        target: str,
        request: Mapping[str, Any],
        folder: Path,
        *,
        timeout_s: float | None,
        guarded: bool = True,
        stop: threading.Event | None = None,
        meanwhile: Callable[[], None] | None = None,
    ) -> Any:
        """Call `target(request, folder)` in the child.

        Args:
            target: `module:function`, importable; the child has the `sys.path` that this process had when
                it started it, and its environment without variables that look like secrets.
            request: JSON-able.
            folder: private to the caller; where the function leaves bulk data.
            timeout_s: wall clock from when the child is asked, so that neither the start of a child nor
                other calls take from it; then the child and its process group are killed.
            guarded: refuse programs, and changes of files outside of `folder` and the child's own folder
                for temporary files. Sockets are refused in any case.
            stop: when another thread sets it, the child is killed within a twentieth of a second.
            meanwhile: called in this thread, about every fiftieth of a second, while the child is at work;
                what it raises ends the child and the call.

        Returns what the function returns, by way of JSON of 64 MiB at most. Raises
        `telemparse.isolation.ChildFailed` with code and evidence, Stopped when it was told to or the
        sandbox is closed meanwhile, SandboxNotReady when no child could be started, and CallError for a
        target that is no `module:function` or a sandbox that is closed. Only a closed one stays unusable.
        """
        order, unwanted = _order(target, request, folder, timeout_s, guarded=guarded), self._unwanted(stop)
        with self._my_turn(unwanted):
            child = self._keeper.child(*unwanted)
            answer = self._heard(child, partial(child.ask, order, meanwhile=meanwhile), timeout_s, unwanted)
            self._let_go(child, answer)
        return self._value(answer, timeout_s)

    def each(
        self,
        target: str,
        request: Mapping[str, Any],
        folder: Path,
        *,
        timeout_s: float | None,
        guarded: bool = True,
        stop: threading.Event | None = None,
        meanwhile: Callable[[], None] | None = None,
    ) -> Generator[Any]:
        """Call a generator function in the child, and yield what it yields; it goes on meanwhile.

        Arguments, limits and errors are those of `call`; `timeout_s` is the time for each value. Who does
        not want the rest closes the generator, and the child ends.
        """
        order, unwanted = _order(target, request, folder, timeout_s, guarded=guarded), self._unwanted(stop)
        with self._my_turn(unwanted):
            child = self._keeper.child(*unwanted)
            answer = self._heard(child, partial(child.ask, order, meanwhile=meanwhile), timeout_s, unwanted)
            while not answer.is_last:
                try:
                    yield self._value(answer, timeout_s)
                except BaseException:
                    child.end()
                    self._keeper.start()
                    raise
                answer = self._heard(child, partial(child.answer, meanwhile=meanwhile), timeout_s, unwanted)
            self._let_go(child, answer)
        self._value(answer, timeout_s)

    def close(self) -> None:
        """End the child, and a call that is under way in another thread; a second time is nothing."""
        self._keeper.closing.set()
        with self._turn:
            self._keeper.close()

    @contextmanager
    def _my_turn(self, unwanted: tuple[threading.Event, ...]) -> Iterator[None]:
        if self._keeper.closing.is_set():
            raise CallError("the sandbox is closed")
        while not self._turn.acquire(timeout=_LOOK_AGAIN_S):
            if any(event.is_set() for event in unwanted):
                raise Stopped("the caller did not wait for its turn")
        try:
            yield
        finally:
            self._turn.release()

    def _unwanted(self, stop: threading.Event | None) -> tuple[threading.Event, ...]:
        return (self._keeper.closing,) if stop is None else (self._keeper.closing, stop)

    def _heard(
        self,
        child: WarmChild,
        answer_by: Callable[..., Answer | None],
        timeout_s: float | None,
        unwanted: tuple[threading.Event, ...],
    ) -> Answer:
        """Return the next answer; whatever comes instead, another child is on its way."""
        deadline = math.inf if timeout_s is None else time.monotonic() + timeout_s
        try:
            answer = answer_by(deadline, *unwanted)
        except TimeoutError:
            failure = isolation.failure(child.end(in_time=False), {}, timeout_s, self.max_memory_bytes)
            self._keeper.start()
            raise failure from None
        except BaseException:
            child.end()
            self._keeper.start()
            raise
        if answer is None:
            failure = isolation.failure(child.end(), {}, timeout_s, self.max_memory_bytes)
            self._keeper.start()
            raise failure
        return answer

    def _let_go(self, child: WarmChild, answer: Answer) -> None:
        """Keep the child for the next call, or replace it."""
        if answer.is_worn or not answer.is_last:  # a single call has no further answers
            self._keeper.replace(child, gently=False)
        elif child.calls >= self.max_calls or not child.is_tidied():
            self._keeper.replace(child, gently=True)

    def _value(self, answer: Answer, timeout_s: float | None) -> Any:
        if "value" in answer.document:
            return answer.document["value"]
        raise told(answer, timeout_s, self.max_memory_bytes)


def _order(
    target: str, request: Mapping[str, Any], folder: Path, timeout_s: float | None, *, guarded: bool
) -> str:
    isolation.check_target(target)
    order = {"target": target, "request": request, "folder": os.path.realpath(folder), "timeout_s": timeout_s,
             "guarded": guarded}  # fmt: skip
    return json.dumps(order)
