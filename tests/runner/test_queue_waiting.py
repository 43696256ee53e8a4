"""Waiting for jobs: who waits is woken by others, and never for longer than he said."""

from __future__ import annotations

import threading
from contextlib import closing

import pytest

import queue_workers
from telemparse.runner import migration
from telemparse.runner.database import Database
from telemparse.runner.jobs import NewJob
from telemparse.runner.queues import open_queue
from telemparse.runner.settings import Settings

# Nobody waits for so long: a test that is not woken hangs, and is ended as such.
FOR_EVER_S = 3600.0
A = "worker-a"


@pytest.fixture
def stop():
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def waiting(queue, stop):
    """Start threads that wait until there is something to claim; returns them and what they got."""
    got, ready = [], threading.Semaphore(0)

    def wait():
        # The first wait is over at once: nobody knows what came before.
        queue.wait(FOR_EVER_S, stop)
        while not stop.is_set() and not (jobs := queue.claim(A)):
            ready.release()
            queue.wait(FOR_EVER_S, stop)
        got.extend(jobs)

    def begin(count=1):
        threads = [threading.Thread(target=wait) for _number in range(count)]
        for thread in threads:
            thread.start()
        for _thread in threads:
            ready.acquire()
        return threads, got

    return begin


def join(threads):
    for thread in threads:
        thread.join()


def put(database, queue, count=1):
    with database.transaction() as connection:
        queue.put(connection, [NewJob(job_type="test", payload={"n": n}) for n in range(count)])


def test_a_first_wait_is_over_at_once_for_something_may_have_come_before_it(queue, stop):
    queue.wait(FOR_EVER_S, stop)


def test_a_job_that_comes_between_a_claim_and_a_wait_is_not_slept_through(database, queue, stop):
    queue.wait(FOR_EVER_S, stop)
    assert queue.claim(A) == []
    put(database, queue)
    queue.wait(FOR_EVER_S, stop)
    assert len(queue.claim(A)) == 1


def test_a_job_put_by_another_process_ends_the_wait(settings, waiting):
    threads, got = waiting()
    other = queue_workers.start("put", settings, numbers=[7])
    try:
        queue_workers.go(other)
        join(threads)
        queue_workers.answer(other)
    finally:
        queue_workers.end(other)
    assert [job.payload["n"] for job in got] == [7]


def test_every_thread_that_waits_is_woken(database, queue, waiting):
    threads, got = waiting(3)
    put(database, queue, 3)
    join(threads)
    assert sorted(job.payload["n"] for job in got) == [0, 1, 2]


@pytest.mark.parametrize("way", ["release", "hurry", "rescue"])
def test_a_job_that_comes_back_ends_the_wait(way, database, queue, waiting):
    put(database, queue)
    (job,) = queue.claim("somebody")
    if way == "hurry":
        with database.transaction() as connection:
            queue.fail(connection, job, "CODE", "words", retry_after_s=3600)
    threads, got = waiting()
    with database.transaction() as connection:
        if way == "release":
            queue.release(connection, job)
        elif way == "hurry":
            assert queue.hurry(connection, [job.id]) == [job.id]
        else:
            assert len(queue.rescue(connection, 0).requeued) == 1
    join(threads)
    assert [again.id for again in got] == [job.id]


def test_stop_ends_the_wait(waiting, stop):
    threads, got = waiting(2)
    stop.set()
    join(threads)
    assert got == []


def test_a_wait_ends_by_itself_and_one_that_is_stopped_does_not_begin(queue, stop):
    queue.wait(FOR_EVER_S, stop)
    queue.wait(0.05, stop)
    queue.wait(0.0, stop)
    stop.set()
    queue.wait(FOR_EVER_S, stop)


@pytest.mark.parametrize("settings", ["postgres"], indirect=True)  # a file is watched as a whole
def test_a_job_of_another_table_does_not_concern_those_who_wait_here(database, queue, stop):
    queue.wait(FOR_EVER_S, stop)
    listener = queue._watches.own()
    with database.transaction() as connection:
        connection.exec_driver_sql("SELECT pg_notify('other_jobs', '')")
    assert not listener._hears(0.2)
    put(database, queue, 50)
    assert listener._hears(60)
    assert not listener._hears(0.2)


def test_threads_that_ended_leave_no_connection_behind(queue, stop):
    for _turn in range(5):
        threads = [threading.Thread(target=queue.wait, args=(FOR_EVER_S, stop)) for _number in range(4)]
        for thread in threads:
            thread.start()
        join(threads)
    queue.wait(FOR_EVER_S, stop)
    assert list(queue._watches._watches) == [threading.current_thread()]


def test_closing_the_queue_does_not_disturb_a_thread_that_still_waits(settings, stop):
    with Database.open(settings) as database:
        queue = open_queue(database, settings)
        begun = threading.Event()

        def wait():
            queue.wait(FOR_EVER_S, stop)
            begun.set()
            queue.wait(FOR_EVER_S, stop)

        thread = threading.Thread(target=wait)
        thread.start()
        begun.wait()
        queue.close()
        stop.set()
        thread.join()


@pytest.mark.slow
def test_who_cannot_listen_waits_for_the_timeout_and_asks_again_later(start_postgres, stop, monkeypatch):
    monkeypatch.setattr("telemparse.runner.postgres_queue._AGAIN_S", 0.0)
    with start_postgres() as server:
        settings = Settings(database_url=server.database())
        with Database.open(settings) as database, closing(open_queue(database, settings)) as queue:
            migration.upgrade(database)
            queue.wait(FOR_EVER_S, stop)
            server.stop()
            for _poll in range(3):
                queue.wait(0.01, stop)
            server.start()
            # It listens again, and what came meanwhile is looked for at once.
            queue.wait(FOR_EVER_S, stop)
            put(database, queue)
            queue.wait(FOR_EVER_S, stop)
            assert len(queue.claim(A)) == 1
