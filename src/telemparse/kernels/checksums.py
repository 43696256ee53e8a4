"""Checksums of many records at once: the exclusive or of NMEA 0183."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Ints
    from telemparse.kernels.gather import Bytes

__all__ = ["xor_checksums"]


def xor_checksums(buffer: Bytes, starts: Ints, ends: Ints) -> Bytes:
    """Return the exclusive or of the bytes from each start to its end, shape (n,), 0 for no bytes.

    NMEA 0183: the checksum of a sentence goes over what stands between `$` and `*`, both left out.
    The caller warrants 0 <= start <= end <= len(buffer); time grows with the sum of the lengths.

    Args:
        buffer: bytes, shape (m,).
        starts: shape (n,).
        ends: exclusive, shape (n,).
    """
    sums = np.zeros(len(starts), np.uint8)
    filled = ends > starts
    if not filled.all():
        sums[filled] = xor_checksums(buffer, starts[filled], ends[filled])
        return sums
    if not len(starts):
        return sums
    # An index that ends a span must lie inside; one byte more changes no span.
    reached = int(ends.max()) == len(buffer)
    padded = np.concatenate([buffer, np.zeros(1, np.uint8)]) if reached else buffer
    pairs = np.empty(2 * len(starts), np.int64)
    pairs[::2], pairs[1::2] = starts, ends
    # Between the spans, reduceat goes on from an end to the next start: those results are not wanted.
    return np.bitwise_xor.reduceat(padded, pairs)[::2].astype(np.uint8, copy=False)
