"""How sessions look to people: a line each, or all that is known of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from telemparse.cli.aligned import print_aligned
from telemparse.cli.display import grid, show_facts
from telemparse.cli.terminal import visible
from telemparse.kernels.lap_figures import lap_time

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from rich.console import Console

    from telemparse.runner import Session

__all__ = ["STYLES", "failure_words", "figure_cells", "list_sessions", "moment", "show_session"]

STYLES = {
    "READY": "green", "PARTIAL": "yellow", "FAILED": "bold red", "PROCESSING": "cyan", "SUCCEEDED": "green",
    "CANCELLED": "yellow", "RUNNING": "cyan", "DONE": "green",
}  # fmt: skip
_MILLISECONDS = 3
_NS_PER_S = 1_000_000_000


def moment(instant: dt.datetime | None) -> str:
    """Return an instant as `2024-05-01 10:00:00`, UTC; empty for None."""
    return "" if instant is None else f"{instant:%Y-%m-%d %H:%M:%S}"


def figure_cells(session: Session) -> tuple[str, str, str]:
    """Return number of laps, best lap and quality; empty where they are not known."""
    best, quality = session.best_lap_s, session.quality
    return (
        "" if session.laps is None else str(session.laps),
        "" if best is None else lap_time(round(best * _NS_PER_S), _MILLISECONDS),
        "" if quality is None else f"{quality:.0f} {session.quality_label or ''}".strip(),
    )


def failure_words(session: Session) -> str:
    """Return code and message of what is wrong with a session, empty where nothing is."""
    failure = session.failure
    if failure is None:
        return ""
    return f"{failure.code}: {failure.message}" if failure.message else failure.code


def list_sessions(console: Console, sessions: Sequence[Session]) -> None:
    """Print a line for each session."""
    print_aligned(
        console,
        ("session", "status", "begins (UTC)", "laps", "best lap", "quality", "name", "code"),
        [
            (
                each.id, str(each.status), moment(each.start_time_utc if each.is_dated else None),
                *figure_cells(each), each.name,
                each.failure.code if each.failure else "",
            )
            for each in sessions
        ],
        right=("laps", "best lap"),
        styles=STYLES,
    )  # fmt: skip


def show_session(console: Console, session: Session) -> None:
    """Print all that is known of a session."""
    console.print(Text(visible(session.name or session.id), "bold"), soft_wrap=True)
    laps, best, quality = figure_cells(session)
    parser = " ".join(filter(None, (session.parser_id, session.parser_version)))
    show_facts(console, {
        "session": session.id,
        "status": str(session.status),
        "owner": f"{session.tenant_id}/{session.driver_id}",
        "created": f"{moment(session.created_at)} (UTC)",
        "from": f"{moment(session.start_time_utc)} (UTC)" if session.is_dated else "",
        "to": f"{moment(session.end_time_utc)} (UTC)" if session.is_dated else "",
        "device": " ".join(filter(None, session.device.values())),
        "format": parser,
        "track": session.track or "",
        "laps": f"{laps}, best {best}" if best else laps,
        "quality": quality,
        "run": f"{session.run_id} {session.run_status}" if session.run_id else "",
    })  # fmt: skip
    _show_files(console, session)
    _show_stages(console, session)
    _show_failure(console, session)
    console.print()


def _below(
    console: Console, heads: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[str]
) -> None:
    table = grid(*heads, right=right)
    for row in rows:
        table.add_row(*(Text(visible(cell), STYLES.get(cell, "")) for cell in row))
    if table.row_count:
        console.print()
        console.print(Padding(table, (0, 0, 0, 2)))


def _show_files(console: Console, session: Session) -> None:
    rows = [(each.name, f"{each.byte_size:,}", str(each.status)) for each in session.artifacts]
    _below(console, ("file", "bytes", "status"), rows, ("bytes",))


def _show_stages(console: Console, session: Session) -> None:
    rows = [
        (name, str(each.state), f"{each.elapsed_s:.3f}", each.reason or each.code)
        for name, each in session.stages.items()
    ]
    _below(console, ("stage", "outcome", "seconds", "reason"), rows, ("seconds",))


def _show_failure(console: Console, session: Session) -> None:
    if session.failure is None:
        return
    console.print()
    style = STYLES[str(session.status)]
    head = Text.assemble((f"{session.failure.code}: ", style), visible(session.failure.message))
    console.print(Padding(head, (0, 0, 0, 2)))
    if session.failure.hint:
        hint = Text.assemble(("hint: ", "dim"), visible(session.failure.hint))
        console.print(Padding(hint, (0, 0, 0, 4)))
