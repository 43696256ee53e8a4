"""Bins of time, and the one value that many rows of a bin become."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Floats, Ints, Mask

__all__ = ["Bins", "circular_mean", "mean", "place_mean"]

_WIDE_DEG = 1.0  # of longitude within a bin: so near to a pole degrees are no lengths
_POLAR_DEG = 85.0  # of latitude
_FEW = 4  # rows in the largest bin
_NOWHERE = 1e-6  # length of a mean of directions below which it has none


@attrs.frozen(eq=False)
class Bins:
    """Runs of rows that fall into one bin each; bins without rows do not exist.

    Args:
        index: which bin each row falls into, not falling, shape (n,).
        starts: first row of each run, shape (k,).
        counts: rows of each run, shape (k,).
    """

    index: Ints
    starts: Ints
    counts: Ints

    @classmethod
    def of(cls, index: Ints) -> Bins:
        """Return the runs of equal numbers."""
        starts = np.flatnonzero(np.concatenate([np.ones(min(len(index), 1), np.bool_), np.diff(index) != 0]))
        return cls(index, starts, np.diff(np.append(starts, len(index))))

    @classmethod
    def centred(cls, t_ns: Ints, width_ns: int) -> Bins:
        """Return bins around each whole multiple of a width since 1970, from half a width before it on."""
        return cls.of((t_ns + width_ns // 2) // width_ns)

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def numbers(self) -> Ints:
        """Number of each bin, shape (k,)."""
        return self.index[self.starts]

    @property
    def middles(self) -> Ints:
        """Middle row of each bin, the earlier one of two, shape (k,)."""
        return np.asarray(self.starts + (self.counts - 1) // 2)

    def among(self, rows: Mask) -> tuple[Bins, Mask]:
        """Return the bins of some rows alone, and which of these bins those are, shape (k,)."""
        if rows.all():
            return self, np.ones(len(self), np.bool_)
        some = Bins.of(self.index[rows])
        return some, np.add.reduceat(rows, self.starts, dtype=np.int64) > 0

    def each(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return a bin's value for each of its rows, shape (n,)."""
        return np.repeat(values, self.counts)

    def sums(self, values: NDArray[Any]) -> Floats:
        """Return the sum over each bin, in double precision, shape (k,)."""
        return np.asarray(np.add.reduceat(values, self.starts, dtype=np.float64))

    def lowest(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the smallest value of each bin, shape (k,)."""
        return self._joined(np.minimum, values)

    def highest(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the largest value of each bin, shape (k,)."""
        return self._joined(np.maximum, values)

    def any_bits(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the bits that any value of each bin has, shape (k,)."""
        return self._joined(np.bitwise_or, values)

    def _joined(self, how: np.ufunc, values: NDArray[Any]) -> NDArray[Any]:
        """Return what an operation, to which a value twice is as good as once, makes of each bin."""
        if self._seconds is None:
            return np.asarray(how.reduceat(values, self.starts))
        made = values[self.starts]
        for rows in self._seconds:
            how(made, values[rows], out=made)
        return made

    @cached_property
    def _seconds(self) -> list[Ints] | None:
        """Return the second row of each bin, the third and so on, the last again where there is none.

        None of large bins: ten times slower than this for small ones, numpy's own reduction is faster there.
        """
        largest = int(self.counts.max(initial=0))
        if largest > _FEW:
            return None
        return [self.starts + np.minimum(nth, self.counts - 1) for nth in range(1, largest)]


def mean(values: NDArray[Any], bins: Bins) -> Floats:
    """Return the mean of each bin, shape (k,), never outside its values; of equal ones exactly that."""
    if values.dtype.kind == "f" and values.dtype.itemsize < np.dtype(np.float64).itemsize:
        return bins.sums(values) / bins.counts  # double precision holds their sum
    values = values.astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        first = values[bins.starts]
        middle = first + bins.sums(values - bins.each(first)) / bins.counts
    if not np.isfinite(middle).all():
        # Differences that no number holds: each value's part of the mean is small enough.
        middle = np.where(np.isfinite(middle), middle, bins.sums(values / bins.each(bins.counts)))
    return np.clip(middle, bins.lowest(values), bins.highest(values))


def _wrapped_mean(values: Floats, bins: Bins, turn: float) -> tuple[Floats, Floats]:
    """Return the mean of angles near to each other, any turn of it, shape (k,), and each row's way to it."""
    first = values[bins.starts]
    off = values - bins.each(first)
    if np.abs(off).max() >= turn / 2:
        off = np.mod(off + turn / 2, turn) - turn / 2
    return first + bins.sums(off) / bins.counts, off


def circular_mean(values: NDArray[Any], bins: Bins, turn: float) -> tuple[Floats, Mask]:
    """Return the direction of the mean of unit vectors, from 0 to a turn, and where it has one, both (k,)."""
    values = values.astype(np.float64)
    first = values[bins.starts]
    off = (values - bins.each(first)) * (2 * np.pi / turn)
    across, along = bins.sums(np.sin(off)), bins.sums(np.cos(off))
    known = np.hypot(across, along) > _NOWHERE * bins.counts
    return np.mod(first + np.arctan2(across, along) * (turn / (2 * np.pi)), turn), known


def place_mean(lat_deg: Floats, lon_deg: Floats, bins: Bins) -> tuple[Floats, Floats]:
    """Return the mean latitude and longitude of each bin, shape (k,), in degrees that may be a turn off.

    Within 5 degrees of a pole, where a bin spans a degree of longitude, it is the direction of the mean of
    the places' normals.
    """
    lat = mean(lat_deg, bins)
    lon, off = _wrapped_mean(lon_deg, bins, 360.0)
    if np.abs(lat_deg).max() > _POLAR_DEG:
        wide = bins.highest(off) - bins.lowest(off) > _WIDE_DEG
        near, across = np.radians(lat_deg), np.radians(lon_deg)
        x, y = bins.sums(np.cos(near) * np.cos(across)), bins.sums(np.cos(near) * np.sin(across))
        lat = np.where(wide, np.degrees(np.arctan2(bins.sums(np.sin(near)), np.hypot(x, y))), lat)
        lon = np.where(wide, np.degrees(np.arctan2(y, x)), lon)
    return lat, lon
