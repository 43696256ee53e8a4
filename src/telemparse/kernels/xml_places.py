"""Where in a document containers and points can be: out of place, and the way back after damage."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemparse.kernels.xml_outline import Outline, Path
    from telemparse.kernels.xml_scopes import Frame

__all__ = ["is_misplaced", "way_back"]


def is_misplaced(name: str, way: Path, names: Path, outline: Outline) -> bool:
    """Tell whether a container or point begins inside its like: the end tag before it is lost.

    Args:
        name: of the element that begins.
        way: open elements, without those that say nothing of places.
        names: all open elements.
        outline: where they can be.
    """
    if name in outline.loose or (*way, name) in outline.places:
        return False
    return not any(step in outline.opaque or step.startswith("{") for step in names)


def way_back(stack: Sequence[Frame], name: str, outline: Outline) -> tuple[Path, int, int]:
    """Return the way to a place where `name` can be, of several the one that most open elements belong to.

    Returns the way, how many of the open elements stay open, and how many of its steps those make.
    """
    ways = dict.fromkeys(place[:-1] for place in outline.places if place[-1] == name)
    wanted = max(ways, key=lambda way: _shared(stack, way, outline)[1])
    return wanted, *_shared(stack, wanted, outline)


def _shared(stack: Sequence[Frame], way: Path, outline: Outline) -> tuple[int, int]:
    """Return how many of the open elements lie on a way, and how many of its steps they make."""
    kept = steps = 0
    for frame in stack:
        if steps < len(way) and frame.name == way[steps]:
            steps += 1
        elif frame.name not in outline.passing:
            break
        kept += 1
    return kept, steps
