"""Lines in columns that are never wrapped: a table whose rows stay one line each, for eyes and for grep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from telemparse.cli.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

__all__ = ["print_aligned"]

_WIDEST = 44  # a longer cell stands out, and moves its own line alone
_GAP = "  "


def print_aligned(
    console: Console,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right: Sequence[str] = (),
    styles: Mapping[str, str] | None = None,
) -> None:
    """Print rows below their heads; columns that are empty in every row are left out.

    Args:
        console: where to.
        heads: names of the columns.
        rows: a cell for each column.
        right: names of columns of figures.
        styles: of cells that hold exactly that word.
    """
    kept = [place for place in range(len(heads)) if any(row[place] for row in rows)]
    table = [[visible(row[place]) for place in kept] for row in rows]
    names = [heads[place] for place in kept]
    widths = [
        max([cell_len(name), *(cell_len(row[place]) for row in table if cell_len(row[place]) <= _WIDEST)])
        for place, name in enumerate(names)
    ]
    flush = [name in right for name in names]
    console.print(Text(_line(names, widths, flush), "dim"), soft_wrap=True)
    for row in table:
        line = Text(_line(row, widths, flush))
        for word in row:
            if styles and word in styles:
                line.highlight_words([word], styles[word])
        console.print(line, soft_wrap=True)


def _line(cells: Sequence[str], widths: Sequence[int], flush: Sequence[bool]) -> str:
    padded = []
    for cell, width, is_right in zip(cells, widths, flush, strict=True):
        blanks = " " * (width - cell_len(cell))
        padded.append(blanks + cell if is_right else cell + blanks)
    return _GAP.join(padded).rstrip()
