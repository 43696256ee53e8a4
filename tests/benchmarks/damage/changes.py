"""Ways to change the lines of a file: each of them, every so many, one, or their order."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

Change = Callable[[Iterator[str], int], Iterator[str]]
"""Takes the lines, and how many there are."""
Line = Callable[[str], str]


def _same(text: str) -> str:
    return text


def _kept(lines: Iterator[str], _rows: int) -> Iterator[str]:
    return lines


@dataclasses.dataclass(frozen=True)
class Kind:
    """One kind of file.

    Args:
        rows: what happens to the lines.
        head, tail: what happens to what stands before and behind them.
        cut_bytes: how many are taken away at the end.
    """

    rows: Change = _kept
    head: Line = _same
    tail: Line = _same
    cut_bytes: int = 0


CLEAN = Kind()
CUT = Kind(cut_bytes=200)


def every(count: int, change: Line) -> Kind:
    """Change every `count`-th line."""
    return Kind(
        lambda lines, _rows: (
            change(line) if index % count == count - 1 else line for index, line in enumerate(lines)
        )
    )


def each(change: Line) -> Kind:
    """Change every line."""
    return every(1, change)


def once(share: float, change: Line) -> Kind:
    """Change the line at this share of the file."""
    return Kind(
        lambda lines, rows: (
            change(line) if index == int(rows * share) else line for index, line in enumerate(lines)
        )
    )


def all_but_first(count: int, change: Line) -> Kind:
    """Change all lines but the first ones."""
    return Kind(
        lambda lines, _rows: (line if index < count else change(line) for index, line in enumerate(lines))
    )


def _swapped(lines: Iterator[str], _rows: int, size: int = 100) -> Iterator[str]:
    held: list[str] = []
    for line in lines:
        held.append(line)
        if len(held) == 2 * size:
            yield from held[size:]
            yield from held[:size]
            held.clear()
    yield from held


SWAPPED = Kind(_swapped)
"""Neighbouring blocks of a hundred lines change places."""


def replaced(old: str, new: str) -> Kind:
    """Replace text everywhere, also before and behind the lines."""
    return Kind(
        lambda lines, _rows: (line.replace(old, new) for line in lines),
        lambda head: head.replace(old, new),
        lambda tail: tail.replace(old, new),
    )


def nul_bytes(lines: int) -> Kind:
    """Put NUL bytes as long as so many lines into the middle."""
    return once(0.5, lambda line: "\0" * (len(line) * lines) + line)
