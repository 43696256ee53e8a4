"""Fuzzing as a program: `nox -s fuzz -- [--seconds N] [--record] [PARSER...]`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import attrs

from benchmarks.report import section_text
from benchmarks.tables.fuzzing import section
from fuzz.figures import FIGURES, kept, load, with_section
from fuzz.invariant import broken
from fuzz.keeping import kind_of
from fuzz.minimising import minimised
from fuzz.running import Run, fuzzed
from fuzz.targets import Target, Way, target_of, ways
from telemparse.extension.catalog import Catalog

__all__ = ["main"]

_ROOT = Path(__file__).parents[2]
_PAGE = _ROOT / "docs" / "benchmarks.md"


def main() -> int:
    """Fuzz one parser after another; the answer is 1 where anything was found."""
    parser = argparse.ArgumentParser(prog="nox -s fuzz --", description=main.__doc__)
    parser.add_argument("parsers", nargs="*", metavar="PARSER", help="ids (default: every installed parser)")
    parser.add_argument("--seconds", type=int, default=60, help="of wall time for each parser (default: 60)")
    parser.add_argument(
        "--keep", type=Path, default=_ROOT / "build" / "fuzz", help="folder for finds and logs"
    )
    parser.add_argument(
        "--record", action="store_true", help="write the figures into the project and docs/benchmarks.md"
    )
    chosen = parser.parse_args()
    runs = []
    for name in chosen.parsers or [card.id for card in Catalog.shared().cards]:
        target = target_of(name)
        run = fuzzed(target, chosen.seconds, chosen.keep.resolve())
        print(_summary(run), flush=True)
        for place in run.findings:
            _shrink(place, target)
            print(f"  {place}: {_words(place)}", flush=True)
        runs.append(run)
    if chosen.record:
        _record(runs)
    return int(any(run.findings or not run.complete for run in runs))


def _summary(run: Run) -> str:
    ending = "" if run.complete else f"; it ended early, see {run.parser}/log.txt"
    return (
        f"{run.parser}: {run.executions:,} executions in {run.seconds} s, {run.edges:,} edges,"
        f" {run.features:,} features, {run.memory_mb} MB, {len(run.findings)} findings{ending}"
    )


def _words(place: Path) -> str:
    described = place.with_suffix(".txt")
    return described.read_text("utf-8").strip() if described.exists() else "ended the run"


def _shrink(place: Path, target: Target) -> None:
    """Make a find smaller in place; what ended a run by time or memory stays as it is."""
    if place.with_suffix(".txt").exists():
        data = place.read_bytes()
        same = _breaking(target, data)
        if same is not None:
            place.write_bytes(minimised(data, same))


def _breaking(target: Target, data: bytes) -> Callable[[bytes], bool] | None:
    """Return what tells whether an input breaks the promise as `data` does; None if that does not."""
    for way in ways(target):
        problems = {kind_of(each) for each in broken({target.file: data}, way.options, way.catalog)}
        if problems:
            return partial(_breaks_too, target, way, problems)
    return None


def _breaks_too(target: Target, way: Way, problems: set[str], data: bytes) -> bool:
    return any(kind_of(each) in problems for each in broken({target.file: data}, way.options, way.catalog))


def _record(runs: list[Run]) -> None:
    document = load()
    for run in runs:
        figures = {
            **attrs.asdict(run),
            "findings": len(run.findings),
            "date": f"{datetime.now(UTC):%Y-%m-%d}",
        }
        document = kept(document, figures)
    FIGURES.write_text(json.dumps(document, indent=2) + "\n", "utf-8")
    _PAGE.write_text(with_section(_PAGE.read_text("utf-8"), section_text(section(document))), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
