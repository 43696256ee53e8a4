"""Classification: ask every parser about every artifact, rank the answers, explain the choice."""

from __future__ import annotations

import json
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from telemparse import isolation
from telemparse.errors import CallError
from telemparse.extension.catalog import Catalog
from telemparse.extension.faults import Fault
from telemparse.extension.grouping import joined
from telemparse.inquiry import Candidate, Inquiry, preference
from telemparse.model.artifacts import ArtifactSet
from telemparse.model.detection import Rung
from telemparse.model.documents import issue_document, issue_from, options_document, options_from
from telemparse.model.handover import handed_over, taken_over
from telemparse.model.issues import Issue
from telemparse.model.options import Isolation, options_of
from telemparse.model.rendering import legible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from telemparse.model.artifacts import Artifact, Source
    from telemparse.model.options import ParseOptions

__all__ = ["Candidate", "Classification", "Part", "classify", "detect", "serve"]

_FAULTS = "faults.json"


@attrs.frozen
class Part:
    """The artifacts that one parser reads, unwrapped, and why it was chosen."""

    candidate: Candidate
    artifacts: ArtifactSet


@attrs.frozen
class Classification:
    """What a recording is.

    Args:
        winner: the candidate whose part can have positions, of several the surest, else of the first part;
            None without parts.
        parts: one per parser that takes part, the winner's first.
        candidates: every claim above NO, best first.
        faults: plugins that failed while loading or asking.
        issues: artifacts that nobody claims, that two claim, that are empty or too large.
    """

    winner: Candidate | None
    parts: tuple[Part, ...]
    candidates: tuple[Candidate, ...]
    faults: tuple[Fault, ...] = ()
    issues: tuple[Issue, ...] = ()

    def explain(self) -> str:
        """Return a table for people: parser, score, rung, evidence; then issues and faults."""
        rows: list[tuple[str, ...]] = [("parser", "score", "rung", "artifacts", "evidence")]
        chosen = {part.candidate.parser_id for part in self.parts}
        for candidate in self.candidates:
            mark = "* " if candidate.parser_id in chosen else "  "
            cells = (
                mark + candidate.parser_id, f"{candidate.score:.1f}", candidate.rung.name,
                ", ".join(candidate.artifacts), "; ".join(candidate.evidence),
            )  # fmt: skip
            rows.append(tuple(legible(cell) for cell in cells))
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        lines += [f"{issue.severity} {issue.code}: {issue.message}" for issue in self.issues]
        lines += [f"fault {fault.plugin} ({fault.stage}): {fault.error}" for fault in self.faults]
        return "\n".join(legible(line) for line in lines)


def detect(source: Source, options: ParseOptions | None = None) -> Classification:
    """Say what a recording is, with a score and evidence.

    Args:
        source: a path, a folder, bytes, a binary file object, a mapping of names to bytes, or several.
        options: `threshold`, `parser`, `prefer`, `max_bytes`, `max_decompressed_bytes` count here.

    Returns a `Classification`; `.winner` is None when nothing reached the threshold. Raises OSError
    for a path that cannot be read and CallError for an unknown parser id.
    """
    artifacts, options = ArtifactSet.of(source), options_of(options)
    if options.isolation is Isolation.PROCESS:
        return _confined(artifacts, options)
    catalog = Catalog.shared()
    _check_forced(options, catalog)
    return classify(artifacts, options, catalog)


def _check_forced(options: ParseOptions, catalog: Catalog) -> None:
    if options.parser is not None:
        catalog.card(options.parser)


def classify(artifacts: ArtifactSet, options: ParseOptions, catalog: Catalog) -> Classification:
    """Classify each artifact by itself and join those of one parser into parts."""
    inquiry = Inquiry(options, catalog)
    claims: dict[str, list[tuple[Artifact, Candidate]]] = {}
    for artifact in artifacts:
        for opened, candidate in inquiry.settle(artifact):
            claims.setdefault(candidate.parser_id, []).append((opened, candidate))
    _join_companions(claims, inquiry, catalog)
    inquiry.report_unclaimed(bool(claims))
    parts = [_part(claimed) for claimed in claims.values()]
    # What can have positions: of several such parts the one that is recognised most surely, else the first.
    with_position = [part for part in parts if "gnss_pvt" in catalog.card(part.candidate.parser_id).streams]
    with_position.sort(key=lambda part: -part.candidate.score)
    first = (with_position or parts)[:1]
    parts = first + [part for part in parts if part not in first]
    return Classification(
        winner=parts[0].candidate if parts else None,
        parts=tuple(parts),
        candidates=_by_parser(inquiry.answers, options.prefer),
        faults=(*catalog.faults, *inquiry.faults),
        issues=tuple(inquiry.issues),
    )


def _part(claimed: list[tuple[Artifact, Candidate]]) -> Part:
    best = max((candidate for _artifact, candidate in claimed), key=lambda candidate: candidate.score)
    names = tuple(artifact.name for artifact, _candidate in claimed)
    return Part(attrs.evolve(best, artifacts=names), ArtifactSet(tuple(artifact for artifact, _ in claimed)))


def _by_parser(answers: Iterable[Candidate], prefer: tuple[str, ...]) -> tuple[Candidate, ...]:
    best: dict[str, Candidate] = {}
    for answer in answers:
        known = best.get(answer.parser_id)
        top = answer if known is None or answer.score > known.score else known
        names = dict.fromkeys((*(known.artifacts if known else ()), *answer.artifacts))
        best[answer.parser_id] = attrs.evolve(top, artifacts=tuple(names))
    return tuple(sorted(best.values(), key=lambda c: (-c.score, *preference(c.parser_id, prefer))))


def _join_companions(
    claims: dict[str, list[tuple[Artifact, Candidate]]], inquiry: Inquiry, catalog: Catalog
) -> None:
    """Hand unclaimed artifacts to the parser whose card names them companions of one that it claims."""
    for parser_id, claimed in claims.items():
        card = catalog.card(parser_id)
        for artifact in list(inquiry.unclaimed):
            if any(joined(card, own.name, artifact.name) for own, _candidate in claimed):
                claimed.append((artifact, claimed[0][1]))
                del inquiry.unclaimed[artifact]


# --- in a child process -------------------------------------------------------------------------


def _confined(artifacts: ArtifactSet, options: ParseOptions) -> Classification:
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
                "telemparse.classification:serve",
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
        _check_forced(options, catalog)
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
