"""Problems of the service: its codes, with status and sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telemparse.doors.problems import HttpProblem, filled

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["MESSAGES", "Problem", "told_status"]

MESSAGES: dict[str, tuple[int, str]] = {
    "REQUEST_MALFORMED": (400, "The request cannot be read."),
    "KEY_MISSING": (401, "An API key is needed: Authorization: Bearer tp_..."),
    "KEY_UNKNOWN": (401, "The API key is unknown or was revoked."),
    "CSRF_REFUSED": (403, "With the cookie, a change needs the header X-CSRF-Token of the page."),
    "PATH_UNKNOWN": (404, "There is nothing at this path."),
    "SESSION_UNKNOWN": (404, "There is no session with this id."),
    "UPLOAD_UNKNOWN": (404, "There is no upload with this id."),
    "EXPORT_UNKNOWN": (404, "The session has no such file."),
    "METHOD_REFUSED": (405, "The path does not have this method."),
    "REQUEST_TIMEOUT": (408, "The body did not come in time."),
    "UPLOAD_STALLED": (408, "The upload paused for too long, or was too slow."),
    "REQUEST_CONFLICT": (409, "The state of the session does not allow it."),
    "LENGTH_MISSING": (411, "A body needs Content-Length or chunks."),
    "BODY_TOO_LARGE": (413, "The body is larger than {limit} bytes."),
    "ARTIFACT_TOO_LARGE": (413, "The file is larger than {limit} bytes."),
    "MEDIA_TYPE_REFUSED": (415, "The body must be application/json."),
    "REQUEST_INVALID": (422, "The request does not fit its description."),
    "IDEMPOTENCY_KEY_INVALID": (422, "An Idempotency-Key is 1 to 128 letters, digits and ._:-"),
    "DIGEST_INVALID": (422, "Content-Digest must be sha-256=:BASE64: with 32 bytes."),
    "RATE_LIMITED": (429, "Too many requests with this key."),
    "KEYS_TRIED": (429, "Too many wrong keys from this address."),
    "SERVER_FAILED": (500, "The request failed; the log names it by its id."),
    "SERVER_BUSY": (503, "Too many requests at a time."),
    "DATABASE_UNAVAILABLE": (503, "The database does not answer."),
    "STORAGE_UNAVAILABLE": (503, "The store does not answer."),
}
"""Codes of the service itself, with status and sentence."""

# What other rooms refuse, by their codes; 409 for all that stands in the way of something else.
_STATUSES = {
    "UPLOAD_UNKNOWN": 404, "UPLOAD_TRUNCATED": 422, "INTEGRITY_HASH_MISMATCH": 422, "ARTIFACT_EMPTY": 422,
    "ARTIFACT_TOO_LARGE": 413, "IDEMPOTENCY_KEY_REUSED": 422,
}  # fmt: skip


class Problem(HttpProblem):
    """The answer to a request that cannot be done.

    Args:
        code: stable; one of `MESSAGES`, or of the registry of codes.
        status: of HTTP; that of the code when absent.
        message: one sentence; that of the code when absent.
        details: plain values: never a secret, a position or a path of the server.
        headers: beside those of every answer.
    """

    def __init__(
        self,
        code: str,
        *,
        status: int | None = None,
        message: str | None = None,
        details: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        known_status, known_message = MESSAGES.get(code, (409, code))
        super().__init__(
            code, status=known_status if status is None else status,
            message=message or filled(known_message, details), details=details, headers=headers,
        )  # fmt: skip


def told_status(code: str) -> int:
    """Return the status of a code of another room."""
    return _STATUSES.get(code, 409)
