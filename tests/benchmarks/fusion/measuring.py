"""All of the fusion measured: simulated scenarios in parallel, then real recordings, then the page."""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import Executor
from pathlib import Path
from typing import Protocol, TypeVar

from benchmarks.fusion.drives import drive_of
from benchmarks.fusion.ordinary import ordinary
from benchmarks.fusion.outages import LENGTHS_S, outages
from benchmarks.fusion.page import Reality, page
from benchmarks.fusion.recordings import RECORDINGS, recorded
from benchmarks.fusion.rows import outcome_of, precision_of
from benchmarks.fusion.scenarios import PLAIN, SCENARIOS, Scenario

__all__ = ["measure", "runs_of", "seeds_of_scenarios"]

_SHARE, _FEWEST = 5, 6


class Row(Protocol):
    """What is measured and may miss a bar."""

    @property
    def line(self) -> str:
        """One line for people."""

    @property
    def faults(self) -> tuple[str, ...]:
        """Bars that are missed."""


_Row = TypeVar("_Row", bound=Row)


def seeds_of_scenarios(seeds: int) -> int:
    """Return how many runs stand behind a scenario: a fifth of those for the bars on accuracy, at least 6."""
    return max(_FEWEST, seeds // _SHARE)


def runs_of(scenario: Scenario, seeds: int) -> int:
    """Return how many runs stand behind a scenario; of gaps all, for a slow error is one draw a run."""
    return seeds if "gap" in scenario.trouble else seeds_of_scenarios(seeds)


def measure(pool: Executor, seeds: int, text: str, place: Path) -> list[tuple[str, tuple[str, ...]]]:
    """Return what every row is called and which bars it misses; write the page when all were asked for.

    Args:
        pool: of processes.
        seeds: runs for the bars on accuracy.
        text: that the words of a scenario must hold.
        place: of the page. It is left as it is without a folder of real recordings.
    """
    few = seeds_of_scenarios(seeds)
    plain = [scenario for scenario in PLAIN if text in scenario.words]
    scenarios = [scenario for scenario in SCENARIOS if text in scenario.words]
    precisions = _told(pool.map(precision_of, plain, [seeds] * len(plain)))
    outcomes = _told(pool.map(outcome_of, scenarios, [runs_of(scenario, seeds) for scenario in scenarios]))
    named = [(row.scenario.words, row.faults) for row in (*precisions, *outcomes)]
    folder = os.environ.get("TELEMPARSE_CORPUS")
    if text:
        return named
    if not folder:
        print(f"TELEMPARSE_CORPUS names no folder of recordings: {place.name} is left as it is")
        return named
    reality = _reality(Path(folder), few)
    place.write_text(page(precisions, outcomes, reality), encoding="utf-8")
    return [*named, *((row.line.split(":")[0], row.faults) for rows in reality for row in rows)]


def _reality(folder: Path, seeds: int) -> Reality:
    drive = drive_of(folder)
    kinds = ((None, 1), ("m9", seeds), ("m8", seeds))
    return (
        _told(ordinary(drive, kind, count) for kind, count in kinds),
        _told(outages(drive, seconds) for seconds in LENGTHS_S),
        _told(recorded(folder, name) for name in RECORDINGS),
    )


def _told(rows: Iterable[_Row]) -> list[_Row]:
    """Return rows, each printed when it comes."""
    found = []
    for row in rows:
        found.append(row)
        print(row.line, flush=True)
    return found
