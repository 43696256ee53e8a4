"""The accuracy as a program: `python -m benchmarks.accuracy [--only laps|fusion] [--seeds 40] [--jobs 2]`."""

from __future__ import annotations

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TypeAlias

from benchmarks.accuracy.cells import CELLS, TRACKS, Cell
from benchmarks.accuracy.page import page
from benchmarks.accuracy.places import Places, places_of
from benchmarks.accuracy.rows import Row, row_of
from benchmarks.bench import Bench
from benchmarks.fusion.measuring import measure
from benchmarks.inputs import cache_folder
from benchmarks.tables import analysis

Named: TypeAlias = list[tuple[str, tuple[str, ...]]]
"""Rows in words, with the bars that they miss."""

_ROUNDS = 3
DOCS = Path(__file__).parents[3] / "docs"


def main() -> None:
    """Simulate every cell, and write docs/accuracy.md and docs/fusion-accuracy.md when all were asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy", description=main.__doc__)
    parser.add_argument("--only", choices=("laps", "fusion"), help="one of the two pages")
    parser.add_argument("--seeds", type=int, default=40, help="runs of each cell (default: 40)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes")
    parser.add_argument("--cells", default="", help="only cells whose words hold this text")
    chosen = parser.parse_args()
    rows: Named = []
    with ProcessPoolExecutor(chosen.jobs) as pool:
        if chosen.only in {None, "laps"}:
            rows += _laps(pool, chosen.seeds, chosen.cells)
        if chosen.only in {None, "fusion"}:
            rows += measure(pool, chosen.seeds, chosen.cells, DOCS / "fusion-accuracy.md")
    failed = [(words, faults) for words, faults in rows if faults]
    print(f"{len(failed)} of {len(rows)} rows miss a bar")
    for words, faults in failed:
        print(" ", words, "; ".join(faults))


def _laps(pool: ProcessPoolExecutor, seeds: int, text: str) -> Named:
    """Measure lap times, starting lines and apexes."""
    cells = [cell for cell in CELLS if text in _words(cell)]
    tracks = [track for track in TRACKS if text in f"{track} places"]
    rows: list[Row] = []
    places: list[Places] = []
    for row in pool.map(row_of, cells, [seeds] * len(cells)):
        rows.append(row)
        print(row.line, flush=True)
    for place in pool.map(places_of, tracks, [seeds] * len(tracks)):
        places.append(place)
        print(place.line, flush=True)
    if len(cells) == len(CELLS):
        speed = analysis.sections(Bench(cache_folder(), _ROUNDS))
        (DOCS / "accuracy.md").write_text(page(rows, places, seeds, speed), encoding="utf-8")
    return [(_words(row.cell), row.faults) for row in rows] + [
        (place.track, place.faults) for place in places
    ]


def _words(cell: Cell) -> str:
    return f"{cell.track} {cell.gnss} {cell.rate_hz} Hz {cell.trouble}".strip()


main()
