"""Pages of HTML as tests read them: elements with attributes and words, and faults of nesting."""

from __future__ import annotations

from html.parser import HTMLParser

import attrs

_VOID = {"meta", "link", "br", "hr", "img", "input", "area", "base", "col", "embed", "source", "track", "wbr"}


@attrs.define(eq=False)
class Element:
    """An element: what it is called, its attributes, its own words, and what it holds."""

    tag: str
    attributes: dict[str, str]
    parent: Element | None = None
    parts: list[Element | str] = attrs.field(factory=list)

    @property
    def classes(self):
        return self.attributes.get("class", "").split()

    @property
    def text(self):
        """All words within, with single blanks."""
        words = [part if isinstance(part, str) else part.text for part in self.parts]
        return " ".join(" ".join(words).split())

    def walk(self):
        """Yield all elements within, from top to bottom."""
        for part in self.parts:
            if isinstance(part, Element):
                yield part
                yield from part.walk()

    def find(self, tag, name=None):
        """Return the elements within of a tag, and of a class where one is named."""
        return [each for each in self.walk() if each.tag == tag and (name is None or name in each.classes)]

    def one(self, tag, name=None):
        (found,) = self.find(tag, name)
        return found

    def rows(self):
        """Return the cells of each row within, as words."""
        return [[cell.text for cell in row.walk() if cell.tag in ("td", "th")] for row in self.find("tr")]


class Reader(HTMLParser):
    """Reads a page strictly: what is opened is closed, in order."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.faults = []
        self._at = self.root
        self.feed(text)
        self.close()
        if self._at is not self.root:
            self.faults.append(f"{self._at.tag} is not closed")

    def handle_starttag(self, tag, attributes):
        names = [name for name, _value in attributes]
        if len(set(names)) < len(names):
            self.faults.append(f"{tag} says an attribute twice")
        element = Element(tag, {name: value or "" for name, value in attributes}, self._at)
        self._at.parts.append(element)
        if tag not in _VOID:
            self._at = element

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in _VOID:
            self._at = self._at.parent

    def handle_endtag(self, tag):
        if tag != self._at.tag:
            self.faults.append(f"{tag} is closed within {self._at.tag}")
        if self._at.parent is not None:
            self._at = self._at.parent

    def handle_data(self, words):
        self._at.parts.append(words)


def read(text):
    """Return the top of a page, which has to be in order."""
    reader = Reader(text)
    assert reader.faults == []
    return reader.root
