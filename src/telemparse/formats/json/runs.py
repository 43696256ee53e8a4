"""Runs of records of one skeleton: taken out of the text at once, where trying pays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse.formats.json.skeletons import learned
from telemparse.formats.json.stencilled import rows_of

if TYPE_CHECKING:
    from telemparse.formats.json.decoding import Reader
    from telemparse.formats.json.skeletons import Skeleton
    from telemparse.formats.json.tables import Table

__all__ = ["Runs"]

_LEAST, _MOST = 1 << 15, 1 << 19  # characters to look at
_GROWTH = 4
_LONGEST_RECORD = 1 << 13
# In records: a look takes as long as reading so many one by one, and after less is left alone for a while.
_WORTH = 40
_FEWEST = 4
_SHORTEST_PAUSE, _LONGEST_PAUSE = 512, 1 << 14
_WIDEST = 4  # columns for each slot


@attrs.define
class Runs:
    """Takes the records that follow one that was read, as long as they are like it.

    What is taken does not depend on how far it looks at a time; where looking yields little, it pauses,
    twice as long each time.

    Args:
        least: characters to look at.
        shortest, longest: pause, in records.
    """

    least: int = _LEAST
    shortest: int = _SHORTEST_PAUSE
    longest: int = _LONGEST_PAUSE
    _skeleton: Skeleton | None = attrs.field(default=None, init=False)
    _size: int = attrs.field(init=False)
    _pause: int = attrs.field(default=0, init=False)
    _next_pause: int = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._size, self._next_pause = self.least, self.shortest

    def take(self, reader: Reader, table: Table | None) -> None:
        """Move the records that follow from the reader to the table, where they are like the last one."""
        if self._pause:
            self._pause -= 1
        elif self._taken(reader, table) >= _WORTH:
            self._next_pause = self.shortest
        else:
            self._pause, self._next_pause = self._next_pause, min(2 * self._next_pause, self.longest)

    def _taken(self, reader: Reader, table: Table | None) -> int:
        record, taken = reader.last, 0
        if table is None or len(record) > _LONGEST_RECORD:
            return 0
        while True:
            window = reader.ahead(max(self._size, _FEWEST * len(record)))
            data = window.encode()
            skeleton = self._skeleton_at(data, window, record, reader)
            places = None if skeleton is None else table.places(skeleton.names)
            if skeleton is None or places is None or len(table.columns) > _WIDEST * len(places):
                return taken
            rows = rows_of(data, skeleton, places, len(table.columns))
            if not rows.count:
                self._skeleton = None
                return taken
            table.add_rows(rows.text, rows.count)
            taken += rows.count
            plain = len(data) == len(window)
            reader.go_on(rows.end if plain else len(data[: rows.end].decode()), rows.count)
            if len(data) - rows.end > _FEWEST * len(record):  # what follows is not alike
                self._size = max(self.least, min(self._size, 2 * rows.end))
                return taken
            self._size = min(_GROWTH * self._size, _MOST)

    def _skeleton_at(self, data: bytes, window: str, record: str, reader: Reader) -> Skeleton | None:
        """Return the skeleton of the last record, if what follows begins with it too."""
        if self._skeleton is None or not data.startswith(self._skeleton.stencil.literals[0]):
            between = reader.between.match(window)
            self._skeleton = learned(record, between[0] if between else "")
        known = self._skeleton
        return known if known is not None and data.startswith(known.stencil.literals[0]) else None
