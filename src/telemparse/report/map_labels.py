"""Where labels stand on a map: beside the way, and not on each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemparse.kernels.arrays import Floats

__all__ = ["Label", "place_labels"]

_AWAY = (20.0, 30.0, 42.0)
_TURNED_DEG = (0.0, 35.0, -35.0, 180.0, 70.0, -70.0, 145.0, -145.0)
_APART = 21.0
_CLEAR = 13.0


@attrs.frozen
class Label:
    """Words beside a place.

    Args:
        words: short.
        x, y: of their middle.
        to_x, to_y: the place that they name.
    """

    words: str
    x: float
    y: float
    to_x: float
    to_y: float


def place_labels(
    words: Sequence[str],
    places: Floats,
    outward: Floats,
    *,
    way: Floats,
    taken: Floats,
    size: tuple[float, float],
) -> tuple[Label, ...]:
    """Return a label for each place: on the outside if there is room, else where there is most.

    Args:
        words: one each.
        places: what they name, shape (k, 2).
        outward: directions of length 1 that they should lie in, shape (k, 2).
        way: points of the line that they should not cover, shape (m, 2).
        taken: middles of what stands on the map already, shape (l, 2).
        size: of the drawing.
    """
    labels: list[Label] = []
    for text, place, out in zip(words, places, outward, strict=True):
        spots = _spots(place, out)
        inside = ((spots > _CLEAR) & (spots < np.array(size) - _CLEAR)).all(axis=1)
        room = np.minimum(_nearest(spots, way) / _CLEAR, _nearest(spots, taken) / _APART)
        # The first spot with room enough; without one, that with the most.
        worth = np.where(inside, np.minimum(room, 1.0), np.minimum(room, 1.0) - 1.0)
        spot = spots[int(np.argmax(worth))]
        taken = np.vstack([taken, spot])
        x, y, to_x, to_y = (round(float(value), 1) for value in (*spot, *place))
        labels.append(Label(text, x, y, to_x, to_y))
    return tuple(labels)


def _spots(place: Floats, out: Floats) -> Floats:
    """Return spots around a place, the best ones first, shape (k, 2)."""
    turned = np.radians(_TURNED_DEG)
    spin = np.stack([
        out[0] * np.cos(turned) - out[1] * np.sin(turned),
        out[0] * np.sin(turned) + out[1] * np.cos(turned),
    ], axis=1)  # fmt: skip
    return np.asarray(np.concatenate([place + away * spin for away in _AWAY]))


def _nearest(spots: Floats, others: Floats) -> Floats:
    """Return how far each spot is from the nearest of other points; far where there are none."""
    if not len(others):
        return np.full(len(spots), np.inf)
    apart = spots[:, None] - others[None]
    return np.asarray(np.hypot(apart[..., 0], apart[..., 1]).min(axis=1))
