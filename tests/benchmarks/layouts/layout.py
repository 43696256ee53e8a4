"""What the bench must know to write a file of a format."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path


@dataclasses.dataclass(frozen=True)
class Layout:
    """A format's file.

    Args:
        head: before the rows.
        lines: yields so many rows, each a text with its line ends.
        tail: behind the rows.
    """

    head: str
    lines: Callable[[int], Iterator[str]]
    tail: str = ""

    def close(self, path: Path) -> None:
        """Make good what only a whole file can tell of itself."""

    def write(self, path: Path, rows: int) -> None:
        """Write a file of so many rows."""
        write_lines(path, self.head, self.lines(rows), self.tail)


def write_lines(path: Path, head: str, lines: Iterator[str], tail: str) -> None:
    """Write head, rows and tail as they are."""
    with path.open("w", encoding="latin-1", newline="") as target:
        target.write(head)
        target.writelines(lines)
        target.write(tail)
