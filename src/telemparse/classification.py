"""Classification: ask every parser about every artifact, rank the answers, explain the choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse.extension.grouping import joined
from telemparse.inquiry import Candidate, Inquiry, preference
from telemparse.model.artifacts import ArtifactSet
from telemparse.model.rendering import legible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemparse.extension.catalog import Catalog
    from telemparse.extension.faults import Fault
    from telemparse.model.artifacts import Artifact
    from telemparse.model.issues import Issue
    from telemparse.model.options import ParseOptions

__all__ = ["Candidate", "Classification", "Part", "classify"]


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
