"""Figures of the last recorded runs: a small file beside this one, and a table in docs/benchmarks.md."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["FIGURES", "TITLE", "kept", "load", "with_section"]

FIGURES = Path(__file__).with_name("figures.json")
TITLE = "Fuzzing"


def kept(document: Mapping[str, Any], run: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures by parser with those of one more run."""
    return dict(sorted({**document, run["parser"]: dict(run)}.items()))


def load() -> dict[str, Any]:
    """Return the figures of the last recorded run of each parser."""
    document: dict[str, Any] = json.loads(FIGURES.read_text("utf-8")) if FIGURES.exists() else {}
    return document


def with_section(page: str, section: str) -> str:
    """Return a page with this section in place of the one of the same title, or behind all others."""
    title = re.escape(section.split("\n", 1)[0])
    found = re.compile(rf"^{title}\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
    if not found.search(page):
        return f"{page.rstrip()}\n\n{section.rstrip()}\n"
    return found.sub(lambda _old: section.rstrip() + "\n\n", page, count=1).rstrip() + "\n"
