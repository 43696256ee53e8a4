"""`telemparse keys`: the keys that open the HTTP service, for whom, and which of them no longer do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from telemparse.cli import arguments, runner_arguments
from telemparse.cli.exits import Exit, command
from telemparse.cli.terminal import complain, console

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemparse.runner.api_keys import ApiKey

__all__ = ["create_key", "list_keys", "revoke_keys"]

_Tenant = Annotated[
    str | None,
    typer.Option(
        "--owner", metavar="NAME", show_default=False,
        help="Tenant whose sessions it opens; that of the settings when absent.",
    ),
]  # fmt: skip
_Driver = Annotated[
    str | None,
    typer.Option("--driver", metavar="NAME", show_default=False, help="Driver of that tenant, likewise."),
]
_Label = Annotated[str, typer.Option("--label", metavar="WORDS", help="What people know it by.")]
_Ids = Annotated[list[str], typer.Argument(metavar="ID", show_default=False, help="Ids of keys.")]


@command
def create_key(
    *,
    out: runner_arguments.Out = None,
    database_url: runner_arguments.DatabaseUrl = None,
    storage: runner_arguments.StoragePlace = None,
    owner: _Tenant = None,
    driver: _Driver = None,
    label: _Label = "",
    as_json: arguments.Json = False,
) -> Exit:
    """Make a key and print it, this once: only its hash is kept.

    It opens the sessions of one driver of one tenant, and no others.
    """
    settings = runner_arguments.settings_of(out, database_url, storage)
    with runner_arguments.opened(settings, new=True) as pipeline:
        made = pipeline.api_keys.create(pipeline.owner(owner, driver), label=label)
    if as_json:
        from telemparse.cli.documents import emit

        emit({**_document(made.key), "secret": made.secret})
    else:
        typer.echo(made.secret)
    return Exit.OK


@command
def list_keys(
    *,
    out: runner_arguments.Out = None,
    database_url: runner_arguments.DatabaseUrl = None,
    storage: runner_arguments.StoragePlace = None,
    as_json: arguments.Json = False,
) -> Exit:
    """List all keys, the newest first; what a key is nobody can read any more."""
    settings = runner_arguments.settings_of(out, database_url, storage)
    with runner_arguments.opened(settings) as pipeline:
        keys = pipeline.api_keys.list()
    if as_json:
        from telemparse.cli.documents import emit

        for key in keys:
            emit(_document(key))
    elif keys:
        _show(keys)
    else:
        typer.echo("There is no key; `telemparse keys create` makes one.")
    return Exit.OK


@command
def revoke_keys(
    ids: _Ids,
    *,
    out: runner_arguments.Out = None,
    database_url: runner_arguments.DatabaseUrl = None,
    storage: runner_arguments.StoragePlace = None,
) -> Exit:
    """Revoke keys: what comes with one of them is refused from now on, pages that it opened too."""
    settings = runner_arguments.settings_of(out, database_url, storage)
    code = Exit.OK
    with runner_arguments.opened(settings) as pipeline:
        for text in dict.fromkeys(ids):
            if pipeline.api_keys.revoke(text):
                typer.echo(f"{text}: revoked")
            else:
                complain(f"{text}: there is no such key, or it was revoked before")
                code = Exit.UNREADABLE
    return code


def _document(key: ApiKey) -> dict[str, Any]:
    return {
        "v": 1, "id": key.id, "owner": key.owner.tenant_id, "driver": key.owner.driver_id, "label": key.label,
        "created_at": key.created_at.isoformat(),
        "revoked_at": None if key.revoked_at is None else key.revoked_at.isoformat(),
    }  # fmt: skip


def _show(keys: Sequence[ApiKey]) -> None:
    from telemparse.cli.aligned import print_aligned
    from telemparse.cli.session_display import moment

    rows = [
        (
            key.id, key.owner.tenant_id, key.owner.driver_id, key.label, moment(key.created_at),
            moment(key.revoked_at),
        )
        for key in keys
    ]  # fmt: skip
    print_aligned(console(), ("key", "owner", "driver", "label", "made (UTC)", "revoked (UTC)"), rows)
