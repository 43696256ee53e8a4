"""What a log holds and what of it was lost: counted, with the first places."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.model.issues import Issue, Locus

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from telemparse.formats.nmea.pieces import Piece
    from telemparse.kernels.arrays import Ints, Mask

__all__ = ["Loss", "Tally"]

_PLACES = 3
_NAMES = 100


@attrs.define
class Loss:
    """How often something was lost, and the offsets of the first three."""

    count: int = 0
    offsets: list[int] = attrs.field(factory=list)

    def add(self, count: int, offsets: list[int]) -> None:
        """Count more; they need not come in order."""
        self.count += count
        self.offsets = sorted([*self.offsets, *offsets])[:_PLACES]


@attrs.define
class Tally:
    """Counts of one artifact.

    Args:
        artifact: its name.
        piece: the piece that places are counted in.
        used: sentences that were read, by address.
        passed: sentences that are not read, by address.
        idle: lines without any sentence.
        failed: sentences whose checksum is wrong or lost.
        lacking: how many of these have none.
        rmc_fields: most fields of any RMC.
    """

    artifact: str
    piece: Piece | None = None
    used: Counter[str] = attrs.field(factory=Counter)
    passed: Counter[str] = attrs.field(factory=Counter)
    idle: int = 0
    failed: Loss = attrs.field(factory=Loss)
    lacking: int = 0
    untimed: Loss = attrs.field(factory=Loss)
    columns: dict[str, Loss] = attrs.field(factory=dict)
    cut: int | None = None
    rmc_fields: int = 0

    def lose(self, column: str, rows: Mask, places: Ints) -> None:
        """Count the rows of a column whose values cannot be."""
        self._add(self.columns.setdefault(column, Loss()), places[rows])

    def lose_times(self, places: Ints) -> None:
        """Count sentences with a time that is none: they belong nowhere."""
        self._add(self.untimed, places)

    def fail(self, places: Ints, lacking: int) -> None:
        """Count sentences of a wrong or lost checksum."""
        self._add(self.failed, places)
        self.lacking += lacking

    def _add(self, loss: Loss, places: Ints) -> None:
        if not len(places) or self.piece is None:
            return
        first = np.sort(places)[:_PLACES].tolist()
        loss.add(len(places), [self.piece.offset_of(place) for place in first])

    def pass_over(self, name: str, count: int) -> None:
        """Count sentences that are not read; of very many names the later ones together."""
        known = name in self.passed or len(self.passed) < _NAMES
        self.passed[name if known else "other"] += count

    def issues(self) -> Iterator[Issue]:
        """Yield what was lost, one issue for each way."""
        if self.failed.count:
            yield self._issue("NMEA_CHECKSUM_FAILED", self.failed, without_checksum=self.lacking)
        if self.untimed.count:
            total = self.used.total()
            yield self._issue("ROWS_SKIPPED", self.untimed, total=total, reason="no readable time")
        for column, loss in sorted(self.columns.items()):
            yield self._issue("VALUE_OUT_OF_RANGE", loss, column=column)
        if self.cut is not None:
            place = Locus(self.artifact, offset=self.cut)
            yield Issue("ARTIFACT_TRUNCATED", place, artifact=self.artifact, offset=self.cut)

    def _issue(self, code: str, loss: Loss, **evidence: Any) -> Issue:
        loci = [str(Locus(self.artifact, offset=offset)) for offset in loss.offsets]
        place = Locus(self.artifact, offset=loss.offsets[0])
        return Issue(code, place, count=loss.count, loci=loci, **evidence)

    def facts(self) -> dict[str, Any]:
        """Return counts of what a log holds beside its fixes."""
        return {
            "used": dict(sorted(self.used.items())),
            "passed_over": dict(sorted(self.passed.items())),
            "lines_without_sentence": self.idle,
        }
