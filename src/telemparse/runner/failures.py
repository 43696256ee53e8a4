"""Failures of the pipeline: a stable code, words for people, and whether another attempt may help."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import attrs

from telemparse.errors import TelemparseError
from telemparse.model.codes import CODES
from telemparse.model.issues import Issue
from telemparse.model.wording import blotted, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.isolation import ChildFailed
    from telemparse.storage.failures import StorageFailed

__all__ = ["Failure", "StageFailed"]

_WORDS = 2000
# What a child comes to by itself has codes of parsers; of a stage of ours no parser is to blame.
_OF_STAGE = {
    "PARSER_TIMEOUT": "STAGE_TIMEOUT",
    "PARSER_CRASHED": "STAGE_CRASHED",
    "PARSER_MEMORY_EXCEEDED": "STAGE_MEMORY_EXCEEDED",
}


@attrs.frozen(kw_only=True)
class Failure:
    """Why a stage, and with it a run, has failed.

    Args:
        code: a registry code, or one that a parser's card declares.
        message: one sentence with what was observed, without positions.
        hint: what the user can do, may be empty.
        retryable: the same input may do better later.
        of_input: the uploaded files are at fault.
    """

    code: str
    message: str
    hint: str = ""
    retryable: bool = False
    of_input: bool = False

    @classmethod
    def of_issue(cls, issue: Issue, *, retryable: bool = False, of_input: bool = True) -> Self:
        """Return the failure that an issue tells."""
        return cls(
            code=issue.code, message=issue.message[:_WORDS], hint=issue.hint[:_WORDS],
            retryable=retryable, of_input=of_input,
        )  # fmt: skip

    @classmethod
    def coded(cls, code: str, *, retryable: bool = False, of_input: bool = False, **evidence: Any) -> Self:
        """Return the failure of a registry code."""
        return cls.of_issue(Issue(code, **evidence), retryable=retryable, of_input=of_input)

    @classmethod
    def of_parser(cls, failed: ChildFailed) -> Self:
        """Return the failure of a parse that hung, crashed or flooded; the next attempt would, too."""
        return cls.coded(failed.code, of_input=True, **failed.evidence)

    @classmethod
    def of_stage(cls, stage: str, failed: ChildFailed) -> Self:
        """Return the failure of a later stage that hung, crashed or flooded."""
        return cls.coded(_OF_STAGE[failed.code], stage=stage, **failed.evidence)

    @classmethod
    def of_storage(cls, failed: StorageFailed) -> Self:
        """Return the failure of the store."""
        evidence: Mapping[str, Any] = failed.evidence
        return cls.coded(
            failed.code, retryable=failed.retryable, **{"artifact": evidence.get("key"), **evidence}
        )

    @classmethod
    def of_bug(cls, error: BaseException) -> Self:
        """Return the failure of an exception that nobody foresaw."""
        return cls.coded("INTERNAL_ERROR", retryable=True, error=blotted(words_of(error))[:_WORDS])

    @classmethod
    def lost_worker(cls, attempts: int) -> Self:
        """Return the failure of a job whose last worker fell silent."""
        return cls.coded("WORKER_LOST", attempts=attempts)

    @property
    def is_registered(self) -> bool:
        """True for a code of the registry."""
        return self.code in CODES


class StageFailed(TelemparseError):  # noqa: N818  (what happened, as the worker hears of it)
    """A stage cannot go on; `failure` says why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"{failure.code}: {failure.message}")
        self.failure = failure
