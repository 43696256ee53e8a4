"""telemparse: motorsport, RC, drone and sports telemetry as canonical, typed Arrow tables.

`detect` says what a recording is, `parse` turns it into tables, `convert` writes it as Parquet.
Importing this package imports neither numpy nor pyarrow: every name below is loaded on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from telemparse.classification import Classification
    from telemparse.detection import detect
    from telemparse.errors import TelemparseError
    from telemparse.extension.card import ParserCard
    from telemparse.extension.catalog import Catalog
    from telemparse.extension.grouping import group
    from telemparse.extension.hookspecs import hookimpl
    from telemparse.model.artifacts import ArtifactSet
    from telemparse.model.options import ParseOptions
    from telemparse.model.results import ParseResult
    from telemparse.parsing import parse
    from telemparse.writers.conversion import convert

__version__ = "0.1.0"

__all__ = [
    "ArtifactSet", "Catalog", "Classification", "ParseOptions", "ParseResult", "ParserCard",
    "TelemparseError", "convert", "detect", "group", "hookimpl", "parse",
]  # fmt: skip

# Modules are nouns and functions verbs, so no name here is both.
_HOMES = {
    "ArtifactSet": "telemparse.model.artifacts",
    "Catalog": "telemparse.extension.catalog",
    "Classification": "telemparse.classification",
    "ParseOptions": "telemparse.model.options",
    "ParseResult": "telemparse.model.results",
    "ParserCard": "telemparse.extension.card",
    "TelemparseError": "telemparse.errors",
    "convert": "telemparse.writers.conversion",
    "detect": "telemparse.detection",
    "group": "telemparse.extension.grouping",
    "hookimpl": "telemparse.extension.hookspecs",
    "parse": "telemparse.parsing",
}
_MODULES = ("analysis", "errors", "plot", "report", "schemas", "writers")


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        value = getattr(importlib.import_module(_HOMES[name]), name)
        globals()[name] = value
        return value
    if name in _MODULES:
        return importlib.import_module(f"telemparse.{name}")
    raise AttributeError(f"module 'telemparse' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES, *_MODULES})
