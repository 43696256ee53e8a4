"""Lap features of ten million laps: time and peak memory beside pandas and plain Polars."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.values import MB, Bar, Job, Measurement, Section

OURS = Job("telemparse.features", "features_telemparse.py")
JOBS = (
    OURS,
    Job("pandas, groupby().rolling()", "features_pandas.py", version_of="pandas"),
    Job("Polars, rolling over groups", "features_polars.py", version_of="polars"),
)
# Drivers, races, laps a race.
SHAPES = {
    "2 000 drivers, 100 races of 50 laps, by race": (2000, 100, 50),
    "4 drivers, one race of 2 500 000 laps": (4, 1, 2_500_000),
}
_SMALL = (4, 2, 60)
_MOST_MB = 1000.0
# Written in a process of its own, so that making the file is no part of any peak.
_WRITE = """
import sys
import numpy as np
import polars as pl
path, (drivers, races, laps) = sys.argv[1], map(int, sys.argv[2:])
rows = drivers * races * laps
dice = np.random.default_rng(1)
at = np.arange(rows)
race, within = np.divmod(at, laps * drivers)
lap, driver = np.divmod(within, drivers)
numbers = pl.DataFrame({
    "lap": (lap + 1).astype(np.int32), "driver": driver.astype(np.int32), "race": race.astype(np.int32),
    "timestamp": at * 1000, "position": dice.integers(1, 40, rows).astype(np.int32),
    "laps_led": (dice.random(rows) < 0.05).astype(np.int32), "lap_time": dice.normal(50, 1, rows),
})
numbers.select(
    "lap", pl.format("driver_{}", "driver").alias("driver_id"),
    pl.col("timestamp").cast(pl.Datetime("us")),
    pl.format("track_{}", pl.col("race") % 30).alias("track_id"),
    pl.format("race_{}", "race").alias("race_id"),
    "position", "laps_led", "lap_time",
).write_parquet(path)
"""


def sections(bench: Bench) -> list[Section]:
    """Compute the features of each table in each way, once."""
    rows, bars = [], []
    with tempfile.TemporaryDirectory(prefix="telemparse-bench-") as folder:
        small = _written(Path(folder) / "small.parquet", _SMALL)
        for shape, sizes in SHAPES.items():
            path = _written(Path(folder) / "laps.parquet", sizes)
            for job in JOBS:
                run = bench.on_files(job, small, path)
                rows.append((shape, job.label, *_cells(run)))
                if job is OURS and not run.failure:
                    bars.append(
                        Bar(f"Lap features, {shape}: peak memory", run.peak_bytes / MB, _MOST_MB, "MB")
                    )
    note = (
        "10 000 000 laps in a Parquet file of 8 columns, in the order of a season: by race, lap and driver."
        " Mean and best position and laps led over 10, 20 and 50 laps of each driver in each race, written as"
        " Snappy Parquet. One run each in a fresh process; the memory is that of the whole process."
        " telemparse reads the file in pieces of whole groups and checks that no lap is doubled."
    )
    header = ("laps", "library", "version", "wall s", "CPU s", "peak MB")
    return [Section("Lap features", note, header, tuple(rows), tuple(bars))]


def _written(path: Path, sizes: tuple[int, int, int]) -> Path:
    subprocess.run([sys.executable, "-c", _WRITE, str(path), *map(str, sizes)], check=True)
    return path


def _cells(run: Measurement) -> tuple[str, ...]:
    if run.failure:
        return ("", run.failure, "", "")
    return (run.version, f"{run.wall_s:.1f}", f"{run.cpu_s:.1f}", f"{run.peak_bytes / MB:.0f}")
