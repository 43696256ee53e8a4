"""Issues of a result: a code with where, what was observed, and what the user can do."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, SupportsIndex

import attrs

from telemparse.model.codes import CODES, Code, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Issue", "Locus"]


# Parsers count with numpy, whose integers are none to JSON.
def _whole(value: SupportsIndex | None) -> int | None:
    return None if value is None else operator.index(value)


_WORD = attrs.validators.optional(attrs.validators.instance_of(str))


@attrs.frozen
class Locus:
    """Where in the input something was seen.

    Args:
        artifact: name of the artifact, or None when the whole set is meant.
        offset: byte offset in the (unwrapped) artifact, from 0.
        line: line number, from 1.
        record: record number in the format's own order, from 0.
    """

    artifact: str | None = attrs.field(default=None, validator=_WORD)
    offset: int | None = attrs.field(default=None, converter=_whole)
    line: int | None = attrs.field(default=None, converter=_whole)
    record: int | None = attrs.field(default=None, converter=_whole)

    def __str__(self) -> str:
        places = (("line", self.line), ("byte", self.offset), ("record", self.record))
        named = [f"{name} {value}" for name, value in places if value is not None]
        return ", ".join([self.artifact, *named] if self.artifact else named)


class _Blanks(dict[str, Any]):
    """Evidence for a message template: what is missing prints as `?`."""

    def __missing__(self, key: str) -> str:
        return "?"


@attrs.frozen(init=False)
class Issue:
    """One finding, as a parser yields it and as a result carries it.

    `Issue("ROWS_SKIPPED", Locus("a.csv", line=7), count=3, total=90)` takes severity, message and
    hint from the registry. A code of a plugin's own is completed by the border from its card.

    Args:
        code: a stable code.
        locus: where, or None.
        severity: `Severity.WARNING` lowers an error where the data is kept; nothing raises a warning.
        **evidence: numbers and names observed, JSON-able; never raw coordinates.
    """

    code: str
    severity: Severity
    message: str
    evidence: Mapping[str, Any]
    locus: Locus | None
    hint: str

    def __init__(
        self, code: str, locus: Locus | None = None, *, severity: Severity | None = None, **evidence: Any
    ) -> None:
        entry = CODES.get(code) or Code(code, Severity.ERROR, code, "", "")
        lowered = severity is not None and Severity(severity) is Severity.WARNING
        self._fill(entry, locus, Severity.WARNING if lowered else entry.severity, evidence)

    @classmethod
    def of(cls, entry: Code, locus: Locus | None, severity: Severity, evidence: Mapping[str, Any]) -> Issue:
        """Return an issue of a code entry that need not be in the registry (a card's own)."""
        issue = cls.__new__(cls)
        issue._fill(entry, locus, severity, evidence)  # noqa: SLF001  (its own constructor)
        return issue

    def _fill(
        self, entry: Code, locus: Locus | None, severity: Severity, evidence: Mapping[str, Any]
    ) -> None:
        words = _Blanks(evidence)
        self.__attrs_init__(
            code=entry.code,
            severity=severity,
            message=entry.message.format_map(words),
            evidence=dict(evidence),
            locus=locus,
            hint=entry.hint.format_map(words),
        )

    def raised(self) -> Issue:
        """Return this issue as an error: what `strict` makes of warnings that lose data."""
        return Issue.stored({**attrs.asdict(self, recurse=False), "severity": Severity.ERROR})

    @classmethod
    def stored(cls, fields: Mapping[str, Any]) -> Issue:
        """Return the issue that a document holds, field by field, without asking the registry."""
        issue = cls.__new__(cls)
        issue.__attrs_init__(**fields)
        return issue
