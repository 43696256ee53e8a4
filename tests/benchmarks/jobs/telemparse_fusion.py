"""From fixes and inertial samples to a fused pose, compiled or in plain numpy."""

from __future__ import annotations

import os
import sys
from pathlib import Path

if sys.argv[-1] == "plain":
    os.environ["NUMBA_DISABLE_JIT"] = "1"

import pyarrow.parquet as pq

from telemparse.analysis import fuse

_STREAMS = ("gnss_pvt", "imu_accel", "imu_gyro")


def prepare(path: str) -> object:
    """Read the tables."""
    return {name: pq.read_table(Path(path) / f"{name}.parquet") for name in _STREAMS}


def run(tables: dict[str, object], _how: str) -> dict[str, object]:
    """Fuse the tables of a drive.

    Args:
        tables: by stream.
        _how: `compiled`, where numba is installed, or `plain`.
    """
    fused = fuse(tables)
    if not fused.ok:
        raise SystemExit("the drive was not fused")
    return {"rows": fused.table.num_rows}
