"""A seeded MoTeC log of many channels: what a reader of indexed formats need not read all of."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.values import Input

CHANNELS = 100
_RATE_HZ = 50
_SEED = 20250504


def log_input(samples: int) -> Input:
    """Return the file of a log with so many samples of each of its 100 channels."""
    return Input(f"bench-{samples}.ld", lambda path: _write(path, samples))


def _write(path: Path, samples: int) -> None:
    from telemparse_motec.writing import Column, ld_bytes

    rng = np.random.default_rng(_SEED)
    columns = [
        Column(
            f"Sensor {number:03}",
            "V",
            _RATE_HZ,
            np.cumsum(rng.integers(-9, 10, samples)).astype("<i2"),
            (0, 1, 1, 2),
        )
        for number in range(CHANNELS)
    ]
    path.write_bytes(ld_bytes(columns))
