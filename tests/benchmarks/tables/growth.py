"""Time over size: clean and damaged files of 1x, 4x and 16x, where a quadratic would show."""

from __future__ import annotations

from benchmarks.bench import Bench
from benchmarks.damage import KINDS, in_steps
from benchmarks.values import Bar, Job, Section

# Small ones where reading a row costs more, so that the whole table takes some minutes.
ROWS = {
    "csv": 20_000, "gpx": 4_000, "vbo": 15_000, "nmea": 10_000, "tcx": 3_000, "kml": 4_000, "igc": 15_000,
    "fit": 10_000, "json": 2_000, "ndjson": 2_000, "jsondoc": 2_000, "ubx": 15_000,
}  # fmt: skip
STEPS = (1, 4, 16)
PARSE = Job("parse", "telemparse_growth.py")
# CPU a megabyte may not rise with size; the margin is for the noise of short runs.
_MARGIN = 1.5
_RUNS = 2
_TIMEOUT_S = 120


def sections(bench: Bench) -> list[Section]:
    """Parse every kind of file in three sizes and return CPU milliseconds a megabyte."""
    return [_section(bench, form) for form in ROWS]


def _section(bench: Bench, form: str) -> Section:
    rows, worst, worst_kind = [], 0.0, ""
    for kind in KINDS[form]:
        cells, growth = _row(bench, form, kind)
        if growth > worst:
            worst, worst_kind = growth, kind
        rows.append((kind, *cells, f"{growth:.2f}"))
    bar = Bar(f"{form.upper()}: CPU a MB at 16x over 4x, worst kind ({worst_kind})", worst, _MARGIN, "x")
    header = ("kind", *(f"{step}x, ms/MB" for step in STEPS), "16x over 4x")
    note = (
        f"CPU milliseconds for each megabyte of a whole `parse`; 1x is {ROWS[form]:,} rows. Time in"
        " proportion to the file keeps its figure from left to right, but for what each parse costs once; a"
        " quadratic would take four times as much a megabyte at 16x as at 4x."
    )
    return Section(f"Growth, {form.upper()}", note, header, tuple(rows), (bar,))


def _row(bench: Bench, form: str, kind: str) -> tuple[list[str], float]:
    """Return the cells of a kind, and 16x over 4x; noise only ever adds, so the quickest run counts."""
    files = in_steps(form, kind, ROWS[form], STEPS)
    runs = [bench.once(PARSE, form, bench.file(files), _TIMEOUT_S) for _run in range(_RUNS)]
    bench.forget(files)
    failed = next((run.failure for run in runs if run.failure), "")
    if failed:
        return [failed, *[""] * (len(STEPS) - 1)], float("inf")
    steps = zip(*(run.facts["seconds_per_mb"] for run in runs), strict=True)
    per_mb = [1000 * min(step) for step in steps]
    return [f"{value:.2f}" for value in per_mb], per_mb[-1] / per_mb[-2]
