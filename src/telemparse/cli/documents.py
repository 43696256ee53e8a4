"""The objects that `--json` prints: one a recording, strict JSON, version 1."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import attrs

from telemparse.cli.figures import iso
from telemparse.cli.terminal import visible
from telemparse.model.codes import Severity
from telemparse.model.documents import DOCUMENT_VERSION, issue_document, plain

if TYPE_CHECKING:
    from pathlib import Path

    from telemparse.classification import Classification
    from telemparse.cli.recordings import Recording
    from telemparse.model.results import ParseResult

__all__ = ["detection_document", "emit", "recording_document", "stream_document"]


class Figures(Protocol):
    """What a measure of a table and a manifest's record of a file have in common."""

    @property
    def rows(self) -> int: ...
    @property
    def t_first_ns(self) -> int | None: ...
    @property
    def t_last_ns(self) -> int | None: ...
    @property
    def time_base(self) -> str | None: ...
    @property
    def rate_hz(self) -> float | None: ...


def emit(document: Mapping[str, Any]) -> None:
    """Print a document as one line of ASCII JSON, whatever the terminal's encoding is."""
    sys.stdout.write(json.dumps(_clean({"v": DOCUMENT_VERSION, **document}), allow_nan=False) + "\n")
    sys.stdout.flush()


def _clean(value: Any) -> Any:
    """Make bytes of file names that are no text visible: JSON has no lone surrogates."""
    if isinstance(value, str):
        return value if value.isascii() else "".join(map(_sound, value))
    if isinstance(value, Mapping):
        return {_clean(key): _clean(item) for key, item in value.items()}
    return [_clean(item) for item in value] if isinstance(value, list | tuple) else value


def _sound(character: str) -> str:
    return visible(character) if "\ud800" <= character <= "\udfff" else character


def detection_document(recording: Recording, classification: Classification) -> dict[str, Any]:
    """Return what `telemparse detect --json` prints for a recording."""
    winner = classification.winner
    issues = classification.issues
    return {
        "paths": list(recording.paths),
        "artifacts": [
            {"name": artifact.name, "byte_size": artifact.size} for artifact in recording.artifacts
        ],
        "parser": winner.parser_id if winner else None,
        "score": winner.score if winner else None,
        "evidence": list(winner.evidence) if winner else [],
        "ok": not any(issue.severity is Severity.ERROR for issue in issues),
        "parts": [_candidate(part.candidate) for part in classification.parts],
        "candidates": [_candidate(candidate) for candidate in classification.candidates],
        "faults": [attrs.asdict(fault) for fault in classification.faults],
        "warnings": [issue_document(issue) for issue in issues if issue.severity is Severity.WARNING],
        "errors": [issue_document(issue) for issue in issues if issue.severity is Severity.ERROR],
    }


def _candidate(candidate: Any) -> dict[str, Any]:
    return {
        "parser": candidate.parser_id,
        "score": candidate.score,
        "rung": candidate.rung.name,
        "evidence": list(candidate.evidence),
        "artifacts": list(candidate.artifacts),
    }


def stream_document(figures: Figures, path: Path | None) -> dict[str, Any]:
    """Return the figures of one stream; times are ISO-8601 UTC with nanoseconds, null without a clock."""
    return {
        "rows": figures.rows,
        "t_first": iso(figures.t_first_ns),
        "t_last": iso(figures.t_last_ns),
        "time_base": figures.time_base,
        "rate_hz": figures.rate_hz,
        "path": None if path is None else str(path),
    }


def recording_document(
    paths: tuple[str, ...], result: ParseResult, streams: Mapping[str, dict[str, Any]]
) -> dict[str, Any]:
    """Return what `telemparse parse --json` and `convert --json` print for a recording.

    `streams` holds a `stream_document` a stream. The first part's parser, score and evidence stand at
    the top; all parts are listed.
    """
    parts = result.provenance.parts
    return {
        "paths": list(paths),
        "artifacts": [attrs.asdict(artifact) for artifact in result.provenance.artifacts],
        "parser": result.provenance.parser_id,
        "score": parts[0].score if parts else None,
        "evidence": list(parts[0].evidence) if parts else [],
        "ok": result.ok,
        "device_family": result.device_family,
        "device_model": result.device_model,
        "streams": dict(streams),
        "capabilities": attrs.asdict(result.capabilities),
        "metadata": plain(result.metadata),
        "warnings": [issue_document(issue) for issue in result.warnings],
        "errors": [issue_document(issue) for issue in result.errors],
        "parts": [
            {
                "parser": part.parser_id,
                "version": part.parser_version,
                "score": part.score,
                "evidence": list(part.evidence),
                "artifacts": [artifact.name for artifact in part.artifacts],
            }
            for part in parts
        ],
    }
