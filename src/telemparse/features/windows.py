"""Windows of laps: how they are written, and sums over them that know nothing of what lies outside."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.features.refusals import FeatureRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = [
    "Sums", "Window", "earlier", "least", "line_of", "lines", "moments", "moments_of", "most", "most_of",
    "over_windows", "parsed_window", "parsed_windows", "slope", "spread", "total", "total_of",
]  # fmt: skip

MOST_LAPS = 100_000
_WORD = re.compile(r"([1-9][0-9]{0,5})l")

Sums = tuple[np.ndarray, ...]
"""What is known of some laps, row by row; the first array counts values, unless it is a least or a most."""


@attrs.frozen(kw_only=True)
class Window:
    """A number of laps, and of how many of them a value must be known.

    Args:
        laps: that the window holds with the present one, 1 to 100 000.
        least: values without which the result is unknown, 1 to `laps`.
    """

    laps: int
    least: int

    @property
    def name(self) -> str:
        """The window as it stands in the names of columns: `10l`."""
        return f"{self.laps}l"


def parsed_windows(words: Iterable[str], min_laps: int | None) -> list[Window]:
    """Return the windows of a list of words such as `10l`, each one once.

    Raises FeatureRefused (`FEATURE_WINDOW_INVALID`).
    """
    given = [words] if isinstance(words, str) else list(words)
    if not given or not all(isinstance(word, str) for word in given):
        raise FeatureRefused("FEATURE_WINDOW_INVALID", window=repr(given)[:60])
    return [parsed_window(word, min_laps) for word in dict.fromkeys(given)]


def parsed_window(word: str | int, min_laps: int | None) -> Window:
    """Return one window, written as `10l` or as a number of laps.

    Raises FeatureRefused (`FEATURE_WINDOW_INVALID`).
    """
    match = _WORD.fullmatch(f"{word}l" if isinstance(word, int) else word if isinstance(word, str) else "")
    if match is None or isinstance(word, bool) or int(match[1]) > MOST_LAPS:
        raise FeatureRefused("FEATURE_WINDOW_INVALID", window=repr(word)[:60])
    laps = int(match[1])
    if min_laps is not None and (isinstance(min_laps, bool) or not isinstance(min_laps, int) or min_laps < 1):
        raise FeatureRefused("FEATURE_WINDOW_INVALID", window=f"min_laps={min_laps!r}"[:60])
    return Window(laps=laps, least=laps if min_laps is None else min(min_laps, laps))


def over_windows(
    single: Sums,
    place: np.ndarray,
    lengths: Iterable[int],
    joined: Callable[[Sums, Sums], Sums],
    empty: float = 0.0,
) -> Mapping[int, Sums]:
    """Return for each row what is known of the last `n` rows of its group, the row itself included.

    A running sum would carry rounding, infinities and the remains of huge values out of the window. Here
    blocks of 1, 2, 4, 8, … rows are joined, so that a result comes of the rows of its window alone,
    to the last bit.

    Args:
        single: what is known of each row by itself.
        place: of each row in its group, from 0; the rows of a group follow each other.
        lengths: of the windows, in rows.
        joined: makes what is known of two blocks together, of the older one and the newer one.
        empty: of a block without rows.
    """
    wanted = sorted(set(lengths))
    results: dict[int, Sums] = {}
    block, size = single, 1
    while wanted and size <= wanted[-1]:
        for length in wanted:
            if length & size:
                newer = length & (size - 1)
                results[length] = (
                    joined(earlier(block, place, newer, empty), results[length]) if newer else block
                )
        size *= 2
        if size <= wanted[-1]:
            block = joined(earlier(block, place, size // 2, empty), block)
    return results


def earlier(block: Sums, place: np.ndarray, rows: int, empty: float = 0.0) -> Sums:
    """Return what stood so many rows before in the same group, else an empty block."""
    outside = place < rows
    moved = []
    for array in block:
        shifted = np.full_like(array, empty)
        if rows < len(array):
            shifted[rows:] = array[: len(array) - rows]
        shifted[outside] = empty
        moved.append(shifted)
    return tuple(moved)


def total_of(values: np.ndarray) -> Sums:
    """Return count and sum of single values; NaN is none."""
    known = ~np.isnan(values)
    return known.astype(np.float64), np.where(known, values, 0.0)


def total(older: Sums, newer: Sums) -> Sums:
    """Join counts and sums."""
    return tuple(a + b for a, b in zip(older, newer, strict=True))


def most_of(values: np.ndarray) -> Sums:
    """Return single values for `least` and `most`; NaN is none, and of an empty block, too."""
    return (values,)


def least(older: Sums, newer: Sums) -> Sums:
    """Join least values."""
    return (np.fmin(older[0], newer[0]),)


def most(older: Sums, newer: Sums) -> Sums:
    """Join greatest values."""
    return (np.fmax(older[0], newer[0]),)


def moments_of(values: np.ndarray) -> Sums:
    """Return count, mean and sum of squared deviations of single values; NaN is none."""
    count, value = total_of(values)
    return count, value, np.zeros_like(value)


def moments(older: Sums, newer: Sums) -> Sums:
    """Join counts, means and squared deviations (Chan, Golub, LeVeque 1979, formula 2.1)."""
    count, share, both = _shares(older[0], newer[0])
    step = np.where(both, newer[1] - older[1], 0.0)
    mean = np.where(both, older[1] + step * share, older[1] + newer[1])
    return count, mean, older[2] + newer[2] + step * step * older[0] * share


def line_of(places: np.ndarray, values: np.ndarray) -> Sums:
    """Return count, both means and both sums of products of single points; a NaN value is no point."""
    known = ~np.isnan(values)
    none = np.zeros_like(values)
    return known.astype(np.float64), np.where(known, places, 0.0), np.where(known, values, 0.0), none, none


def lines(older: Sums, newer: Sums) -> Sums:
    """Join points for a line of regression, as `moments` does."""
    count, share, both = _shares(older[0], newer[0])
    across = np.where(both, newer[1] - older[1], 0.0)
    up = np.where(both, newer[2] - older[2], 0.0)
    weight = older[0] * share
    return (
        count,
        np.where(both, older[1] + across * share, older[1] + newer[1]),
        np.where(both, older[2] + up * share, older[2] + newer[2]),
        older[3] + newer[3] + across * across * weight,
        older[4] + newer[4] + across * up * weight,
    )


def spread(sums: Sums) -> np.ndarray:
    """Return standard deviations (n - 1) of moments; NaN of less than two values."""
    return np.sqrt(sums[2] / np.where(sums[0] > 1, sums[0] - 1, np.nan))


def slope(sums: Sums) -> np.ndarray:
    """Return slopes of lines; NaN where the points do not tell one."""
    return np.divide(sums[4], np.where(sums[3] > 0, sums[3], np.nan))


def _shares(older: np.ndarray, newer: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the joint count, the newer block's share of it, and whether both blocks hold values."""
    count = older + newer
    return count, newer / np.maximum(count, 1.0), (older > 0) & (newer > 0)
