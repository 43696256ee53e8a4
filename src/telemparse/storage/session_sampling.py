"""Samples on other instants: as they are where both meet, made between near ones, null elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import attrs
import numpy as np
import pyarrow as pa

from telemparse.kernels.arrays import floats, numpy_view, to_arrow, validity

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Floats, Ints, Mask

__all__ = ["Method", "Sampled", "Sampling", "flagged", "gap_ns", "period_ns"]

Method = Literal["linear", "nearest", "previous"]

# A value is made across two samples that are missing, and not across more; what comes so fast that three
# samples take less than a quarter of a second may miss more of them.
_GAP_PERIODS = 3
_LEAST_GAP_NS = 250_000_000


def period_ns(t_ns: Ints) -> int | None:
    """Return the usual distance of two samples in ns, None where all have one instant."""
    steps = np.diff(t_ns)
    steps = steps[steps > 0]
    return int(np.median(steps)) if len(steps) else None


def gap_ns(t_ns: Ints) -> int:
    """Return the largest distance of two samples, in ns, that a value may be made between."""
    return max(_GAP_PERIODS * (period_ns(t_ns) or 0), _LEAST_GAP_NS)


@attrs.frozen(eq=False)
class Sampled:
    """A column on other instants.

    Args:
        column: shape (n,), null where nobody knows.
        made: rows with a value that was made between samples.
        share: of the rows with a value, 0 to 1.
    """

    column: pa.Array
    made: Mask
    share: float


@attrs.frozen(eq=False)
class Sampling:
    """How the samples of one stream lie among the wanted instants.

    Args:
        t_ns: of the samples, not falling, shape (m,).
        wanted_ns: instants, not falling, shape (n,).
        met: sample that lies on each instant, -1 where none does, shape (n,); of several on one instant each
            one is met in turn.
    """

    t_ns: Ints
    wanted_ns: Ints
    met: Ints

    @classmethod
    def of(cls, t_ns: Ints, wanted_ns: Ints) -> Sampling:
        """Return where samples and instants meet."""
        first = np.searchsorted(t_ns, wanted_ns, side="left")
        end = np.searchsorted(t_ns, wanted_ns, side="right")
        turn = np.arange(len(wanted_ns)) - np.searchsorted(wanted_ns, wanted_ns, side="left")
        return cls(t_ns, wanted_ns, np.where(end > first, np.minimum(first + turn, end - 1), -1))

    @property
    def rows_met(self) -> int:
        """Number of samples that lie on a wanted instant."""
        return len(np.unique(self.met[self.met >= 0]))

    def sampled(self, column: pa.ChunkedArray, method: Method, *, turn: float | None = None) -> Sampled:
        """Return a column of the stream on the wanted instants.

        Where a sample lies on an instant its value is taken, a null too. Between two known samples no farther
        apart than `gap_ns` a value is made; everywhere else it is null.

        Args:
            column: of the stream, shape (m,).
            method: `linear` needs floats.
            turn: for directions, the value of a whole turn: between them the short way round is taken.
        """
        source = column.combine_chunks()
        known = np.flatnonzero(validity(source))
        between, left, weight = self._between(known)
        rows = self.met.copy()
        later = (weight > 0.5) if method == "nearest" else np.zeros(len(weight), np.bool_)  # noqa: PLR2004  (half way)
        rows[between] = known[left + later]
        if method == "linear":
            values = floats(source)
            made = np.where(rows >= 0, values[np.maximum(rows, 0)], np.nan)
            low, high = values[known[left]], values[known[left + 1]]
            made[between] = _between_two(low, high, weight, turn, values[known])
            result = to_arrow(made, pa.float64(), np.isfinite(made))
        else:
            result = source.take(to_arrow(rows, pa.int64(), rows >= 0))
        has = validity(result)
        share = float((between & has).sum() / has.sum()) if has.any() else 0.0
        return Sampled(result, between & has, share)

    def _between(self, known: Ints) -> tuple[Mask, Ints, Floats]:
        """Return the instants between two near samples, shape (n,); for each the one before, and how far on.

        Args:
            known: samples with a value, shape (k,).
        """
        t_ns = self.t_ns[known]
        right = np.searchsorted(t_ns, self.wanted_ns, side="right")
        between = (self.met < 0) & (right > 0) & (right < len(known))
        inside = right[between]
        near = t_ns[inside] - t_ns[inside - 1] <= gap_ns(t_ns)
        between[between] = near
        left = inside[near] - 1
        weight = (self.wanted_ns[between] - t_ns[left]) / (t_ns[left + 1] - t_ns[left])
        return between, left, weight


def _between_two(low: Floats, high: Floats, weight: Floats, turn: float | None, known: Floats) -> Floats:
    """Return values from low to high; of directions on the short way round, in the range of known ones."""
    if turn is None:
        return np.asarray(low + (high - low) * weight)
    step = np.mod(high - low + turn / 2, turn) - turn / 2
    first = -turn / 2 if len(known) and known.min() < 0 else 0.0
    return np.asarray(np.mod(low + step * weight - first, turn) + first)


def flagged(flags: pa.Array, made: Mask, bit: int) -> pa.Array:
    """Return flags with a bit set in some rows."""
    values = numpy_view(flags) | np.where(made, bit, 0).astype(numpy_view(flags).dtype)
    return to_arrow(values, flags.type, validity(flags))
