"""A section piece by piece: what is not used up goes before the next bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse_fit.sections import Crc
from telemparse_fit.walk import Walker
from telemparse_fit.wary import WaryWalk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from telemparse_fit.sections import Section

__all__ = ["Piece", "SectionWalk"]


@attrs.frozen
class Piece:
    """Bytes whose messages the walker knows.

    Args:
        data: the bytes.
        base: where they begin in the file.
    """

    data: bytes
    base: int


@attrs.define
class SectionWalk:
    """Walks a section.

    Attributes:
        walker: its state.
        wary: set once something does not fit.
    """

    section: Section
    walker: Walker = attrs.field(factory=Walker)
    wary: WaryWalk | None = None

    def pieces(self, file: BinaryIO, piece_bytes: int) -> Iterator[Piece]:
        """Yield pieces; between two of them the walker's places are those of the piece before."""
        section = self.section
        if section.crc is not Crc.GOOD:
            self.wary = WaryWalk(self.walker)
        place, rest = section.start, b""
        while place < section.end:
            file.seek(place)
            # What is not used up may be a message longer than a piece.
            fresh = file.read(min(max(piece_bytes, len(rest)), section.end - place))
            base = place - len(rest)
            place += len(fresh)
            last = place >= section.end or not fresh
            data = rest + fresh
            self.walker.begin()
            used = self._walk(data, base, last=last)
            yield Piece(data, base)
            rest = data[used:]
            if last:
                break

    def _walk(self, data: bytes, base: int, *, last: bool) -> int:
        used, broken = 0, False
        if self.wary is None:
            used, broken = self.walker.walk(data, 0)
            if last and not broken and used < len(data):
                broken = True
            if not broken:
                return used
            self.wary = WaryWalk(self.walker)
            self.wary.damage_at(base + used)
            used += 1
        return self.wary.walk(data, used, base, last=last)
