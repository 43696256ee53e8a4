"""The bench as a program: `python -m benchmarks [--only reading,growth] [--rounds 5] [--huge]`."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.inputs import cache_folder
from benchmarks.report import page
from benchmarks.tables import analysis, fuzzing, growth, huge, parquet, queue, reading, selection, starting

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
TABLES = {
    "reading": reading, "selection": selection, "parquet": parquet, "starting": starting, "growth": growth,
    "analysis": analysis, "queue": queue, "huge": huge, "fuzzing": fuzzing,
}  # fmt: skip


def main() -> None:
    """Measure what was asked for; the whole of it goes to docs/benchmarks.md, a part is only printed."""
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
    bench = Bench(chosen.cache, chosen.rounds)
    if chosen.huge:
        huge.measure(bench)
    names = chosen.only.split(",")
    sections = [section for name in names for section in TABLES[name].sections(bench)]
    text = page(sections, chosen.rounds)
    if names == list(TABLES):
        PAGE.write_text(text, encoding="utf-8")
    print(text)


main()
