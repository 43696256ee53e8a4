"""What the sandbox does with untrusted files: say what they are, and turn them into tables."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import telemparse
from telemparse.model.documents import issue_document, options_from
from telemparse.model.handover import taken_over

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["classify", "parse", "preload"]


def preload() -> None:
    """Load what every recording needs, so that the first one does not pay for it."""
    from telemparse.extension.catalog import Catalog
    from telemparse.runner import session_tasks

    catalog = Catalog.shared()
    for card in catalog.cards:
        catalog.parser(card)
    session_tasks.preload()


def classify(request: Mapping[str, Any], _folder: Path) -> dict[str, Any]:
    """Say what the artifacts of a request are.

    Returns `parts` (parser, version, score, evidence and names of each), `issues` as documents, and
    `calls_s`.
    """
    artifacts, options = taken_over(request["artifacts"]), options_from(request["options"])
    begun = time.perf_counter()
    found = telemparse.detect(artifacts, options)
    calls_s = time.perf_counter() - begun
    parts = [
        {
            "parser_id": part.candidate.parser_id,
            "score": part.candidate.score,
            "evidence": list(part.candidate.evidence),
            "artifacts": list(part.artifacts.names),
        }
        for part in found.parts
    ]
    return {
        "parts": parts,
        "issues": [issue_document(issue) for issue in found.issues],
        "calls_s": calls_s,
    }


def parse(request: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Turn the artifacts of a request into Parquet files and `manifest.json` in the folder."""
    artifacts, options = taken_over(request["artifacts"]), options_from(request["options"])
    begun = time.perf_counter()
    telemparse.convert(artifacts, folder, options, on_error="return")
    return {"calls_s": time.perf_counter() - begun}
