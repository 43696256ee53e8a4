"""What a parser had to leave out: counted, with the first three places, and said in one issue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from telemparse.model.issues import Issue, Locus

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Skips"]

_PLACES = 3


@attrs.define
class Skips:
    """Records of one artifact that were left out for one reason; memory stays small however many there are.

    Args:
        code: of the issue that they make: a registry code, or one of the card's own.

    Attributes:
        count: how many so far.
        loci: where the first three were.
    """

    code: str = "ROWS_SKIPPED"
    count: int = attrs.field(default=0, init=False)
    loci: list[Locus] = attrs.field(factory=list, init=False)

    def add(self, locus: Locus, count: int = 1) -> None:
        """Count one more, or several of one place."""
        self.count += count
        if len(self.loci) < _PLACES:
            self.loci.append(locus)

    def add_offsets(self, artifact: str, offsets: NDArray[np.int64]) -> None:
        """Count records by their byte offsets, shape (n,), in any order; the three lowest of all are kept.

        Args:
            artifact: its name.
            offsets: one for each record; may be none.
        """
        if not len(offsets):
            return
        self.count += len(offsets)
        ordered = offsets.copy()
        ordered.sort()
        found = [Locus(artifact, offset=int(offset)) for offset in ordered[:_PLACES]]
        self.loci = sorted([*self.loci, *found], key=_offset)[:_PLACES]

    def issues(self, **evidence: Any) -> Iterator[Issue]:
        """Yield the one issue with `count`, `loci` and further evidence; none when nothing was left out."""
        if self.count:
            loci = [str(locus) for locus in self.loci]
            yield Issue(self.code, self.loci[0], count=self.count, loci=loci, **evidence)


def _offset(locus: Locus) -> int:
    return locus.offset or 0
