"""What the values of track points mean in a format: their place in the point to canonical columns."""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING

import attrs

from telemparse.kernels.xml_outline import local_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from telemparse.kernels.xml_outline import Path

__all__ = ["Leaf", "Lexicon", "Role", "Unplaced", "plain_name"]


class Role(enum.Enum):
    """Where a value goes."""

    GNSS = "gnss_pvt"
    CHANNEL = "channels.main"


@attrs.frozen
class Leaf:
    """A value of known meaning.

    Args:
        role: the stream that it goes to.
        column: its column there.
        unit: of the values.
        assumed: True where the namespace does not say the unit.
        low, high: least and largest value that is a measurement; None where any number is.
    """

    role: Role
    column: str
    unit: str
    assumed: bool = False
    low: float | None = None
    high: float | None = None


class Unplaced(enum.Enum):
    """What a point without a position is."""

    SKIPPED = "skipped"
    """No point: a position is what it is made of."""
    EPOCH = "epoch"
    """An epoch without a fix; one that says nothing but its time marks a pause."""
    LOST = "lost"
    """An epoch without a fix."""


@attrs.frozen
class Lexicon:
    """How a format names what its points carry.

    Args:
        lat, lon, time: places of the position, in degrees, and of the time, as ISO 8601.
        leaf_of: what is known of the value at a path; None for one that keeps its own name.
        units: of values that keep their own name and stand in the point itself.
        unplaced: what a point without a position is.
        noise: last steps of paths, each a path of one step, whose values say nothing of the recording.
    """

    lat: Path
    lon: Path
    time: Path
    leaf_of: Callable[[Path], Leaf | None]
    units: Mapping[str, str] = attrs.field(factory=dict)
    unplaced: Unplaced = Unplaced.SKIPPED
    noise: frozenset[Path] = frozenset()


_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_STRANGE = re.compile(r"[^a-z0-9]+")


def plain_name(path: Path) -> str:
    """Return the snake_case name of a value by its element, with the attribute behind it."""
    steps = [step for step in path if not step.startswith("#")] or ["text"]
    words = [local_name(steps[-1])]
    if steps[-1].startswith("@") and len(steps) > 1:
        words.insert(0, local_name(steps[-2]))
    name = _STRANGE.sub("_", _BORDER.sub("_", "_".join(words)).lower()).strip("_")
    return name or "value"
