"""The service: recordings handed in, watched and looked at over HTTP, and the pages that do so.

Every name below is loaded on first use; it needs the extra `service`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from telemparse.errors import MissingExtra

if TYPE_CHECKING:
    from telemparse.service.app import create_app
    from telemparse.service.serving import serve
    from telemparse.service.settings import ServiceSettings

__all__ = ["ServiceSettings", "create_app", "serve"]

_HOMES = {"ServiceSettings": "settings", "create_app": "app", "serve": "serving"}
# Distributions of the extra, by the module that a missing one is noticed by.
_NEEDED = ("fastapi", "httptools", "jinja2", "orjson", "starlette", "uvicorn", "uvloop")


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'telemparse.service' has no attribute {name!r}")
    try:
        value = getattr(importlib.import_module(f"telemparse.service.{_HOMES[name]}"), name)
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.partition(".")[0] in _NEEDED:
            raise MissingExtra("service", error.name.partition(".")[0]) from None
        raise
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
