"""The big files, seeded: the same bytes on every machine, kept in a cache outside the project."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from benchmarks.layouts import LAYOUTS
from benchmarks.values import Input


def cache_folder() -> Path:
    """Return the folder for inputs and environments: below XDG_CACHE_HOME, or ~/.cache."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(home) / "telemparse-bench"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        folder = Path(tempfile.gettempdir()) / "telemparse-bench"
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def made(entry: Input, folder: Path) -> Path:
    """Return the file of an input, written now if the cache lacks it."""
    path = folder / entry.name
    if not path.exists():
        print(f"writing {entry.name}", file=sys.stderr, flush=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(path.name + ".partial")
        entry.write(partial)
        partial.rename(path)
    return path


def bench_input(form: str, rows: int) -> Input:
    """Return the file of a format (a key of `LAYOUTS`) with so many rows."""
    return Input(f"bench-{rows}.{form}", lambda path: LAYOUTS[form].write(path, rows))
