"""Refusals: what other rooms raise, as problems."""

from __future__ import annotations

from typing import Any

from telemparse.errors import CallError, TelemparseError
from telemparse.model.codes import CODES
from telemparse.runner.database import DatabaseUnavailable
from telemparse.runner.failures import Failure
from telemparse.runner.migration import SchemaMismatch
from telemparse.service.problems import MESSAGES, Problem, told_status
from telemparse.storage.failures import StorageFailed

__all__ = ["problem_of"]

_LATER = {"Retry-After": "2"}


def problem_of(error: Exception) -> Problem | None:
    """Return the problem that an error means to a client, None for one that is a bug of ours."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, DatabaseUnavailable | SchemaMismatch):
        return Problem("DATABASE_UNAVAILABLE", headers=_LATER)
    code = getattr(error, "code", None)
    # Keys of the store are nobody's affair; what is wrong with the content is the client's.
    if isinstance(error, StorageFailed) and code != "INTEGRITY_HASH_MISMATCH":
        return Problem("STORAGE_UNAVAILABLE", headers=_LATER)
    if isinstance(error, TelemparseError) and isinstance(code, str):
        return _coded(error, code)
    if isinstance(error, CallError):
        return Problem("REQUEST_INVALID", message=str(error))
    return None


def _coded(error: TelemparseError, code: str) -> Problem:
    evidence: dict[str, Any] = dict(getattr(error, "evidence", None) or {})
    evidence.pop("key", None)
    status = getattr(error, "status", None) or told_status(code)
    headers = _LATER if status == 503 else None  # noqa: PLR2004  (HTTP's number for it)
    if code in MESSAGES:
        return Problem(code, status=status, details=evidence, headers=headers)
    if code not in CODES:
        words = getattr(error, "message", None) or str(error)
        return Problem(code, status=status, message=str(words), details=evidence, headers=headers)
    failure = Failure.coded(code, **evidence)
    return Problem(
        code,
        status=status,
        message=failure.message,
        details={**evidence, "hint": failure.hint},
        headers=headers,
    )
