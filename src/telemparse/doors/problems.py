"""Problems: requests that cannot be done, as a status, a stable code and the envelope of all errors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from telemparse.errors import TelemparseError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Send

__all__ = ["HttpProblem", "envelope", "filled", "send_problem"]


class HttpProblem(TelemparseError):  # noqa: N818  (what the answer is)
    """The answer to a request that cannot be done.

    Args:
        code: stable.
        status: of HTTP.
        message: one sentence.
        details: plain values: never a secret, a position or a path of the server.
        headers: beside those of every answer.
    """

    def __init__(
        self,
        code: str,
        *,
        status: int,
        message: str,
        details: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.code = code
        self.status = status
        self.details = dict(details or {})
        self.headers = dict(headers or {})
        self.message = message
        super().__init__(f"{code}: {self.message}")


class _Gaps(dict[str, Any]):
    """Fills what a message wants to name and nobody said."""

    def __missing__(self, name: str) -> str:
        return "?"


def filled(sentence: str, details: Mapping[str, Any] | None) -> str:
    """Return a sentence with its `{names}` filled in from the details; a missing one becomes `?`."""
    return sentence.format_map(_Gaps(details or {}))


def envelope(problem: HttpProblem, request_id: str) -> bytes:
    """Return the body of an answer that is an error."""
    error = {"code": problem.code, "message": problem.message, "details": problem.details}
    return json.dumps({"error": {**error, "request_id": request_id}}, default=str).encode()


async def send_problem(problem: HttpProblem, request_id: str, send: Send) -> None:
    """Answer a request with a problem."""
    body = envelope(problem, request_id)
    headers = {
        "content-type": "application/json", "content-length": str(len(body)), "cache-control": "no-store",
        **problem.headers,
    }  # fmt: skip
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": problem.status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
