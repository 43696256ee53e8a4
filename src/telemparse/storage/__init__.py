"""Storage: artifacts and Parquet datasets as objects below keys, and sessions in a folder of Parquet files.

Every name below is loaded on first use; `Storage` needs the extra that brings obstore, `SessionStore` none.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from telemparse.errors import MissingExtra

if TYPE_CHECKING:
    from telemparse.storage.failures import StorageFailed
    from telemparse.storage.layout import RunPlace, raw_key
    from telemparse.storage.objects import Storage, Stored
    from telemparse.storage.session_failures import SessionFailed, SessionMissing
    from telemparse.storage.session_store import SessionStore
    from telemparse.storage.session_telemetry import SessionTelemetry
    from telemparse.storage.session_values import (
        LapTelemetry,
        SessionMetadata,
        StoredChannel,
        StoredLap,
        StoredStream,
        StoredWarning,
    )  # fmt: skip
    from telemparse.storage.verification import Problem, verify

__all__ = [
    "LapTelemetry", "Problem", "RunPlace", "SessionFailed", "SessionMetadata", "SessionMissing",
    "SessionStore", "SessionTelemetry", "Storage", "StorageFailed", "Stored", "StoredChannel", "StoredLap",
    "StoredStream", "StoredWarning", "raw_key", "verify",
]  # fmt: skip

_HOMES = {
    "LapTelemetry": "session_values",
    "Problem": "verification",
    "RunPlace": "layout",
    "SessionFailed": "session_failures",
    "SessionMetadata": "session_values",
    "SessionMissing": "session_failures",
    "SessionStore": "session_store",
    "SessionTelemetry": "session_telemetry",
    "Storage": "objects",
    "StorageFailed": "failures",
    "Stored": "objects",
    "StoredChannel": "session_values",
    "StoredLap": "session_values",
    "StoredStream": "session_values",
    "StoredWarning": "session_values",
    "raw_key": "layout",
    "verify": "verification",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'telemparse.storage' has no attribute {name!r}")
    try:
        value = getattr(importlib.import_module(f"telemparse.storage.{_HOMES[name]}"), name)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != "obstore":
            raise
        raise MissingExtra("runner", "obstore") from None
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
