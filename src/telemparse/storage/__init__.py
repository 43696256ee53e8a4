"""Storage: artifacts and Parquet datasets as objects below keys, in a local folder or in S3.

Every name below is loaded on first use; `Storage` needs the extra that brings obstore.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from telemparse.errors import MissingExtra

if TYPE_CHECKING:
    from telemparse.storage.failures import StorageFailed
    from telemparse.storage.layout import RunPlace, raw_key
    from telemparse.storage.objects import Storage, Stored
    from telemparse.storage.verification import Problem, verify

__all__ = ["Problem", "RunPlace", "Storage", "StorageFailed", "Stored", "raw_key", "verify"]

_HOMES = {
    "Problem": "verification",
    "RunPlace": "layout",
    "Storage": "objects",
    "StorageFailed": "failures",
    "Stored": "objects",
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
