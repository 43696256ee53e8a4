"""`telemparse health`: whether the parts of the runner answer, and how the queue stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.cli import arguments, runner_arguments
from telemparse.cli.exits import Exit, command
from telemparse.cli.runner_logs import brief_log
from telemparse.cli.terminal import console

if TYPE_CHECKING:
    from telemparse.runner.health import Health

__all__ = ["show_health"]


@command
def show_health(
    *,
    out: runner_arguments.Out = None,
    database_url: runner_arguments.DatabaseUrl = None,
    storage: runner_arguments.StoragePlace = None,
    as_json: arguments.Json = False,
) -> Exit:
    """Say whether database and storage answer; code 1 where not."""
    settings = runner_arguments.settings_of(out, database_url, storage)
    from telemparse.runner.health import health_at

    runner_arguments.check_database_file(settings)
    with brief_log():
        health = health_at(settings)
    if as_json:
        from telemparse.cli.documents import emit

        emit(health.to_dict())
    else:
        _show(health)
    return Exit.OK if health.ok else Exit.UNREADABLE


def _show(health: Health) -> None:
    from telemparse.cli.display import show_facts

    depth = health.queue
    oldest_s = None if depth is None else depth.oldest_s
    show_facts(console(), {
        "database": health.database,
        "schema": health.schema or "",
        "storage": health.storage,
        "queue": "" if depth is None
        else f"{depth.ready:,} ready, {depth.waiting:,} wait for another attempt, {depth.running:,} running",
        "oldest": "" if oldest_s is None else f"ready for {oldest_s:,.0f} s",
        "workers": ", ".join(health.workers),
    })  # fmt: skip
