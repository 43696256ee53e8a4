"""Migration: which schema a database has, and the way to the one that this library knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from telemparse.errors import TelemparseError

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory
    from sqlalchemy import Connection

    from telemparse.runner.database import Database

__all__ = ["HEAD", "VERSION_TABLE", "SchemaMismatch", "check", "current", "upgrade"]

# Of its own, for the database may belong to a service that migrates its own tables.
VERSION_TABLE = "telemetry_schema_version"
HEAD = "0002"
_VERSIONS = sa.table(VERSION_TABLE)
_LOCK = 0x74656C656D  # one upgrade at a time; any number that nobody else uses


class SchemaMismatch(TelemparseError):  # noqa: N818  (what was found)
    """The database has another schema than this library knows.

    Args:
        code: `DATABASE_SCHEMA_OLD` (upgrade it) or `DATABASE_SCHEMA_NEWER` (upgrade the library).
        found: revision of the database, None for an empty one.
    """

    def __init__(self, code: str, found: str | None) -> None:
        what = "has no tables of telemparse" if found is None else f"has schema {found}"
        mend = (
            "run `telemparse db upgrade`"
            if code == "DATABASE_SCHEMA_OLD"
            else "install the version of telemparse that upgraded it"
        )
        super().__init__(f"{code}: the database {what}, and this telemparse works with {HEAD}: {mend}")
        self.code = code
        self.found = found


def current(connection: Connection) -> str | None:
    """Return the revision of a database, None for one without our tables."""
    if not sa.inspect(connection).has_table(VERSION_TABLE):
        return None
    found: str | None = connection.scalar(sa.select(sa.column("version_num")).select_from(_VERSIONS))
    return found


def check(connection: Connection) -> None:
    """Raise SchemaMismatch unless the database has the schema that this library knows."""
    found = current(connection)
    if found == HEAD:
        return
    known = {revision.revision for revision in _scripts().walk_revisions()}
    raise SchemaMismatch(
        "DATABASE_SCHEMA_OLD" if found is None or found in known else "DATABASE_SCHEMA_NEWER", found
    )


def upgrade(database: Database) -> tuple[str | None, str]:
    """Bring the schema to the one that this library knows; returns the revisions before and after.

    Several processes may try at once: one does it, the others wait and find it done. Raises
    SchemaMismatch for a database that is newer.
    """
    # Late, for alembic takes as long to load as all the rest of a worker.
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext

    scripts = _scripts()
    with database.transaction() as connection:
        if database.is_postgres:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        before = current(connection)
        if before == HEAD:
            return before, HEAD
        if before is not None:
            known = {revision.revision for revision in scripts.walk_revisions()}
            if before not in known:
                raise SchemaMismatch("DATABASE_SCHEMA_NEWER", before)

        def steps(revision: Any, _context: Any) -> Any:
            return scripts._upgrade_revs(HEAD, revision)  # noqa: SLF001  (what alembic's own command calls)

        config = Config()
        with EnvironmentContext(config, scripts, fn=steps, destination_rev=HEAD) as environment:
            environment.configure(
                connection=connection, target_metadata=database.tables.metadata, version_table=VERSION_TABLE
            )
            config.attributes["jobs"] = database.tables.jobs.name
            environment.run_migrations()
    return before, HEAD


def _scripts() -> ScriptDirectory:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "telemparse.runner:migrations")
    return ScriptDirectory.from_config(config)
