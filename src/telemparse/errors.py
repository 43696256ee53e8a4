"""The error tree: what a bad call, a malformed file and a failed parse raise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from telemparse.model.issues import Locus
    from telemparse.model.results import ParseResult

__all__ = ["CallError", "Malformed", "MissingExtra", "ParseFailed", "TelemparseError"]


class TelemparseError(Exception):
    """Every exception that telemparse raises on purpose derives from this one."""


class CallError(TelemparseError, ValueError):
    """A call that cannot be right: an unknown parser id, a bad option, a stream that does not exist."""


class MissingExtra(TelemparseError, ImportError):  # noqa: N818  (it names what is missing)
    """An optional dependency is not installed; the message names the extra that brings it."""

    def __init__(self, extra: str, module: str) -> None:
        super().__init__(f"{module} is not installed: pip install 'telemparse[{extra}]'")
        self.extra = extra
        self.module = module


class Malformed(TelemparseError):  # noqa: N818  (it names the file's state, as parsers raise it)
    """Raised by a parser for data it cannot go on with; the border turns it into an issue.

    Args:
        code: a registry code, or one that the parser's card declares.
        locus: where in the artifact, or None.
        **evidence: numbers and names observed; never raw coordinates.
    """

    def __init__(self, code: str, locus: Locus | None = None, **evidence: Any) -> None:
        super().__init__(f"{code}: {evidence}" if evidence else code)
        self.code = code
        self.locus = locus
        self.evidence = evidence


class ParseFailed(TelemparseError):  # noqa: N818  (the public name in the SDK contract)
    """`parse` ended with errors; `result` holds them together with all data that could be kept."""

    def __init__(self, result: ParseResult) -> None:
        lines = [f"{issue.code}: {issue.message}" for issue in result.errors]
        hints = [issue.hint for issue in result.errors if issue.hint]
        super().__init__("\n".join(lines + [f"hint: {hint}" for hint in dict.fromkeys(hints)]))
        self.result = result
