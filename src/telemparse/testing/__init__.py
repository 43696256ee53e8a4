"""The conformance kit: what a parser promises, checked; and strategies that draw recordings and damage.

Needs the extra `telemparse[testing]` (pytest, hypothesis). Every name is loaded on first use, so that a
child process that looks what a detector imports is not misled by the kit.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from telemparse.testing.decorators import conformance
    from telemparse.testing.encoding import Encoder
    from telemparse.testing.kit import Check, ConformanceFailure, Report
    from telemparse.testing.runs import run

__all__ = ["Check", "ConformanceFailure", "Encoder", "Report", "conformance", "run"]

_HOMES = {
    "Check": "telemparse.testing.kit",
    "ConformanceFailure": "telemparse.testing.kit",
    "Encoder": "telemparse.testing.encoding",
    "Report": "telemparse.testing.kit",
    "conformance": "telemparse.testing.decorators",
    "run": "telemparse.testing.runs",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        value = getattr(importlib.import_module(_HOMES[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'telemparse.testing' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
