"""Simulated recordings as canonical tables, for the analysis of them; a program that writes one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.values import Input


def positions(laps: int) -> Input:
    """Return simulated positions of so many laps."""
    return Input(f"laps-{laps}.fixes", lambda path: _written("fixes", laps, path))


def samples(count: int) -> Input:
    """Return so many simulated accelerations at 1 kHz."""
    return Input(f"samples-{count}.inertial", lambda path: _written("samples", count, path))


def drives(laps: int) -> Input:
    """Return a folder of simulated fixes at 10 Hz and inertial samples at 100 Hz of so many laps."""
    return Input(f"laps-{laps}.drive", lambda path: _written("drive", laps, path))


def _written(what: str, count: int, path: Path) -> None:
    """Write one in another process: what this one takes at its peak would count as that of its children."""
    subprocess.run([sys.executable, "-m", "benchmarks.recordings", what, str(count), str(path)], check=True)


def _fixes(count: int, path: str) -> None:
    import pyarrow.parquet as pq

    from telemparse.testing.simulate import simulate

    pq.write_table(simulate("rc_offroad", seed=1, laps=count).gnss, path)


def _drive(count: int, path: str) -> None:
    import pyarrow.parquet as pq

    from telemparse.testing.simulate import simulate

    Path(path).mkdir()
    for name, table in simulate("rc_offroad", seed=1, laps=count, imu=6).tables.items():
        pq.write_table(table, Path(path) / f"{name}.parquet")


def _samples(count: int, path: str) -> None:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    from telemparse import schemas

    drawn = np.random.default_rng(1).normal(0, 3, (3, count)).astype(np.float32)
    stamps = 1_746_352_800_000_000_000 + np.arange(count) * 1_000_000
    columns = {"t": stamps, "ax_mps2": drawn[0], "ay_mps2": drawn[1], "az_mps2": drawn[2]}
    pq.write_table(pa.Table.from_batches([schemas.build("imu_accel", columns)]), path)


if __name__ == "__main__":
    {"drive": _drive, "fixes": _fixes, "samples": _samples}[sys.argv[1]](int(sys.argv[2]), sys.argv[3])
