"""What a format says of its XML: where points are; and what can be wrong with a document."""

from __future__ import annotations

import enum
from typing import Protocol, TypeAlias, runtime_checkable

import attrs

__all__ = ["Damage", "DamageKind", "Listener", "Outline", "Path", "TextListener", "local_name"]

Path: TypeAlias = tuple[str, ...]
"""Where a value stands in a point: element names from below the point, `@name` for an attribute, `#2` behind
the path for a second value of the same place. Names outside the document's own namespace are
`{namespace}name`."""


@attrs.frozen
class Outline:
    """Where the points of a document are.

    Args:
        root: name of the root element; its namespace is the document's own.
        containers: names from below the root down to the element that holds the points.
        point: name of a point.
        opaque: elements whose content is not the format's own.
        others: further ways from below the root to elements that hold points.
        siblings: further names of points; where there are any, every path of a value begins with the name
            of its point, and a point without a text has an empty one.
        passing: elements that may stand anywhere between root and points, and count for nothing.
        loose: containers and points whose names mean something else in other places.
        kin: further namespaces whose names are the document's own.
        streamed: elements outside points whose text is handed over piece by piece, as long as it may be.

    Attributes:
        homes: ways of the elements that hold points, from the root on, without `passing`.
        points: names of points.
        marks: names that have a meaning here: of containers and points.
        places: ways to containers and points, from the root on, in the order of the homes.
    """

    root: str
    containers: Path
    point: str
    opaque: frozenset[str] = frozenset()
    others: tuple[Path, ...] = ()
    siblings: frozenset[str] = frozenset()
    passing: frozenset[str] = frozenset()
    loose: frozenset[str] = frozenset()
    kin: frozenset[str] = frozenset()
    streamed: frozenset[str] = frozenset()
    homes: frozenset[Path] = attrs.field(init=False, repr=False, eq=False)
    points: frozenset[str] = attrs.field(init=False, repr=False, eq=False)
    marks: frozenset[str] = attrs.field(init=False, repr=False, eq=False)
    places: tuple[Path, ...] = attrs.field(init=False, repr=False, eq=False)

    @homes.default
    def _homes(self) -> frozenset[Path]:
        return frozenset((self.root, *way) for way in (self.containers, *self.others))

    @points.default
    def _points(self) -> frozenset[str]:
        return frozenset({self.point, *self.siblings})

    @marks.default
    def _marks(self) -> frozenset[str]:
        return frozenset(name for way in (self.containers, *self.others) for name in way) | self.points

    @places.default
    def _places(self) -> tuple[Path, ...]:
        homes = [(self.root, *way) for way in (self.containers, *self.others)]
        inner = [home[: depth + 1] for home in homes for depth in range(1, len(home))]
        return tuple(
            dict.fromkeys([*inner, *((*home, name) for home in homes for name in sorted(self.points))])
        )

    @property
    def home(self) -> Path:
        """Path of the element that holds points, where there is one way to it."""
        return (self.root, *self.containers)

    def way(self, names: Path) -> Path:
        """Return the names that count of a path from the root."""
        return tuple(name for name in names if name not in self.passing) if self.passing else names


class Listener(Protocol):
    """Hears of elements outside points."""

    def opened(self, path: Path, attributes: dict[str, str]) -> None:
        """An element begins; the path begins with the root."""

    def closed(self, path: Path, text: str) -> None:
        """An element ends; `text` is its own text, stripped, its first 4 096 characters."""


@runtime_checkable
class TextListener(Listener, Protocol):
    """Hears long texts, too."""

    def heard(self, path: Path, text: str) -> None:
        """A piece of the text of a streamed element, as long or short as reading happens to make it."""


class DamageKind(enum.Enum):
    """What is wrong with a document."""

    SYNTAX = "syntax"
    """The text is not well-formed."""
    STRUCTURE = "structure"
    """Well-formed so far, but an element begins where its like cannot."""
    LIMIT = "limit"
    """Deeper, longer or more than any recording."""
    TRUNCATED = "truncated"
    """The text ends before its elements do."""
    ENTITY = "entity"
    """A reference to an entity that XML does not define by itself."""
    DECLARED_ENTITY = "declared entity"
    """The document declares entities: nothing in it is to be read."""


class Damage(Exception):  # noqa: N818  (a state of the document, caught by the reader)
    """Raised where a document is broken.

    Args:
        kind: what is wrong.
        offset: of the first byte that does not fit, or of the last tag that does.
        error: in words.
        seen: offset of the byte at which it was noticed, when that is another one.
    """

    def __init__(self, kind: DamageKind, offset: int, error: str, *, seen: int | None = None) -> None:
        super().__init__(f"{error} at byte {offset}")
        self.kind = kind
        self.offset = offset
        self.error = error
        self.seen = offset if seen is None else seen


def local_name(step: str) -> str:
    """Return a step of a path without its namespace and without the sign of an attribute."""
    return step.rpartition("}")[2].removeprefix("@")
