"""`telemparse sessions`: what has become of the recordings that were handed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from telemparse.cli import arguments, runner_arguments
from telemparse.cli.exits import Exit, command
from telemparse.cli.terminal import complain, console

if TYPE_CHECKING:
    from telemparse.runner import Pipeline, Session

__all__ = ["list_sessions"]

_PAGE = 500
_Ids = Annotated[
    list[str] | None,
    typer.Argument(metavar="SESSION", show_default=False, help="Ids: show all that is known of these."),
]
_Status = Annotated[
    list[str] | None,
    typer.Option(
        "--status", metavar="WORD", show_default=False,
        help="Only those: READY, PARTIAL, FAILED, PROCESSING, UPLOADING, DELETED. May come several times.",
    ),
]  # fmt: skip
_Limit = Annotated[int, typer.Option("--limit", min=1, metavar="N", help="Most sessions, the newest.")]
_Owner = Annotated[
    str | None, typer.Option("--owner", metavar="NAME", show_default=False, help="Only of this tenant.")
]
_Driver = Annotated[
    str | None, typer.Option("--driver", metavar="NAME", show_default=False, help="Only of this driver.")
]


@command
def list_sessions(
    ids: _Ids = None,
    *,
    out: runner_arguments.Out = None,
    database_url: runner_arguments.DatabaseUrl = None,
    storage: runner_arguments.StoragePlace = None,
    status: _Status = None,
    owner: _Owner = None,
    driver: _Driver = None,
    limit: _Limit = 100,
    as_json: arguments.Json = False,
) -> Exit:
    """List sessions, the newest first, or tell all about some."""
    settings = runner_arguments.settings_of(out, database_url, storage)
    code = Exit.OK
    with runner_arguments.opened(settings) as pipeline:
        if ids:
            found, code = _named(pipeline, ids)
        else:
            found = _newest(pipeline, status=status or [], owner=owner, driver=driver, limit=limit)
    if as_json:
        from telemparse.cli.documents import emit

        for session in found:
            emit(session.to_dict())
    elif found:
        from telemparse.cli import session_display

        if ids:
            for session in found:
                session_display.show_session(console(), session)
        else:
            session_display.list_sessions(console(), found)
    return code


def _named(pipeline: Pipeline, ids: list[str]) -> tuple[list[Session], Exit]:
    from telemparse.runner.keys import key_in

    known = pipeline.sessions_by_id(ids)
    code = Exit.OK
    for text in ids:
        if key_in(text) not in known:
            complain(f"there is no session {text!r}")
            code = Exit.UNREADABLE
    keys = dict.fromkeys(map(key_in, ids))
    return [known[key] for key in keys if key in known], code


def _newest(
    pipeline: Pipeline, *, status: list[str], owner: str | None, driver: str | None, limit: int
) -> list[Session]:
    wanted = [word.upper() for word in status]
    found: list[Session] = []
    cursor = None
    while len(found) < limit:
        page = pipeline.sessions(
            owner=owner, driver=driver, status=wanted, limit=min(limit - len(found), _PAGE), cursor=cursor
        )
        found += page.sessions
        cursor = page.cursor
        if cursor is None:
            break
    return found
