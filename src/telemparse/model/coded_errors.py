"""Errors that speak with the words of the registry of codes."""

from __future__ import annotations

from typing import Any

from telemparse.errors import TelemparseError
from telemparse.model.issues import Issue

__all__ = ["CodedError"]


class CodedError(TelemparseError):
    """Something is refused or could not be done, for a reason that has a code.

    Args:
        code: of the registry.
        hint: what to do, where the registry's words do not fit.
        **evidence: counts and names, as the code's message has them; never raw coordinates.
    """

    def __init__(self, code: str, *, hint: str | None = None, **evidence: Any) -> None:
        issue = Issue(code, **evidence)
        super().__init__(f"{code}: {issue.message}")
        self.code = code
        self.message = issue.message
        self.hint = issue.hint if hint is None else hint
        self.evidence = evidence
