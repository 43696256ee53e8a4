"""What was left out of a document and where: counted, with the first three places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Ints, Mask

__all__ = ["Loss", "Losses"]

_PLACES = 3


@attrs.define
class Loss:
    """How often something was left out, and the first (record, offset) pairs."""

    count: int = 0
    places: list[tuple[int, int]] = attrs.field(factory=list)


@attrs.define
class Losses:
    """Losses by what they are called."""

    by_name: dict[str, Loss] = attrs.field(factory=dict)

    def add(self, name: str, lost: Mask, first_record: int, offsets: Ints) -> None:
        """Count the rows of a block that are lost.

        Args:
            name: of the kind of loss.
            lost: mask, shape (n,).
            first_record: number of the block's first point in the document.
            offsets: of each point, shape (n,).
        """
        rows = np.flatnonzero(lost)
        if not len(rows):
            return
        loss = self.by_name.setdefault(name, Loss())
        loss.count += len(rows)
        for row in rows[: _PLACES - len(loss.places)].tolist():
            loss.places.append((first_record + row, int(offsets[row])))
