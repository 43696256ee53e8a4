"""The bench as a program: `python -m benchmarks [--only reading,growth] [--rounds 5] [--huge]`."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.inputs import cache_folder
from benchmarks.report import LIBRARY, LIVE, RUNNER, SERVICE, SESSIONS, page
from benchmarks.tables import (
    analysis,
    features,
    fuzzing,
    growth,
    huge,
    live,
    parquet,
    queue,
    reading,
    runner,
    selection,
    service,
    starting,
    store,
)

DOCS = Path(__file__).parents[2] / "docs"
TABLES = {
    "reading": reading, "selection": selection, "parquet": parquet, "starting": starting, "growth": growth,
    "analysis": analysis, "huge": huge, "fuzzing": fuzzing, "queue": queue, "runner": runner,
    "service": service, "store": store, "features": features, "live": live,
}  # fmt: skip
_ELSEWHERE = {
    "benchmarks-runner.md": (RUNNER, {"queue", "runner"}),
    "benchmarks-service.md": (SERVICE, {"service"}),
    "benchmarks-sessions.md": (SESSIONS, {"store", "features"}),
    "benchmarks-live.md": (LIVE, {"live"}),
}
PAGES = {
    "benchmarks.md": (LIBRARY, set(TABLES).difference(*(tables for _head, tables in _ELSEWHERE.values()))),
    **_ELSEWHERE,
}


def main() -> None:
    """Measure what was asked for; the whole of a page is written to docs/, a part is only printed."""
    parser = argparse.ArgumentParser(prog="nox -s bench --", description=main.__doc__)
    parser.add_argument("--only", default=",".join(TABLES), help="tables, with commas (default: all)")
    parser.add_argument(
        "--rounds", type=int, default=5, help="runs of each job; the median counts (default: 5)"
    )
    parser.add_argument(
        "--cache", type=Path, default=cache_folder(), help="folder for inputs and environments"
    )
    parser.add_argument(
        "--huge", action="store_true", help="first convert files of 4 GB, in TMPDIR, and keep the figures"
    )
    chosen = parser.parse_args()
    names = chosen.only.split(",")
    if unknown := set(names) - set(TABLES):
        parser.error(f"no table is called {', '.join(sorted(unknown))}")
    bench = Bench(chosen.cache, chosen.rounds)
    if chosen.huge:
        huge.measure(bench)
    for place, (head, tables) in PAGES.items():
        its_own = [name for name in names if name in tables]
        if not its_own:
            continue
        sections = [section for name in its_own for section in TABLES[name].sections(bench)]
        text = page(sections, chosen.rounds, head)
        if set(its_own) == tables:
            (DOCS / place).write_text(text, encoding="utf-8")
        print(text)


main()
