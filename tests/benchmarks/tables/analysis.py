"""Analysis: laps of a long recording, in time and memory, levels of a million samples, and a fused pose."""

from __future__ import annotations

from benchmarks.bench import Bench
from benchmarks.recordings import drives, positions, samples
from benchmarks.values import MB, Bar, Job, Measurement, Section

LAPS = (103, 412)
"""Of the shorter and of the longer recording: 25 000 and 100 000 epochs at 10 Hz."""
FUSED = 40
"""Laps with 100 000 inertial samples."""
SAMPLES = 1_000_000
_STEPS = {
    "align": "align", "smooth": "smooth", "laps": "find_laps, with smoothing and a gate found in the trace",
    "all": "align, find_laps and score: all of it",
}  # fmt: skip
_CHARTS = {"downsample": "downsample to 50 Hz", "chart": "select_for_chart, 2 000 points"}
_FUSIONS = {"compiled": "fuse, compiled by numba", "plain": "fuse, in plain numpy"}
_MOST_FUSING_S = {"compiled": 2.0, "plain": 12.0}
_MOST_S, _MOST_CHART_S, _MOST_GROWTH = 2.0, 0.2, 1.2


def sections(bench: Bench) -> list[Section]:
    """Measure each step on the longer recording, all of them on both, and the levels."""
    short, long = (positions(laps) for laps in LAPS)
    jobs = [Job(label, "telemparse_analysis.py", arguments=(what,)) for what, label in _STEPS.items()]
    steps = bench.in_turn(jobs, long)
    before = bench.in_turn(jobs[-1:], short)[jobs[-1].label]
    charts = bench.in_turn(
        [Job(label, "telemparse_analysis.py", arguments=(what,)) for what, label in _CHARTS.items()],
        samples(SAMPLES),
    )
    fusions = bench.in_turn(
        [Job(label, "telemparse_fusion.py", arguments=(how,)) for how, label in _FUSIONS.items()],
        drives(FUSED),
    )
    rows = [_row(label, run) for label, run in {**steps, **charts, **fusions}.items()]
    after = steps[jobs[-1].label]
    note = (
        f"Positions of {LAPS[1]} simulated laps, 100 000 epochs at 10 Hz, and {SAMPLES:,} accelerations;"
        f" {FUSED} laps with fixes at 10 Hz and 100 000 inertial samples;"
        " memory is what the step adds to what the table takes."
    )
    measured = (*steps.values(), *charts.values(), *fusions.values(), before)
    bars = (
        Bar("100 000 epochs: align, smooth, laps and quality", after.cpu_s, _MOST_S, "s"),
        *(Bar(f"a million samples: {name}", run.cpu_s, _MOST_CHART_S, "s") for name, run in charts.items()),
        *(
            Bar(f"100 000 inertial samples: {label}", fusions[label].cpu_s, _MOST_FUSING_S[how], "s")
            for how, label in _FUSIONS.items()
        ),
        Bar("laps: memory an epoch at 4x over 1x", _memory(after) / _memory(before) / 4, _MOST_GROWTH, "x"),
    )
    bars = () if any(run.failure for run in measured) else bars
    return [Section("Laps and levels", note, ("what", "rows", "CPU s", "added MB"), tuple(rows), bars)]


def _row(label: str, run: Measurement) -> tuple[str, ...]:
    rows = run.failure or str(run.facts.get("rows", ""))
    return (label, rows, f"{run.cpu_s:.3f}", f"{_memory(run) / MB:.0f}")


def _memory(run: Measurement) -> float:
    return max(run.peak_bytes - run.base_bytes, 1)
