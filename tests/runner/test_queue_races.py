"""Races of real processes for the jobs of one queue: each job is done once, whoever is killed meanwhile."""

from __future__ import annotations

import json
from collections import Counter

import pytest
import sqlalchemy as sa

import queue_workers
from telemparse.runner.jobs import Depth, NewJob

A = "worker-a"
EMPTY = Depth(ready=0, waiting=0, running=0, oldest_s=None)
WORKERS = 4


@pytest.fixture
def processes(settings):
    """Start processes that are gone after the test."""
    started = []

    def start(task, count=1, **order):
        new = [queue_workers.start(task, settings, **order) for _number in range(count)]
        started.extend(new)
        return new

    yield start
    queue_workers.end(*started)


def put(database, queue, count, **fields):
    jobs = [NewJob(job_type="test", payload={"n": number}, **fields) for number in range(count)]
    with database.transaction() as connection:
        queue.put(connection, jobs)
    return [job.id for job in jobs]


def make_ledger(database):
    with database.transaction() as connection:
        connection.exec_driver_sql(f"CREATE TABLE {queue_workers.DONE} (job_id TEXT, attempt INTEGER)")


def done_by_ledger(database):
    with database.reading() as connection:
        return connection.exec_driver_sql(f"SELECT job_id, attempt FROM {queue_workers.DONE}").all()  # noqa: S608  (a constant)


def states(database):
    with database.reading() as connection:
        return Counter(connection.scalars(sa.select(database.tables.jobs.c.status)))


def run_a_race(count, limit, database, queue, processes):
    ids = put(database, queue, count)
    racers = processes("race", WORKERS, limit=limit)
    queue_workers.go(*racers)
    done = [queue_workers.answer(racer) for racer in racers]
    assert Counter(job_id for ids_of_one in done for job_id in ids_of_one) == Counter(ids)
    assert states(database) == {"SUCCEEDED": count}
    # With nothing lost on the way, nobody gets an old job after a newer one.
    places = {job_id: place for place, job_id in enumerate(ids)}
    for ids_of_one in done:
        assert ids_of_one == sorted(ids_of_one, key=places.__getitem__)


def run_with_faults(count, lease_s, database, queue, processes):
    """Let a worker be killed with jobs in its hands, and leases so short that live workers lose theirs."""
    make_ledger(database)
    ids = put(database, queue, count, max_attempts=1_000_000)
    killed = processes("hold", 2, limit=10)
    workers = processes("drain", WORKERS, limit=5, lease_s=lease_s)
    queue_workers.go(*killed)
    held = [job_id for process in killed for job_id in json.loads(process.stdout.readline())]
    queue_workers.go(*workers)
    for process in killed:
        process.kill()
    facts = [queue_workers.answer(worker) for worker in workers]
    ledger = done_by_ledger(database)
    assert Counter(job_id for job_id, _attempt in ledger) == Counter(ids)
    assert all(attempt > 1 for job_id, attempt in ledger if job_id in held)
    assert sum(fact["done"] for fact in facts) == count
    assert sum(fact["rescued"] for fact in facts) >= len(held) == 20
    assert states(database) == {"SUCCEEDED": count}
    assert queue.depth() == EMPTY


@pytest.mark.slow
@pytest.mark.parametrize("limit", [1, 10])
def test_four_processes_do_each_of_a_thousand_jobs_once(limit, database, queue, processes):
    run_a_race(1_000, limit, database, queue, processes)


@pytest.mark.slow
def test_jobs_of_killed_workers_are_done_by_others_and_none_twice(database, queue, processes):
    run_with_faults(1_000, 0.5, database, queue, processes)


@pytest.mark.deep
@pytest.mark.timeout(1800)
def test_four_processes_do_each_of_ten_thousand_jobs_once(database, queue, processes):
    run_a_race(10_000, 1, database, queue, processes)


@pytest.mark.deep
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("lease_s", [0.05, 1.0])
def test_ten_thousand_jobs_survive_kills_and_leases_that_end_under_live_workers(
    lease_s, database, queue, processes
):
    run_with_faults(10_000, lease_s, database, queue, processes)


@pytest.mark.slow
def test_a_worker_whose_clock_is_off_neither_steals_nor_puts_out_of_order(database, queue, processes):
    ahead, behind = {"shift_s": 3600}, {"shift_s": -3600}
    steps = [
        *processes("put", numbers=[0], **ahead), *processes("put", numbers=[1]),
        *processes("put", numbers=[2], **behind), *processes("put", numbers=[3], **ahead),
        *processes("rescue", lease_s=60, **ahead), *processes("rescue", lease_s=60, **behind),
        *processes("claim", limit=1, **behind), *processes("claim", limit=5, **ahead),
    ]  # fmt: skip

    def follow(step):
        queue_workers.go(step)
        return queue_workers.answer(step)

    assert [follow(step) for step in steps[:4]] == [None] * 4
    held, later = queue.claim(A, 2)
    with database.transaction() as connection:
        # Whose clock is an hour ahead could think that the wait of half an hour is over.
        queue.fail(connection, later, "CODE", "words", retry_after_s=1800)
    assert [follow(step) for step in steps[4:]] == [[], [], [2], [3]]
    assert queue.complete([held]) == [held.id]
