"""A real drive with exact fixes, and what two poses of it have between them."""

from __future__ import annotations

from pathlib import Path as Folder

import numpy as np

import telemparse
from benchmarks.fusion.errors import column, instants, wrapped
from telemparse.analysis import Fused, Motion
from telemparse.model.results import ParseResult

__all__ = ["DRIVE", "drive_of", "std_at", "turned_deg"]

DRIVE = ("gnss-imu/drive-0708-imu.csv", "gnss-imu/drive-0708-rtk-solution.pos")
"""A car on roads: a unit at 100 Hz on its own clock, and a solution with fixed ambiguities at 4 Hz."""


def drive_of(folder: Folder) -> ParseResult:
    """Return the drive, from the folder of recordings."""
    return telemparse.parse([folder / name for name in DRIVE])


def std_at(found: Fused, t_ns: np.ndarray) -> np.ndarray:
    """Return standard deviations of a pose's position (east, north) at instants, shape (k, 2)."""
    rows = instants(found.table)
    std = column(found.table, "pos_std_e_m", "pos_std_n_m")
    return np.stack([np.interp(t_ns, rows, each) for each in std.T], axis=1)


def turned_deg(motion: Motion, velocity: np.ndarray) -> np.ndarray:
    """Return by how many degrees directions of travel differ from those of a motion, shape (k,)."""
    own = np.arctan2(motion.velocity_mps[:, 1], motion.velocity_mps[:, 0])
    return np.degrees(wrapped(np.arctan2(velocity[:, 1], velocity[:, 0]) - own))
