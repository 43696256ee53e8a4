"""Simulated drives as the two files that a receiver and an inertial unit leave behind."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from telemparse.testing.simulate import Run

__all__ = ["write_gnss", "write_imu"]

_FIXES = ("lat_deg", "lon_deg", "alt_m", "speed_mps", "course_deg", "hacc_m")
_FORCES, _RATES = ("ax_mps2", "ay_mps2", "az_mps2"), ("gx_rps", "gy_rps", "gz_rps")


def write_gnss(run: Run, place: Path) -> Path:
    """Write the fixes of a run as a CSV file and return its place."""
    return _write(place, run.gnss, _cells(run.gnss, _FIXES))


def write_imu(run: Run, place: Path, *, rates: bool = True) -> Path:
    """Write forces, and rates if they are wanted, as a CSV file and return its place."""
    accel, gyro = run.tables["imu_accel"], run.tables["imu_gyro"]
    return _write(place, accel, _cells(accel, _FORCES) | (_cells(gyro, _RATES) if rates else {}))


def _cells(table: pa.Table, names: Iterable[str]) -> dict[str, list[Any]]:
    return {name: table[name].to_pylist() for name in names}


def _write(place: Path, table: pa.Table, columns: dict[str, list[Any]]) -> Path:
    stamps = [f"{t.isoformat()}Z" for t in table["t"].cast(pa.timestamp("us")).to_pylist()]
    with place.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["time", *columns])
        writer.writerows(zip(stamps, *columns.values(), strict=True))
    return place
