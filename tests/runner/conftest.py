"""Settings for both databases: a fresh one for each test, with all tables."""

from __future__ import annotations

import logging
import shutil

import pytest
import structlog

from postgres_server import wanted
from telemparse.runner import migration
from telemparse.runner.database import Database
from telemparse.runner.queues import open_queue
from telemparse.runner.sandboxes import Sandboxes
from telemparse.runner.settings import Settings

DIALECTS = ("sqlite", "postgres")


@pytest.fixture(scope="session")
def postgres():
    """Hold a server for all tests that only want a database; who stops one starts his own."""
    with wanted() as server:
        yield server


@pytest.fixture(scope="session")
def start_postgres():
    """Start a server of one's own: `with start_postgres() as server`."""
    return wanted


@pytest.fixture(scope="session")
def sandboxes():
    """Hold warm sandboxes for all tests that do not look at one themselves."""
    with Sandboxes(Settings().max_memory_bytes) as kept:
        yield kept


@pytest.fixture(autouse=True, scope="session")
def quiet_log():
    """Let the log say only what is an error."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def templates(tmp_path_factory):
    """Hold what a migrated database is copied from, by dialect, made when one is wanted first."""
    return {"folder": tmp_path_factory.mktemp("templates")}


def migrated(settings):
    with Database.open(settings) as database:
        migration.upgrade(database)
    return settings


def sqlite_settings(templates, folder):
    if "sqlite" not in templates:
        settings = migrated(Settings.embedded(templates["folder"]))
        templates["sqlite"] = settings.database_url.removeprefix("sqlite:///")
    settings = Settings.embedded(folder)
    shutil.copy(templates["sqlite"], settings.database_url.removeprefix("sqlite:///"))
    return settings


def postgres_settings(server, templates, folder):
    if "postgres" not in templates:
        settings = migrated(Settings(database_url=server.database()))
        templates["postgres"] = server.name_of(settings.database_url)
    return Settings(database_url=server.database(templates["postgres"]), parquet_path=folder)


@pytest.fixture(params=DIALECTS)
def settings(request, templates, tmp_path):
    """Return settings with a migrated database of either dialect, and a folder."""
    folder = tmp_path / "telemparse"
    folder.mkdir()
    if request.param == "sqlite":
        yield sqlite_settings(templates, folder)
        return
    server = request.getfixturevalue("postgres")
    made = postgres_settings(server, templates, folder)
    yield made
    server.drop(made.database_url)


@pytest.fixture
def database(settings):
    """Return the open database of the settings."""
    with Database.open(settings) as opened:
        yield opened


@pytest.fixture
def queue(settings, database):
    """Return the queue of that database."""
    opened = open_queue(database, settings)
    yield opened
    opened.close()


@pytest.fixture(params=DIALECTS)
def empty_settings(request, tmp_path):
    """Return settings with a database of either dialect that has no tables yet."""
    if request.param == "sqlite":
        yield Settings.embedded(tmp_path)
        return
    server = request.getfixturevalue("postgres")
    url = server.database()
    yield Settings(database_url=url, parquet_path=tmp_path)
    server.drop(url)
