"""A flow in a child process: hangs, crashes and floods of a parser end there, what it had written is kept."""

from __future__ import annotations

import json
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import attrs
import pyarrow as pa

import telemparse
from telemparse import flows, isolation
from telemparse.border import Border
from telemparse.errors import CallError
from telemparse.extension.catalog import Catalog
from telemparse.model.documents import (
    options_document,
    options_from,
    provenance_document,
    provenance_from,
    result_document,
    result_from,
)
from telemparse.model.handover import handed_over, taken_over
from telemparse.model.issues import Issue
from telemparse.model.messages import Batch
from telemparse.model.options import Isolation, ParseOptions
from telemparse.model.provenance import Provenance
from telemparse.schemas.fields import SCHEMA_VERSION
from telemparse.schemas.measure import capabilities
from telemparse.schemas.order import Arrivals

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from telemparse.border import Sink
    from telemparse.flows import Flow
    from telemparse.model.artifacts import ArtifactSet

__all__ = ["run", "serve"]

_PROVENANCE = "provenance.json"
_SUFFIX = ".arrows"


def run(artifacts: ArtifactSet, options: ParseOptions, sink: Sink) -> Flow:
    """Parse in a child; what it had written before it was ended is kept.

    The child writes Arrow IPC streams into a private folder. They pass the border here once more,
    for what a hostile file may have made of the child is not trusted. Raises CallError for an unknown
    parser id, which the child tells: it alone loads plugins.
    """
    with tempfile.TemporaryDirectory(prefix="telemparse-") as name:
        folder = Path(name)
        unconfined = attrs.evolve(options, isolation=Isolation.NONE, timeout_s=None, max_memory_bytes=None)
        request = {
            "artifacts": handed_over(artifacts, folder),
            "options": options_document(unconfined),
        }
        failure: isolation.ChildFailed | None = None
        answer: dict[str, Any] = {}
        try:
            answer = isolation.run(
                "telemparse.confinement:serve", request, folder,
                timeout_s=options.timeout_s, max_memory_bytes=options.max_memory_bytes,
            )  # fmt: skip
        except isolation.ChildFailed as failed:
            failure = failed
        if isinstance(answer, dict) and "refused" in answer:
            raise CallError(answer["refused"])
        border = Border(sink, ParseOptions())
        for stream, batches in _recovered(folder):
            for batch in batches:
                border.accept(Batch(stream, batch))
        if failure is None:
            try:
                return _answered(answer, border, options)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                failure = isolation.ChildFailed("PARSER_CRASHED", error=f"bad answer: {type(error).__name__}")
        return _ended(failure, border, folder, artifacts, options)


def _answered(answer: dict[str, Any], border: Border, options: ParseOptions) -> Flow:
    result = result_from(answer, {})
    measures, found = border.finish()
    # What only this border refuses, the one in the child cannot have seen.
    refused = tuple(issue for issue in found if issue.code == "SCHEMA_VIOLATION")
    result = attrs.evolve(
        result,
        errors=(*result.errors, *refused),
        capabilities=capabilities(measures),
        provenance=attrs.evolve(result.provenance, options=options_document(options)),
    )
    return flows.Flow(result, measures)


def _ended(
    failure: isolation.ChildFailed,
    border: Border,
    folder: Path,
    artifacts: ArtifactSet,
    options: ParseOptions,
) -> Flow:
    unread = flows.records(artifacts)
    provenance = Provenance((), telemparse.__version__, SCHEMA_VERSION, unread=unread)
    with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        provenance = provenance_from(json.loads((folder / _PROVENANCE).read_text("utf-8")))
    known = {} if provenance.parser_id is None else {"parser": provenance.parser_id}
    border.report(Issue(failure.code, **{**known, **failure.evidence}))
    return flows.concluded(border, attrs.evolve(provenance, options=options_document(options)))


def serve(request: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Parse in the child: streams as Arrow IPC files in `folder`, the rest as the returned document."""

    def announce(provenance: Provenance) -> None:
        (folder / _PROVENANCE).write_text(json.dumps(provenance_document(provenance)), "utf-8")

    options = options_from(request["options"])
    try:
        if options.parser is not None:
            Catalog.shared().card(options.parser)
    except CallError as error:
        return {"refused": str(error)}
    with _IpcSink(folder) as sink:
        # Nothing is held back, for this process may end at any time; the parent's border flags again.
        artifacts = taken_over(request["artifacts"])
        flow = flows.run(artifacts, options, sink, ordering=Arrivals, announce=announce)
    return result_document(flow.result)


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
    with suppress(pa.ArrowException, OSError, ValueError, MemoryError), pa.OSFile(str(place), "rb") as file:
        for batch in pa.ipc.open_stream(file):
            batch.validate(full=True)
            yield batch
