"""A server that is stopped and started under load: nothing is lost, nothing is done twice."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import closing

import pytest
import sqlalchemy as sa

import queue_workers
from telemparse.runner import migration
from telemparse.runner.database import Database, DatabaseUnavailable
from telemparse.runner.jobs import NewJob
from telemparse.runner.queues import open_queue
from telemparse.runner.settings import Settings

A = "worker-a"
JOBS = 1_200


@pytest.fixture
def server(start_postgres):
    # As in production: what was committed survives a crash of the server.
    with start_postgres(fsync=True) as running:
        yield running


@pytest.fixture
def settings(server):
    made = Settings(database_url=server.database())
    with Database.open(made) as database:
        migration.upgrade(database)
    return made


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_after_a_restart_one_call_fails_at_most_and_the_next_one_works(mode, server, settings):
    with Database.open(settings) as database, closing(open_queue(database, settings)) as queue:
        with database.transaction() as connection:
            queue.put(connection, [NewJob(job_type="test") for _number in range(4)])
        held = queue.claim(A, 2)
        calls = {
            "claim": lambda: queue.claim(A),
            "renew": lambda: queue.renew(A, [job.id for job in held]),
            "complete": lambda: queue.complete(held),
            "depth": queue.depth,
        }
        server.stop(mode)
        for call in calls.values():
            with pytest.raises(DatabaseUnavailable, match="DATABASE_UNAVAILABLE"):
                call()
        server.start()
        assert all(call() for call in calls.values())
        server.stop(mode)
        server.start()
        failures = 0
        for call in (*calls.values(), *calls.values()):
            try:
                call()
            except DatabaseUnavailable:
                failures += 1
        assert failures <= 1


@pytest.mark.slow
def test_a_server_that_stops_and_crashes_under_load_costs_no_job_and_doubles_none(server, settings):
    with Database.open(settings) as database, closing(open_queue(database, settings)) as queue:
        jobs = [NewJob(job_type="test", max_attempts=1_000_000) for _number in range(JOBS)]
        with database.transaction() as connection:
            connection.exec_driver_sql(f"CREATE TABLE {queue_workers.DONE} (job_id TEXT, attempt INTEGER)")
            queue.put(connection, jobs)
        workers = [queue_workers.start("drain", settings, limit=5, lease_s=2.0) for _number in range(4)]
        try:
            queue_workers.go(*workers)
            done = 0
            for stage, mode in enumerate(["fast", "immediate", "immediate"], start=1):
                while done < stage * JOBS // 5:
                    done = _count(database)
                    time.sleep(0.01)
                server.stop(mode)
                server.start()
            facts = [queue_workers.answer(worker) for worker in workers]
        finally:
            queue_workers.end(*workers)
        with database.reading() as connection:
            ledger = connection.exec_driver_sql(f"SELECT job_id FROM {queue_workers.DONE}").scalars().all()  # noqa: S608  (a constant)
            statuses = connection.scalars(sa.select(database.tables.jobs.c.status)).all()
    assert Counter(ledger) == Counter(job.id for job in jobs)
    assert Counter(statuses) == {"SUCCEEDED": JOBS}
    # The stops were felt, or nothing was tried here.
    assert sum(fact["unavailable"] for fact in facts) >= 4


def _count(database):
    with database.reading() as connection:
        return connection.exec_driver_sql(f"SELECT count(*) FROM {queue_workers.DONE}").scalar_one()  # noqa: S608  (a constant)
