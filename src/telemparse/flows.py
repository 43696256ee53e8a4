"""A flow in this process: parse generators driven through the border into a sink."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

import telemparse
from telemparse.border import Border
from telemparse.classification import classify
from telemparse.errors import Malformed
from telemparse.extension.catalog import Catalog
from telemparse.extension.faults import is_fault
from telemparse.model.codes import Severity
from telemparse.model.documents import options_document
from telemparse.model.issues import Issue
from telemparse.model.provenance import ArtifactRecord, PartRecord, Provenance
from telemparse.model.results import ParseResult
from telemparse.model.wording import blotted, words_of
from telemparse.schemas.fields import SCHEMA_VERSION
from telemparse.schemas.measure import capabilities
from telemparse.schemas.order import Ordering

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from telemparse.border import Sink
    from telemparse.classification import Classification, Part
    from telemparse.model.artifacts import ArtifactSet
    from telemparse.model.options import ParseOptions
    from telemparse.schemas.measure import Measure

__all__ = ["Flow", "concluded", "records", "run"]


@attrs.frozen
class Flow:
    """A finished flow into a sink: the result without tables, and the figures of each stream."""

    result: ParseResult
    measures: Mapping[str, Measure]


def run(
    artifacts: ArtifactSet,
    options: ParseOptions,
    sink: Sink,
    *,
    ordering: type[Ordering] = Ordering,
    announce: Callable[[Provenance], None] | None = None,
    catalog: Catalog | None = None,
) -> Flow:
    """Classify and parse into a sink, batch by batch; `announce` hears the provenance before the parse.

    The parsers asked are those of `catalog`, by default those installed.
    """
    catalog = catalog or Catalog.shared()
    classification = classify(artifacts, options, catalog)
    if announce is not None:
        announce(_provenance(classification, artifacts, options, catalog))
    border = Border(sink, options, ordering)
    for issue in (*classification.issues, *_fault_issues(classification)):
        border.report(issue)
    for part in classification.parts:
        border.begin(catalog.card(part.candidate.parser_id))
        _read(part, options, catalog, border)
    # Only now, for the hashes are nearly done when the parsers have read the files.
    return concluded(border, _provenance(classification, artifacts, options, catalog))


def _read(part: Part, options: ParseOptions, catalog: Catalog, border: Border) -> None:
    """Drive one parse generator; whatever it raises becomes an issue, what it yielded is kept."""
    card = catalog.card(part.candidate.parser_id)
    try:
        messages = iter(catalog.parser(card)(part.artifacts, options))
    except BaseException as error:
        if not is_fault(error):
            raise
        border.report(_crash(card.id, error))
        return
    while True:
        try:
            message = next(messages)
        except StopIteration:
            return
        except Malformed as malformed:
            border.accept(malformed)
            return
        except BaseException as error:
            if not is_fault(error):
                raise
            border.report(_crash(card.id, error))
            return
        border.accept(message)


_MESSAGE_CHARACTERS = 500
_TRACEBACK_FRAMES = 20  # endless recursion has a thousand


def _crash(parser_id: str, error: BaseException) -> Issue:
    # Arrow, for one, quotes the cell that it could not convert.
    words = blotted(words_of(error))[:_MESSAGE_CHARACTERS]
    if isinstance(error, MemoryError):
        return Issue("PARSER_MEMORY_EXCEEDED", parser=parser_id, error=words)
    frames = traceback.extract_tb(error.__traceback__)[-_TRACEBACK_FRAMES:]
    places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    return Issue("PARSER_CRASHED", parser=parser_id, error=words, traceback=places)


def _fault_issues(classification: Classification) -> Iterator[Issue]:
    for fault in classification.faults:
        yield Issue("PLUGIN_LOAD_FAILED", plugin=fault.plugin, stage=fault.stage, error=fault.error)


def concluded(border: Border, provenance: Provenance) -> Flow:
    """Close the border and return what came of it; no stream and no error is an error."""
    measures, issues = border.finish()
    if not measures and not any(issue.severity is Severity.ERROR for issue in issues):
        names = ", ".join(artifact.name for artifact in provenance.artifacts)
        # That nothing is left of what was asked for says nothing about the rest of the recording.
        asked = border.options.streams or border.options.channels or border.options.time_range
        issues.append(Issue("NO_STREAMS", severity=Severity.WARNING if asked else None, artifacts=names))
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
            artifacts=records(part.artifacts),
        )
        for part in classification.parts
    )
    return Provenance(
        parts=parts,
        telemparse_version=telemparse.__version__,
        schema_version=SCHEMA_VERSION,
        options=options_document(options),
        unread=() if parts else records(artifacts),
    )


def records(artifacts: ArtifactSet) -> tuple[ArtifactRecord, ...]:
    """Return what provenance says of artifacts: sizes and hashes are those of the files as given."""
    return tuple(
        ArtifactRecord(artifact.name, (artifact.outer or artifact).size, artifact.sha256, artifact.wrapper)
        for artifact in artifacts
    )
