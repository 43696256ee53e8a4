"""Between a sandbox and its child: orders, answers, last words; none is trusted, none can hold the parent."""

from __future__ import annotations

import json
import math
import select
import struct
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import attrs

from telemparse.child_process import Stopped

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping
    from io import FileIO

__all__ = ["ANSWER", "ANSWER_BYTES", "ORDER", "TOO_LONG", "Answer", "Wire"]

ANSWER_BYTES = 64 * 1024 * 1024
"""What an answer may have."""
TOO_LONG = f"the answer has more than {ANSWER_BYTES} bytes"
ORDER = struct.Struct("!Q")
"""Stands before an order: its length in bytes. Orders and answers are JSON in ASCII."""
ANSWER = struct.Struct("!QQ??")
"""Stands before an answer: its length, the child's peak resident memory so far, whether it is worn out,
and whether another answer to the same order follows."""

_PIECE_BYTES = 1024 * 1024
_WORDS_BYTES = 64 * 1024
_LAST_READS = 16
_MESSAGE_CHARACTERS = 1024
_EVIDENCE_CHARACTERS = 4 * 1024
# How often to look whether the child has ended or is wanted no more; an answer shows at once.
_LOOK_AGAIN_S = 0.02
_SOON_S = 0.001
# From when a child has closed its side until it is given up; one that ends closes it a moment before.
_GRACE_S = 1.0


class Answer(NamedTuple):
    """What a child said.

    Args:
        document: `{"value": ...}`, or `{"error": {"error": ..., "traceback": ..., "of_memory": ...}}`.
        peak_rss_bytes: of all its calls, as it says.
        is_worn: it should not be asked again.
        is_last: nothing more will be said to the order.
    """

    document: Mapping[str, Any]
    peak_rss_bytes: int
    is_worn: bool
    is_last: bool = True


@attrs.define(eq=False)
class Wire:
    """The parent's ends of the three pipes, none of which blocks.

    Args:
        orders: to the child.
        answers: from the child.
        stderr: its stderr.
        words: the end of what came from there.
    """

    orders: FileIO
    answers: FileIO
    stderr: FileIO
    words: bytearray = attrs.field(factory=bytearray, init=False)
    _unsent: memoryview = attrs.field(factory=lambda: memoryview(b""), init=False)
    _heard: bytearray = attrs.field(factory=bytearray, init=False)

    def exchange(
        self,
        order: bytes,
        deadline: float,
        unwanted: tuple[threading.Event, ...],
        has_ended: Callable[[], bool],
        meanwhile: Callable[[], None] | None = None,
    ) -> Answer | None:
        """Send an order, if it is not empty, and wait for an answer; None when the child ended without one.

        With an empty order this is the next answer to the one before. `meanwhile` is called about every
        fiftieth of a second until then; what it raises ends the wait.

        Raises TimeoutError at the deadline, which is on the clock of `time.monotonic`, and Stopped when
        one of the events is set.
        """
        if order:
            self._unsent = memoryview(order)
            self._heard.clear()  # what came before it is no answer to it
            self._send()
        elif (answer := self._answer()) is not None:
            return answer
        open_files = {self.answers, self.stderr}
        given_up = math.inf
        while (now := time.monotonic()) < min(deadline, given_up):
            if any(event.is_set() for event in unwanted):
                raise Stopped("the caller stopped the child")
            if meanwhile is not None:
                meanwhile()
            # Both close when it ends, which is a matter of moments then.
            pause_s = _LOOK_AGAIN_S if len(open_files) > 1 else _SOON_S
            ready = self._ready(open_files, min(pause_s, deadline - now))
            closed = {file for file in ready if not self._take(file)}
            open_files -= closed
            if (answer := self._answer()) is not None:
                return answer
            if self.answers in closed:
                given_up = now + _GRACE_S
            if self.answers not in ready and has_ended():
                self._take_the_rest(self.answers)
                return self._answer()
        if now < deadline:
            return _bad_answer("the process closed its side of the pipe")
        raise TimeoutError

    def listen(self) -> None:
        """Take what is in stderr now, however much more may come."""
        self._take_the_rest(self.stderr)

    def _ready(self, files: set[FileIO], timeout_s: float) -> set[FileIO]:
        """Wait until one of the files can be read, which may be its end, and go on sending meanwhile."""
        numbers = {file.fileno(): file for file in files}
        poll = select.poll()
        for number in numbers:
            poll.register(number, select.POLLIN)
        if self._unsent:
            poll.register(self.orders.fileno(), select.POLLOUT)
        ready = {number for number, _events in poll.poll(math.ceil(timeout_s * 1000))}
        if self._unsent and self.orders.fileno() in ready:
            self._send()
        return {file for number, file in numbers.items() if number in ready}

    def _send(self) -> None:
        try:
            self._unsent = self._unsent[self.orders.write(self._unsent) or 0 :]
        except BrokenPipeError:  # the end of a child shows elsewhere
            self._unsent = memoryview(b"")

    def _take(self, file: FileIO) -> bool:
        """Read once; False when there is nothing, now or ever."""
        piece = file.read(_PIECE_BYTES) or b""
        if file is self.answers:
            self._heard += piece
        else:
            self.words += piece
            del self.words[:-_WORDS_BYTES]
        return bool(piece)

    def _answer(self) -> Answer | None:
        """Return the first answer that was heard, once; None as long as it is not complete."""
        heard = self._heard
        if len(heard) < ANSWER.size:
            return None
        size, peak_rss_bytes, is_worn, follows = ANSWER.unpack_from(heard)
        if size > ANSWER_BYTES:
            return _bad_answer(TOO_LONG)
        end = ANSWER.size + size
        if len(heard) < end:
            return None
        content = bytes(heard[ANSWER.size : end])
        del heard[:end]
        if heard and not follows:
            return _bad_answer("bad answer: bytes after the last one")
        return _understood(content, peak_rss_bytes, is_worn=is_worn, is_last=not follows)

    def _take_the_rest(self, file: FileIO) -> None:
        # A process that left the group may hold the other end for ever.
        for _read in range(_LAST_READS):
            if not self._take(file):
                return


def _understood(content: bytes, peak_rss_bytes: int, *, is_worn: bool, is_last: bool) -> Answer:
    try:
        document: Any = json.loads(content)
    except (ValueError, RecursionError) as error:
        return _bad_answer(f"bad answer: {type(error).__name__}")
    if isinstance(document, dict) and ("value" in document or isinstance(document.get("error"), dict)):
        told = {"value": document["value"]} if "value" in document else {"error": _bounded(document["error"])}
        return Answer(told, peak_rss_bytes, is_worn, is_last)
    return _bad_answer(f"bad answer: {type(document).__name__}")


def _bounded(error: Mapping[str, Any]) -> dict[str, Any]:
    evidence: dict[str, Any] = {"error": str(error.get("error"))[:_MESSAGE_CHARACTERS]}
    if "traceback" in error:
        evidence["traceback"] = str(error["traceback"])[-_EVIDENCE_CHARACTERS:]
    return {**evidence, "of_memory": error.get("of_memory") is True}


def _bad_answer(error: str) -> Answer:
    return Answer({"error": {"error": error}}, 0, is_worn=True)
