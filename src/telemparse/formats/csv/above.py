"""What the lines above the rows tell once the rows are read: gates, and lines in blocks that say nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.formats.gate_places import placed_gates
from telemparse.model.issues import Issue, Locus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.formats.csv.gates import GateWatch
    from telemparse.formats.csv.lap_book import LapBook
    from telemparse.model.messages import Meta

__all__ = ["told_above"]

_LOCI = 3


def told_above(
    artifact: str, gates: GateWatch | None, book: LapBook | None, suffix: str
) -> Iterator[Issue | Meta]:
    """Yield the gates, those that lie elsewhere, and lines that should be gates or crossings and are none.

    Args:
        artifact: name of the file.
        gates: that have watched the whole trace, or None.
        book: of the file, or None.
        suffix: of the metadata keys.
    """
    if gates is not None:
        yield from placed_gates(gates.choices, gates.somewhere, artifact, suffix)
    odd = {
        "no gate": gates.odd_lines if gates is not None else [],
        "no crossing": book.odd_lines if book is not None else [],
    }
    numbers = sorted(line for lines in odd.values() for line in lines)
    places = [Locus(artifact, line=number) for number in numbers]
    if places:
        total = (gates.lines if gates is not None else 0) + (book.lines if book is not None else 0)
        yield Issue(
            "ROWS_SKIPPED",
            places[0],
            count=len(places),
            total=total,
            reasons={reason: len(lines) for reason, lines in odd.items() if lines},
            loci=[str(place) for place in places[:_LOCI]],
        )
