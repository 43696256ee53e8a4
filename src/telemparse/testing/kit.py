"""Promises, checks of them on one subject, and the report: the machinery of every conformance kit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

import attrs

from telemparse.errors import CallError, TelemparseError
from telemparse.extension.faults import is_fault
from telemparse.testing.deadlines import Overtime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["Broken", "Check", "ConformanceFailure", "Promise", "Report", "examined", "known_ids"]

_Subject = TypeVar("_Subject")


class Broken(TelemparseError):  # noqa: N818  (what happened to a promise)
    """Raised by an examination that finds its promise broken; says what was seen."""


class ConformanceFailure(AssertionError):  # noqa: N818  (what pytest shows)
    """A broken promise: its id and sentence, what was seen, and what the author can do."""


def _always(_subject: object) -> bool:
    return True


@attrs.frozen(kw_only=True)
class Promise(Generic[_Subject]):
    """One thing that an author promises.

    Args:
        id: stable words, joined by hyphens; the id of the test.
        sentence: the promise.
        advice: what to do when it is broken.
        examine: raises `Broken` when the subject breaks it.
        applies: whether this subject makes the promise at all.
    """

    id: str
    sentence: str
    advice: str
    examine: Callable[[_Subject], None]
    applies: Callable[[_Subject], bool] = _always


@attrs.frozen
class Check:
    """A promise of one subject, ready to be called; raises `ConformanceFailure` when it is broken."""

    promise: Promise[Any]
    subject: Any = attrs.field(repr=False)

    @property
    def id(self) -> str:
        """The id of the promise."""
        return self.promise.id

    def __call__(self) -> None:
        """Examine the subject."""
        __tracebackhide__ = True
        try:
            self.promise.examine(self.subject)
        except Broken as broken:
            raise ConformanceFailure(self._words(broken)) from broken.__cause__
        except Overtime as overtime:
            raise ConformanceFailure(self._words(overtime)) from None
        except BaseException as error:
            if not is_fault(error):
                raise
            # What was yielded is beyond what could be looked at.
            seen = f"it cannot even be examined: {type(error).__name__}: {error}"
            raise ConformanceFailure(self._words(seen)) from error

    def _words(self, seen: object) -> str:
        promised = f"[{self.id}] {self.promise.sentence}"
        return "\n".join((promised, f"Seen: {seen}", f"What to do: {self.promise.advice}"))


@attrs.frozen
class Report:
    """What came of a run.

    Args:
        passed: ids of kept promises.
        failed: id to message of broken ones, and of those that were expected to fail and did not.
        expected: ids that failed as expected.
    """

    passed: tuple[str, ...] = ()
    failed: Mapping[str, str] = attrs.field(factory=dict)
    expected: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """True when nothing failed that was not expected to."""
        return not self.failed

    def __str__(self) -> str:
        counts = (
            f"{len(self.passed)} passed, {len(self.failed)} failed, {len(self.expected)} failed as expected"
        )
        return "\n\n".join([counts, *self.failed.values()])


def examined(checks: Iterable[Check], expected_failures: Iterable[str] = ()) -> Report:
    """Return what comes of calling every check."""
    awaited = frozenset(expected_failures)
    passed: list[str] = []
    expected: list[str] = []
    failed: dict[str, str] = {}
    for check in checks:
        try:
            check()
        except ConformanceFailure as failure:
            if check.id in awaited:
                expected.append(check.id)
            else:
                failed[check.id] = str(failure)
            continue
        if check.id in awaited:
            failed[check.id] = f"[{check.id}] was expected to fail and did not: take it off the list"
        else:
            passed.append(check.id)
    return Report(tuple(passed), failed, tuple(expected))


def known_ids(checks: Iterable[Check], expected_failures: Iterable[str]) -> frozenset[str]:
    """Return the expected failures as a set; raises CallError for an id that no check has."""
    if isinstance(expected_failures, str):
        raise CallError(f"expected_failures are several ids, not {expected_failures!r} (a comma is missing)")
    ids = [check.id for check in checks]
    awaited = frozenset(expected_failures)
    unknown = sorted(awaited.difference(ids))
    if unknown:
        raise CallError(f"no check has the id {', '.join(unknown)}; there are: {', '.join(ids)}")
    return awaited
