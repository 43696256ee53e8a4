"""Detection in a child process: what goes there and comes back is a document, never an object."""

from __future__ import annotations

import json
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from telemparse import isolation
from telemparse.classification import Candidate, Classification, Part, classify
from telemparse.errors import CallError
from telemparse.extension.catalog import Catalog
from telemparse.extension.faults import Fault
from telemparse.model.artifacts import ArtifactSet
from telemparse.model.detection import Rung
from telemparse.model.documents import issue_document, issue_from, options_document, options_from
from telemparse.model.handover import handed_over, taken_over
from telemparse.model.issues import Issue
from telemparse.model.options import Isolation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from telemparse.model.artifacts import Artifact
    from telemparse.model.options import ParseOptions

__all__ = ["run", "serve"]

_FAULTS = "faults.json"


def run(artifacts: ArtifactSet, options: ParseOptions) -> Classification:
    """Classify in a child; a part then holds the artifacts as given, for nothing unpacked comes back.

    No plugin is loaded here, for one that hangs at import would hang this process.
    """
    with tempfile.TemporaryDirectory(prefix="telemparse-") as name:
        folder = Path(name)
        unconfined = attrs.evolve(options, isolation=Isolation.NONE, timeout_s=None, max_memory_bytes=None)
        request = {
            "artifacts": handed_over(artifacts, folder),
            "options": options_document(unconfined),
        }
        try:
            answer = isolation.run(
                "telemparse.confined_detection:serve",
                request,
                folder,
                timeout_s=options.timeout_s,
                max_memory_bytes=options.max_memory_bytes,
            )
        except isolation.ChildFailed as failed:
            issue = Issue(failed.code, **failed.evidence)
            return Classification(None, (), (), _faults_left(folder), (issue,))
    if "refused" in answer:
        raise CallError(answer["refused"])
    parts = tuple(_part_from(document, artifacts) for document in answer["parts"])
    return Classification(
        winner=parts[0].candidate if parts else None,
        parts=parts,
        candidates=tuple(_candidate_from(document) for document in answer["candidates"]),
        faults=tuple(Fault(**fault) for fault in answer["faults"]),
        issues=tuple(issue_from(issue) for issue in answer["issues"]),
    )


def serve(request: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Classify in the child; the answer names artifacts by their number in the request.

    What failed to load is left in `folder` first, for a detector may end this process.
    """
    artifacts, options = taken_over(request["artifacts"]), options_from(request["options"])
    catalog = Catalog.shared()
    (folder / _FAULTS).write_text(json.dumps(_fault_documents(catalog.faults)), "utf-8")
    try:
        if options.parser is not None:
            catalog.card(options.parser)
    except CallError as error:
        return {"refused": str(error)}
    found = classify(artifacts, options, catalog)
    numbers: dict[Artifact | None, int] = {artifact: number for number, artifact in enumerate(artifacts)}
    return {
        "parts": [
            {
                "candidate": _candidate_document(part.candidate),
                "given": sorted({numbers[a] if a in numbers else numbers[a.outer] for a in part.artifacts}),
            }
            for part in found.parts
        ],
        "candidates": [_candidate_document(candidate) for candidate in found.candidates],
        "faults": _fault_documents(found.faults),
        "issues": [issue_document(issue) for issue in found.issues],
    }


def _faults_left(folder: Path) -> tuple[Fault, ...]:
    """Return the faults that a child left before it ended; none when it did not come so far."""
    with suppress(OSError, ValueError, TypeError):
        return tuple(Fault(**fault) for fault in json.loads((folder / _FAULTS).read_text("utf-8")))
    return ()


def _fault_documents(faults: Iterable[Fault]) -> list[dict[str, Any]]:
    return [attrs.asdict(fault) for fault in faults]


def _candidate_document(candidate: Candidate) -> dict[str, Any]:
    return {**attrs.asdict(candidate), "rung": candidate.rung.name}


def _candidate_from(document: Mapping[str, Any]) -> Candidate:
    lists = {name: tuple(document[name]) for name in ("evidence", "artifacts")}
    return Candidate(**{**document, **lists, "rung": Rung[document["rung"]]})


def _part_from(document: Mapping[str, Any], given: ArtifactSet) -> Part:
    artifacts = tuple(given.artifacts[number] for number in document["given"])
    return Part(_candidate_from(document["candidate"]), ArtifactSet(artifacts))
