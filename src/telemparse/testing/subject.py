"""The parser under examination: its card, its samples, and the ways to ask it."""

from __future__ import annotations

import io
import sys
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, BinaryIO

import attrs
from hypothesis import HealthCheck, Phase, Verbosity, given, settings

from telemparse import flows
from telemparse.border import Collector
from telemparse.classification import classify
from telemparse.errors import CallError
from telemparse.extension.catalog import Catalog
from telemparse.extension.faults import GUARDED
from telemparse.extension.samples import recordings
from telemparse.model.artifacts import Artifact, ArtifactSet
from telemparse.model.detection import Rung
from telemparse.model.options import ParseOptions
from telemparse.testing.deadlines import deadline
from telemparse.testing.kit import Broken
from telemparse.testing.readings import Reading, place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from hypothesis.strategies import SearchStrategy

    from telemparse.classification import Classification
    from telemparse.extension.card import ParserCard
    from telemparse.model.results import ParseResult
    from telemparse.testing.encoding import Encoder

__all__ = ["Sample", "Subject", "in_pieces"]

_MOST_KEPT_BYTES = 128 << 20


@attrs.frozen
class Sample:
    """A small recording: its name, and its files by name."""

    name: str
    files: Mapping[str, bytes] = attrs.field(repr=False)

    @property
    def largest(self) -> str:
        """Name of the largest file."""
        return max(self.files, key=lambda name: len(self.files[name]))


@attrs.define(slots=False)
class Subject:
    """A parser with what the kit asks it about; whatever does not end in time raises `Overtime`.

    Args:
        card: of the parser.
        samples: the author's, and the card's examples.
        examples_error: why the card's examples cannot be had, or empty.
        encoder: of the author, or None.
        examples: how many damaged files and strangers to draw for each sample.
        timeout_s: longest time of one parse.
    """

    card: ParserCard
    samples: tuple[Sample, ...]
    examples_error: str
    encoder: Encoder | None
    examples: int
    timeout_s: float
    _room_bytes: int = attrs.field(default=_MOST_KEPT_BYTES, init=False, repr=False)
    _readings: dict[tuple[tuple[str, bytes], ...], Reading] = attrs.field(
        factory=dict, init=False, repr=False
    )

    @classmethod
    def of(
        cls,
        card: ParserCard,
        samples: Mapping[str, bytes | Mapping[str, bytes]] | None = None,
        *,
        encoder: Encoder | None,
        examples: int,
        timeout_s: float,
    ) -> Subject:
        """Return the subject; raises CallError when there is no sample at all."""
        error, own = "", {}
        try:
            own = Catalog().examples(card)
        except GUARDED as raised:
            error = place_of(raised)
        handed_in = {} if samples is None else recordings(samples)
        more = {name: files for name, files in handed_in.items() if files not in own.values()}
        every = [Sample(name, files) for name, files in (*own.items(), *more.items())]
        if not every:
            raise CallError(f"the kit needs a sample of {card.id}: {error or 'its card names no examples'}")
        return cls(card, tuple(every), error, encoder, examples, timeout_s)

    @cached_property
    def catalog(self) -> Catalog:
        """The installed parsers, with this one in place of an installed one of its id."""
        installed = Catalog.shared()
        others = tuple(card for card in installed.cards if card.id != self.card.id)
        return attrs.evolve(installed, cards=(self.card, *others))

    def asked(self, source: Mapping[str, bytes] | ArtifactSet) -> Classification:
        """Return what this parser alone says of files."""
        alone = attrs.evolve(self.catalog, cards=(self.card,))
        with deadline(self.timeout_s):
            return classify(ArtifactSet.of(source), ParseOptions(), alone)

    def rung(self, source: Mapping[str, bytes] | ArtifactSet) -> Rung:
        """Return the highest rung that this parser reaches over the files; its faults break the promise."""
        asked = self.asked(source)
        for fault in asked.faults:
            if fault.stage == "detect":  # nobody else was asked
                names = ", ".join(ArtifactSet.of(source).names)
                raise Broken(f"the detector failed on {names}: {fault.error}")
        return asked.candidates[0].rung if asked.candidates else Rung.NO

    def among_all(self, files: Mapping[str, bytes]) -> Classification:
        """Return what all installed parsers and this one say of files."""
        with deadline(self.timeout_s):
            return classify(ArtifactSet.of(files), ParseOptions(), self.catalog)

    def among_others(self, files: Mapping[str, bytes]) -> Classification:
        """Return what all installed parsers but this one say of files."""
        others = attrs.evolve(self.catalog, cards=self.catalog.cards[1:])
        with deadline(self.timeout_s):
            return classify(ArtifactSet.of(files), ParseOptions(), others)

    def reading(self, files: Mapping[str, bytes]) -> Reading:
        """Return what the parse generator yields and raises; several checks ask about the same bytes."""
        key = tuple(files.items())
        if key in self._readings:
            return self._readings[key]
        reading = self._read(files)
        needed_bytes = sum(map(len, files.values())) + reading.nbytes
        if needed_bytes <= self._room_bytes:
            self._room_bytes -= needed_bytes
            self._readings[key] = reading
        return reading

    def _read(self, files: Mapping[str, bytes]) -> Reading:
        options = ParseOptions(parser=self.card.id)
        with deadline(self.timeout_s):
            found = classify(ArtifactSet.of(files), options, self.catalog)
            reading = Reading(faults=found.faults, found=found.issues)
            for part in found.parts:
                reading.sizes |= {artifact.name: artifact.size for artifact in part.artifacts}
                reading.consume(_messages(self.catalog, self.card, part.artifacts, options))
        return reading

    def result(self, source: Mapping[str, bytes] | ArtifactSet) -> ParseResult:
        """Return what a caller of `telemparse.parse` gets."""
        collector = Collector()
        with deadline(self.timeout_s):
            flow = flows.run(
                ArtifactSet.of(source), ParseOptions(parser=self.card.id), collector, catalog=self.catalog
            )
        return attrs.evolve(flow.result, streams=collector.tables)

    def drawn(self, strategy: SearchStrategy[Any], examine: Callable[[Any], None]) -> None:
        """Examine what a strategy draws, the same each time; of what breaks the promise, show the least."""

        @settings(
            max_examples=self.examples,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
            report_multiple_bugs=False,
            verbosity=Verbosity.quiet,
        )
        @given(strategy)
        def attempt(value: Any) -> None:
            examine(value)

        try:
            attempt()
        except Broken as broken:
            raise Broken(*broken.args) from broken.__cause__


def _messages(catalog: Catalog, card: ParserCard, artifacts: ArtifactSet, options: ParseOptions) -> Any:
    # Inside a generator, so that a target that cannot be imported counts as what the parser raises.
    yield from catalog.parser(card)(artifacts, options)


def in_pieces(files: Mapping[str, bytes], piece_bytes: int) -> ArtifactSet:
    """Return files whose `chunks` are of `piece_bytes` at most, whatever size is asked for."""
    return ArtifactSet(
        tuple(_Piecemeal(name, partial(io.BytesIO, data), piece_bytes) for name, data in files.items())
    )


class _Piecemeal(Artifact):
    """A large file as a small one lets it be tried: it comes in more pieces than one."""

    def __init__(self, name: str, opener: Callable[[], BinaryIO], piece_bytes: int) -> None:
        super().__init__(name, opener)
        self._piece_bytes = piece_bytes

    def chunks(self, size: int = sys.maxsize) -> Iterator[bytes]:
        return super().chunks(min(size, self._piece_bytes))
