"""Parts: the messages of closed files, line by line with bounded memory; damaged lines are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse.live.raw_lines import LineReader
from telemparse.model.issues import Issue, Locus

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from telemparse.live.raw_lines import RawLine

__all__ = ["LONGEST_LINE_BYTES", "PartDamage", "PartReader"]

LONGEST_LINE_BYTES = 1 << 20
"""A longer line is no message; it is passed over without being held in memory."""

_STEP_BYTES = 1 << 20
_TOLD = 3


@attrs.frozen
class PartDamage:
    """What cannot be read in a part.

    Args:
        part: name of the file.
        count: lines that hold no message.
        lines: numbers of the first three, from 1.
    """

    part: str
    count: int
    lines: tuple[int, ...]

    @property
    def issue(self) -> Issue:
        """The damage as an issue, RAW_LINES_DAMAGED."""
        return Issue(
            "RAW_LINES_DAMAGED",
            Locus(self.part, line=self.lines[0]),
            artifact=self.part,
            count=self.count,
            lines=list(self.lines),
        )


@attrs.define
class PartReader:
    """Reads parts one after the other.

    Attributes:
        damages: of the parts read so far, those with any.
    """

    damages: list[PartDamage] = attrs.field(factory=list)
    _reader: LineReader = attrs.field(factory=LineReader)

    def read(self, path: Path) -> Iterator[tuple[bytes, RawLine]]:
        """Yield the lines of a part with their messages, in the order of the file.

        Lines are without their newline. Blank lines say nothing and are no damage. Raises OSError where
        the file cannot be read.
        """
        count = 0
        numbers: list[int] = []
        read = self._reader.read
        for number, line in enumerate(_lines(path), start=1):
            message = read(line) if line else None
            if line is not None and message is not None:
                yield line, message
            elif line is None or line.strip():
                count += 1
                if len(numbers) < _TOLD:
                    numbers.append(number)
        if count:
            self.damages.append(PartDamage(path.name, count, tuple(numbers)))


def _lines(path: Path) -> Iterator[bytes | None]:
    """Yield the lines of a file, None for one that is too long."""
    rest, skips = b"", False
    with path.open("rb", buffering=0) as file:
        while piece := file.read(_STEP_BYTES):
            lines = (rest + piece).split(b"\n")
            rest = lines.pop()
            if skips and lines:
                lines, skips = lines[1:], False
                yield None
            elif skips:
                rest = b""
            for line in lines:
                yield line if len(line) <= LONGEST_LINE_BYTES else None
            if len(rest) > LONGEST_LINE_BYTES:
                rest, skips = b"", True
    if skips:
        yield None
    elif rest:
        yield rest
