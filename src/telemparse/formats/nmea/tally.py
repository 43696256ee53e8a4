"""What a log holds and what of it was lost: counted, with the first places."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import attrs

from telemparse.model.issues import Issue, Locus
from telemparse.model.skips import Skips

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from telemparse.formats.nmea.pieces import Piece
    from telemparse.formats.nmea.sentences import Findings
    from telemparse.kernels.arrays import Ints, Mask

__all__ = ["Tally"]

_NAMES = 100


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
    failed: Skips = attrs.field(factory=lambda: Skips("NMEA_CHECKSUM_FAILED"))
    lacking: int = 0
    untimed: Skips = attrs.field(factory=Skips)
    columns: dict[str, Skips] = attrs.field(factory=dict)
    cut: int | None = None
    rmc_fields: int = 0

    def take(self, piece: Piece, found: Findings) -> None:
        """Count what a piece holds beside good sentences; places are counted in it from now on."""
        self.piece = piece
        self.fail(found.failed, found.lacking)
        self.idle += found.idle
        self.cut = None if found.cut is None else piece.offset_of(found.cut)

    def lose(self, column: str, rows: Mask, places: Ints) -> None:
        """Count the rows of a column whose values cannot be."""
        self._add(self.columns.setdefault(column, Skips("VALUE_OUT_OF_RANGE")), places[rows])

    def lose_times(self, places: Ints) -> None:
        """Count sentences with a time that is none: they belong nowhere."""
        self._add(self.untimed, places)

    def fail(self, places: Ints, lacking: int) -> None:
        """Count sentences of a wrong or lost checksum."""
        self._add(self.failed, places)
        self.lacking += lacking

    def _add(self, skips: Skips, places: Ints) -> None:
        if len(places) and self.piece is not None:
            skips.add_offsets(self.artifact, self.piece.offsets_of(places))

    def pass_over(self, name: str, count: int) -> None:
        """Count sentences that are not read; of very many names the later ones together."""
        known = name in self.passed or len(self.passed) < _NAMES
        self.passed[name if known else "other"] += count

    def issues(self) -> Iterator[Issue]:
        """Yield what was lost, one issue for each way."""
        yield from self.failed.issues(without_checksum=self.lacking)
        yield from self.untimed.issues(total=self.used.total(), reason="no readable time")
        for column, skips in sorted(self.columns.items()):
            yield from skips.issues(column=column)
        if self.cut is not None:
            place = Locus(self.artifact, offset=self.cut)
            yield Issue("ARTIFACT_TRUNCATED", place, artifact=self.artifact, offset=self.cut)

    def facts(self) -> dict[str, Any]:
        """Return counts of what a log holds beside its fixes."""
        return {
            "used": dict(sorted(self.used.items())),
            "passed_over": dict(sorted(self.passed.items())),
            "lines_without_sentence": self.idle,
        }
