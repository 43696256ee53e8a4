"""Parsing: from a source to a result, in this process or in a child, whatever the bytes are."""

from __future__ import annotations

import json
import re
import tempfile
import traceback
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

import attrs
import pyarrow as pa

import telemparse
from telemparse import isolation
from telemparse.border import Border, Collector
from telemparse.classification import classify
from telemparse.errors import Malformed, ParseFailed
from telemparse.extension.catalog import GUARDED, Catalog
from telemparse.model.artifacts import Artifact, ArtifactSet
from telemparse.model.codes import Severity
from telemparse.model.documents import (
    options_document,
    options_from,
    plain,
    provenance_document,
    provenance_from,
    result_document,
    result_from,
)  # fmt: skip
from telemparse.model.issues import Issue
from telemparse.model.messages import Batch
from telemparse.model.options import Isolation, ParseOptions
from telemparse.model.provenance import ArtifactRecord, PartRecord, Provenance
from telemparse.model.results import ParseResult
from telemparse.schemas.fields import SCHEMA_VERSION
from telemparse.schemas.measure import capabilities

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from telemparse.border import Sink
    from telemparse.classification import Classification, Part
    from telemparse.model.artifacts import Source
    from telemparse.schemas.measure import Measure

__all__ = ["Flow", "flow", "parse"]


@attrs.frozen
class Flow:
    """A finished flow into a sink: the result without tables, and the figures of each stream."""

    result: ParseResult
    measures: Mapping[str, Measure]


def parse(
    source: Source,
    options: ParseOptions | None = None,
    *,
    parser: str | None = None,
    on_error: Literal["raise", "return"] = "raise",
) -> ParseResult:
    """Turn a recording into canonical Arrow tables.

    Args:
        source: a path, a folder, bytes, a binary file object, a mapping of names to bytes, or several
            of them: always ONE recording (`telemparse.group` tells recordings apart).
        options: see `ParseOptions`.
        parser: id of the parser to use whatever the classifier says; short for `options.parser`.
        on_error: `raise` a `ParseFailed` that carries the result when there are errors, or `return` it.

    Returns a `ParseResult`; what could be read is in its streams even when there are errors. Raises
    OSError for a path that cannot be read and CallError for a call that cannot be right.
    """
    options = options or ParseOptions()
    if parser is not None:
        options = attrs.evolve(options, parser=parser)
    collector = Collector()
    result = attrs.evolve(flow(ArtifactSet.of(source), options, collector).result, streams=collector.tables)
    if result.errors and on_error == "raise":
        raise ParseFailed(result)
    return result


def flow(artifacts: ArtifactSet, options: ParseOptions, sink: Sink) -> Flow:
    """Classify and parse into a sink, batch by batch.

    The result's `streams` are empty: they are what the sink got. Raises only what the sink raises,
    and CallError for an unknown parser id.
    """
    if options.isolation is Isolation.PROCESS:
        return _isolated(artifacts, options, sink)
    catalog = Catalog.shared()
    classification = classify(artifacts, options, catalog)
    provenance = _provenance(classification, artifacts, options, catalog)
    return _run(classification, provenance, options, catalog, sink)


def _run(
    classification: Classification,
    provenance: Provenance,
    options: ParseOptions,
    catalog: Catalog,
    sink: Sink,
) -> Flow:
    border = Border(sink, options)
    for issue in (*classification.issues, *_fault_issues(classification)):
        border.report(issue)
    for part in classification.parts:
        border.begin(catalog.card(part.candidate.parser_id))
        _read(part, options, catalog, border)
    return _concluded(border, provenance)


def _read(part: Part, options: ParseOptions, catalog: Catalog, border: Border) -> None:
    """Drive one parse generator; whatever it raises becomes an issue, what it yielded is kept."""
    card = catalog.card(part.candidate.parser_id)
    try:
        messages = iter(catalog.parser(card)(part.artifacts, options))
    except GUARDED as error:
        border.report(_crash(card.id, error))
        return
    while True:
        try:
            message = next(messages)
        except StopIteration:
            return
        except Malformed as malformed:
            border.accept(Issue(malformed.code, malformed.locus, **malformed.evidence))
            return
        except GUARDED as error:
            border.report(_crash(card.id, error))
            return
        border.accept(message)


# Arrow quotes the cell that it could not convert, and a cell may be a coordinate.
_PRECISE_NUMBER = re.compile(r"\d+\.\d{3,}")
_MESSAGE_CHARACTERS = 500


def _crash(parser_id: str, error: BaseException) -> Issue:
    words = _PRECISE_NUMBER.sub("#", f"{type(error).__name__}: {error}")[:_MESSAGE_CHARACTERS]
    if isinstance(error, MemoryError):
        return Issue("PARSER_MEMORY_EXCEEDED", parser=parser_id, error=words)
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    return Issue("PARSER_CRASHED", parser=parser_id, error=words, traceback=places)


def _fault_issues(classification: Classification) -> Iterator[Issue]:
    for fault in classification.faults:
        yield Issue("PLUGIN_LOAD_FAILED", plugin=fault.plugin, stage=fault.stage, error=fault.error)


def _concluded(border: Border, provenance: Provenance) -> Flow:
    measures, issues = border.finish()
    if not measures and not any(issue.severity is Severity.ERROR for issue in issues):
        names = ", ".join(artifact.name for artifact in provenance.artifacts)
        issues.append(Issue("NO_STREAMS", artifacts=names))
    result = ParseResult(
        device_family=border.device.get("device_family"),
        device_model=border.device.get("device_model"),
        capabilities=capabilities(measures),
        metadata=border.metadata,
        warnings=tuple(issue for issue in issues if issue.severity is Severity.WARNING),
        errors=tuple(issue for issue in issues if issue.severity is Severity.ERROR),
        provenance=provenance,
    )
    return Flow(result, measures)


def _provenance(
    classification: Classification, artifacts: ArtifactSet, options: ParseOptions, catalog: Catalog
) -> Provenance:
    parts = tuple(
        PartRecord(
            parser_id=part.candidate.parser_id,
            parser_version=catalog.card(part.candidate.parser_id).version,
            score=part.candidate.score,
            evidence=part.candidate.evidence,
            artifacts=tuple(_record(artifact) for artifact in part.artifacts),
        )
        for part in classification.parts
    )
    return Provenance(
        parts=parts,
        telemparse_version=telemparse.__version__,
        schema_version=SCHEMA_VERSION,
        options=plain(options_document(options)),
        unread=() if parts else tuple(_record(artifact) for artifact in artifacts),
    )


def _record(artifact: Artifact) -> ArtifactRecord:
    given = artifact.outer or artifact
    return ArtifactRecord(artifact.name, given.size, artifact.sha256, artifact.wrapper)


# --- in a child process -------------------------------------------------------------------------


def _isolated(artifacts: ArtifactSet, options: ParseOptions, sink: Sink) -> Flow:
    """Parse in a child; what it had written before it was ended is kept.

    The child writes Arrow IPC streams into a private folder. They pass the border here once more,
    for what a hostile file may have made of the child is not trusted.
    """
    with tempfile.TemporaryDirectory(prefix="telemparse-") as name:
        folder = Path(name)
        request = {
            "artifacts": [_handed(artifact, folder, number) for number, artifact in enumerate(artifacts)],
            "options": options_document(
                attrs.evolve(options, isolation=Isolation.NONE, timeout_s=None, max_memory_bytes=None)
            ),
        }
        failure: isolation.ChildFailed | None = None
        answer: dict[str, Any] = {}
        try:
            answer = isolation.run(
                "telemparse.parsing:serve", request, folder,
                timeout_s=options.timeout_s, max_memory_bytes=options.max_memory_bytes,
            )  # fmt: skip
        except isolation.ChildFailed as failed:
            failure = failed
        border = Border(sink, ParseOptions())
        for stream, batches in _recovered(folder):
            for batch in batches:
                border.accept(Batch(stream, batch))
        return (
            _answered(answer, border, options)
            if failure is None
            else _ended(failure, border, folder, options)
        )


def _answered(answer: dict[str, Any], border: Border, options: ParseOptions) -> Flow:
    measures, _same_issues = border.finish()
    result = result_from(answer, {})
    provenance = attrs.evolve(result.provenance, options=plain(options_document(options)))
    return Flow(attrs.evolve(result, provenance=provenance), measures)


def _ended(failure: isolation.ChildFailed, border: Border, folder: Path, options: ParseOptions) -> Flow:
    border.report(Issue(failure.code, **failure.evidence))
    provenance = Provenance((), telemparse.__version__, SCHEMA_VERSION)
    with suppress(OSError, ValueError, TypeError, KeyError):
        provenance = provenance_from(json.loads((folder / _PROVENANCE).read_text("utf-8")))
    return _concluded(border, attrs.evolve(provenance, options=plain(options_document(options))))


_PROVENANCE = "provenance.json"
_SUFFIX = ".arrows"


def _handed(artifact: Artifact, folder: Path, number: int) -> dict[str, str]:
    """Return where the child finds an artifact; what is not on disk is laid there."""
    if artifact.path is not None:
        return {"name": artifact.name, "path": str(artifact.path.resolve())}
    place = folder / f"artifact-{number}"
    with place.open("wb") as target:
        for piece in artifact.chunks():
            target.write(piece)
    return {"name": artifact.name, "path": str(place)}


def serve(request: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Parse in the child: streams as Arrow IPC files in `folder`, the rest as the returned document."""
    artifacts = ArtifactSet(
        tuple(
            attrs.evolve(Artifact.from_path(each["path"]), name=each["name"]) for each in request["artifacts"]
        )
    )
    options = options_from(request["options"])
    catalog = Catalog.shared()
    classification = classify(artifacts, options, catalog)
    provenance = _provenance(classification, artifacts, options, catalog)
    (folder / _PROVENANCE).write_text(json.dumps(provenance_document(provenance)), "utf-8")
    with _IpcSink(folder) as sink:
        return result_document(_run(classification, provenance, options, catalog, sink).result)


@attrs.define
class _IpcSink:
    """Arrow IPC streams in a folder, readable up to the last whole batch even when the writer dies."""

    folder: Path
    _writers: dict[str, tuple[pa.Schema, Any]] = attrs.field(factory=dict)
    _opened: int = 0
    _stack: ExitStack = attrs.field(factory=ExitStack)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def write(self, stream: str, table: pa.Table) -> None:
        known = self._writers.get(stream)
        if known is None or not known[0].equals(table.schema):
            place = self.folder / f"{self._opened:06}~{stream}{_SUFFIX}"
            self._opened += 1
            file = self._stack.enter_context(pa.OSFile(str(place), "wb"))
            known = table.schema, self._stack.enter_context(pa.ipc.new_stream(file, table.schema))
            self._writers[stream] = known
        known[1].write_table(table)

    def finish(self, stream: str, *, ordered: bool) -> None:
        """Rows stay in order of arrival: the parent sorts."""


def _recovered(folder: Path) -> Iterator[tuple[str, Iterator[pa.RecordBatch]]]:
    for place in sorted(folder.glob(f"*{_SUFFIX}")):
        stream = place.name.removesuffix(_SUFFIX).partition("~")[2]
        yield stream, _whole_batches(place)


def _whole_batches(place: Path) -> Iterator[pa.RecordBatch]:
    """Yield the batches of an IPC stream up to where its writer ended."""
    with suppress(pa.ArrowInvalid, OSError), pa.OSFile(str(place), "rb") as file:
        for batch in pa.ipc.open_stream(file):
            batch.validate(full=True)
            yield batch
