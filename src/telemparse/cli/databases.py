"""`telemparse db`: the schema of the runner's database."""

from __future__ import annotations

import typer

from telemparse.cli import runner_arguments
from telemparse.cli.exits import Exit, command
from telemparse.cli.runner_logs import brief_log

__all__ = ["check_schema", "upgrade_schema"]


@command
def upgrade_schema(
    *, out: runner_arguments.Out = None, database_url: runner_arguments.DatabaseUrl = None
) -> Exit:
    """Bring the schema of a database to that of this version.

    Stop the workers before: older ones end by themselves when they meet a schema that they do not know.
    """
    settings = runner_arguments.settings_of(out, database_url, None, needs_storage=False)
    from telemparse.runner import migration
    from telemparse.runner.database import Database

    if settings.parquet_path is not None and out is not None:
        settings.parquet_path.mkdir(parents=True, exist_ok=True)
    with brief_log(), Database.open(settings) as database:
        before, after = migration.upgrade(database)
        where = database.where
    if before == after:
        typer.echo(f"{where}: schema {after} already")
    else:
        typer.echo(f"{where}: {before or 'no tables'} -> {after}")
    return Exit.OK


@command
def check_schema(
    *, out: runner_arguments.Out = None, database_url: runner_arguments.DatabaseUrl = None
) -> Exit:
    """Say whether the schema is that of this version.

    Leaves with code 1 where it is not, and says what to do.
    """
    settings = runner_arguments.settings_of(out, database_url, None, needs_storage=False)
    from telemparse.runner import migration
    from telemparse.runner.database import Database

    runner_arguments.check_database_file(settings)
    with Database.open(settings) as database, database.reading() as connection:
        migration.check(connection)
        typer.echo(f"{database.where}: schema {migration.HEAD}")
    return Exit.OK
