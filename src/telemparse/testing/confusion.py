"""The confusion matrix: every parser asked about every recording, and which of them claim too much."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse.classification import classify
from telemparse.extension.catalog import Catalog
from telemparse.model.artifacts import ArtifactSet
from telemparse.model.detection import Rung
from telemparse.model.options import ParseOptions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from telemparse.model.artifacts import Source

__all__ = ["Answers", "Recording", "ask", "examples", "matrix"]


@attrs.frozen
class Recording:
    """A recording, and whose it is.

    Args:
        name: what the matrix calls it.
        source: its files, as `telemparse.detect` takes them.
        owner: id of the parser that must get it, or None where no parser may.
    """

    name: str
    source: Source = attrs.field(repr=False)
    owner: str | None = None


@attrs.frozen
class Answers:
    """One row of the matrix: what every parser says of one recording.

    Args:
        recording: that was shown.
        rungs: the highest rung by parser id, for every parser.
        winner: id of the parser that gets it when all are asked, or None.
        faults: of detectors that failed, each with its parser's id.
    """

    recording: Recording
    rungs: Mapping[str, Rung]
    winner: str | None
    faults: tuple[str, ...] = ()

    @property
    def rivals(self) -> tuple[str, ...]:
        """Parsers that claim a stranger's recording as surely as its owner does, or nobody's at all.

        A claim counts from SHAPE on: nothing lower ever wins.
        """
        owner = self.recording.owner
        bar = Rung.SHAPE if owner is None else max(self.rungs[owner], Rung.SHAPE, key=lambda rung: rung.value)
        return tuple(parser for parser, rung in self.rungs.items() if parser != owner and rung >= bar)


def examples(catalog: Catalog | None = None) -> Iterator[Recording]:
    """Yield the examples of every card, named `examples/<parser>/<name>`.

    Args:
        catalog: whose cards; the installed ones by default.

    Raises CallError for examples that are none, and whatever their import raises.
    """
    catalog = catalog or Catalog.shared()
    for card in catalog.cards:
        for name, files in catalog.examples(card).items():
            yield Recording(f"examples/{card.id}/{name}", files, card.id)


def ask(recording: Recording, catalog: Catalog | None = None) -> Answers:
    """Return what every parser says of a recording when it is asked alone, and who wins among all.

    Args:
        recording: to be shown; its owner must be one of the parsers.
        catalog: the parsers; the installed ones by default.

    Raises CallError for an owner that is no parser, and OSError for files that cannot be read.
    """
    catalog = catalog or Catalog.shared()
    if recording.owner is not None:
        catalog.card(recording.owner)
    artifacts = ArtifactSet.of(recording.source)
    rungs: dict[str, Rung] = {}
    faults: dict[str, None] = {}
    for card in catalog.cards:
        # Among all, asking ends at the first SIGNATURE; alone, everyone has a say.
        alone = classify(artifacts, ParseOptions(parser=card.id), catalog)
        rungs[card.id] = alone.candidates[0].rung if alone.candidates else Rung.NO
        failed = (fault for fault in alone.faults if fault.stage == "detect")
        faults |= dict.fromkeys(f"{fault.plugin}: {fault.error}" for fault in failed)
    winner = classify(artifacts, ParseOptions(), catalog).winner
    return Answers(recording, rungs, None if winner is None else winner.parser_id, tuple(faults))


def matrix(recordings: Iterable[Recording], catalog: Catalog | None = None) -> tuple[Answers, ...]:
    """Return the answers of every parser to every recording, in the order given; see `ask`."""
    return tuple(ask(recording, catalog) for recording in recordings)
