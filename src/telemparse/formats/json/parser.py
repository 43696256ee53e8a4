"""JSON recordings to canonical streams: records are found, laid out as tables, and read as such."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from telemparse.formats.csv.parser import parse_in_blocks as parse_tables
from telemparse.formats.json.decoding import Reader
from telemparse.formats.json.documents import Document
from telemparse.formats.json.lines import is_head
from telemparse.formats.json.mychronogps import Trace
from telemparse.formats.json.reports import damage_issues, document_issues, retold
from telemparse.formats.json.runs import Runs
from telemparse.formats.json.shapes import facts_of, found_in
from telemparse.formats.json.tables import Table
from telemparse.formats.json.values import LARGEST_VALUE_BYTES, UNREAD, TooLargeError
from telemparse.kernels.unique_names import FileSuffixes, UniqueNames, plain_stem
from telemparse.model.artifacts import ArtifactSet
from telemparse.model.detection import HEAD_BYTES
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Meta

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from telemparse.extension.protocol import Message
    from telemparse.formats.json.shapes import Found, Path
    from telemparse.model.artifacts import Artifact
    from telemparse.model.options import ParseOptions

__all__ = ["parse", "parse_in_steps"]

_STEP = 1 << 16
_WHOLE = 1 << 16
_BLOCK_BYTES = 1 << 20
_MOST_TABLES = 32
_PADDING = b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"


def parse(artifacts: ArtifactSet, options: ParseOptions) -> Iterator[Message]:
    """Yield what JSON documents hold; see `telemparse.extension.protocol.Parser`."""
    yield from parse_in_steps(artifacts, options, _STEP)


def parse_in_steps(artifacts: ArtifactSet, options: ParseOptions, step: int) -> Iterator[Message]:
    """Yield the same rows whatever number of characters is read at a time."""
    suffixes = FileSuffixes("document")
    documents = [_Document(artifact, suffixes.take(artifact.name), step) for artifact in artifacts]
    try:
        for document in documents:
            yield from document.messages()
        tables = [(table, each.artifact, each.units) for each in documents for table in each.chosen]
        if tables:
            yield from _read(tables, options)
    finally:
        for document in documents:
            document.close()


def _read(tables: list[tuple[Table, Artifact, dict[str, str]]], options: ParseOptions) -> Iterator[Message]:
    """Read tables as text in rows and columns, and tell of them in terms of the documents."""
    files, origins, names = [], {}, UniqueNames()
    for table, artifact, units in tables:
        table.name = names.take(table.name)
        files.append(table.artifact(units))
        origins[files[-1].name] = artifact
    yield from retold(parse_tables(ArtifactSet(tuple(files)), options, _BLOCK_BYTES), origins)


@attrs.define
class _Document:
    """One file.

    Args:
        artifact: the file.
        suffix: behind the names of its streams and facts.
        step: characters to read at a time.

    Attributes:
        chosen: its tables that are to be read.
        units: that it names for columns.
    """

    artifact: Artifact
    suffix: str
    step: int
    chosen: list[Table] = attrs.field(factory=list)
    units: dict[str, str] = attrs.field(factory=dict)
    _tables: dict[Path, Table] = attrs.field(factory=dict)
    _strays: dict[Path, int] = attrs.field(factory=dict)
    _crowded: int = 0
    _trace: Trace | None = None

    def messages(self) -> Iterator[Message]:
        """Yield what is not in tables, and collect those."""
        artifact = self.artifact
        head = artifact.read_at(0, HEAD_BYTES)
        if not head.strip(_PADDING) and artifact.size <= HEAD_BYTES:
            yield Issue("ARTIFACT_EMPTY", Locus(artifact.name), artifact=artifact.name, bytes=artifact.size)
            return
        with artifact.open() as stream:
            reader = Reader(stream, head, self.step, whole=_WHOLE)
            try:
                yield from self._values(reader)
            except TooLargeError:
                yield Issue(
                    "ARTIFACT_TOO_LARGE", Locus(artifact.name), artifact=artifact.name,
                    bytes=artifact.size, limit=LARGEST_VALUE_BYTES,
                )  # fmt: skip
        yield from damage_issues(reader, artifact)
        yield from self._conclusion(reader)

    def _values(self, reader: Reader) -> Iterator[Message]:
        """Take the values one by one: lines of a trace, records, or a lone document."""
        first: list[Any] = []
        runs = Runs()
        for value in reader.elements():
            if value is UNREAD:
                yield from self._long(Document(reader), runs)
                continue
            if reader.values == 1 and is_head(value):
                self._trace = Trace(self.artifact, self.suffix)
            if self._trace is not None:
                yield from self._trace.take(value)
            elif reader.is_array or reader.values > 1:
                for held in (*first, value):
                    self._collect(held, is_record=True)
                first = []
                runs.take(reader, self._tables.get(()))
            else:
                first = [value]  # a document, or the first of several lines
        for value in first:
            yield from self._lone(value)
        if self._trace is not None:
            yield from self._trace.conclusion()

    def _long(self, document: Document, runs: Runs) -> Iterator[Message]:
        """Take a long or damaged document part by part; its tables are in the order that it has them in."""
        lists: dict[Path, set[Path]] = {}
        for part in document.parts():
            met = lists.setdefault(part.path, set())
            for found in found_in(part.value, part.path, is_record=part.is_record, depth=part.depth):
                met.add(found.path)
                self._take(found)
            runs.take(document.reader, self._tables.get(part.path))
        if is_head(document.shell):
            self._trace = Trace(self.artifact, self.suffix)
            yield from self._trace.take(document.shell)
            return
        self.units = _units(document.shell)
        self._merge(document.shell, lists)
        if not self._tables:
            self._collect(document.shell, is_record=True)
        elif facts := facts_of(document.shell):
            yield Meta(f"document{self.suffix}", facts)

    def _merge(self, shell: dict[str, Any], lists: Mapping[Path, set[Path]]) -> None:
        """Collect the tables beside the lists of a long document, and bring all into its order."""
        homes = {path: home for home, met in lists.items() for path in met}
        before = self._tables
        self._tables = {}
        for found in found_in(shell, is_record=False):
            if found.path in homes:
                met = lists[homes[found.path]]
                self._tables |= {path: table for path, table in before.items() if path in met}
            else:
                self._take(found)
        self._tables |= before

    def _conclusion(self, reader: Reader) -> Iterator[Message]:
        self._choose()
        several = reader.values > 1 and not reader.is_array
        shape = "ndjson" if several else next((str(table.shape) for table in self.chosen), "records")
        yield Meta(f"dialect{self.suffix}", shape if self._trace is None else "mychronogps")
        yield from document_issues(self.artifact, reader, self._tables, self.chosen, self._crowded)
        if self._trace is None and not self.chosen and not reader.damaged:
            yield Issue("NO_STREAMS", Locus(self.artifact.name), artifacts=self.artifact.name)

    def close(self) -> None:
        """Give up what the tables hold."""
        for table in self._tables.values():
            table.close()

    def _lone(self, value: Any) -> Iterator[Meta]:
        """Collect the tables of a lone document; one without any may be a record itself."""
        self.units = _units(value)
        self._collect(value, is_record=False)
        if not self._tables:
            self._collect(value, is_record=True)
        elif facts := facts_of(value):
            yield Meta(f"document{self.suffix}", facts)

    def _collect(self, value: Any, *, is_record: bool) -> None:
        for found in found_in(value, is_record=is_record):
            self._take(found)

    def _take(self, found: Found) -> None:
        table = self._tables.get(found.path)
        if found.cells is None:
            if found.path in self._strays or len(self._strays) < _MOST_TABLES:
                self._strays[found.path] = self._strays.get(found.path, 0) + 1
            return
        if table is None:
            if len(self._tables) >= _MOST_TABLES:
                self._crowded += 1
                return
            words = "_".join([plain_stem(self.artifact.name, "document"), *found.path])
            table = self._tables[found.path] = Table(words, found.shape)
        table.leave(found.left)
        table.add(found.cells)

    def _choose(self) -> None:
        """Choose the tables with a time, or without any the largest, whose errors say what is missing."""
        for path, table in self._tables.items():
            table.strays = self._strays.get(path, 0)
        filled = [table for table in self._tables.values() if table.rows]
        self.chosen = [table for table in filled if table.is_timed]
        if not self.chosen and filled:
            self.chosen = [max(filled, key=lambda table: table.rows)]


def _units(value: Any) -> dict[str, str]:
    """Return the units that a document names for its columns: `{"units": {"speed": "km/h"}}`."""
    units = value.get("units") if isinstance(value, dict) else None
    if not isinstance(units, dict):
        return {}
    return {name: unit for name, unit in units.items() if isinstance(unit, str)}
