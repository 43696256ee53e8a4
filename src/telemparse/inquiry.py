"""Asking every parser about one artifact after another, each under a guard and on a budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from telemparse.errors import Malformed
from telemparse.extension.faults import Fault, is_fault
from telemparse.model.codes import Severity
from telemparse.model.detection import HEAD_BYTES, TAIL_BYTES, Budget, Detection, Rung, Sniff
from telemparse.model.issues import Issue, Locus
from telemparse.model.wording import blotted, words_of
from telemparse.model.wrapper_tells import wrapper_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from telemparse.extension.card import ParserCard
    from telemparse.extension.catalog import Catalog
    from telemparse.model.artifacts import Artifact
    from telemparse.model.options import ParseOptions

__all__ = ["Candidate", "Inquiry", "preference"]

_BLANK = b"\0 \t\r\n"
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_NEAREST = 3


@attrs.frozen
class Candidate:
    """One parser's claim.

    Args:
        parser_id: who claims.
        score: the value of the rung.
        rung: the kind of evidence.
        evidence: what it saw.
        artifacts: names it speaks about.
    """

    parser_id: str
    score: float
    rung: Rung
    evidence: tuple[str, ...]
    artifacts: tuple[str, ...]


def preference(parser_id: str, prefer: tuple[str, ...]) -> tuple[int, str]:
    """Return a sort key: preferred ids in their order, then the others by name."""
    return (prefer.index(parser_id) if parser_id in prefer else len(prefer), parser_id)


@attrs.define
class Inquiry:
    """One round of asking: budgets, answers and faults, shared over the artifacts of a set."""

    options: ParseOptions
    catalog: Catalog
    answers: list[Candidate] = attrs.field(factory=list)
    faults: list[Fault] = attrs.field(factory=list)
    issues: list[Issue] = attrs.field(factory=list)
    unclaimed: dict[Artifact, tuple[Candidate, ...]] = attrs.field(factory=dict)
    _budgets: dict[str, Budget] = attrs.field(factory=dict)

    def settle(self, artifact: Artifact) -> Iterable[tuple[Artifact, Candidate]]:
        """Yield the artifact, or what it wraps, with the candidate that gets it."""
        limit = self.options.max_bytes
        if limit is not None and artifact.size > limit:
            self._say("ARTIFACT_TOO_LARGE", artifact, bytes=artifact.size, limit=limit)
            return
        head = artifact.read_at(0, HEAD_BYTES)
        self.issues += artifact.issues
        if self._is_empty(artifact, head):
            return
        wrapper = wrapper_of(head) if artifact.outer is None else None
        if wrapper is None:
            yield from self._decide(artifact, self._cards(), head)
            return
        from telemparse.model.wrappers import members_of, unwrap  # of no use to bare files

        whole = [card for card in self._cards() if card.greets(artifact.name, head)]
        answers = self._ask(artifact, whole, head, wrapper, members_of(artifact)) if whole else []
        if any(answer.score >= self.options.threshold for answer in answers):
            yield from self._choose(artifact, answers)
            return
        try:
            inside = unwrap(artifact, max_decompressed_bytes=self.options.max_decompressed_bytes)
        except Malformed as refusal:
            self.issues.append(Issue(refusal.code, refusal.locus, **refusal.evidence))
            return
        for opened in inside:
            self.issues += opened.issues
            inner = opened.read_at(0, HEAD_BYTES)
            if not self._is_empty(opened, inner):
                yield from self._decide(opened, self._cards(), inner)

    def _is_empty(self, artifact: Artifact, head: bytes) -> bool:
        """Tell whether there is nothing but padding, and say so unless something else explains it."""
        for mark in _BYTE_ORDER_MARKS:
            head = head.removeprefix(mark)
        if head.strip(_BLANK) or any(piece.strip(_BLANK) for piece in _behind_head(artifact)):
            return False
        if not artifact.issues:
            self._say("ARTIFACT_EMPTY", artifact, bytes=artifact.size)
        return True

    def _say(self, code: str, artifact: Artifact, **evidence: Any) -> None:
        self.issues.append(Issue(code, Locus(artifact.name), artifact=artifact.name, **evidence))

    def _cards(self) -> list[ParserCard]:
        forced = self.options.parser
        return [self.catalog.card(forced)] if forced is not None else list(self.catalog.cards)

    def _decide(
        self, artifact: Artifact, cards: list[ParserCard], head: bytes
    ) -> Iterable[tuple[Artifact, Candidate]]:
        answers = self._ask(artifact, cards, head, artifact.wrapper, ())
        return self._choose(artifact, answers)

    def _ask(
        self,
        artifact: Artifact,
        cards: list[ParserCard],
        head: bytes,
        wrapper: str | None,
        members: tuple[str, ...],
    ) -> list[Candidate]:
        """Ask the greeted first; after one SIGNATURE only its specialists when no other magic greets."""
        tail = (
            head[-TAIL_BYTES:]
            if artifact.size <= len(head)
            else artifact.read_at(artifact.size - TAIL_BYTES, TAIL_BYTES)
        )
        order = sorted(
            cards, key=lambda card: (not card.greets_magic(head), not card.greets(artifact.name, head))
        )
        greeted = {card.id for card in cards if card.greets_magic(head)}
        answers: list[Candidate] = []
        certain: str | None = None
        for card in order:
            if certain is not None and certain not in card.specializes:
                continue
            budget = self._budgets.setdefault(card.id, Budget())
            sniff = Sniff(
                artifact.name, artifact.size, head, tail, wrapper, members, artifact.read_at, budget
            )
            detection = self._guarded(card, sniff)
            if detection is None or detection.rung is Rung.NO:
                continue
            answer = Candidate(
                card.id, detection.rung.value, detection.rung, detection.evidence, (artifact.name,)
            )
            answers.append(answer)
            if detection.rung is Rung.SIGNATURE and not greeted - {card.id}:
                certain = card.id  # only a specialist can still outrank it
        self.answers += answers
        return answers

    def _guarded(self, card: ParserCard, sniff: Sniff) -> Detection | None:
        budget = self._budgets[card.id]
        budget.overspent = False
        try:
            detection: object = self.catalog.detector(card)((sniff,))
        except BaseException as error:
            if not is_fault(error):
                raise
            self.faults.append(Fault(card.id, "detect", blotted(words_of(error))))
            return None
        if budget.overspent:  # and the detector went on as if it were not
            self.faults.append(Fault(card.id, "detect", "asked for more bytes than its budget"))
            return None
        if not isinstance(detection, Detection):  # a plugin need not keep its promise
            self.faults.append(
                Fault(card.id, "detect", f"returned {type(detection).__name__}, not Detection")
            )
            return None
        return detection

    def _choose(self, artifact: Artifact, answers: list[Candidate]) -> Iterable[tuple[Artifact, Candidate]]:
        if self.options.parser is not None:
            forced = (
                answers[0] if answers else Candidate(self.options.parser, 0.0, Rung.NO, (), (artifact.name,))
            )
            yield artifact, attrs.evolve(forced, evidence=(*forced.evidence, "forced by the caller"))
            return
        eligible = self._without_outranked([a for a in answers if a.score >= self.options.threshold])
        if not eligible:
            self.unclaimed[artifact] = tuple(sorted(answers, key=lambda a: -a.score)[:_NEAREST])
            return
        top = max(answer.score for answer in eligible)
        tied = [answer for answer in eligible if answer.score == top]
        preferred = [answer for answer in tied if answer.parser_id in self.options.prefer]
        tied = sorted(preferred, key=lambda a: preference(a.parser_id, self.options.prefer))[:1] or tied
        if len(tied) > 1:
            names = ", ".join(answer.parser_id for answer in tied)
            self.issues.append(
                Issue(
                    "FORMAT_AMBIGUOUS",
                    Locus(artifact.name),
                    artifacts=artifact.name,
                    candidates=names,
                    score=top,
                )
            )
            return
        yield artifact, tied[0]

    def _without_outranked(self, answers: list[Candidate]) -> list[Candidate]:
        outranked: set[str] = set()
        for answer in answers:
            if answer.rung >= Rung.MARKER:
                general = self.catalog.card(answer.parser_id).specializes
                outranked.update(parser_id for parser_id in general if parser_id != answer.parser_id)
        # Two that outrank each other decide nothing.
        return [answer for answer in answers if answer.parser_id not in outranked] or answers

    def report_unclaimed(self, anything_claimed: bool) -> None:  # noqa: FBT001  (a fact, not a mode)
        """Turn artifacts that nobody claims into issues: errors, or warnings beside claimed ones."""
        severity = Severity.WARNING if anything_claimed else Severity.ERROR
        for artifact, answers in self.unclaimed.items():
            nearest = "; ".join(f"{a.parser_id} {a.score:.1f} ({', '.join(a.evidence)})" for a in answers)
            self.issues.append(
                Issue(
                    "FORMAT_NOT_RECOGNISED", Locus(artifact.name), severity=severity,
                    artifacts=artifact.name, nearest=nearest or "none",
                )
            )  # fmt: skip


def _behind_head(artifact: Artifact) -> Iterator[bytes]:
    """Yield what the head does not show, to its end."""
    if artifact.size > HEAD_BYTES:
        pieces = artifact.chunks()
        yield next(pieces)[HEAD_BYTES:]
        yield from pieces
