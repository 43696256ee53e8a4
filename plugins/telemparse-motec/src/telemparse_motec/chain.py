"""The list of channels: each header names the place of the next one, and none of these places is believed."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

import attrs

from telemparse_motec.blocks import BLOCK_BYTES, block_of
from telemparse_motec.heading import HEAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse_motec.blocks import Block

__all__ = ["Chain", "Stop"]

_MOST_CHANNELS = 10_000
_SEARCHES = 8
_SEARCH_BYTES = 1 << 16
_OUTSIDE = "it leads out of the file"


@attrs.frozen
class Stop:
    """A place at which the list breaks: offset of the pointer, and why it is none."""

    offset: int
    reason: str


@attrs.define
class Chain:
    """Walks through the headers of one file.

    Args:
        file: of the log.
        size: of the file in bytes.

    Attributes:
        stops: where the list broke.
        is_cut: the list goes on behind the end of the file, as in one that is cut off.
    """

    file: BinaryIO
    size: int
    stops: list[Stop] = attrs.field(factory=list)
    is_cut: bool = False
    _seen: set[int] = attrs.field(factory=set)
    _searches: int = 0

    def blocks(self, first: int) -> Iterator[Block]:
        """Yield the headers in the order of the list; behind a break those that lie where more would."""
        place, pointer, last = first, 8, None
        self.is_cut = self.size < HEAD_BYTES
        while True:
            reason = self._reason(place, last)
            block = None if reason or not place else self._at(place)
            if block is not None and not (_follows(block, last) or block.is_likely(self.size)):
                reason, block = "it leads to what is no channel", None
            if block is None:
                block = self._behind(last, reason or "")
                if reason:
                    self.stops.append(Stop(pointer, reason))
                elif block is not None:
                    self.stops.append(Stop(pointer, "it ends before another channel"))
            if block is None:
                self.is_cut |= reason == _OUTSIDE
                return
            if len(self._seen) >= _MOST_CHANNELS:
                self.stops.append(Stop(pointer, f"more than {_MOST_CHANNELS} channels"))
                return
            self._seen.add(block.place)
            if block.is_end_mark:
                return
            yield block
            place, pointer, last = block.after, block.place + 4, block

    def _reason(self, place: int, last: Block | None) -> str:
        """Return why no header can be at a place; empty where one can, and for the end of the list."""
        if not place:
            return "" if last is not None else "it has no beginning"
        if place < HEAD_BYTES:
            return "it leads into the head of the file"
        if place + BLOCK_BYTES > self.size:
            return _OUTSIDE
        return "it leads back" if place in self._seen else ""

    def _at(self, place: int) -> Block | None:
        self.file.seek(place)
        data = self.file.read(BLOCK_BYTES)
        return block_of(data, place) if len(data) == BLOCK_BYTES else None

    def _behind(self, last: Block | None, reason: str) -> Block | None:
        """Return the next header by its look, where the list does not say where it is.

        At an end that nothing speaks against, it must be one that follows the last one by its own account.
        """
        begin = HEAD_BYTES if last is None else last.place + BLOCK_BYTES
        if self._searches >= _SEARCHES:
            return None
        self._searches += 1
        self.file.seek(begin)
        data = self.file.read(_SEARCH_BYTES if reason else 2 * BLOCK_BYTES + BLOCK_BYTES)
        for index in range(max(len(data) - BLOCK_BYTES + 1, 0)):
            # Most places are told by the class of numbers alone.
            if data[index + 19] or data[index + 18] not in _CLASSES or data[index + 20] not in _WIDTHS:
                continue
            place = begin + index
            block = block_of(data[index : index + BLOCK_BYTES], place)
            linked = last is None or _follows(block, last)
            # Where the header before it is damaged, that one's place is still named.
            linked = linked or bool(reason and last and last.place < block.back < place)
            if linked and block.is_likely(self.size) and place not in self._seen:
                return block
        return None


def _follows(block: Block, last: Block | None) -> bool:
    """Tell whether a header names the one before it; Gran Turismo's name themselves."""
    if last is None:
        return not block.back and bool(block.begin)
    return block.back in (last.place, block.place)


_CLASSES, _WIDTHS = frozenset((0, 3, 5, 7, 8)), frozenset((2, 4, 8))
