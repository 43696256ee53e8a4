"""What a file is made of, as it is fed: definitions, and runs of samples whose times are in step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.fixed_width import windows

from telemparse_vbb.searching import DAY_TICKS

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Ints, Mask
    from telemparse.kernels.gather import Bytes

    from telemparse_vbb.records import Record

__all__ = ["Definition", "Run", "in_step"]

_APART_TICKS = 600_000  # a minute: a sample that stands alone as far from both its neighbours is damaged


@attrs.frozen
class Definition:
    """A record of definitions, which is already taken in by the layouts.

    Args:
        record: what it says.
        offset: of its first byte in the file.
        redefines: a group that stood is made up in another way from here on.
    """

    record: Record
    offset: int
    redefines: bool


@attrs.frozen(eq=False)
class Run:
    """Samples that follow each other.

    Args:
        buffer: bytes of the file.
        starts: of the samples in the buffer, shape (n,).
        stamps: of the samples, 100 µs of the day, shape (n,).
        groups: of the samples, shape (n,).
        offset: of the buffer in the file.
    """

    buffer: Bytes
    starts: Ints
    stamps: Ints
    groups: Bytes
    offset: int

    def rows(self, chosen: Mask, length: int) -> Bytes:
        """Return some of the samples as bytes, shape (m, length); all are of this length."""
        return windows(self.buffer, self.starts[chosen], length)


def in_step(stamps: Ints, previous: int | None) -> Mask:
    """Return which stamps are possible and not alone far from both their neighbours, shape (n,).

    Args:
        stamps: 100 µs of the day, of samples that follow each other.
        previous: stamp of the sample before the first one, None for none.
    """
    before = np.concatenate([stamps[:1] if previous is None else [previous], stamps[:-1]])
    after = np.concatenate([stamps[1:], stamps[-1:]])
    alone = (_apart(stamps, before) > _APART_TICKS) & (_apart(stamps, after) > _APART_TICKS)
    good: Mask = (stamps < DAY_TICKS) & ~(alone & (_apart(before, after) <= _APART_TICKS))
    return good


def _apart(one: Ints, other: Ints) -> Ints:
    """Return how far stamps are from each other, over midnight too."""
    step = np.abs(one - other)
    near: Ints = np.minimum(step, np.abs(DAY_TICKS - step))
    return near
