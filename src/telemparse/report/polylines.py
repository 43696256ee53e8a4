"""Lines of drawings: as few points as look the same, and their text in SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemparse.kernels.arrays import Floats, Ints

__all__ = ["FINE", "Numbers", "drawn", "path_text", "runs_of", "simplified"]

FINE = 0.3
"""Of the drawing's units: what nobody sees."""
_ROUNDS = 64


class Numbers(str):
    """Numbers of ours as text: no words of a recording, so that there is nothing to escape or to cut."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


def simplified(points: Floats, tolerance: float) -> Ints:
    """Return the rows of a line that draw it: no point left out lies farther from it than the tolerance.

    All pieces are split at once at their farthest points, until none is too far (after Ramer, 1972, and
    Douglas and Peucker, 1973); a line that needs more than 64 rounds stays a little coarser.

    Args:
        points: shape (n, 2), finite, n > 0.
        tolerance: in the units of the points.
    """
    last = len(points) - 1
    kept = np.unique(np.array([0, last]))
    for _round in range(_ROUNDS):
        if len(kept) <= 1:
            break
        piece = np.repeat(np.arange(len(kept) - 1), np.diff(kept))
        away = _distance(points[:last], points[kept[piece]], points[kept[piece + 1]])
        farthest = np.maximum.reduceat(away, kept[:-1])
        rows = np.flatnonzero((away == farthest[piece]) & (farthest[piece] > tolerance))
        if not len(rows):
            break
        _pieces, first = np.unique(piece[rows], return_index=True)
        kept = np.union1d(kept, rows[first])
    return kept


def _distance(points: Floats, start: Floats, stop: Floats) -> Floats:
    """Return how far points lie from pieces of straight line, one each."""
    along, there = stop - start, points - start
    squared = (along * along).sum(axis=1)
    share = np.clip((there * along).sum(axis=1) / np.where(squared > 0, squared, 1.0), 0.0, 1.0)
    return np.asarray(np.hypot(*(there - share[:, None] * along).T))


def runs_of(points: Floats) -> tuple[slice, ...]:
    """Return the stretches of a line, shape (n, 2), that are known: finite, and longer than a point."""
    known = np.concatenate([[False], np.isfinite(points).all(axis=1), [False]])
    edges = np.flatnonzero(known[1:] != known[:-1])
    return tuple(slice(int(start), int(stop)) for start, stop in edges.reshape(-1, 2) if stop - start > 1)


def path_text(lines: Sequence[Floats], *, close: bool = False) -> Numbers:
    """Return lines, each of shape (n, 2) and finite, as data of an SVG path in tenths of a unit."""
    return Numbers(
        "".join(
            "M"
            + " ".join(f"{x / 10:g} {y / 10:g}" for x, y in np.rint(10 * line).astype(np.int64).tolist())
            + "Z" * close
            for line in lines
        )
    )


def drawn(points: Floats, tolerance: float = FINE) -> Numbers:
    """Return a line, shape (n, 2), NaN where it breaks, as few points of an SVG path."""
    runs = [points[run] for run in runs_of(points)]
    return path_text([run[simplified(run, tolerance)] for run in runs])
