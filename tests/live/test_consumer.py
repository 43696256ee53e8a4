"""The consumer: what it writes, when it acknowledges, and what it does when disk or queue are away."""

from __future__ import annotations

import errno
import os
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live_workers import bodies, message, written
from telemparse.live.backlogs import BacklogWatch
from telemparse.live.batches import Batch, gather
from telemparse.live.consumer import Consumer, ConsumerReport
from telemparse.live.faults import QueueUnavailable, RawUnavailable
from telemparse.live.latencies import MinuteCount, percentile
from telemparse.live.outages import Outage
from telemparse.live.queues import Delivery, Depth
from telemparse.live.raw_layout import open_parts
from telemparse.live.settings import LiveSettings
from telemparse.live.sqlite_messages import SqliteMessages
from telemparse.runner.events import Events

_WAIT_S = 60


class Heard(list):
    """Events in the order in which they came; who waits for one is told."""

    def __init__(self):
        super().__init__()
        self.came = threading.Condition()

    def __call__(self, event, facts):
        with self.came:
            self.append((event, facts))
            self.came.notify_all()

    def names(self):
        return [event for event, _facts in self]

    def all(self, name):
        return [facts for event, facts in self if event == name]

    def wait(self, name, count=1):
        with self.came:
            assert self.came.wait_for(lambda: len(self.all(name)) >= count, _WAIT_S)


@pytest.fixture
def heard():
    return Heard()


@pytest.fixture
def queue(tmp_path):
    with SqliteMessages(tmp_path / "queue.sqlite") as opened:
        yield opened


@pytest.fixture
def consumer(queue, tmp_path, heard):
    """Return a consumer by settings."""

    def make(**settings):
        live = LiveSettings(path=tmp_path, **settings)
        return Consumer(queue, tmp_path, live, Events(observers=(heard,)))

    return make


@pytest.fixture
def running(consumer):
    """Run a consumer by settings in a thread until the test ends or stops it."""
    stop, threads = threading.Event(), []

    def run(**settings):
        worker = consumer(**settings)
        reports = []
        thread = threading.Thread(target=lambda: reports.append(worker.run(stop=stop)))
        threads.append(thread)
        thread.start()

        def ended():
            stop.set()
            thread.join(_WAIT_S)
            return reports[0]

        return ended

    yield run
    stop.set()
    for thread in threads:
        thread.join(_WAIT_S)


def drain(consumer):
    return consumer.run(stop=threading.Event(), drain=True)


def ids(numbers):
    return [f"m{number}" for number in numbers]


def failing(monkeypatch, name, broken):
    """Let a function of `os` fail while `broken` is set."""
    real = getattr(os, name)

    def call(*given):
        if broken.is_set():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(*given)

    monkeypatch.setattr(os, name, call)


def test_everything_in_the_queue_is_written_and_then_gone(queue, consumer, tmp_path):
    queue.put(bodies(range(250)))
    assert drain(consumer()) == ConsumerReport(persisted=250, batches=3)
    assert written(tmp_path) == ids(range(250))
    assert (queue.depth().ready, queue.depth().in_flight) == (0, 0)
    assert open_parts(tmp_path) == []


def test_a_batch_is_told_with_latencies_and_messages_a_minute(queue, consumer, heard):
    received_ns = time.time_ns() - 3_000_000_000
    queue.put(bodies(range(150), received_ns=received_ns))
    drain(consumer())
    first, second = heard.all("batch_persisted")
    assert (first["size"], second["size"]) == (100, 50)
    assert (first["messages_per_min"], second["messages_per_min"]) == (100, 150)
    assert 3 <= first["p50_s"] <= first["p95_s"]


def test_few_messages_are_written_when_the_time_of_the_batch_is_over(queue, running, heard, tmp_path):
    stopped = running(batch_s=0.2)
    queue.put(bodies([1, 2]))
    heard.wait("batch_persisted")
    assert stopped().persisted == 2
    assert written(tmp_path) == ids([1, 2])


def test_an_old_part_is_closed_while_the_consumer_waits(queue, running, heard, tmp_path):
    running(batch_s=0.1, part_s=0.1)
    queue.put(bodies([1]))
    heard.wait("parts_closed")
    assert written(tmp_path) == ids([1])


def test_a_body_that_cannot_be_read_is_tried_again_and_then_buried(queue, consumer, heard, tmp_path):
    queue.put([*bodies([1]), b"not JSON", b'{"vehicle_id": "secret"}', *bodies([2])])
    assert drain(consumer()) == ConsumerReport(persisted=2, batches=1, retried=2, buried=2)
    assert written(tmp_path) == ids([1, 2])
    assert [body for body, _reason in queue.dead_letters()] == [b"not JSON", b'{"vehicle_id": "secret"}']
    told = heard.all("message_buried")
    assert [(facts["code"], facts["attempts"]) for facts in told] == [("MESSAGE_UNDELIVERABLE", 2)] * 2
    assert "secret" not in str(told)


def test_a_message_that_nobody_acknowledges_goes_to_the_dead_letters_unread(tmp_path, heard):
    with SqliteMessages(tmp_path / "queue.sqlite", max_receives=3) as queue:
        queue.put(bodies([1]))
        for _ in range(3):
            queue.release([delivery.receipt for delivery in queue.receive(1, 0)])
        live = LiveSettings(path=tmp_path)
        assert drain(Consumer(queue, tmp_path, live, Events(observers=(heard,)))).buried == 1
        assert queue.dead_letters() == [(bodies([1])[0], "no consumer acknowledged it")]
    assert written(tmp_path) == []
    assert heard.all("message_buried")[0]["attempts"] == 4


def test_nothing_is_acknowledged_before_it_is_on_the_disk(queue, running, heard, tmp_path, monkeypatch):
    broken = threading.Event()
    failing(monkeypatch, "fsync", broken)
    stopped = running(batch_s=0.1)
    heard.wait("consumer_started")
    # The first batch shows that the consumer is past its look at the disk.
    queue.put(bodies([0]))
    heard.wait("batch_persisted")
    broken.set()
    queue.put(bodies(range(1, 40)))
    heard.wait("raw_unavailable")
    assert queue.depth().in_flight + queue.depth().ready == 39
    broken.clear()
    heard.wait("raw_available")
    heard.wait("batch_persisted", 2)
    assert stopped().persisted == 40
    assert sorted(written(tmp_path)) == sorted(ids(range(40)))
    assert len(heard.all("raw_unavailable")) == 1
    assert queue.depth().ready == queue.depth().dead == 0


def test_a_consumer_that_is_stopped_while_the_disk_is_full_gives_its_messages_back(
    queue, running, heard, monkeypatch
):
    broken = threading.Event()
    stopped = running(batch_s=0.1)
    queue.put(bodies([0]))
    heard.wait("batch_persisted")
    failing(monkeypatch, "write", broken)
    broken.set()
    queue.put(bodies([1, 2]))
    heard.wait("raw_unavailable")
    assert stopped().persisted == 1
    assert (queue.depth().ready, queue.depth().in_flight) == (2, 0)


def test_a_disk_that_is_full_from_the_beginning_costs_no_message_an_attempt(
    queue, running, heard, monkeypatch
):
    broken = threading.Event()
    broken.set()
    failing(monkeypatch, "posix_fallocate", broken)
    queue.put(bodies([1]))
    running(batch_s=0.1)
    heard.wait("raw_unavailable")
    assert (queue.depth().ready, queue.depth().in_flight) == (1, 0)
    broken.clear()
    heard.wait("batch_persisted")
    assert heard.all("batch_persisted")[0]["repeated"] == 0


def test_a_queue_that_is_away_is_told_once_and_waited_for(queue, running, heard, tmp_path, monkeypatch):
    away = threading.Event()
    away.set()
    asked = []

    def lost(name):
        real = getattr(queue, name)

        def call(*given):
            if away.is_set():
                asked.append(name)
                raise QueueUnavailable(error="away")
            return real(*given)

        monkeypatch.setattr(queue, name, call)

    for name in ("receive", "acknowledge", "depth"):
        lost(name)
    stopped = running(batch_s=0.1)
    heard.wait("queue_unavailable")
    while asked.count("receive") < 3:
        time.sleep(0.01)
    away.clear()
    queue.put(bodies([1]))
    heard.wait("queue_available")
    heard.wait("batch_persisted")
    stopped()
    assert written(tmp_path) == ids([1])
    assert len(heard.all("queue_unavailable")) == 1


def test_a_message_whose_acknowledgement_is_lost_is_acknowledged_later(
    queue, consumer, tmp_path, monkeypatch, heard
):
    real = queue.acknowledge
    failures = iter([True, True])

    def sometimes(receipts):
        if next(failures, False):
            raise QueueUnavailable(error="away")
        return real(receipts)

    monkeypatch.setattr(queue, "acknowledge", sometimes)
    queue.put(bodies([1]))
    assert drain(consumer()).persisted == 1
    assert written(tmp_path) == ids([1])
    assert queue.depth().in_flight == 0
    assert [name for name in heard.names() if name.startswith("queue_")] == [
        "queue_unavailable", "queue_available",
    ]  # fmt: skip


def test_a_burial_that_fails_leaves_the_message_in_the_queue(queue, running, heard, monkeypatch):
    def nowhere(_deliveries, _reason):
        raise QueueUnavailable(error="it has no queue for dead letters")

    monkeypatch.setattr(queue, "bury", nowhere)
    queue.put([b"not JSON"])
    stopped = running(batch_s=0.1)
    heard.wait("burial_failed")
    assert stopped().buried == 0
    assert queue.depth().in_flight == 1


def test_parts_of_a_killed_consumer_are_closed_by_the_next(queue, consumer, heard, tmp_path):
    queue.put(bodies([1]))
    drain(consumer())
    (part,) = tmp_path.glob("raw/*/*/*/*/part-*.jsonl")
    part.rename(f"{part}.open")
    drain(consumer())
    assert written(tmp_path) == ids([1])
    assert heard.all("parts_recovered") == [{"closed": 1, "deleted": 0, "cut_bytes": 0}]


def test_several_consumers_write_each_message_once(queue, consumer, tmp_path):
    queue.put(bodies(range(1500)))
    reports = []
    threads = [threading.Thread(target=lambda: reports.append(drain(consumer()))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(report.persisted for report in reports) == 1500
    assert sorted(written(tmp_path)) == sorted(ids(range(1500)))


def test_without_a_place_for_dead_letters_it_is_said_at_the_start(queue, consumer, heard, monkeypatch):
    monkeypatch.setattr(queue, "depth", lambda: Depth(ready=0, in_flight=0, dead=None, oldest_s=None))
    drain(consumer())
    assert "dead_letters_absent" in heard.names()


def test_what_is_in_hand_when_the_queue_goes_away_is_a_batch(queue, monkeypatch):
    queue.put(bodies(range(3)))
    real, calls = queue.receive, []

    def once(*given):
        calls.append(given)
        if len(calls) > 1:
            raise QueueUnavailable(error="away")
        return real(*given)

    monkeypatch.setattr(queue, "receive", once)
    batch = gather(queue, limit=100, batch_s=30, visibility_s=60, stop=threading.Event())
    assert [delivery.body for delivery in batch.deliveries] == bodies(range(3))


def test_deliveries_in_hand_are_kept_when_a_third_of_their_time_is_over(queue, monkeypatch):
    asked = []
    monkeypatch.setattr(queue, "extend", lambda receipts, seconds: asked.append((receipts, seconds)))
    held = [Delivery(receipt="1.1", body=b"", attempts=1, put_ns=0)]
    now_s = time.monotonic()
    Batch(queue, 60.0, leased_s=now_s - 10, deliveries=held).keep()
    assert asked == []
    late = Batch(queue, 60.0, leased_s=now_s - 21, deliveries=held)
    late.keep()
    late.keep()
    assert asked == [(["1.1"], 60.0)]


class Depths:
    """A queue that says how deep it is by a list."""

    def __init__(self, *ages_s):
        self.ages_s = iter(ages_s)

    def depth(self):
        return Depth(ready=7, in_flight=0, dead=0, oldest_s=next(self.ages_s))


def test_an_old_backlog_is_told_once_until_it_is_better(heard):
    watch = BacklogWatch(Depths(10, 70, 90, 20, 61), Events(observers=(heard,)), backlog_s=60)
    for turn in range(5):
        watch.look(100.0 + 10 * turn, None)
    told = [(name, facts.get("age_s")) for name, facts in heard if name != "backlog_measured"]
    assert told == [("backlog_old", 70), ("backlog_caught_up", None), ("backlog_old", 61)]
    assert [facts["age_s"] for facts in heard.all("backlog_measured")] == [10, 70, 90, 20, 61]


def test_a_queue_that_cannot_say_its_age_is_judged_by_what_came(heard):
    watch = BacklogWatch(Depths(None, None), Events(observers=(heard,)), backlog_s=60)
    watch.look(0.0, 75.0)
    watch.look(1.0, 0.0)
    watch.look(10.0, None)
    assert [name for name in heard.names() if name != "backlog_measured"] == [
        "backlog_old", "backlog_caught_up",
    ]  # fmt: skip


def test_waits_of_an_outage_grow_to_five_seconds_and_begin_anew(heard):
    outage = Outage("raw", Events(observers=(heard,)))
    fault = RawUnavailable(error="No space left on device")
    waits = [outage.wait_s(fault) for _ in range(8)]
    assert waits == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]
    assert outage.end()
    assert not outage.end()
    assert outage.wait_s(fault) == 0.1
    assert heard.names() == ["raw_unavailable", "raw_available", "raw_unavailable"]


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0.01, 1))
def test_a_percentile_is_the_least_value_that_so_many_do_not_exceed(values, share):
    found = percentile(values, share)
    assert found in values
    below = sum(value <= found for value in values)
    less = sum(value < found for value in values)
    assert below >= share * len(values) - 1e-9
    assert less < share * len(values) or less == 0


def test_a_minute_forgets_what_is_older_than_a_minute():
    minute = MinuteCount()
    assert minute.add(5, 0.0) == 5
    assert minute.add(7, 59.0) == 12
    assert minute.add(1, 60.0) == 8
    assert minute.add(0, 200.0) == 0


def test_a_message_of_this_file_reads_back():
    (delivery,) = [Delivery(receipt="1.1", body=bodies([3])[0], attempts=1, put_ns=0)]
    (good,), again, lost = Batch(Depthless(), 60.0, deliveries=[delivery]).sort()
    assert good == (delivery, message(3))
    assert again == lost == []


class Depthless:
    """A queue of which nothing but its patience is asked."""

    max_receives = 5
