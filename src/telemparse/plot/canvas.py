"""Axes to draw on, and colours that everybody can tell apart."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from telemparse.errors import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from matplotlib.axes import Axes

__all__ = ["FAINT", "SPEEDS", "axes_of", "styles"]

# Okabe and Ito, Color Universal Design (2008): safe for all common kinds of colour vision.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
# One more way to tell lines apart, for prints without colour.
_DASHES = ("-", "--", "-.", ":")
SPEEDS = "viridis"
"""Colour map of speeds: even in lightness, and safe as well."""
FAINT = "#808080"
"""Colour of what only helps to read, on light ground and on dark."""


def axes_of(ax: Axes | None, *, width_in: float = 8.0, height_in: float = 4.5) -> Axes:
    """Return the axes given, else those of a new figure that belongs to nobody else.

    Raises MissingExtra without the extra `plot`.
    """
    if ax is not None:
        return ax
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingExtra("plot", "matplotlib") from None
    return Figure(figsize=(width_in, height_in), layout="constrained").add_subplot()


def styles(items: Iterable[int]) -> Iterator[tuple[int, str, str]]:
    """Yield each item with a colour and a dash; the dash changes when the colours are through."""
    looks = ((colour, dash) for dash in itertools.cycle(_DASHES) for colour in _COLOURS)
    for item, (colour, dash) in zip(items, looks, strict=False):
        yield item, colour, dash
