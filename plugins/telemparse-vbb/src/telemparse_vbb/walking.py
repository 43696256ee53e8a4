"""Where samples begin: a walk from each to the next, whole rounds of groups at a time where they repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from telemparse_vbb.layouts import HEAD_BYTES
from telemparse_vbb.records import SAMPLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemparse.kernels.arrays import Ints
    from telemparse.kernels.gather import Bytes

__all__ = ["walk"]

_STEPS = 64  # walked one by one before a round is looked for
_GROUP = 5  # byte of a sample that holds its group


def walk(data: bytes, at: int, lengths: Sequence[int]) -> tuple[Ints, int]:
    """Return where samples begin that follow each other, ascending, and where the last one ends.

    Args:
        data: where all samples that are returned end as well.
        at: where the first one may begin.
        lengths: of samples by group, 0 for a group that is not known.
    """
    buffer = np.frombuffer(data, np.uint8)
    found: list[Ints] = []
    while True:
        steps, at = _steps(data, at, lengths)
        if steps:
            found.append(np.array(steps, np.int64))
        if len(steps) < _STEPS:
            break
        rounds = _rounds(data, buffer, steps, at, lengths)
        if len(rounds):
            found.append(rounds)
            last = int(rounds[-1])
            at = last + lengths[data[last + _GROUP]]
    return (np.concatenate(found) if found else np.zeros(0, np.int64)), at


def _steps(data: bytes, at: int, lengths: Sequence[int]) -> tuple[list[int], int]:
    starts: list[int] = []
    end = len(data)
    while len(starts) < _STEPS and at + HEAD_BYTES <= end and data[at] == SAMPLE:
        length = lengths[data[at + _GROUP]]
        if not length or at + length > end:
            break
        starts.append(at)
        at += length
    return starts, at


def _rounds(data: bytes, buffer: Bytes, steps: list[int], at: int, lengths: Sequence[int]) -> Ints:
    """Return the samples from a place on that come in the same round as those before it."""
    groups = bytes(data[start + _GROUP] for start in steps)
    size = next((n for n in range(1, _STEPS // 2 + 1) if groups[n:] == groups[:-n]), 0)
    if not size:
        return np.zeros(0, np.int64)
    kinds = groups[len(groups) - size :]
    places = np.cumsum([0, *(lengths[kind] for kind in kinds)])
    width = int(places[-1])
    count = (len(data) - at) // width
    wanted = np.frombuffer(kinds, np.uint8)
    starts = at + width * np.arange(count, dtype=np.int64)[:, None] + places[:-1]
    right = (buffer[starts] == SAMPLE).all(axis=1) & (buffer[starts + _GROUP] == wanted).all(axis=1)
    good = count if right.all() else int(np.argmin(right))
    found: Ints = starts[:good].ravel()
    return found
