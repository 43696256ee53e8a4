"""`telemparse reprocess` and `telemparse delete`: what people do to sessions."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from telemparse.cli import lap_arguments, runner_arguments
from telemparse.cli.exits import Exit, command
from telemparse.cli.handing_in import Order
from telemparse.cli.terminal import complain, visible
from telemparse.errors import CallError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemparse.runner import Pipeline, Session

__all__ = ["delete_sessions", "reprocess"]

_Session = Annotated[
    str, typer.Argument(metavar="SESSION", show_default=False, help="Id, as `telemparse sessions` lists it.")
]
_Sessions = Annotated[
    list[str],
    typer.Argument(metavar="SESSION", show_default=False, help="Ids, as `telemparse sessions` lists them."),
]
_Yes = Annotated[bool, typer.Option("--yes", "-y", help="Delete without a question.")]


@command
def reprocess(
    session: _Session,
    *,
    out: runner_arguments.Out = None,
    database_url: runner_arguments.DatabaseUrl = None,
    storage: runner_arguments.StoragePlace = None,
    gate: lap_arguments.GateLine = None,
) -> Exit:
    """Begin a new run of a session, and print its id.

    Workers do it; older runs stay as they are. Where the uploaded files are gone it begins from the
    tables: laps, pose, levels and quality are made anew.
    """
    order = Order.of(timezone=None, gate=gate, force=False)
    settings = runner_arguments.settings_of(out, database_url, storage)
    with runner_arguments.opened(settings) as pipeline:
        try:
            run_id = pipeline.reprocess(session, gate=order.gate)
        except CallError as error:
            complain(str(error))
            return Exit.UNREADABLE
    typer.echo(run_id)
    return Exit.OK


@command
def delete_sessions(
    sessions: _Sessions,
    *,
    out: runner_arguments.Out = None,
    database_url: runner_arguments.DatabaseUrl = None,
    storage: runner_arguments.StoragePlace = None,
    yes: _Yes = False,
) -> Exit:
    """Delete sessions with all their files, runs and laps. There is no way back.

    A deletion that was interrupted goes on when it is asked for again.
    """
    if not yes and not sys.stdin.isatty():
        raise CallError("nobody can be asked here: --yes deletes without a question")
    settings = runner_arguments.settings_of(out, database_url, storage)
    with runner_arguments.opened(settings) as pipeline:
        found = pipeline.sessions_by_id(sessions)
        if found and not yes and not _agreed(list(found.values())):
            typer.echo("nothing was deleted")
            return Exit.OK
        return max(_delete(pipeline, text) for text in dict.fromkeys(sessions))


def _agreed(sessions: Sequence[Session]) -> bool:
    for session in sessions:
        typer.echo(f"  {session.id}  {session.status}  {visible(session.name)}", err=True)
    count = len(sessions)
    words = f"Delete {'this session' if count == 1 else f'these {count} sessions'} and all files?"
    try:
        return typer.confirm(words, err=True)
    except typer.Abort:  # how Ctrl-C at a question comes
        raise KeyboardInterrupt from None


def _delete(pipeline: Pipeline, text: str) -> Exit:
    if not pipeline.delete(text):
        complain(f"there is no session {text!r}")
        return Exit.UNREADABLE
    typer.echo(f"{text} deleted")
    return Exit.OK
