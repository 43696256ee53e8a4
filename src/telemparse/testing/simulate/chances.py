"""Streams of chance, one for each cause: what is added to a run does not change the rest of it."""

from __future__ import annotations

import enum

import numpy as np

__all__ = ["Cause", "chance"]


class Cause(enum.IntEnum):
    """What draws; numbers are appended, never used again."""

    LINE = 0
    GRIP = 1
    SLIP = 2
    POSITION = 3
    VELOCITY = 4
    ALTITUDE = 5
    PHASE = 6
    DROPOUT = 7
    TELEPORT = 8
    JITTER = 9
    ACCEL = 10
    GYRO = 11
    MAG = 12
    WHEEL = 13
    STATED = 14


def chance(seed: int, cause: Cause) -> np.random.Generator:
    """Return the stream of a seed and a cause."""
    return np.random.default_rng([seed, int(cause)])
