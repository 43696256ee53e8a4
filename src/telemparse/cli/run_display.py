"""What `telemparse run` shows: a bar while it works, and at the end a table of sessions with its sums."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from telemparse.cli.aligned import print_aligned
from telemparse.cli.session_display import STYLES, failure_words, figure_cells
from telemparse.cli.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import Console
    from rich.progress import Progress, TaskID

    from telemparse.cli.handing_in import HandedIn
    from telemparse.runner import Pipeline, Session

__all__ = ["Bar", "bar", "show_sums", "show_table"]

_BAR_WIDTH = 16  # leaves room for words on what is waited for


class Bar(Protocol):
    """Shows how far a phase of the work is."""

    def begin(self, words: str, total: int) -> None:
        """Begin a phase."""
        ...

    def advance(self) -> None:
        """Take note that one more is done."""
        ...

    def tell(self, words: str) -> None:
        """Say what is waited for."""
        ...


class _Silent:
    def begin(self, words: str, total: int) -> None: ...

    def advance(self) -> None: ...

    def tell(self, words: str) -> None: ...


class _Shown:
    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task: TaskID | None = None

    def begin(self, words: str, total: int) -> None:
        if self._task is not None:
            self._progress.remove_task(self._task)
        self._task = self._progress.add_task(words, total=total, waiting="")

    def advance(self) -> None:
        if self._task is not None:
            self._progress.advance(self._task)

    def tell(self, words: str) -> None:
        if self._task is not None:
            self._progress.update(self._task, waiting=visible(words))


@contextmanager
def bar(*, shown: bool) -> Iterator[Bar]:
    """Show a bar on standard error when that is a terminal."""
    if not (shown and sys.stderr.isatty()):
        yield _Silent()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    words, waiting = (
        TextColumn(f"{{task.{name}}}", markup=False) for name in ("description", "fields[waiting]")
    )
    columns = (words, BarColumn(bar_width=_BAR_WIDTH), MofNCompleteColumn(), TimeElapsedColumn(), waiting)
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False) as progress:
        yield _Shown(progress)


def show_table(console: Console, handed: Sequence[HandedIn], sessions: Mapping[str, Session]) -> None:
    """Print a line for each session; recordings of the same name are told apart by their paths."""
    rows = [(each, sessions[each.session_id]) for each in handed if each.session_id in sessions]
    names = Counter(session.name for _each, session in rows)
    print_aligned(
        console,
        ("name", "status", "laps", "best lap", "quality", ""),
        [
            (
                each.label if names[session.name] > 1 else session.name, str(session.status),
                *figure_cells(session),
                "; ".join(filter(None, ("known" if each.known else "", failure_words(session)))),
            )
            for each, session in rows
        ],
        right=("laps", "best lap"),
        styles=STYLES,
    )  # fmt: skip


def show_sums(
    console: Console, handed: Sequence[HandedIn], sessions: Mapping[str, Session], pipeline: Pipeline
) -> None:
    """Print how many sessions came to what, how many of them are new, and where all of it lies."""
    found = [sessions[each.session_id] for each in handed if each.session_id in sessions]
    states = Counter(str(session.status) for session in found)
    laps = sum(session.laps or 0 for session in found)
    known = sum(each.known for each in handed)
    counts = ", ".join(f"{number:,} {state}" for state, number in sorted(states.items(), reverse=True))
    lines = [
        "",
        f"{_count(len(found), 'session')}: {counts}; {_count(laps, 'lap')}.",
        "All of them were known: nothing was added." if known == len(handed)
        else f"{known:,} known, for which nothing was done again." if known else "",
        f"Database: {pipeline.database.where}",
        f"Files:    {pipeline.storage.where}",
    ]  # fmt: skip
    for line in lines[:1] + [line for line in lines[1:] if line]:
        console.print(visible(line), soft_wrap=True)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
