"""What is refused, and what is only said: errors and log lines with the codes of the registry."""

from __future__ import annotations

import logging
from typing import Any

from telemparse.errors import CallError
from telemparse.model.coded_errors import CodedError
from telemparse.model.issues import Issue

__all__ = ["LOG", "FeatureFileMissing", "FeatureRefused", "listed", "warn"]

LOG = logging.getLogger("telemparse.features")
_MOST_NAMES = 20


class FeatureRefused(CodedError, CallError):  # noqa: N818  (what happened)
    """A table, a file or a request cannot be used for features; a `ValueError`, too.

    Args:
        code: `FEATURES_FORBIDDEN`, `FEATURE_LISTS_CLASH`, `FEATURE_COLUMNS_MISSING`,
            `FEATURE_COLUMN_REFUSED`, `FEATURE_WINDOW_INVALID`, `FEATURE_LAPS_DUPLICATED`,
            `FEATURE_METHOD_LEAKS` or `FEATURE_ARTIFACT_DAMAGED`.
        **evidence: names and counts, as the code's message has them; never values of the data.
    """


class FeatureFileMissing(CodedError, CallError, FileNotFoundError):  # noqa: N818  (what happened)
    """There is no such file; a `FileNotFoundError`, too, with the code `FEATURE_FILE_MISSING`."""

    def __init__(self, artifact: str) -> None:
        super().__init__("FEATURE_FILE_MISSING", artifact=artifact)


def warn(code: str, **evidence: Any) -> None:
    """Say in the log of `telemparse.features` what should be looked at."""
    LOG.warning("%s: %s", code, Issue(code, **evidence).message)


def listed(names: list[str]) -> str:
    """Return names for a message, with how many more there are behind the first ones."""
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
