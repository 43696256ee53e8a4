"""The values of one point while expat passes through it: the part of the walk where the time goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.kernels.xml_outline import Damage, DamageKind
from telemparse.kernels.xml_scopes import declarations

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemparse.kernels.xml_outline import Path
    from telemparse.kernels.xml_scopes import Scope

__all__ = ["POINT_BYTES", "Record"]

POINT_BYTES = 1 << 20
_VALUES = 1024
_DEPTH = 64
_PLACES = 4096  # beyond so many different places, those that were kept are forgotten
_BLANKS = " \t\r\n"


class _Place:
    """A place in the tree of a point, kept from point to point, so that paths are made once."""

    __slots__ = ("by_raw", "path")

    def __init__(self, path: Path) -> None:
        self.path = path
        self.by_raw: dict[str, _Place] = {}


class Record:
    """Takes expat's events between the tags of a point.

    Attributes:
        values: by path, stripped; blank ones are left out, but for the text of a point that has a base.
        pieces: text since the last tag; expat appends to it.
        offset: of the point in the document.
    """

    def __init__(self, marks: frozenset[str], where: Callable[[], int], done: Callable[[], None]) -> None:
        self.values: dict[Path, str] = {}
        self.pieces: list[str] = []
        self.offset = -1
        self._marks = marks
        self._where = where
        self._done = done
        self._repeats: dict[Path, int] = {}
        self._scope: Scope | None = None
        self._base: Path = ()
        self._roots: dict[Path, _Place] = {}
        self._places: list[_Place] = []
        self._made = 0
        self._inner: list[tuple[int, Scope]] = []  # depth and scope of open elements that declare namespaces
        self._own: dict[int, list[str]] = {}  # by depth, text of open elements before their last child

    def begin(self, offset: int, scope: Scope, attributes: list[str], base: Path = ()) -> None:
        """Begin a point, whose paths begin with `base`."""
        if scope is not self._scope or self._made > _PLACES:
            self._roots, self._made, self._scope = {}, 0, scope
        root = self._roots.get(base)
        if root is None:
            root = self._roots[base] = _Place(base)
        self._base = base
        self.values, self._repeats, self.offset = {}, {}, offset
        self.pieces.clear()
        self._inner.clear()
        self._own.clear()
        self._places = [root]
        self._attributes(attributes, scope)

    def start(self, raw: str, attributes: list[str]) -> None:
        """An element begins."""
        if self.pieces:
            self._keep_text()
        place = self._places[-1].by_raw.get(raw)
        if place is None or attributes or self._inner:
            place = self._entered(raw, attributes)
        self._places.append(place)
        if attributes:
            self._attributes(attributes, self._inner[-1][1] if self._inner else self._scope)

    def end(self, _raw: str) -> None:
        """An element ends; perhaps the point."""
        places = self._places
        place = places.pop()
        if self._own:
            self.pieces[:0] = self._own.pop(len(places), ())
        if self.pieces:
            text = "".join(self.pieces).strip(_BLANKS)
            self.pieces.clear()
            if text:
                self._put(place.path, text)
        if self._inner and self._inner[-1][0] == len(places):
            self._inner.pop()
        if not places:
            if self._base:
                self.values.setdefault(self._base, "")
            self._done()

    def _keep_text(self) -> None:
        """Put aside what an element says before its child; nearly always it is blank."""
        text = "".join(self.pieces)
        self.pieces.clear()
        if not text.isspace():
            self._own.setdefault(len(self._places) - 1, []).append(text)

    def _entered(self, raw: str, attributes: list[str]) -> _Place:
        """Return the place of an element that is new, or that may mean something else than before."""
        declared = declarations(attributes)
        scope = self._inner[-1][1] if self._inner else self._scope
        assert scope is not None  # noqa: S101  (begin set it)
        if declared:
            scope = scope.within(declared)
            self._inner.append((len(self._places), scope))
        name = scope.element(raw)
        if name in self._marks:
            raise Damage(DamageKind.STRUCTURE, self._where(), f"{name} begins where none can be")
        if len(self._places) > _DEPTH:
            raise Damage(DamageKind.LIMIT, self._where(), f"a point nests deeper than {_DEPTH}")
        # Under namespaces of its own the same raw name may mean another one: kept by full name then.
        return self._place(f"{{}}{name}" if self._inner else raw, name)

    def _place(self, key: str, name: str) -> _Place:
        parent = self._places[-1]
        place = parent.by_raw.get(key)
        if place is None:
            place = parent.by_raw[key] = _Place((*parent.path, name))
            self._made += 1
        return place

    def _attributes(self, attributes: list[str], scope: Scope | None) -> None:
        for index in range(0, len(attributes), 2):
            raw = attributes[index]
            value = attributes[index + 1].strip(_BLANKS)
            if value and raw != "xmlns" and not raw.startswith("xmlns:") and scope is not None:
                name = scope.attribute(raw)
                self._put(self._place(name, name).path, value)

    def _put(self, path: Path, value: str) -> None:
        if path in self.values:
            number = self._repeats[path] = self._repeats.get(path, 1) + 1
            path = (*path, f"#{number}")
        self.values[path] = value
        if len(self.values) > _VALUES:
            raise Damage(DamageKind.LIMIT, self.offset, f"a point of more than {_VALUES} values")
