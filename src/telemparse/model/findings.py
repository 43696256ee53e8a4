"""Issues as they are collected: completed from the codes that are declared, summed up, and capped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse.model.codes import CODES, Severity
from telemparse.model.documents import plain
from telemparse.model.issues import Issue, Locus

if TYPE_CHECKING:
    from telemparse.model.codes import Code

__all__ = ["ISSUES_PER_CODE", "Findings"]

ISSUES_PER_CODE = 1000


@attrs.define
class Findings:
    """The issues of one parse, in the order in which they came.

    Args:
        own: codes of the current parser's card.
    """

    own: tuple[Code, ...] = ()
    _listed: list[Issue] = attrs.field(factory=list)
    _summed: dict[tuple[str, ...], Issue] = attrs.field(factory=dict)
    _counts: dict[str, int] = attrs.field(factory=dict)
    _beyond: dict[str, Issue] = attrs.field(factory=dict)
    _losing: set[str] = attrs.field(factory=set)

    def add(self, issue: Issue) -> None:
        """Take an issue; beyond 1 000 of one code they are only counted.

        Raises TypeError for evidence that has no plain form and for a locus that is none.
        """
        issue = self._completed(issue)
        seen = self._counts.get(issue.code, 0)
        self._counts[issue.code] = seen + 1
        if seen < ISSUES_PER_CODE:
            self._listed.append(issue)
        elif issue.code not in self._beyond or issue.severity is Severity.ERROR:
            self._beyond[issue.code] = issue

    def sum_up(self, issue: Issue) -> None:
        """Take a finding that comes again with every batch: those that say the same become one."""
        facts = ("stream", "problem", "column")
        key = (issue.code, *(str(issue.evidence.get(fact)) for fact in facts))
        known = self._summed.get(key)
        if known is not None:
            count = known.evidence.get("count", 1) + issue.evidence.get("count", 1)
            evidence = {**known.evidence, "count": count}
            self._summed[key] = Issue(known.code, known.locus, severity=known.severity, **evidence)
        elif len(self._summed) < ISSUES_PER_CODE:
            self._summed[key] = issue
        else:
            self.add(issue)

    def all(self, *, strict: bool) -> list[Issue]:
        """Return the issues; with `strict`, warnings that lose data are errors."""
        beyond = [
            _counted(issue, self._counts[code] - ISSUES_PER_CODE) for code, issue in self._beyond.items()
        ]
        issues = [*self._listed, *self._summed.values(), *beyond]
        losing = {code for code, entry in CODES.items() if entry.loses_data} | self._losing
        return [issue.raised() if strict and issue.code in losing else issue for issue in issues]

    def _completed(self, issue: Issue) -> Issue:
        """Give a card's own code its message and hint; what nobody declares is a violation."""
        if not isinstance(issue.locus, Locus | None):
            raise TypeError("the locus is none")
        evidence = plain(issue.evidence)
        if issue.code in CODES:
            return Issue.stored({**attrs.asdict(issue, recurse=False), "evidence": evidence})
        entry = next((entry for entry in self.own if entry.code == issue.code), None)
        if entry is None:
            problem = f"code {issue.code} is declared nowhere"
            return Issue("SCHEMA_VIOLATION", issue.locus, stream="?", problem=problem)
        if entry.loses_data:
            self._losing.add(entry.code)
        lowered = Severity.WARNING if issue.severity is Severity.WARNING else entry.severity
        return Issue.of(entry, issue.locus, lowered, evidence)


def _counted(issue: Issue, count: int) -> Issue:
    """Return what stands for the issues of one code that are not listed, of which the worst is given."""
    message = f"{count} more issues of this kind are not listed"
    evidence = {"count": count, "repeated": True}
    fields = {**attrs.asdict(issue, recurse=False), "message": message, "evidence": evidence, "locus": None}
    return Issue.stored(fields)
