"""`telemparse enqueue`: recordings into the queue, for workers to come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from telemparse.cli import arguments, handing_in, runner_arguments
from telemparse.cli.exits import Exit, command
from telemparse.cli.terminal import complain

if TYPE_CHECKING:
    from telemparse.cli.handing_in import HandedIn

__all__ = ["enqueue"]


@command
def enqueue(
    paths: arguments.Paths,
    *,
    out: runner_arguments.Out = None,
    database_url: runner_arguments.DatabaseUrl = None,
    storage: runner_arguments.StoragePlace = None,
    owner: handing_in.Owner = None,
    driver: handing_in.Driver = None,
    force: handing_in.Force = False,
    gate: handing_in.Gate = None,
    timezone: arguments.Timezone = None,
    together: arguments.Together = False,
    as_json: arguments.Json = False,
) -> Exit:
    """Hand in recordings for workers, and print their session ids.

    Files that are known already give the session that they have.
    """
    order = handing_in.Order.of(timezone=timezone, gate=gate, force=force)
    settings = runner_arguments.settings_of(out, database_url, storage, tenant_id=owner, driver_id=driver)
    recordings, gathered = handing_in.gather_for(settings, paths, together=together)
    if not recordings:
        return gathered

    def nothing() -> None:
        """Nobody waits for a bar here."""

    with runner_arguments.opened(settings, new=True) as pipeline:
        handed, refused = handing_in.hand_in(pipeline, recordings, order, nothing)
    for each in handed:
        _print(each, as_json=as_json)
    return max(gathered, refused)


def _print(each: HandedIn, *, as_json: bool) -> None:
    if as_json:
        from telemparse.cli.documents import emit

        outcome = "known" if each.known else "queued"
        emit({"paths": list(each.paths), "outcome": outcome, "id": each.session_id})
        return
    typer.echo(each.session_id)
    if each.known:
        complain(f"{each.label}: known, nothing is done again")
