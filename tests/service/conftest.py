"""Servers for the tests of the service: one with sessions that all may look at, and fresh ones."""

from __future__ import annotations

import logging

import pytest
import structlog

from postgres_server import wanted
from service_servers import serving
from telemparse.runner import Pipeline, Settings
from telemparse.runner.sandboxes import Sandboxes


@pytest.fixture(autouse=True, scope="session")
def quiet_log():
    """Let the log say only what is an error."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def sandboxes():
    """Hold warm sandboxes for all tests."""
    with Sandboxes(Settings().max_memory_bytes) as kept:
        yield kept


@pytest.fixture(scope="session")
def postgres():
    """Hold a server of Postgres."""
    with wanted() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def pipeline(request, tmp_path, sandboxes):
    """Return an empty pipeline on either database."""
    folder = tmp_path / "kept"
    folder.mkdir()
    if request.param == "sqlite":
        with Pipeline(
            Settings.embedded(folder, max_file_size_bytes=4_000_000), sandboxes=sandboxes
        ) as opened:
            yield opened
        return
    server = request.getfixturevalue("postgres")
    url = server.database()
    settings = Settings(database_url=url, parquet_path=folder, max_file_size_bytes=4_000_000)
    with Pipeline(settings, sandboxes=sandboxes, upgrade=True) as opened:
        yield opened
    server.drop(url)


@pytest.fixture
def embedded(tmp_path, sandboxes):
    """Return an empty pipeline in a folder."""
    folder = tmp_path / "kept"
    folder.mkdir()
    with Pipeline(Settings.embedded(folder, max_file_size_bytes=4_000_000), sandboxes=sandboxes) as opened:
        yield opened


@pytest.fixture
def server(embedded):
    """Serve an empty pipeline in a folder, without workers."""
    with serving(embedded) as running:
        yield running


@pytest.fixture
def both(pipeline):
    """Serve an empty pipeline on either database."""
    with serving(pipeline) as running:
        yield running


@pytest.fixture(scope="session")
def looked_at(tmp_path_factory, sandboxes, fixtures_dir):
    """Serve a pipeline with a session of anna that is READY; tests of it change nothing. Yields it too."""
    from service_servers import ANNA

    folder = tmp_path_factory.mktemp("looked_at")
    with Pipeline(Settings.embedded(folder), sandboxes=sandboxes) as opened:
        session_id = opened.submit(
            fixtures_dir / "sample_gnss_10hz.csv", owner=ANNA.tenant_id, driver=ANNA.driver_id
        )
        opened.work()
        with serving(opened) as running:
            yield running, session_id
