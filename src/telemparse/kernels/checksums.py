"""Checksums of many records at once: the exclusive or of NMEA 0183, the sums of Fletcher."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from telemparse.kernels.fixed_width import windows

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Ints
    from telemparse.kernels.gather import Bytes

__all__ = ["fletcher_checksums", "xor_checksums"]

_MOST_WIDTHS = 64  # lengths of spans that are looked at one by one


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


def fletcher_checksums(buffer: Bytes, starts: Ints, ends: Ints) -> tuple[Bytes, Bytes]:
    """Return both sums of the bytes from each start to its end modulo 256, each of shape (n,).

    The algorithm of RFC 1145 with eight bits, which frames of UBX end in: the first sum is that of the
    bytes, the second that of all first sums on the way. Spans may overlap: the time grows with the length
    of the buffer and with n, whatever the spans claim. The caller warrants 0 <= start <= end <= len(buffer).

    Args:
        buffer: bytes, shape (m,).
        starts: shape (n,).
        ends: exclusive, shape (n,).
    """
    lengths = ends - starts
    widths = np.flatnonzero(np.bincount(lengths)) if _are_few(lengths, len(buffer)) else None
    if widths is None or len(widths) > _MOST_WIDTHS:
        return _by_prefixes(buffer, starts, ends)
    first, second = np.zeros((2, len(starts)), np.uint8)
    for width in widths.tolist():
        rows = np.flatnonzero(lengths == width) if len(widths) > 1 else slice(None)
        cells = windows(buffer, starts[rows], width)
        first[rows] = cells.sum(1, dtype=np.uint8)
        second[rows] = np.einsum("ij,j->i", cells, np.arange(width, 0, -1).astype(np.uint8), dtype=np.uint8)
    return first, second


def _are_few(lengths: Ints, size: int) -> bool:
    """Tell whether spans are no longer together than the buffer, so that each can be looked at."""
    return len(lengths) > 0 and int(lengths.sum()) <= size


def _by_prefixes(buffer: Bytes, starts: Ints, ends: Ints) -> tuple[Bytes, Bytes]:
    """Return both sums from those of the bytes before, and of the bytes times their places."""
    # The second sum counts the byte at place j of a span (end - j) times; only eight bits count.
    sums, moments = np.zeros((2, len(buffer) + 1), np.uint8)
    np.cumsum(buffer, dtype=np.uint8, out=sums[1:])
    places = np.resize(np.arange(256, dtype=np.uint8), len(buffer))
    np.multiply(places, buffer, out=places)
    np.cumsum(places, dtype=np.uint8, out=moments[1:])
    first = sums[ends] - sums[starts]
    second = ends.astype(np.uint8) * first - (moments[ends] - moments[starts])
    return first, second
