"""The reference runner: recordings through the whole pipeline, from a queue, with sessions as its outcome.

Every name below is loaded on first use; it needs the extra `runner`, and `postgres` for a Postgres server.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from telemparse.errors import MissingExtra

if TYPE_CHECKING:
    from telemparse.runner.database import DatabaseUnavailable
    from telemparse.runner.events import Events
    from telemparse.runner.metrics import Metrics
    from telemparse.runner.migration import SchemaMismatch
    from telemparse.runner.pipeline import Pipeline
    from telemparse.runner.sessions import Session, SessionPage
    from telemparse.runner.settings import Settings
    from telemparse.runner.submissions import Owner

__all__ = [
    "DatabaseUnavailable",
    "Events",
    "Metrics",
    "Owner",
    "Pipeline",
    "SchemaMismatch",
    "Session",
    "SessionPage",
    "Settings",
]

_HOMES = {
    "DatabaseUnavailable": "database",
    "Events": "events",
    "Metrics": "metrics",
    "Owner": "submissions",
    "Pipeline": "pipeline",
    "SchemaMismatch": "migration",
    "Session": "sessions",
    "SessionPage": "sessions",
    "Settings": "settings",
}
# Distributions of the extra, by the module that a missing one is noticed by.
_NEEDED = ("alembic", "obstore", "sqlalchemy", "structlog")


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'telemparse.runner' has no attribute {name!r}")
    try:
        value = getattr(importlib.import_module(f"telemparse.runner.{_HOMES[name]}"), name)
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.partition(".")[0] in _NEEDED:
            raise MissingExtra("runner", error.name.partition(".")[0]) from None
        raise
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
