"""Namespaces in force at a place of a document, and the elements that are open there."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

import attrs

__all__ = ["Frame", "Scope", "declarations"]

_NAMES = 4096  # beyond so many different names, those that were looked up are forgotten
_XML = {"": "", "xml": "http://www.w3.org/XML/1998/namespace"}


class Scope:
    """Prefixes with their namespaces, and the names that were looked up in them.

    Args:
        uris: namespace by prefix; the empty prefix is the default namespace.
        home: the document's own namespace, whose names are written plainly; None before the root.
        undeclared: gathers prefixes that stand for no namespace, whose names are `{?prefix}name`, and names
            that are nothing but a prefix or lack it before their colon.
        kin: further namespaces whose names are written plainly.
    """

    __slots__ = ("_known", "home", "kin", "undeclared", "uris")

    def __init__(
        self,
        uris: dict[str, str],
        home: str | None,
        undeclared: set[str],
        kin: frozenset[str] = frozenset(),
    ) -> None:
        self.uris = uris
        self.home = home
        self.undeclared = undeclared
        self.kin = kin
        self._known: dict[str, str] = {}

    @classmethod
    def outside(cls, undeclared: set[str], kin: frozenset[str] = frozenset()) -> Scope:
        """Return the scope around a document."""
        return cls(dict(_XML), None, undeclared, kin)

    def within(self, declared: tuple[tuple[str, str], ...]) -> Scope:
        """Return the scope inside an element that declares namespaces; this one when it declares none."""
        if not declared:
            return self
        return Scope({**self.uris, **dict(declared)}, self.home, self.undeclared, self.kin)

    def at_root(self, raw: str) -> Scope:
        """Return this scope with the namespace of the root element as the document's own."""
        return Scope(self.uris, self._uri(raw.rpartition(":")[0]), self.undeclared, self.kin)

    def _uri(self, prefix: str) -> str:
        uri = self.uris.get(prefix)
        if uri is None or (prefix and not uri):
            self.undeclared.add(prefix)
            return f"?{prefix}"
        return uri

    def element(self, raw: str) -> str:
        """Return the name of an element as paths have it."""
        name = self._known.get(raw)
        if name is None:
            if len(self._known) > _NAMES:
                self._known.clear()
            prefix, colon, local = raw.rpartition(":")
            uri = self._uri(prefix)
            if colon and not (prefix and local):
                self.undeclared.add(raw)
            own = uri == self.home or uri in self.kin
            name = self._known[raw] = local if own else f"{{{uri}}}{local}"
        return name

    def attribute(self, raw: str) -> str:
        """Return the name of an attribute as paths have it, with its sign; without a prefix it is plain."""
        return f"@{self.element(raw) if ':' in raw else raw}"


@attrs.frozen
class Frame:
    """An open element: its name as written and as understood, and the namespaces it declares."""

    raw: str
    name: str
    scope: Scope = attrs.field(eq=False, repr=False)
    declared: tuple[tuple[str, str], ...] = ()

    def tag(self) -> str:
        """Return a start tag that opens the same element again."""
        declared = "".join(
            f" xmlns{':' if prefix else ''}{prefix}={quoteattr(uri)}" for prefix, uri in self.declared
        )
        return f"<{self.raw}{declared}>"


def declarations(attributes: list[str]) -> tuple[tuple[str, str], ...]:
    """Return prefix and namespace of each declaration among attributes: name, value, name, value ..."""
    return tuple(
        (attributes[index][6:], attributes[index + 1])
        for index in range(0, len(attributes), 2)
        if attributes[index] == "xmlns" or attributes[index].startswith("xmlns:")
    )
