"""The schema: made by migration, the same as the tables in code, upgraded once, refused when it is newer."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing

import attrs
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from telemparse.runner import Pipeline, SchemaMismatch, Settings, migration
from telemparse.runner.database import Database
from telemparse.runner.migration import HEAD, VERSION_TABLE, check, current, upgrade


def test_migration_makes_the_very_tables_that_the_code_speaks_of(settings):
    with Database.open(settings) as database, database.reading() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"version_table": VERSION_TABLE, "compare_type": True, "compare_server_default": True},
        )
        assert compare_metadata(context, database.tables.metadata) == []
        check(connection)


def test_upgrading_twice_is_upgrading_once(settings):
    with Database.open(settings) as database:
        assert upgrade(database) == (HEAD, HEAD)


def test_a_database_of_the_first_schema_keeps_its_sessions_and_finds_them_by_name(
    empty_settings, monkeypatch
):
    with Database.open(empty_settings) as database:
        monkeypatch.setattr(migration, "HEAD", "0001")
        upgrade(database)
        with database.transaction() as connection:
            connection.exec_driver_sql(
                "INSERT INTO telemetry_sessions (id, tenant_id, driver_id, name, status, start_time_utc,"
                " end_time_utc, created_at, updated_at) VALUES ('01a20510fc1a7e09848de9725e99e8a4', 'team',"
                " 'anna', 'ÅRE Straße', 'READY', '2026-01-02 03:04:05', '2026-01-02 03:04:05',"
                " '2026-01-02 03:04:05', '2026-01-02 03:04:05')"
            )
        monkeypatch.undo()
        assert upgrade(database) == ("0001", HEAD)
    with Pipeline(empty_settings) as pipeline:
        for words in ("åre", "STRASSE"):
            assert [each.name for each in pipeline.sessions(search=words).sessions] == ["ÅRE Straße"]


def test_a_schema_that_is_newer_is_refused_and_left_alone(settings):
    with Database.open(settings) as database:
        with database.transaction() as connection:
            connection.exec_driver_sql("UPDATE telemetry_schema_version SET version_num = '9999'")
        for attempt in (lambda: upgrade(database), lambda: Pipeline(settings)):
            with pytest.raises(SchemaMismatch, match=r"DATABASE_SCHEMA_NEWER.*schema 9999"):
                attempt()
        with database.reading() as connection:
            assert current(connection) == "9999"


def test_a_database_without_tables_is_told_how_it_gets_them(empty_settings):
    words = r"no tables of telemparse.*telemparse db upgrade"
    with (
        Database.open(empty_settings) as database,
        database.reading() as connection,
        pytest.raises(SchemaMismatch, match=words),
    ):
        check(connection)


def test_many_who_upgrade_at_once_find_it_done(empty_settings):
    found = []
    gate = threading.Barrier(6)

    def run():
        with Database.open(empty_settings) as database:
            gate.wait()
            found.append(upgrade(database))

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found, key=str) == sorted([(None, HEAD), *[(HEAD, HEAD)] * 5], key=str)


def test_a_new_file_that_another_writes_at_this_moment_is_waited_for(tmp_path):
    settings = Settings.embedded(tmp_path)
    file = tmp_path / "telemparse.sqlite"
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
        # Not yet in WAL mode, and being written: SQLite then refuses without waiting.
        other.execute("CREATE TABLE theirs (a)")
        other.execute("BEGIN IMMEDIATE")
        refused = sqlite3.connect(file)
        with closing(refused), pytest.raises(sqlite3.OperationalError, match="locked"):
            refused.execute("PRAGMA journal_mode = WAL")
        timer = threading.Timer(0.3, other.execute, ["ROLLBACK"])
        timer.start()
        with Database.open(settings) as database:
            assert upgrade(database) == (None, HEAD)
        timer.join()


def test_the_table_of_jobs_may_have_another_name(empty_settings, fixtures_dir):
    settings = attrs.evolve(empty_settings, job_queue_table="line_of_jobs")
    with Pipeline(settings, upgrade=True) as pipeline:
        session_id = pipeline.submit(fixtures_dir / "sample_track.gpx")
        pipeline.work()
        assert pipeline.session(session_id).status == "READY"
        with pipeline.database.reading() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM line_of_jobs").scalar() == 4
