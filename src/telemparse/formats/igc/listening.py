"""Records without samples, in file order: headers and definitions, and from which line on they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.formats.igc.extensions import BadDefinitionError, Definition, definition
from telemparse.formats.igc.notes import Notes

if TYPE_CHECKING:
    from telemparse.formats.igc.blocks import Text
    from telemparse.formats.igc.tally import Tally
    from telemparse.kernels.arrays import Ints, Mask
    from telemparse.kernels.fixed_width import LineIndex

__all__ = ["LETTERS", "Changes", "Listener", "groups"]

LETTERS = "ABCDEFGHIJKL"
"""First letters of records (appendix A, section A2); further ones are spare and hold nothing known."""

_LISTENED = np.frombuffer(b"AHIJL", np.uint8)
_KNOWN = np.frombuffer(LETTERS.encode(), np.uint8)
_MOST_DEFINITIONS = 32


@attrs.frozen
class Changes:
    """What headers within a block change: (line of the block, new value), ascending.

    Args:
        days: days since 1970-01-01, where they differ from the one before.
        fixes, others: definitions of B and K records; the first, at line -1, held before the block.
        ellipsoidal: whether GNSS altitudes are above the ellipsoid; likewise.
    """

    days: list[tuple[int, int]]
    fixes: list[tuple[int, Definition]]
    others: list[tuple[int, Definition]]
    ellipsoidal: list[tuple[int, bool]]


@attrs.define
class Listener:
    """Takes the records without samples of one file.

    Args:
        text: how the file is written.
        tally: counts what cannot be followed.
        day: that the file's first HFDTE names, or None.

    Attributes:
        notes: what was said so far.
        fix, other: the definitions that hold now.
    """

    text: Text
    tally: Tally
    day: int | None
    notes: Notes = attrs.field(factory=Notes)
    fix: Definition = attrs.field(factory=lambda: Definition.none("I"))
    other: Definition = attrs.field(factory=lambda: Definition.none("J"))
    _known: set[Definition] = attrs.field(factory=set)

    def listen(self, index: LineIndex, first: int) -> Changes:
        """Take the records of a block whose first line has number `first`, from 1."""
        changes = Changes([], [(-1, self.fix)], [(-1, self.other)], [(-1, self.notes.ellipsoidal)])
        for row in np.flatnonzero(np.isin(index.letters, _LISTENED)).tolist():
            line = self.text.words(index.line(row))
            letter = line[0]
            if letter == "H":
                self._header(line, row, changes)
            elif letter == "A":
                self.notes.maker(line)
            elif letter == "L":
                self.notes.comment(line)
            else:
                self._define(line, row, first, changes)
        self._count_strangers(index, first)
        return changes

    def _header(self, line: str, row: int, changes: Changes) -> None:
        day = self.notes.header(line)
        if day is not None and day != self.day:
            self.day = day
            changes.days.append((row, day))
        if self.notes.ellipsoidal is not changes.ellipsoidal[-1][1]:
            changes.ellipsoidal.append((row, self.notes.ellipsoidal))

    def _define(self, line: str, row: int, first: int, changes: Changes) -> None:
        letter = line[0]
        before = self.fix if letter == "I" else self.other
        try:
            found = definition(line)
        except BadDefinitionError as bad:
            self.tally.note(f"definition: {bad}", first + row)
            found = Definition.none(letter)
        self._known.add(found)
        if len(self._known) > _MOST_DEFINITIONS:
            self._known.discard(found)
            self.tally.note(f"definition: more than {_MOST_DEFINITIONS} of them", first + row)
            found = Definition.none(letter)
        if found == before:
            return
        if letter == "I":
            self.fix = found
            changes.fixes.append((row, found))
        else:
            self.other = found
            changes.others.append((row, found))

    def _count_strangers(self, index: LineIndex, first: int) -> None:
        """Count lines that are no record at all; blanks and NULs alone are padding."""
        for row in np.flatnonzero(~np.isin(index.letters, _KNOWN)).tolist():
            if index.line(row).strip(b"\0 \t\r"):
                self.tally.note("no record", first + row)


def groups(changes: list[tuple[int, Definition]], rows: Ints) -> list[tuple[Definition, Mask]]:
    """Return each definition that holds for any of the lines `rows`, ascending, with a mask of those."""
    numbers: dict[Definition, int] = {}
    known = np.array([numbers.setdefault(found, len(numbers)) for _row, found in changes])
    which = known[np.searchsorted(np.array([row for row, _found in changes], np.int64), rows) - 1]
    masks = [(found, which == number) for found, number in numbers.items()]
    return [(found, mask) for found, mask in masks if mask.any()]
