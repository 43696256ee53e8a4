"""Pipelines with sessions to look at: one that was parsed, and ones whose tables a test has made."""

from __future__ import annotations

import datetime as dt

import attrs
import pyarrow as pa
import pytest

from servers import make_bucket, moto_server
from telemparse.runner import Pipeline
from telemparse.runner.jobs import new_id
from telemparse.runner.sandboxes import Sandboxes
from telemparse.runner.settings import Settings
from telemparse.service.series import Analyst
from telemparse.storage.layout import RunPlace
from telemparse.testing.simulate import simulate, write_csv
from telemparse.writers.parquet_files import ParquetEncoder

BEGIN_NS = 1_700_000_000_000_000_000
_NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)


@attrs.frozen
class Shelf:
    """A pipeline, and sessions in it that have succeeded with any tables."""

    pipeline: Pipeline

    def session(self, tables, *, group_rows=65_536, time_base="utc", rate_hz=25.0, laps=(), bases=()):
        """Store tables by stream and level as the datasets of a new session, and return its id."""
        session_id, run_id = new_id(), new_id()
        settings = self.pipeline.settings
        place = RunPlace(settings.tenant_id, settings.driver_id, session_id, run_id)
        rows = [
            self._dataset(
                place.stream(stream, None if level == "L0" else level),
                table,
                group_rows,
                stream=stream,
                level=level,
                time_base=dict(bases).get(stream, time_base),
                rate_hz=rate_hz,
            )
            for (stream, level), table in tables.items()
        ]
        known = self.pipeline.database.tables
        with self.pipeline.database.transaction() as connection:
            connection.execute(known.sessions.insert().values(
                id=session_id, tenant_id=place.tenant_id, driver_id=place.driver_id, name="made",
                status="READY", start_time_utc=_NOW, end_time_utc=_NOW, created_at=_NOW, updated_at=_NOW,
                current_run_id=run_id,
            ))  # fmt: skip
            connection.execute(known.runs.insert().values(
                id=run_id, session_id=session_id, status="SUCCEEDED", options={}, input_artifact_ids=[],
                stages={}, created_at=_NOW,
            ))  # fmt: skip
            common = {"session_id": session_id, "run_id": run_id}
            connection.execute(known.datasets.insert(), [{**row, **common} for row in rows])
            if laps:
                connection.execute(known.laps.insert(), [{**row, **common} for row in laps])
        return session_id

    def _dataset(self, key, table, group_rows, **facts):
        with self.pipeline.storage.workroom() as room:
            encoder = ParquetEncoder(room / "table.parquet", table.schema, "zstd")
            for first in range(0, max(table.num_rows, 1), group_rows):
                encoder.write(table.slice(first, group_rows))
            encoder.close("{}")
            stored = self.pipeline.storage.give(room / "table.parquet", key)
        stamps = table["t"].drop_null().cast(pa.int64()) if "t" in table.column_names else []
        known = (
            [stamp.as_py() for stamp in stamps]
            if len(stamps) < 10_000
            else [stamps[0].as_py(), stamps[-1].as_py()]
        )
        return {
            **facts, "id": new_id(), "storage_path": key, "sha256": stored.sha256,
            "byte_size": stored.byte_size, "row_count": table.num_rows,
            "t_first_ns": min(known, default=None), "t_last_ns": max(known, default=None),
            "schema_version": 1,
        }  # fmt: skip


def lap_row(number, start_ns, end_ns, stream="laps.smoothed", **changes):
    """Return a lap as the database holds it."""
    return {
        "stream": stream, "lap_number": number, "stint_index": 0, "t_start_ns": start_ns, "t_end_ns": end_ns,
        "duration_ns": 1 if end_ns is None else end_ns - start_ns, "duration_std_s": 0.01,
        "distance_m": 100.0, "validity": "VALID", "confidence": "HIGH", "reasons": [],
        "source": "auto_detected", **changes,
    }  # fmt: skip


@pytest.fixture(scope="session")
def new_lap():
    """Make laps: `new_lap(number, start_ns, end_ns)`."""
    return lap_row


@pytest.fixture(scope="session")
def begin_ns():
    """Return an instant of today's kind, to begin tables with."""
    return BEGIN_NS


@pytest.fixture(scope="session")
def shelf(tmp_path_factory):
    """Hold a pipeline that takes tables as they are."""
    with Pipeline(Settings.embedded(tmp_path_factory.mktemp("shelf")), upgrade=True) as pipeline:
        yield Shelf(pipeline)


@pytest.fixture(scope="session")
def lapped(tmp_path_factory):
    """Hold a pipeline with a recording of laps that went through all stages, and the id of its session."""
    folder = tmp_path_factory.mktemp("lapped")
    file = folder / "laps.dovex"
    file.write_bytes(write_csv(simulate("rc_offroad", laps=4, seed=3)))
    settings = Settings.embedded(folder / "home")
    settings.parquet_path.mkdir()
    with (
        Sandboxes(settings.max_memory_bytes) as sandboxes,
        Pipeline(settings, upgrade=True, sandboxes=sandboxes) as pipeline,
    ):
        session_id = pipeline.submit(file)
        pipeline.work()
        yield pipeline, session_id


@pytest.fixture(scope="session")
def analyst():
    """Hold one analyst for all tests that do not hurt it."""
    with Analyst() as kept:
        yield kept


@pytest.fixture(scope="session")
def far_lapped(tmp_path_factory):
    """Hold the same as `lapped` in a store of S3, with a database of its own."""
    folder = tmp_path_factory.mktemp("far")
    file = folder / "laps.dovex"
    file.write_bytes(write_csv(simulate("rc_offroad", laps=4, seed=3)))
    with moto_server() as endpoint:
        make_bucket(endpoint, "series")
        settings = Settings(
            database_url=f"sqlite:///{folder / 'far.sqlite'}", object_storage_bucket="series",
            object_storage_endpoint=endpoint, object_storage_access_key="any",
            object_storage_secret_key="any",  # noqa: S106  (the server does not look at it)
        )  # fmt: skip
        with (
            Sandboxes(settings.max_memory_bytes) as sandboxes,
            Pipeline(settings, upgrade=True, sandboxes=sandboxes) as pipeline,
        ):
            session_id = pipeline.submit(file)
            pipeline.work()
            yield pipeline, session_id
