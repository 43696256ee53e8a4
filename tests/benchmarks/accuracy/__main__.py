"""The accuracy as a program: `python -m benchmarks.accuracy [--seeds 40] [--jobs 2] [--cells TEXT]`."""

from __future__ import annotations

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.accuracy.cells import CELLS, Cell
from benchmarks.accuracy.page import page
from benchmarks.accuracy.rows import Row, row_of
from benchmarks.bench import Bench
from benchmarks.inputs import cache_folder
from benchmarks.tables import analysis

_ROUNDS = 3
PAGE = Path(__file__).parents[3] / "docs" / "accuracy.md"


def main() -> None:
    """Simulate every cell, and write docs/accuracy.md when all of them were asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy", description=main.__doc__)
    parser.add_argument("--seeds", type=int, default=40, help="runs of each cell (default: 40)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes")
    parser.add_argument("--cells", default="", help="only cells whose words hold this text")
    chosen = parser.parse_args()
    cells = [cell for cell in CELLS if chosen.cells in _words(cell)]
    rows: list[Row] = []
    with ProcessPoolExecutor(chosen.jobs) as pool:
        for row in pool.map(row_of, cells, [chosen.seeds] * len(cells)):
            rows.append(row)
            print(row.line, flush=True)
    if len(cells) == len(CELLS):
        speed = analysis.sections(Bench(cache_folder(), _ROUNDS))
        PAGE.write_text(page(rows, chosen.seeds, speed), encoding="utf-8")
    failed = [row for row in rows if row.faults]
    print(f"{len(failed)} of {len(rows)} cells miss a bar")
    for row in failed:
        print(" ", _words(row.cell), "; ".join(row.faults))


def _words(cell: Cell) -> str:
    return f"{cell.track} {cell.gnss} {cell.rate_hz} Hz {cell.trouble}".strip()


main()
