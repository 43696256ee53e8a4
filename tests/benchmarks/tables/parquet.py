"""Writing a million fixes as Parquet: size and speed, beside pyarrow's defaults and JSON."""

from __future__ import annotations

from benchmarks.bench import Bench
from benchmarks.inputs import bench_input
from benchmarks.values import MB, Bar, Job, Section

FILE = bench_input("csv", 1_000_000)
OURS = Job("telemparse.writers", "telemparse_write.py")
JOBS = (
    OURS,
    Job("pyarrow, defaults (snappy)", "pyarrow_write.py", version_of="pyarrow"),
    Job("JSON arrays, one a column", "json_arrays.py", version_of=""),
)


def sections(bench: Bench) -> list[Section]:
    """Write the table in each way and return sizes and speeds."""
    measured = bench.in_turn(JOBS, FILE)
    rows = []
    for label, run in measured.items():
        if run.failure:
            rows.append((label, "", run.failure, "", "", ""))
            continue
        count, size = run.facts["rows"], run.facts["bytes"]
        rows.append(
            (
                label,
                run.version,
                f"{size / MB:.1f}",
                f"{size / count:.1f}",
                f"{run.cpu_s:.3f}",
                f"{count / run.cpu_s / 1e6:.1f}",
            )
        )
    ours, json = measured[OURS.label], measured[JOBS[2].label]
    bars: tuple[Bar, ...] = ()
    if not ours.failure and not json.failure:
        count, size = ours.facts["rows"], ours.facts["bytes"]
        bars = (
            Bar("Parquet: size of a row", size / count, 18, "B"),
            Bar("Parquet: rows a CPU second", count / ours.cpu_s / 1e6, 4, "M", at_least=True),
            Bar("Parquet: share of JSON arrays", 100 * size / json.facts["bytes"], 25, "%"),
        )
    note = (
        "1 000 000 rows of `t`, `lat_deg`, `lon_deg`, `alt_m`, `speed_mps`, `course_deg`, `hdop`,"
        " `sat_count`, `fix_type` and `quality_flags`. The file of telemparse holds all columns of"
        " `gnss_pvt`, the rest of them null, and is brought to the disk (fsync) before it gets its name."
    )
    return [
        Section(
            "Writing Parquet",
            note,
            ("writer", "version", "MB", "bytes a row", "CPU s", "M rows a CPU s"),
            tuple(rows),
            bars,
        )
    ]
