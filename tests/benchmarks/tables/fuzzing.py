"""What fuzzing went through: the figures of the last recorded runs, which the bench only shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.bench import Bench
from benchmarks.values import Section
from fuzz.figures import TITLE, load

NOTE = (
    "Written by `nox -s fuzz -- --seconds N --record` and kept by the bench. Each parser is fuzzed by itself"
    " on one core (atheris, libFuzzer): whatever the bytes are, a parse must return a result that passes the"
    " schema check, or coded errors, within 1 s of CPU and 2 GB, never an exception. Inputs begin with"
    " fixtures, examples and real recordings, have at most 8 KiB,"
    " and are read in blocks so small that many are met."
    " Edges are branches of telemparse's byte code that were taken; features count how often, too."
    " The peak is that of the whole process: instrumented code keeps 20 to 30 KB of every input for good."
)


def sections(_bench: Bench) -> list[Section]:
    """Return the table; nothing is measured."""
    return [section(load())]


def section(figures: Mapping[str, Any]) -> Section:
    """Return the table of figures by parser, as `fuzz.figures` keeps them."""
    rows = tuple(
        (parser, run["date"], *(f"{run[name]:,}" for name in _COLUMNS.values()))
        for parser, run in figures.items()
    )
    return Section(TITLE, NOTE, ("parser", "date", *_COLUMNS), rows)


_COLUMNS = {
    "seconds": "seconds", "executions": "executions", "edges": "edges", "features": "features",
    "peak MB": "memory_mb", "findings": "findings",
}  # fmt: skip
