"""Children: a server and a consumer as processes of their own, for as long as somebody wants them."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any, Self

import attrs
import orjson

from telemparse.errors import TelemparseError

if TYPE_CHECKING:
    from telemparse.live.settings import LiveSettings

__all__ = ["Child", "ChildFailed"]

_START_S, _END_S = 60.0, 60.0


class ChildFailed(TelemparseError):  # noqa: N818  (what happened)
    """A server or a consumer did not start, or ended by itself."""


class Child:
    """A process that serves or consumes until it is told to stop.

    Args:
        work: `serve` or `consume`.
        settings: of message ingest.

    Raises ChildFailed when it does not come up.
    """

    def __init__(self, work: str, settings: LiveSettings) -> None:
        self.said: list[dict[str, Any]] = []
        self._work = work
        self._begun = threading.Event()
        self._process = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
            [sys.executable, "-m", "telemparse.live.child", work],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        self._ears = threading.Thread(target=self._listen, daemon=True)
        self._ears.start()
        order = {field.name: getattr(settings, field.name) for field in attrs.fields(type(settings))}
        assert self._process.stdin is not None  # noqa: S101  (it is a pipe)
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(orjson.dumps(order, default=str) + b"\n")
            self._process.stdin.flush()
        up = self._begun.wait(_START_S)
        if not up or not self.said or "failed" in self.said[0]:
            self.close()
            words = self.said[0].get("failed") if self.said else None
            raise ChildFailed(words or f"the process that has to {work} did not come up")

    @property
    def pid(self) -> int:
        """Id of the process."""
        return self._process.pid

    def check(self) -> None:
        """Raise ChildFailed when it has ended."""
        if self._process.poll() is not None:
            self._ears.join()
            words = next((said["failed"] for said in self.said if "failed" in said), None)
            ended = f"the process that has to {self._work} ended with {self._process.returncode}"
            raise ChildFailed(f"{ended}: {words}" if words else ended)

    def close(self) -> int:
        """Tell it to stop, wait, and return its exit code."""
        assert self._process.stdin is not None  # noqa: S101  (it is a pipe)
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._ears.join()
        return self._process.returncode

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _listen(self) -> None:
        assert self._process.stdout is not None  # noqa: S101  (it is a pipe)
        with self._process.stdout as lines:
            for line in lines:
                self.said.append(orjson.loads(line))
                self._begun.set()
        self._begun.set()
