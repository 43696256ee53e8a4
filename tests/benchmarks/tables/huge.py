"""Converting files of 4 GB: measured when asked for, else the figures of the last time."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.bench import Bench
from benchmarks.huge import FORMS, huge_input
from benchmarks.report import machine
from benchmarks.values import MB, Bar, Job, Section

FIGURES = Path(__file__).with_name("huge.json")
CONVERT = Job("telemparse.convert", "telemparse_convert.py")
LIMITS_MB = {"nmea": 150, "csv": 220}
_SIZE = 4_000 * MB
# The file, what comes of it, and room to breathe.
_DISK = 2 * _SIZE
_TIMEOUT_S = 1800
NOTE = (
    "Written by `nox -s bench -- --huge` and kept by the bench, for these files are made for each"
    " measurement and thrown away: a seeded block of 100 000 rows again and again, whose stamps (and"
    " checksums) go on. One run of `telemparse.convert` into Parquet each; the memory is that of the whole"
    " process, which must not depend on the size of the file."
)


def measure(bench: Bench) -> None:
    """Make each file, convert it, throw it away, and keep the figures."""
    for form in FORMS:
        with tempfile.TemporaryDirectory(prefix="telemparse-bench-") as folder:
            if shutil.disk_usage(folder).free < _DISK:
                raise SystemExit(f"{folder}: less than {_DISK // 10**9} GB left on the disk")
            path = Path(folder) / f"huge.{form}"
            huge_input(form, _SIZE).write(path)
            run = bench.once(CONVERT, form, path, _TIMEOUT_S)
            if run.failure:
                raise SystemExit(f"{form}: {run.failure}")
            figures = {
                "date": dt.datetime.now(dt.UTC).date().isoformat(),
                "version": run.version,
                "mb": round(path.stat().st_size / MB, 1),
                "rows": run.facts["rows"]["gnss_pvt"],
                "cpu_s": round(run.cpu_s, 2),
                "wall_s": round(run.wall_s, 2),
                "peak_mb": round(run.peak_bytes / MB, 1),
                "machine": machine(),
            }
        FIGURES.write_text(json.dumps({**load(), form: figures}, indent=2) + "\n", encoding="utf-8")


def load() -> dict[str, Any]:
    """Return the figures of the last measurement, by format."""
    document: dict[str, Any] = json.loads(FIGURES.read_text("utf-8")) if FIGURES.exists() else {}
    return document


def sections(_bench: Bench) -> list[Section]:
    """Return the table; nothing is measured."""
    return [section(load())]


def section(figures: Mapping[str, Any]) -> Section:
    """Return the table of figures by format."""
    rows = tuple(
        (
            form,
            run["date"],
            run["version"],
            f"{run['mb']:,.0f}",
            f"{run['rows']:,}",
            f"{run['cpu_s']:.1f}",
            f"{run['wall_s']:.1f}",
            f"{run['peak_mb']:.0f}",
        )
        for form, run in figures.items()
    )
    bars = tuple(
        Bar(
            f"{form.upper()}: peak memory of converting 4 GB ({run['date']})",
            run["peak_mb"],
            LIMITS_MB[form],
            "MB",
        )
        for form, run in figures.items()
    )
    machines = " ".join(sorted({run["machine"] for run in figures.values()}))
    header = ("format", "measured on", "version", "MB", "rows", "CPU s", "wall s", "peak MB")
    return Section("Files of 4 GB", f"{NOTE} Machine: {machines}", header, rows, bars)
