"""The one error of this room, with a stable code."""

from __future__ import annotations

from typing import Any

from telemparse.errors import TelemparseError

__all__ = ["StorageFailed"]

_MENDABLE = frozenset({"STORAGE_UNAVAILABLE", "STORAGE_FULL", "STORAGE_REFUSED"})


class StorageFailed(TelemparseError):  # noqa: N818  (what happened, as a job reports it)
    """A store did not do what it was asked for.

    Args:
        code: `STORAGE_UNAVAILABLE` (network, server, time-outs, input and output), `STORAGE_FULL`,
            `STORAGE_REFUSED` (permission, read-only, wrong settings), `STORAGE_MISSING` (no such
            object), `STORAGE_CONFLICT` (another content under that key) or `INTEGRITY_HASH_MISMATCH`.
        **evidence: of `key`, `bytes`, `expected`, `found`, `error` what is known; never an address, a
            credential or content.
    """

    def __init__(self, code: str, **evidence: Any) -> None:
        super().__init__(f"{code}: {evidence}" if evidence else code)
        self.code = code
        self.evidence = evidence

    @property
    def retryable(self) -> bool:
        """True when time or an operator can mend it."""
        return self.code in _MENDABLE
