"""Values as plain JSON documents and back: for footers, manifests, child processes and `--json`."""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.model.capabilities import Capabilities
from telemparse.model.codes import Severity
from telemparse.model.gates import Gate, Track
from telemparse.model.issues import Issue, Locus
from telemparse.model.options import ParseOptions
from telemparse.model.provenance import ArtifactRecord, PartRecord, Provenance
from telemparse.model.results import ParseResult

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "DOCUMENT_VERSION", "issue_document", "issue_from", "metadata_from", "options_document",
    "options_from", "plain", "provenance_document", "provenance_from", "result_document", "result_from",
]  # fmt: skip

DOCUMENT_VERSION = 1
_DEPTH = 32
_TAG = "$type"
_VALUES: Mapping[str, type[Any]] = {"Gate": Gate, "Track": Track}


def plain(value: Any, depth: int = _DEPTH) -> Any:
    """Return a JSON-able copy: gates and tracks tagged, tuples as lists, NaN and infinity as None.

    Raises TypeError for a value that has no plain form, and for nesting beyond 32 levels.
    """
    if depth == 0:
        raise TypeError("nested too deeply")
    if value is None or isinstance(value, bool | int | str):
        return value.value if isinstance(value, enum.Enum) else value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Gate | Track):
        fields = {field.name: getattr(value, field.name) for field in attrs.fields(type(value))}
        return {_TAG: type(value).__name__, **plain(fields, depth - 1)}
    if isinstance(value, Mapping):
        if _TAG in value:
            raise TypeError(f"the key {_TAG} is reserved")
        return {str(key): plain(item, depth - 1) for key, item in value.items()}
    if isinstance(value, Sequence | AbstractSet) and not isinstance(value, bytes | bytearray | memoryview):
        return [plain(item, depth - 1) for item in value]
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:  # a numpy scalar
        return plain(value.item(), depth - 1)
    raise TypeError(f"{type(value).__name__} has no plain form")


def metadata_from(document: Any) -> Any:
    """Return what `plain` was given: tagged gates and tracks are values again."""
    if isinstance(document, list):
        return [metadata_from(item) for item in document]
    if not isinstance(document, dict):
        return document
    items = {key: metadata_from(item) for key, item in document.items() if key != _TAG}
    return _VALUES[document[_TAG]](**items) if _TAG in document else items


def issue_document(issue: Issue) -> dict[str, Any]:
    """Return an issue as code, severity, message, evidence, locus and hint."""
    locus = None if issue.locus is None else attrs.asdict(issue.locus)
    return {
        "code": issue.code,
        "severity": str(issue.severity),
        "message": issue.message,
        "evidence": plain(issue.evidence),
        "locus": locus,
        "hint": issue.hint,
    }


def issue_from(document: Mapping[str, Any]) -> Issue:
    """Return the issue of a document."""
    locus = None if document["locus"] is None else Locus(**document["locus"])
    fields = {**document, "severity": Severity(document["severity"]), "locus": locus}
    return Issue.stored(fields)


def options_document(options: ParseOptions) -> dict[str, Any]:
    """Return the options that differ from their defaults; `columns` as pairs, for keys may be numbers."""
    given = options.given()
    if given.get("columns") is not None:
        given["columns"] = [[key, name] for key, name in given["columns"].items()]
    document: dict[str, Any] = plain(given)
    return document


def options_from(document: Mapping[str, Any]) -> ParseOptions:
    """Return the options of a document."""
    given = dict(document)
    if given.get("columns") is not None:
        given["columns"] = {key: name for key, name in given["columns"]}  # noqa: C416  (pairs, not items)
    if given.get("time_range") is not None:
        given["time_range"] = tuple(given["time_range"])
    return ParseOptions(**given)


def provenance_document(provenance: Provenance) -> dict[str, Any]:
    """Return provenance as plain values."""
    return {
        "parts": [plain(attrs.asdict(part)) for part in provenance.parts],
        "telemparse_version": provenance.telemparse_version,
        "schema_version": provenance.schema_version,
        "options": plain(provenance.options),
        "unread": [attrs.asdict(artifact) for artifact in provenance.unread],
    }


def provenance_from(document: Mapping[str, Any]) -> Provenance:
    """Return the provenance of a document."""
    parts = [
        PartRecord(
            **{
                **part,
                "evidence": tuple(part["evidence"]),
                "artifacts": tuple(ArtifactRecord(**artifact) for artifact in part["artifacts"]),
            }
        )
        for part in document["parts"]
    ]
    unread = tuple(ArtifactRecord(**artifact) for artifact in document["unread"])
    return Provenance(**{**document, "parts": tuple(parts), "unread": unread})


def result_document(result: ParseResult) -> dict[str, Any]:
    """Return everything of a result but its tables."""
    return {
        "v": DOCUMENT_VERSION,
        "device_family": result.device_family,
        "device_model": result.device_model,
        "capabilities": attrs.asdict(result.capabilities),
        "metadata": plain(result.metadata),
        "warnings": [issue_document(issue) for issue in result.warnings],
        "errors": [issue_document(issue) for issue in result.errors],
        "provenance": provenance_document(result.provenance),
    }


def result_from(document: Mapping[str, Any], streams: Mapping[str, pa.Table]) -> ParseResult:
    """Return the result of a document and its tables."""
    return ParseResult(
        device_family=document["device_family"],
        device_model=document["device_model"],
        capabilities=Capabilities(**document["capabilities"]),
        streams=dict(streams),
        metadata=metadata_from(document["metadata"]),
        warnings=tuple(issue_from(issue) for issue in document["warnings"]),
        errors=tuple(issue_from(issue) for issue in document["errors"]),
        provenance=provenance_from(document["provenance"]),
    )
