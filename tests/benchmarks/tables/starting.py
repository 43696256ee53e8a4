"""What it takes to start: the import, a first detection in a fresh process, and a warm one."""

from __future__ import annotations

import statistics
import sys

from benchmarks.bench import Bench
from benchmarks.inputs import bench_input
from benchmarks.measuring import timed
from benchmarks.values import Bar, Job, Section

# So many rows make 10 MB.
ROWS = {
    "csv": 95_000, "gpx": 22_900, "nmea": 67_500, "tcx": 17_100, "kml": 97_000, "vbo": 82_600, "igc": 209_000,
    "fit": 294_000, "json": 51_600, "ndjson": 51_600, "ubx": 100_000,
}  # fmt: skip
FILES = {form.upper(): bench_input(form, rows) for form, rows in ROWS.items()}
WARM = Job("warm detect", "telemparse_detect.py")
_ROUNDS = 9
_MS = 1000


def sections(bench: Bench) -> list[Section]:
    """Time the starts in turn and return the table."""
    paths = {name: bench.file(file) for name, file in FILES.items()}
    programs = {
        "bare Python": "pass",
        "import telemparse": "import telemparse",
        **{
            f"first detect, {name} of 10 MB": f"import telemparse; telemparse.detect({str(path)!r})"
            for name, path in paths.items()
        },
    }
    commands = {label: (sys.executable, "-c", program) for label, program in programs.items()}
    for command in commands.values():
        timed(command)  # the first run writes the byte code
    taken: dict[str, list[float]] = {label: [] for label in commands}
    for _round in range(_ROUNDS):
        for label, command in commands.items():
            taken[label].append(timed(command) * _MS)
    whole_ms = {label: statistics.median(values) for label, values in taken.items()}
    warm_ms = {name: _warm(bench, name) for name in FILES}
    rows = [(label, f"{value:.1f}") for label, value in whole_ms.items()]
    rows += [(f"warm detect, {name} of 10 MB", f"{value:.2f}") for name, value in warm_ms.items()]
    bare = whole_ms["bare Python"]
    bars = [Bar("import telemparse over bare Python", whole_ms["import telemparse"] - bare, 40, "ms")]
    bars += [
        Bar(f"first detect in a fresh process, {name}", whole_ms[f"first detect, {name} of 10 MB"], 250, "ms")
        for name in FILES
    ]
    bars += [Bar(f"warm detect, {name} of 10 MB", value, 20, "ms") for name, value in warm_ms.items()]
    note = (
        "Wall milliseconds: whole processes from start to end, median of 9 in turn; warm detection within one"
        " process, median of 25."
    )
    return [Section("Starting", note, ("what", "ms"), tuple(rows), tuple(bars))]


def _warm(bench: Bench, name: str) -> float:
    run = bench.in_turn((WARM,), FILES[name])[WARM.label]
    return float("nan") if run.failure else float(run.facts["median_s"]) * _MS
