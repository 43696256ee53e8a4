"""What a detector claims: its own, whatever it is called, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.extension.faults import GUARDED
from telemparse.model.artifacts import Artifact, ArtifactSet
from telemparse.model.detection import SNIFF_BUDGET_BYTES, Rung
from telemparse.testing.kit import Broken
from telemparse.testing.strategies import strangers
from telemparse.testing.subject import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from telemparse.classification import Classification
    from telemparse.extension.card import ParserCard
    from telemparse.testing.subject import Subject

__all__ = [
    "content_outweighs_name", "knows_its_own", "refuses_neighbours", "refuses_strangers",
    "sniffs_within_budget",
]  # fmt: skip

_PROSE = b"Dear Anna,\n\nthe car ran well on Sunday. More about it when we meet.\n\nYours, Ben\n"
_LARGE_BYTES = 4 * SNIFF_BUDGET_BYTES
_NEUTRAL = ("recording", "recording.bin", "recording.txt")


def knows_its_own(subject: Subject) -> None:
    """Have every sample classified, alone and among all installed parsers."""
    for sample in subject.samples:
        rung = subject.rung(sample.files)
        if not rung >= Rung.MARKER:
            raise Broken(f"on sample {sample.name} the detector answers {rung.name}, not MARKER or SIGNATURE")
        evidence = subject.asked(sample.files).candidates[0].evidence
        if not evidence or not all(map(str.strip, evidence)):
            raise Broken(f"on sample {sample.name} the detector gives no evidence")
        found = subject.among_all(sample.files)
        if found.winner is None or found.winner.parser_id != subject.card.id:
            raise Broken(f"sample {sample.name} goes to another parser or to none:\n{found.explain()}")
        left = set(sample.files) - {name for part in found.parts for name in _given(part.artifacts)}
        if left:
            raise Broken(f"{', '.join(sorted(left))} of sample {sample.name} joins no part of the recording")


def _given(artifacts: ArtifactSet) -> Iterator[str]:
    for artifact in artifacts:
        yield (artifact.outer or artifact).name


def content_outweighs_name(subject: Subject) -> None:
    """Give samples foreign names, and foreign content the format's own names."""
    foreign = {extension for card in subject.catalog.cards for extension in card.extensions}
    names = (*_NEUTRAL, *(f"recording{extension}" for extension in sorted(foreign)))
    for sample in subject.samples:
        if len(sample.files) > 1:  # the names of companions are what joins them
            continue
        (content,) = sample.files.values()
        rung = subject.rung(sample.files)
        for name in names:
            renamed = subject.rung({name: content})
            if renamed is not rung:
                raise Broken(f"sample {sample.name} is {rung.name}, but named {name} it is {renamed.name}")
    for extension in subject.card.extensions:
        nameless, named = subject.rung({"letter": _PROSE}), subject.rung({f"letter{extension}": _PROSE})
        if named >= Rung.SHAPE and named is not nameless:
            raise Broken(f"a letter in prose is {named.name} as soon as it is named letter{extension}")


def refuses_strangers(subject: Subject) -> None:
    """Show the detector what is no recording of any format."""

    def show(content: bytes) -> None:
        rung = subject.rung({"stranger": content})
        if rung >= Rung.SHAPE:
            raise Broken(f"{len(content)} bytes that are no recording are {rung.name}: {content[:80]!r}")

    subject.drawn(strangers(magics=subject.card.magics), show)


def refuses_neighbours(subject: Subject) -> None:
    """Show the detector the examples of every other installed parser."""
    for owner, sample in _neighbours(subject):
        rung = subject.rung(sample.files)
        if rung >= Rung.MARKER and subject.card.id not in owner.specializes:
            raise Broken(f"example {sample.name} of {owner.id} is {rung.name} to this detector")
        found = subject.among_all(sample.files)
        # Where others quarrel about it without this parser, it is not this parser's fault.
        if _winner(found) != _winner(subject.among_others(sample.files)):
            raise Broken(f"example {sample.name} of {owner.id} is lost to its owner:\n{found.explain()}")


def _winner(found: Classification) -> str | None:
    return None if found.winner is None else found.winner.parser_id


def _neighbours(subject: Subject) -> Iterator[tuple[ParserCard, Sample]]:
    for card in subject.catalog.cards:
        if card.id == subject.card.id:
            continue
        try:
            examples = subject.catalog.examples(card)
        except GUARDED:  # a neighbour's fault is found by the neighbour's own kit
            continue
        for name, files in examples.items():
            yield card, Sample(name, files)


def sniffs_within_budget(subject: Subject) -> None:
    """Have large files sniffed: samples with their own content behind them, many times, and prose."""
    for sample in subject.samples:
        subject.rung(sample.files)
        subject.rung(_large(sample.files))
    subject.rung(_large({"letter": _PROSE}))


def _large(files: Mapping[str, bytes]) -> ArtifactSet:
    return ArtifactSet(
        tuple(
            Artifact.from_bytes(content * (_LARGE_BYTES // max(len(content), 1) + 1), name)
            for name, content in files.items()
        )
    )
