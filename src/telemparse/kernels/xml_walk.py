"""Walking through XML element by element: points as named values, an exact place for damage."""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

import attrs

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Damage", "DamageKind", "Frame", "Listener", "Outline", "Path", "Walker", "local_name"]

Path: TypeAlias = tuple[str, ...]
"""Where a value stands in a point: element names from below the point, `@name` for an attribute, `#2` for a
second of the same name. Names outside the document's own namespace are written `{namespace}name`."""

_DEPTH = 128
_POINT_VALUES = 1024
_TEXT_CHARACTERS = 1 << 20
_NOTE_CHARACTERS = 4096
_TOKEN_BYTES = 1 << 20
_NAMES = 4096  # beyond so many different names, what was kept to be fast is thrown away
_BLANKS = " \t\r\n"
_TAG_AND_BLANKS = re.compile(rb"<[^<>]*>[ \t\r\n]*")
_CODES = expat.errors.codes


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
        offset: of the first byte that does not fit.
        error: in words.
    """

    def __init__(self, kind: DamageKind, offset: int, error: str) -> None:
        super().__init__(f"{error} at byte {offset}")
        self.kind = kind
        self.offset = offset
        self.error = error


@attrs.frozen
class Outline:
    """Where the points of a document are.

    Args:
        root: name of the root element; its namespace is the document's own.
        containers: names from below the root down to the element that holds the points.
        point: name of a point.
        opaque: elements whose content is not the format's own.
    """

    root: str
    containers: Path
    point: str
    opaque: frozenset[str] = frozenset()

    @property
    def home(self) -> Path:
        """Path of the element that holds points."""
        return (self.root, *self.containers)


class Listener(Protocol):
    """Hears of elements outside points."""

    def opened(self, path: Path, attributes: dict[str, str]) -> None:
        """An element begins; the path begins with the root."""

    def closed(self, path: Path, text: str) -> None:
        """An element ends; `text` is its own text, stripped, its first 4 096 characters."""


class _Scope:
    """Namespaces in force, and the names that were looked up in them."""

    __slots__ = ("elements", "home", "undeclared", "uris")

    def __init__(self, uris: dict[str, str], home: str | None, undeclared: set[str]) -> None:
        self.uris = uris
        self.home = home
        self.undeclared = undeclared
        self.elements: dict[str, str] = {}

    def element(self, raw: str) -> str:
        name = self.elements.get(raw)
        if name is None:
            if len(self.elements) > _NAMES:
                self.elements.clear()
            prefix, _colon, local = raw.rpartition(":")
            uri = self.uris.get(prefix)
            if uri is None and prefix:
                self.undeclared.add(prefix)
                uri = f"?{prefix}"
            name = local if (uri or "") == self.home else f"{{{uri or ''}}}{local}"
            self.elements[raw] = name
        return name

    def attribute(self, raw: str) -> str:
        if ":" not in raw:
            return f"@{raw}"
        return f"@{self.element(raw)}"


@attrs.frozen
class Frame:
    """An open element: its name as written and as understood, and the namespaces it declares."""

    raw: str
    name: str
    scope: Any = attrs.field(eq=False, repr=False)
    declared: tuple[tuple[str, str], ...] = ()

    def tag(self) -> str:
        """Return a start tag that opens the same element again."""
        declared = "".join(
            f" xmlns{':' if prefix else ''}{prefix}={quoteattr(uri)}" for prefix, uri in self.declared
        )
        return f"<{self.raw}{declared}>"


class _Node:
    """A place in the tree of a point; kept from point to point, so that paths are made once."""

    __slots__ = ("children", "path")

    def __init__(self, path: Path) -> None:
        self.path = path
        self.children: dict[str, _Node] = {}


class Walker:
    """One pass of expat over a document, or over a part of it inside elements that are open already.

    Feed it bytes in order; finished points gather in `points`. Bytes that are known to be whole points
    may be left out (`elide`). Raises `Damage`, after which the walker is of no use any more.

    Attributes:
        points: (offset, number of the container, values by path) of each point so far.
        stack: the open elements outside points, from the root.
        containers: how many innermost containers were opened so far, itself included.
        last_tag: offset of the last tag seen, or -1.
        cdata: offset of the CDATA section that is open, or -1.
        in_point: True between the tags of a point.
        undeclared: prefixes that stand for no namespace.
    """

    def __init__(
        self,
        outline: Outline,
        listener: Listener,
        *,
        stack: Sequence[Frame] = (),
        containers: int = 0,
        undeclared: set[str] | None = None,
    ) -> None:
        self.outline = outline
        self.points: list[tuple[int, int, dict[Path, str]]] = []
        self.stack: list[Frame] = list(stack)
        self.containers = containers
        self.last_tag = -1
        self.in_point = False
        self.cdata = -1
        self.undeclared: set[str] = set() if undeclared is None else undeclared
        self._listener = listener
        self._names: Path = tuple(frame.name for frame in self.stack)
        self._texts: list[list[str]] = [[] for _frame in self.stack]
        self._nodes: list[_Node] = []
        self._scopes: list[_Scope] = []
        self._root_node = _Node(())
        self._made = 0
        self._record: dict[Path, str] = {}
        self._repeats: dict[Path, int] = {}
        self._record_offset = 0
        self._characters = 0
        self._fed = 0
        self._shift = 0
        self._progress = -1
        self._home = outline.home
        self._marks = frozenset((*outline.containers, outline.point))
        self._parser = self._started()

    def _started(self) -> Any:
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.ordered_attributes = True
        # What a DTD would add to an element is no part of the recording.
        parser.specified_attributes = True
        if self.stack:
            prolog = "".join(frame.tag() for frame in self.stack).encode()
            parser.Parse(prolog, False)  # noqa: FBT003  (expat's own signature)
            self._fed = len(prolog)
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartCdataSectionHandler = self._cdata_started
        parser.EndCdataSectionHandler = self._cdata_ended
        parser.CommentHandler = self._passed
        parser.ProcessingInstructionHandler = self._passed
        parser.EntityDeclHandler = self._entity_declared
        parser.SkippedEntityHandler = self._entity_skipped
        return parser

    # --- feeding ----------------------------------------------------------------------------------

    @property
    def at_home(self) -> bool:
        """True in the content of an innermost container, outside any point."""
        return not self.in_point and self._names == self._home

    @property
    def context(self) -> tuple[Frame, ...]:
        """The open elements with their namespaces: what the meaning of a point's names depends on."""
        return tuple(self.stack)

    def feed(self, data: bytes | memoryview, offset: int) -> None:
        """Take the bytes that stand at `offset`; raises Damage."""
        self._shift = offset - self._fed
        self._fed += len(data)
        self._parse(data, final=False)
        if self._progress < 0:
            self._progress = offset
        if offset + len(data) - self._progress > _TOKEN_BYTES:
            raise Damage(DamageKind.LIMIT, self._progress, f"no tag within {_TOKEN_BYTES} bytes")

    def finish(self) -> None:
        """Say that no more bytes come; raises Damage when the document is not complete."""
        self._parse(b"", final=True)

    def _parse(self, data: bytes | memoryview, *, final: bool) -> None:
        try:
            self._parser.Parse(data, final)
        except expat.ExpatError as error:
            offset = self._parser.ErrorByteIndex + self._shift
            words = expat.ErrorString(error.code)
            kind = DamageKind.TRUNCATED if final else DamageKind.SYNTAX
            if error.code == _CODES[expat.errors.XML_ERROR_UNDEFINED_ENTITY]:
                kind = DamageKind.ENTITY
            raise Damage(kind, offset, words) from None

    def reached(self, data: bytes, base: int, place: int) -> bool:
        """Tell whether everything before `place` is consumed and ends in a tag, but for blanks.

        Args:
            data: bytes of the document from offset `base` on.
            base: offset of the first of them.
            place: index into `data`.
        """
        begin = self.last_tag - base
        return 0 <= begin < place and _TAG_AND_BLANKS.fullmatch(data, begin, place) is not None

    def resumed(self, level: int) -> Walker:
        """Return a new walker inside the root and its first `level` containers, for what comes after damage.

        Those that are open now stay the same elements; the others are taken as opened just now.
        """
        wanted = self.outline.home[: level + 1]
        kept = 0
        while kept < min(len(wanted), len(self.stack)) and self.stack[kept].name == wanted[kept]:
            kept += 1
        stack = self.stack[:kept]
        root = stack[0] if stack else None
        scope = root.scope if root else _Scope({"": ""}, "", self.undeclared)
        prefix = root.raw.rpartition(":")[0] if root else ""
        for name in wanted[kept:]:
            stack.append(Frame(f"{prefix}:{name}" if prefix else name, name, scope))
        opened = self.containers + (kept < len(wanted) == len(self._home))
        walker = Walker(
            self.outline, self._listener, stack=stack, containers=opened, undeclared=self.undeclared
        )
        for depth in range(kept, len(wanted)):
            self._listener.opened(wanted[: depth + 1], {})
        return walker

    # --- expat's events ---------------------------------------------------------------------------

    def _offset(self) -> int:
        return int(self._parser.CurrentByteIndex) + self._shift

    def _start(self, raw: str, attributes: list[str]) -> None:
        offset = self.last_tag = self._progress = self._offset()
        self._characters = 0
        scope, declared = self._scope(attributes)
        name = scope.element(raw)
        if len(self.stack) + len(self._nodes) >= _DEPTH:
            raise Damage(DamageKind.LIMIT, offset, f"elements nest deeper than {_DEPTH}")
        if name in self._marks:
            self._check_place(name, offset)
        if self.in_point:
            self._nodes.append(self._child(name))
        elif name == self.outline.point and self._names == self._home:
            self.in_point = True
            self._record, self._repeats, self._record_offset = {}, {}, offset
            if self._made > _NAMES:
                self._root_node, self._made = _Node(()), 0
            self._nodes.append(self._root_node)
        else:
            self._open(Frame(raw, name, scope, declared), attributes)
            return
        self._scopes.append(scope)
        self._texts.append([])
        for index in range(0, len(attributes), 2):
            if attributes[index] != "xmlns" and not attributes[index].startswith("xmlns:"):
                node = self._child(scope.attribute(attributes[index]))
                self._put(node, attributes[index + 1])

    def _child(self, name: str) -> _Node:
        """Return the place `name` below the current one; made once and kept."""
        children = self._nodes[-1].children
        node = children.get(name)
        if node is None:
            node = children[name] = _Node((*self._nodes[-1].path, name))
            self._made += 1
        return node

    def _scope(self, attributes: list[str]) -> tuple[_Scope, tuple[tuple[str, str], ...]]:
        if self._scopes:
            current = self._scopes[-1]
        elif self.stack:
            current = self.stack[-1].scope
        else:
            current = _Scope({"": "", "xml": "http://www.w3.org/XML/1998/namespace"}, None, self.undeclared)
        if (
            not any(attribute.startswith("xmlns") for attribute in attributes[::2])
            and current.home is not None
        ):
            return current, ()
        declared = tuple(
            (raw[6:], uri)
            for raw, uri in zip(attributes[::2], attributes[1::2], strict=True)
            if raw == "xmlns" or raw.startswith("xmlns:")
        )
        return _Scope({**current.uris, **dict(declared)}, current.home, self.undeclared), declared

    def _check_place(self, name: str, offset: int) -> None:
        """Refuse a container or point that begins inside its like: the end tag before it is lost."""
        outline = self.outline
        level = len(outline.containers) if name == outline.point else outline.containers.index(name)
        if not self.in_point and self._names == outline.home[: level + 1]:
            return
        foreign = any(step in outline.opaque or step.startswith("{") for step in self._names)
        if self.in_point or not foreign:
            raise Damage(DamageKind.STRUCTURE, offset, f"{name} begins where none can be")

    def _open(self, frame: Frame, attributes: list[str]) -> None:
        if not self.stack:
            # The namespace of the root is the document's own, and its names are written plainly.
            prefix, _colon, local = frame.raw.rpartition(":")
            scope = _Scope(frame.scope.uris, frame.scope.uris.get(prefix, f"?{prefix}"), self.undeclared)
            frame = Frame(frame.raw, local, scope, frame.declared)
        self.push(frame)
        values = {
            frame.scope.attribute(raw)[1:]: value
            for raw, value in zip(attributes[::2], attributes[1::2], strict=True)
            if raw != "xmlns" and not raw.startswith("xmlns:")
        }
        self._listener.opened(self._names, values)

    def push(self, frame: Frame) -> None:
        """Take an element as open."""
        self.stack.append(frame)
        self._names = (*self._names, frame.name)
        self._texts.append([])
        if self._names == self._home:
            self.containers += 1

    def _text(self, data: str) -> None:
        if not self._texts:
            return
        self._characters += len(data)
        self._progress = self._offset()
        if self.in_point:
            if self._characters > _TEXT_CHARACTERS:
                raise Damage(
                    DamageKind.LIMIT, self._progress, f"a value of more than {_TEXT_CHARACTERS} letters"
                )
            self._texts[-1].append(data)
        elif self._characters <= _NOTE_CHARACTERS + len(data):
            self._texts[-1].append(data[:_NOTE_CHARACTERS])

    def _end(self, _raw: str) -> None:
        self.last_tag = self._progress = self._offset()
        self._characters = 0
        text = "".join(self._texts.pop()).strip(_BLANKS)
        if not self.in_point:
            self._listener.closed(self._names, text[:_NOTE_CHARACTERS])
            self.stack.pop()
            self._names = self._names[:-1]
            return
        node = self._nodes.pop()
        self._scopes.pop()
        if text:
            self._put(node, text)
        if not self._nodes:
            self.in_point = False
            self.points.append((self._record_offset, self.containers, self._record))

    def _put(self, node: _Node, value: str) -> None:
        value = value.strip(_BLANKS)
        if not value:
            return
        path = node.path
        if path in self._record:
            number = self._repeats[path] = self._repeats.get(path, 1) + 1
            path = (*path, f"#{number}")
        self._record[path] = value
        if len(self._record) > _POINT_VALUES:
            raise Damage(
                DamageKind.LIMIT, self._record_offset, f"a point of more than {_POINT_VALUES} values"
            )

    def _cdata_started(self) -> None:
        self.cdata = self._progress = self._offset()

    def _cdata_ended(self) -> None:
        self.cdata = -1

    def _passed(self, *_details: object) -> None:
        self._progress = self._offset()

    def _entity_declared(self, *_details: object) -> None:
        raise Damage(DamageKind.DECLARED_ENTITY, self._offset(), "the document declares entities")

    def _entity_skipped(self, name: str, _parameter: int) -> None:
        raise Damage(DamageKind.ENTITY, self._offset(), f"reference to the undefined entity {name[:40]!r}")


def local_name(step: str) -> str:
    """Return a step of a path without its namespace and without the sign of an attribute."""
    return step.rpartition("}")[2].removeprefix("@")
