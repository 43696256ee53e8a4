"""The next record behind damage: by its shape, and by another one that follows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse_vbb.layouts import HEAD_BYTES
from telemparse_vbb.reading import NoRecordError, ShortError, read_record
from telemparse_vbb.records import DEFINITIONS, SAMPLE, Form, Group, Kind

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Ints

    from telemparse_vbb.layouts import Layouts

__all__ = ["DAY_TICKS", "Search", "stamp_at"]

DAY_TICKS = 864_010_000
"""No stamp of a sample is as large: a day of 100 µs, and a leap second."""

_NEAR_TICKS = 200_000
_WINDOW = 512
_LONGEST = 1024 * 1024  # of a record that is looked for, so that a claimed length makes nobody wait for it
_LETTER = 0x20
_NAME_AT = {Kind.NAMING: 2, Kind.ITEM: 2, Kind.CHANNEL: 4, Kind.DUMP: 3}


def stamp_at(data: bytes, at: int, order: str) -> int:
    """Return the stamp of the sample that begins at a place."""
    return int.from_bytes(data[at + 1 : at + 5], "big" if order == ">" else "little")


@attrs.frozen
class Search:
    """Looks for records in a part of a file.

    Args:
        data: the part.
        last: the file ends with it.
        form: of the file.
        layouts: of the groups that stand.
    """

    data: bytes
    last: bool
    form: Form
    layouts: Layouts

    def find(self, at: int) -> tuple[int | None, int]:
        """Return where a record begins from `at` on, and how far none does: the rest needs more bytes."""
        begin, width = at, _WINDOW
        while begin <= len(self.data) - HEAD_BYTES:
            # Records are near to each other, mostly: who looks through all that is left at each is slow.
            for place in self._candidates(begin, begin + width).tolist():
                try:
                    if self._is_followed(place):
                        return place, place
                except ShortError:
                    if not self.last:
                        return None, place
            begin, width = begin + width, 2 * width
        return None, len(self.data) if self.last else max(at, len(self.data) - HEAD_BYTES + 1)

    def _candidates(self, at: int, until: int) -> Ints:
        """Return the places before another one whose first bytes can be those of a record."""
        data = np.frombuffer(self.data, np.uint8)
        end = min(len(data) - HEAD_BYTES, until - 1)
        first = data[at : end + 1]
        stamps = np.ndarray((len(first),), f"{self.form.order}u4", self.data, at + 1, (1,))
        known = np.array(self.layouts.lengths, np.int64) > 0
        fits = (first == SAMPLE) & known[data[at + 5 : end + 6]] & (stamps < DAY_TICKS)
        for kind, place in _NAME_AT.items():
            # A name of less than 128 bytes has its length in one.
            length, letter = (data[at + place + more : end + place + more + 1] for more in (0, 1))
            fits |= (first == kind) & (length > 0) & (length < 128) & (letter >= _LETTER)
        fits |= first == Kind.GROUP
        found: Ints = np.flatnonzero(fits) + at
        return found

    def _is_followed(self, at: int) -> bool:
        """Tell whether a record begins here and another one, or nothing, comes next; may raise ShortError."""
        following = self.end_of(at)
        if following is None or following - at > _LONGEST:
            return False
        if following == len(self.data) and self.last:
            return True
        if following >= len(self.data):
            raise ShortError
        stamp = stamp_at(self.data, at, self.form.order) if self.data[at] == SAMPLE else None
        return self.is_record(following, near=stamp)

    def end_of(self, at: int) -> int | None:
        """Return where the record at a place ends, None where none begins; may raise ShortError."""
        kind = self.data[at]
        if kind == SAMPLE:
            length = self.layouts.lengths[self.data[at + 5]]
            if not length or stamp_at(self.data, at, self.form.order) >= DAY_TICKS:
                return None
            return at + length
        if kind not in DEFINITIONS:
            return None
        try:
            record, end = read_record(self.data, at, self.form)
        except NoRecordError:
            return None
        # Numbers alone are found in samples, too: behind damage a group must be of channels that are known.
        return None if isinstance(record, Group) and not self.layouts.defines(record) else end

    def is_record(self, at: int, near: int | None = None) -> bool:
        """Tell whether a record begins at a place, of a group that stands or not; may raise ShortError.

        Args:
            at: of its first byte.
            near: stamp that one of a sample must be near to.
        """
        if at >= len(self.data):
            raise ShortError
        kind = self.data[at]
        if kind != SAMPLE:
            return self.end_of(at) is not None
        if at + HEAD_BYTES > len(self.data):
            raise ShortError
        stamp = stamp_at(self.data, at, self.form.order)
        if near is None or stamp >= DAY_TICKS:
            return stamp < DAY_TICKS
        step = abs(stamp - near)
        return min(step, abs(DAY_TICKS - step)) <= _NEAR_TICKS
