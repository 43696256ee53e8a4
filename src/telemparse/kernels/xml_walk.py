"""Walking through XML element by element: points as named values, an exact place for damage."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from telemparse.kernels.xml_expat import opened
from telemparse.kernels.xml_outline import Damage, DamageKind, TextListener
from telemparse.kernels.xml_places import is_misplaced, way_back
from telemparse.kernels.xml_record import POINT_BYTES, Record
from telemparse.kernels.xml_scopes import Frame, Scope, declarations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemparse.kernels.xml_outline import Listener, Outline, Path

__all__ = ["Walker"]

_DEPTH = 128
_NOTE_CHARACTERS = 4096
_NOTE_PIECES = 64
_TOKEN_BYTES = 1 << 20
_BLANKS = " \t\r\n"
_TAG_AND_BLANKS = re.compile(rb"(?:<[^<>]*>)?[ \t\r\n]*")
_UNDEFINED_ENTITY = expat.errors.codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]


class Walker:
    """One pass of expat over a document, or over a part of it inside elements that are open already.

    Feed it bytes in order; finished points gather in `points`. Bytes that are known to be whole points of
    the container that is open may be left out. Raises `Damage`, after which it is of no use any more.

    Args:
        outline: where points are.
        listener: hears of elements outside points.
        stack: elements that are open already.
        containers: how many innermost containers were opened before.
        undeclared: gathers prefixes that stand for no namespace.

    Attributes:
        points: (offset, number of the container, values by path) of each point so far.
        stack: the open elements outside points, from the root.
        containers: how many innermost containers were opened so far.
        cdata: offset of the CDATA section that is open, or -1.
        in_point: True between the tags of a point.
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
        self.points: list[tuple[int, int, dict[Path, str]]] = []
        self.stack: list[Frame] = list(stack)
        self.containers = containers
        self.cdata = -1
        self.in_point = False
        self.undeclared: set[str] = set() if undeclared is None else undeclared
        self._outline = outline
        self._listener = listener
        self._text_listener = listener if isinstance(listener, TextListener) else None
        self._names: Path = tuple(frame.name for frame in self.stack)
        self._way = outline.way(self._names)
        self._texts: list[list[str]] = [[] for _frame in self.stack]
        self._record = Record(outline.marks, self._offset, self._leave)
        self._fed = 0
        self._shift = 0
        self._last_tag = -1
        self._progress = -1
        self._root_ended = False
        self._parser = self._started()

    def _started(self) -> Any:
        parser, self._fed = opened(self.stack)
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
        return not self.in_point and self._way in self._outline.homes

    @property
    def context(self) -> tuple[Frame, ...]:
        """The open elements with their namespaces: what the meaning of a point's names depends on."""
        return tuple(self.stack)

    def feed(self, data: bytes, offset: int) -> None:
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

    def close(self) -> None:
        """Let go of expat, which knows the walker that knows it: the memory of both is not to wait for gc.

        What was found stays; nothing can be fed any more.
        """
        del self._parser, self._record

    def _parse(self, data: bytes, *, final: bool) -> None:
        try:
            self._parser.Parse(data, final)
        except expat.ExpatError as error:
            index = self._parser.ErrorByteIndex
            offset = (index if index >= 0 else self._fed) + self._shift
            kind = DamageKind.TRUNCATED if final else DamageKind.SYNTAX
            if error.code == _UNDEFINED_ENTITY:
                kind = DamageKind.ENTITY
            if self._root_ended and kind is DamageKind.SYNTAX:
                # What expat calls it, and where, depends on how the bytes behind the root are fed.
                raise Damage(kind, self._last_tag, "junk after document element", seen=offset) from None
            raise Damage(kind, offset, expat.ErrorString(error.code)) from None

    def reached(self, data: bytes, base: int, place: int) -> bool:
        """Tell whether everything before `place` is consumed and ends in a tag, but for blanks.

        Args:
            data: bytes of the document from offset `base` on.
            base: offset of the first of them.
            place: index into `data`.
        """
        begin = self._last_tag - base
        return 0 <= begin < place and _TAG_AND_BLANKS.fullmatch(data, begin, place) is not None

    def resumed(self, name: str) -> Walker:
        """Return a new walker where a container or point of that name can be, for what comes after damage.

        Elements that are open now stay the same ones; the others are taken as opened just now. Of several
        places the one counts to which the most open elements belong.
        """
        outline = self._outline
        wanted, kept, shared = way_back(self.stack, name, outline)
        stack = self.stack[:kept]
        scope = stack[0].scope if stack else Scope({"": ""}, "", self.undeclared, outline.kin)
        prefix, colon, _name = stack[0].raw.rpartition(":") if stack else ("", "", "")
        for step in wanted[shared:]:
            stack.append(Frame(f"{prefix}{colon}{step}", step, scope))
            self._listener.opened(tuple(frame.name for frame in stack), {})
        containers = self.containers + (shared < len(wanted) and wanted in outline.homes)
        return Walker(
            self._outline, self._listener, stack=stack, containers=containers, undeclared=self.undeclared
        )

    @property
    def offset(self) -> int:
        """Offset of the last tag that was met."""
        return self._last_tag

    # --- expat's events ---------------------------------------------------------------------------

    def _offset(self) -> int:
        return int(self._parser.CurrentByteIndex) + self._shift

    def _start(self, raw: str, attributes: list[str]) -> None:
        offset = self._last_tag = self._progress = self._offset()
        around = self.stack[-1].scope if self.stack else Scope.outside(self.undeclared, self._outline.kin)
        declared = declarations(attributes) if attributes else ()
        scope = around.within(declared)
        if not self.stack:
            scope = scope.at_root(raw)
        name = scope.element(raw)
        if name in self._outline.marks:
            if is_misplaced(name, self._way, self._names, self._outline):
                raise Damage(DamageKind.STRUCTURE, offset, f"{name} begins where none can be")
            if name in self._outline.points and self._way in self._outline.homes:
                self._enter(offset, scope, attributes, (name,) if self._outline.siblings else ())
                return
        if len(self.stack) >= _DEPTH:
            raise Damage(DamageKind.LIMIT, offset, f"elements nest deeper than {_DEPTH}")
        self._open(Frame(raw, name, scope, declared), attributes)

    def _open(self, frame: Frame, attributes: list[str]) -> None:
        self.stack.append(frame)
        self._names = (*self._names, frame.name)
        self._texts.append([])
        if frame.name not in self._outline.passing:
            self._way = (*self._way, frame.name)
            self.containers += self._way in self._outline.homes
        values = {
            frame.scope.attribute(raw)[1:]: value
            for raw, value in zip(attributes[::2], attributes[1::2], strict=True)
            if raw != "xmlns" and not raw.startswith("xmlns:")
        }
        self._listener.opened(self._names, values)

    def _text(self, data: str) -> None:
        self._progress = self._offset()
        if self._names and self._names[-1] in self._outline.streamed:
            if self._text_listener is not None:
                self._text_listener.heard(self._names, data)
            return
        # Blanks around children are not kept: there can be one for each of a million waypoints.
        texts = self._texts[-1]
        if len(texts) < _NOTE_PIECES and (texts or not data.isspace()):
            texts.append(data[:_NOTE_CHARACTERS])

    def _end(self, _raw: str) -> None:
        self._last_tag = self._progress = self._offset()
        text = "".join(self._texts.pop()).strip(_BLANKS)
        self._listener.closed(self._names, text[:_NOTE_CHARACTERS])
        if self.stack.pop().name not in self._outline.passing:
            self._way = self._way[:-1]
        self._names = self._names[:-1]
        self._root_ended = not self.stack

    # --- in a point: the record takes the events itself -------------------------------------------

    def _enter(self, offset: int, scope: Scope, attributes: list[str], base: Path) -> None:
        self.in_point = True
        parser, record = self._parser, self._record
        parser.StartElementHandler = record.start
        parser.EndElementHandler = record.end
        parser.CharacterDataHandler = record.pieces.append
        record.begin(offset, scope, attributes, base)

    def _leave(self) -> None:
        record = self._record
        offset = self._last_tag = self._progress = self._offset()
        if offset - record.offset > POINT_BYTES:
            raise Damage(DamageKind.LIMIT, record.offset, f"a point of more than {POINT_BYTES} bytes")
        self.in_point = False
        self.points.append((record.offset, self.containers, record.values))
        parser = self._parser
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text

    # --- what is neither element nor text ---------------------------------------------------------

    def _cdata_started(self) -> None:
        self.cdata = self._offset()

    def _cdata_ended(self) -> None:
        self.cdata = -1

    def _passed(self, *_details: object) -> None:
        if not self.in_point:
            self._progress = self._offset()

    def _entity_declared(self, *_details: object) -> None:
        raise Damage(DamageKind.DECLARED_ENTITY, self._offset(), "the document declares entities")

    def _entity_skipped(self, name: str, _parameter: int) -> None:
        raise Damage(DamageKind.ENTITY, self._offset(), f"reference to the undefined entity {name[:40]!r}")
