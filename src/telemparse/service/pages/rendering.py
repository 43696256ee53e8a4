"""Frames of the pages: templates with their addresses; what they show comes by the JSON interface."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, Final

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

import telemparse
from telemparse.service.pages.static_files import static_files

__all__ = ["page"]

_TEMPLATES: Final = Path(__file__).parent / "templates"


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    environment.globals["static"] = static_files().prefix
    environment.globals["version"] = telemparse.__version__
    return environment


def page(template: str, /, *, status_code: int = 200, **values: Any) -> HTMLResponse:
    """Return a page: the file of its template, and the values that the template wants."""
    text = _environment().get_template(template).render(**values)
    # It holds the token of one person's session.
    return HTMLResponse(text, status_code=status_code, headers={"Cache-Control": "no-store"})
