"""The queue in a file: order, durability, several processes, and files that are damaged or in use."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing

import pytest

from live_workers import answer, bodies, end, start
from telemparse.errors import CallError
from telemparse.live.faults import QueueUnavailable
from telemparse.live.sqlite_messages import SqliteMessages


@pytest.fixture
def file(tmp_path):
    return tmp_path / "deep" / "queue.sqlite"


@pytest.fixture
def queue(file):
    with SqliteMessages(file) as opened:
        yield opened


def received(queue, limit=1000):
    return [delivery.body for delivery in queue.receive(limit, 0)]


def test_messages_come_in_the_order_in_which_they_were_put(queue):
    queue.put(bodies(range(5)))
    queue.put(bodies(range(5, 9)))
    assert received(queue, 6) + received(queue) == bodies(range(9))


def test_a_released_message_comes_before_younger_ones(queue):
    queue.put(bodies(range(3)))
    (first,) = queue.receive(1, 0)
    queue.release([first.receipt])
    assert received(queue) == bodies(range(3))


def test_an_old_receipt_does_nothing_to_a_later_delivery(queue):
    queue.put(bodies([1]))
    (first,) = queue.receive(1, 0)
    queue.release([first.receipt])
    (second,) = queue.receive(1, 0)
    assert queue.acknowledge([first.receipt]) == 0
    assert queue.extend([first.receipt], 1) == queue.release([first.receipt]) == 0
    assert queue.bury([first], "old") == 0
    assert queue.acknowledge([second.receipt]) == 1


def test_a_receipt_never_means_a_message_that_was_put_later(queue):
    queue.put(bodies([1]))
    (first,) = queue.receive(1, 0)
    queue.acknowledge([first.receipt])
    queue.put(bodies([2]))
    (second,) = queue.receive(1, 0)
    assert queue.acknowledge([first.receipt]) == 0
    assert queue.acknowledge([second.receipt]) == 1


def test_a_receipt_of_nothing_is_refused(queue):
    with pytest.raises(CallError):
        queue.acknowledge(["not a receipt"])
    queue.put(bodies([1]))
    assert received(queue) == bodies([1])


def test_what_was_put_is_there_after_the_file_was_opened_again(queue, file):
    queue.put(bodies(range(3)))
    queue.close()
    with SqliteMessages(file) as again:
        assert received(again) == bodies(range(3))


def test_a_put_in_the_same_process_ends_the_waiting(queue):
    got = []
    thread = threading.Thread(target=lambda: got.extend(queue.receive(10, 60)))
    thread.start()
    queue.put(bodies([1]))
    thread.join(30)
    assert [delivery.body for delivery in got] == bodies([1])


def test_closing_ends_the_waiting(queue):
    got = [None]
    thread = threading.Thread(target=lambda: got.extend(queue.receive(10, 60)))
    thread.start()
    queue.close()
    thread.join(30)
    assert not thread.is_alive()
    assert got == [None]


def test_dead_letters_are_kept_with_their_reason_and_can_be_sent_again(queue):
    queue.put(bodies([1, 2]))
    queue.bury(queue.receive(1, 0), "nobody can read it")
    assert queue.dead_letters() == [(bodies([1])[0], "nobody can read it")]
    assert queue.revive() == 1
    assert received(queue) == bodies([2, 1])
    assert queue.depth().dead == 0


def test_the_age_of_the_oldest_message_counts_what_is_in_hand_too(queue):
    assert queue.depth().oldest_s is None
    queue.put(bodies([1]))
    queue.receive(1, 0)
    assert queue.depth().oldest_s >= 0


def test_the_depth_agrees_with_a_count_of_the_tables_after_everything(queue, file):
    queue.put(bodies(range(20)))
    got = queue.receive(10, 0)
    queue.acknowledge([delivery.receipt for delivery in got[:4]])
    queue.bury(got[4:6], "nobody can read it")
    queue.release([delivery.receipt for delivery in got[6:8]])
    depth = queue.depth()
    with closing(sqlite3.connect(file)) as own:
        (waiting,) = own.execute("SELECT count(*) FROM messages").fetchone()
        (dead,) = own.execute("SELECT count(*) FROM dead").fetchone()
    assert (depth.ready + depth.in_flight, depth.in_flight, depth.dead) == (waiting, 2, dead)
    assert (waiting, dead) == (14, 2)


def test_pages_of_a_backlog_go_back_when_it_is_worked_off(queue, file):
    large = [b'"%s"' % (b"x" * 40_000)] * 100
    for _ in range(8):
        queue.put(large)
    while got := queue.receive(10, 0):
        queue.acknowledge([delivery.receipt for delivery in got])
    queue.close()
    # It held 32 MB.
    assert file.stat().st_size < 20_000_000


def test_a_file_that_others_lock_for_long_is_unavailable_and_then_available_again(file):
    with SqliteMessages(file, busy_s=0.05) as queue:
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(QueueUnavailable, match="locked"):
                queue.put(bodies([1]))
        queue.put(bodies([2]))
        assert received(queue) == bodies([2])


def test_a_put_that_fails_takes_nothing(queue):
    with pytest.raises(QueueUnavailable):
        queue.put([*bodies([1]), {"this": "is no body"}])
    assert queue.depth().ready == 0


@pytest.mark.parametrize("content", [b"not a database at all " * 100, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_file_that_is_no_database_is_unavailable_and_left_alone(file, content):
    file.parent.mkdir()
    file.write_bytes(content)
    with pytest.raises(QueueUnavailable):
        SqliteMessages(file)
    assert file.read_bytes() == content


def test_a_database_of_something_else_is_left_alone(file):
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE jobs (id)")
        other.commit()
    before = file.read_bytes()
    with pytest.raises(QueueUnavailable, match="not a queue"):
        SqliteMessages(file)
    assert file.read_bytes() == before


def test_a_file_that_is_damaged_while_it_is_open_is_unavailable(queue, file):
    queue.put(bodies(range(2000)))
    queue.close()
    with file.open("r+b") as raw:
        raw.seek(4096)
        raw.write(b"\xff" * (file.stat().st_size - 4096))
    with pytest.raises(QueueUnavailable), SqliteMessages(file) as damaged:
        damaged.receive(100, 0)


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(QueueUnavailable):
        SqliteMessages(tmp_path / "file" / "queue.sqlite")


def test_a_file_that_was_deleted_is_made_again_and_what_is_put_then_is_found(queue, file):
    queue.put(bodies([1]))
    for each in file.parent.iterdir():
        each.unlink()
    queue.put(bodies([2]))
    with SqliteMessages(file) as other:
        assert received(other) == bodies([2])


def test_threads_that_open_a_new_file_at_the_same_time_share_it(file):
    gate = threading.Barrier(8)
    failures = []

    def work(number):
        gate.wait()
        try:
            with SqliteMessages(file, busy_s=60) as queue:
                queue.put(bodies([number]))
        except QueueUnavailable as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    with SqliteMessages(file) as queue:
        assert sorted(received(queue)) == sorted(bodies(range(8)))


@pytest.mark.slow
def test_several_processes_put_at_the_same_time_and_nothing_is_missing(file):
    url = f"sqlite:///{file}"
    processes = [start("produce", url=url, first=1000 * n, count=300, batch=10) for n in range(4)]
    try:
        assert [answer(process)["done"] for process in processes] == [300] * 4
    finally:
        end(*processes)
    with SqliteMessages(file) as queue:
        found = received(queue, 5000)
    assert sorted(found) == sorted(bodies(1000 * n + k for n in range(4) for k in range(300)))
