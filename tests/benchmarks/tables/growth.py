"""Time over size: clean and damaged files of 1x, 4x and 16x, where a quadratic would show."""

from __future__ import annotations

from benchmarks.bench import Bench
from benchmarks.damage import damaged, kinds
from benchmarks.values import MB, Bar, Job, Section

ROWS = {"csv": 20_000, "gpx": 5_000, "vbo": 20_000}
STEPS = (1, 4, 16)
PARSE = Job("parse", "telemparse_parse.py")
# CPU a megabyte may not rise with size; the margin is for the noise of short runs.
_MARGIN = 1.5


def sections(bench: Bench) -> list[Section]:
    """Parse every kind of file in three sizes and return CPU milliseconds a megabyte."""
    return [_section(bench, form) for form in ROWS]


def _section(bench: Bench, form: str) -> Section:
    rows, worst, worst_kind = [], 0.0, ""
    for kind in kinds(form):
        cells, per_mb = [], []
        for step in STEPS:
            file = damaged(form, kind, ROWS[form] * step)
            size = bench.file(file).stat().st_size
            run = bench.quickest(PARSE, file)
            bench.forget(file)
            per_mb.append(run.cpu_s * 1000 / (size / MB) if not run.failure else float("inf"))
            cells.append(run.failure or f"{per_mb[-1]:.2f}")
        growth = per_mb[-1] / per_mb[-2]
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
