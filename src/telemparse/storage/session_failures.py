"""What a session store refuses, with a stable code."""

from __future__ import annotations

from typing import Any

from telemparse.model.coded_errors import CodedError

__all__ = ["SessionFailed", "SessionMissing", "violation"]


class SessionFailed(CodedError):  # noqa: N818  (what happened)
    """A session cannot be stored or read.

    Args:
        code: `STORE_FILE_DAMAGED`, `STORE_FILE_FOREIGN`, `STORE_COLUMNS_CLASH`, `STORE_UNITS_MIXED`,
            `STORE_CLOCKS_DIFFER`, `ARTIFACT_TOO_LARGE`, `NO_STREAMS` or `SCHEMA_VIOLATION`; of
            `SessionMissing` `STORE_SESSION_UNKNOWN` or `STORE_LAP_UNKNOWN`.
        hint: what to do, where the registry's words do not fit.
        **evidence: of `session`, `lap_number`, `laps`, `columns`, `column`, `unit`, `wanted`, `clocks`,
            `problem`, `error`, `bytes`, `limit` what is known.
    """


class SessionMissing(SessionFailed, LookupError):  # noqa: N818  (what happened)
    """The store has no such session, or the session no such lap."""


def violation(problem: str, **evidence: Any) -> SessionFailed:
    """Return the refusal of a table that does not have the shape of a session."""
    return SessionFailed(
        "SCHEMA_VIOLATION",
        hint="Mend the table; the guide of the session store tells what its columns look like.",
        stream="session",
        problem=problem,
        **evidence,
    )
