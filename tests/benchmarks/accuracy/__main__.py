"""The accuracy as a program: `python -m benchmarks.accuracy [--seeds 40] [--jobs 2] [--cells TEXT]`."""

from __future__ import annotations

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.accuracy.cells import CELLS, TRACKS, Cell
from benchmarks.accuracy.page import page
from benchmarks.accuracy.places import Places, places_of
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
    tracks = [track for track in TRACKS if chosen.cells in f"{track} places"]
    rows: list[Row] = []
    places: list[Places] = []
    with ProcessPoolExecutor(chosen.jobs) as pool:
        for row in pool.map(row_of, cells, [chosen.seeds] * len(cells)):
            rows.append(row)
            print(row.line, flush=True)
        for place in pool.map(places_of, tracks, [chosen.seeds] * len(tracks)):
            places.append(place)
            print(place.line, flush=True)
    if len(cells) == len(CELLS):
        speed = analysis.sections(Bench(cache_folder(), _ROUNDS))
        PAGE.write_text(page(rows, places, chosen.seeds, speed), encoding="utf-8")
    failed = [(_words(row.cell), row.faults) for row in rows] + [
        (place.track, place.faults) for place in places
    ]
    failed = [(words, faults) for words, faults in failed if faults]
    print(f"{len(failed)} of {len(rows) + len(places)} rows miss a bar")
    for words, faults in failed:
        print(" ", words, "; ".join(faults))


def _words(cell: Cell) -> str:
    return f"{cell.track} {cell.gnss} {cell.rate_hz} Hz {cell.trouble}".strip()


main()
