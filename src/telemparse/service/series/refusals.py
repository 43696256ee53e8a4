"""Refusals: why a series cannot be given, with a stable code and the status that HTTP answers with."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from telemparse.errors import TelemparseError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["REFUSALS", "SeriesRefused", "readable"]

REFUSALS: Mapping[str, tuple[int, str]] = {
    "SESSION_NOT_READY": (409, "No run of the session has succeeded so far."),
    "STREAM_UNKNOWN": (404, "The session has no such stream with samples in time."),
    "COLUMN_UNKNOWN": (422, "The stream has no such column."),
    "COLUMN_NOT_NUMERIC": (422, "The column holds no numbers, so that there is nothing to draw."),
    "LAP_UNKNOWN": (404, "The session has no such lap, or the device did not say when it was."),
    "NO_POSITION": (404, "The session has no positions."),
    "WINDOW_TOO_LARGE": (422, "Ask for fewer columns, a shorter window or a coarser level."),
    "SERIES_INVALID": (422, "The request cannot be right."),
    "SERIES_UNREADABLE": (503, "The stored file cannot be read at the moment."),
    "ANALYSIS_TIMEOUT": (503, "The comparison took too long."),
    "ANALYSIS_FAILED": (503, "The comparison was ended before it had an answer."),
}
"""By code: status and sentence."""


class SeriesRefused(TelemparseError):  # noqa: N818  (what the answer is)
    """A series that cannot be given.

    Args:
        code: one of `REFUSALS`.
        message: one sentence; that of the code when absent.
        **evidence: plain values that say what was asked for; never a position.

    Attributes `code`, `status`, `message` and `evidence`.
    """

    def __init__(self, code: str, message: str | None = None, **evidence: Any) -> None:
        status, words = REFUSALS[code]
        self.code = code
        self.status = status
        self.message = message or words
        self.evidence = evidence
        super().__init__(f"{code}: {self.message}")


@contextmanager
def readable(stream: str) -> Iterator[None]:
    """Turn what a store and Arrow say of a file that cannot be read into SERIES_UNREADABLE."""
    import pyarrow as pa

    from telemparse.storage.failures import StorageFailed

    try:
        yield
    except (StorageFailed, OSError, pa.ArrowException) as error:
        raise SeriesRefused("SERIES_UNREADABLE", stream=stream, error=type(error).__name__) from error
