"""What is installed: the entry points of our group, found without importing a plugin."""

from __future__ import annotations

from importlib.metadata import distributions, entry_points
from typing import TYPE_CHECKING

from telemparse.extension import hookspecs
from telemparse.extension.faults import GUARDED, Fault
from telemparse.model.wording import words_of

if TYPE_CHECKING:
    from importlib.metadata import Distribution, EntryPoint

__all__ = ["distribution_of", "installed", "rank"]


def distribution_of(point: EntryPoint) -> str | None:
    """Return the name of the distribution that brought an entry point, None where nobody knows."""
    try:
        return None if point.dist is None else _name_of(point.dist)
    except GUARDED:  # its METADATA is missing or damaged
        return None


def _name_of(distribution: Distribution) -> str:
    """Return the name in a distribution's metadata; raises LookupError where there is none.

    Asked for it, importlib parses all of METADATA as an e-mail, which is the whole README: 2 ms a plugin.
    """
    text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or ""
    for line in text.splitlines():
        field, _colon, value = line.partition(":")
        if field.lower() == "name":
            return value.strip()
        if not line:  # the README begins
            break
    raise LookupError("the distribution has no name")


def installed() -> tuple[tuple[EntryPoint, ...], tuple[Fault, ...]]:
    """Return the entry points of our group in the order of loading, and faults; imports no plugin.

    What is damaged in another distribution takes nothing away.
    """
    try:
        return tuple(sorted(entry_points(group=hookspecs.GROUP), key=rank)), ()
    except GUARDED:  # one damaged file anywhere makes the whole question fail
        return _installed_one_by_one()


def _installed_one_by_one() -> tuple[tuple[EntryPoint, ...], tuple[Fault, ...]]:
    found: dict[str, list[EntryPoint]] = {}
    faults: list[Fault] = []
    for distribution in distributions():
        name = "?"
        try:
            name = _name_of(distribution)
            if name not in found:  # the first on the path is the one that gets imported
                found[name] = []
                found[name] += distribution.entry_points.select(group=hookspecs.GROUP)
        except GUARDED as error:
            faults.append(Fault(name, "metadata", words_of(error), name))
    points = (point for group in found.values() for point in group)
    return tuple(sorted(points, key=rank)), tuple(faults)


def rank(point: EntryPoint) -> tuple[bool, str, str]:
    """Return a sort key: the order in which entry points are loaded."""
    # Our own come first: a third party cannot take the id of a built-in parser.
    distribution = distribution_of(point)
    return distribution != "telemparse", point.name, distribution or ""
