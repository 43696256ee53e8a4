"""Refusals: what the door for messages answers when it does not take them, each with a stable code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telemparse.doors.problems import HttpProblem, filled
from telemparse.live.faults import BodyMalformed, LiveFault, MessageInvalid, QueueUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["MESSAGES", "Refusal", "refusal_of"]

MESSAGES: dict[str, tuple[int, str]] = {
    "REQUEST_MALFORMED": (400, "The body cannot be read: {problem}."),
    "KEY_MISSING": (401, "An API key is needed: Authorization: Bearer KEY, or X-API-Key: KEY."),
    "KEY_UNKNOWN": (401, "The API key is unknown."),
    "PATH_UNKNOWN": (404, "There is nothing at this path."),
    "METHOD_REFUSED": (405, "The path does not have this method."),
    "REQUEST_TIMEOUT": (408, "The body did not come in time."),
    "BODY_TOO_LARGE": (413, "The body is larger than {limit} bytes."),
    "MEDIA_TYPE_REFUSED": (415, "The body must be application/json, not compressed."),
    "MESSAGE_INVALID": (422, "A message does not fit the schema; nothing of the request was taken."),
    "SERVER_FAILED": (500, "The request failed; the log names it by its id."),
    "SERVER_BUSY": (503, "Too much at a time; nothing of the request was taken."),
    "QUEUE_UNAVAILABLE": (503, "The queue does not answer; send the same messages again later."),
}
"""Codes of the server, with status and sentence."""

_AGAIN_S = {"SERVER_BUSY": "1", "QUEUE_UNAVAILABLE": "5"}


class Refusal(HttpProblem):
    """The answer to a request that cannot be done.

    Args:
        code: one of `MESSAGES`.
        details: plain values: never a payload, a position or a key.
        headers: beside those of every answer.
    """

    def __init__(
        self,
        code: str,
        *,
        details: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        status, words = MESSAGES[code]
        again = {"Retry-After": _AGAIN_S[code]} if code in _AGAIN_S else {}
        super().__init__(
            code, status=status, message=filled(words, details), details=details,
            headers={**again, **(headers or {})},
        )  # fmt: skip


def refusal_of(error: BaseException) -> Refusal | None:
    """Return the answer that an error is, None for one that nobody expected."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, BodyMalformed):
        return Refusal("REQUEST_MALFORMED", details={"problem": error.problems[0].problem})
    if isinstance(error, MessageInvalid):
        problems = [
            {"index": each.index, "field": each.field, "problem": each.problem} for each in error.problems
        ]
        return Refusal("MESSAGE_INVALID", details={"problems": problems, "count": error.count})
    if isinstance(error, QueueUnavailable):
        return Refusal("QUEUE_UNAVAILABLE")
    return Refusal("SERVER_FAILED") if isinstance(error, LiveFault) else None
