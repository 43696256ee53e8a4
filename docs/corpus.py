"""Writes docs/reference/corpus.md: every real recording of a folder, and what telemparse reads in it."""

from __future__ import annotations

import os
import sys
from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import telemparse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from telemparse.model.issues import Issue
    from telemparse.model.results import ParseResult

__all__ = ["corpus_page"]

HEAD = """# Corpus

<!-- Written by docs/corpus.py from a folder of real recordings. Do not edit. -->

Real recordings by real devices, and what telemparse reads in each of them. The files themselves belong to
their authors and are not part of the project; the tests read them where `TELEMPARSE_CORPUS` names their
folder, and one of them compares this page with a fresh run.

A row names the parser (with the dialect, where a format has several), the rows of every stream, the laps that
the device counted, and the codes of warnings and errors with the number of issues. Errors are **bold**; a
file with `FORMAT_NOT_RECOGNISED` is of a format that is not read yet.
"""


def corpus_page(folder: Path) -> str:
    """Return the page for all files below the folder, by directory and name."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.parent != folder)
    parts = (
        f"## {place}\n\n{_table([_row(path) for path in paths])}"
        for place, paths in groupby(files, lambda path: path.parent.relative_to(folder).as_posix())
    )
    return "\n".join([HEAD, *parts])


def _table(rows: Sequence[Sequence[str]]) -> str:
    heads = ("file", "parser", "streams", "device laps", "issues")
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _row(path: Path) -> tuple[str, str, str, str, str]:
    result = telemparse.parse(path, on_error="return")
    laps = result.streams["laps"].num_rows if "laps" in result.streams else 0
    streams = ", ".join(f"`{name}` {table.num_rows:,}" for name, table in result.streams.items())
    return (f"`{path.name}`", _parser(result), streams or "none", str(laps or "none"), _issues(result))


def _parser(result: ParseResult) -> str:
    parsers = dict.fromkeys(part.parser_id for part in result.provenance.parts)
    dialects = sorted({str(value) for key, value in result.metadata.items() if key.startswith("dialect")})
    return ", ".join([*parsers, *(f"`{dialect}`" for dialect in dialects)]) or "none"


def _issues(result: ParseResult) -> str:
    return ", ".join([*_counted(result.errors, "**`{}`**"), *_counted(result.warnings, "`{}`")]) or "none"


def _counted(issues: Sequence[Issue], form: str) -> Iterator[str]:
    for code, count in sorted(Counter(issue.code for issue in issues).items()):
        yield form.format(code) + (f" ({count})" if count > 1 else "")


def main() -> None:
    """Write the page to the file given, or to docs/reference/corpus.md."""
    place = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "reference" / "corpus.md"
    place.write_text(corpus_page(Path(os.environ["TELEMPARSE_CORPUS"])), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
