"""Consumers that are killed at any time under load: no message is lost, and ids tell what came twice."""

from __future__ import annotations

import random
import signal
import time

import pytest

from live_workers import answer, bodies, end, start, written
from telemparse.live.raw_layout import open_parts
from telemparse.live.raw_recovery import recover
from telemparse.live.sqlite_messages import SqliteMessages


def run(folder, *, messages, kills, seed, pause_s=0.0):
    """Put messages while three consumers work that are killed one by one; return what was written."""
    dice = random.Random(seed)  # noqa: S311  (dice, not secrets)
    file = folder / "queue.sqlite"
    order = {"url": f"sqlite:///{file}", "root": str(folder)}
    settings = {
        "visibility_s": 2.0, "batch_s": 0.2, "part_s": 1.0, "rotate_bytes": 200_000, "max_receives": 1000,
    }  # fmt: skip

    def consumer(*, drain=False):
        return start("consume", drain=drain, **order, **settings)

    producer = start("produce", url=order["url"], first=0, count=messages, batch=100, pause_s=pause_s)
    consumers = [consumer() for _ in range(3)]
    try:
        for _ in range(kills):
            time.sleep(dice.uniform(0.05, 0.6))
            victim = consumers.pop(dice.randrange(3))
            end(victim)
            consumers.append(consumer())
        assert answer(producer)["done"] == messages
        last = consumer(drain=True)
        consumers.append(last)
        answer(last)
    finally:
        end(producer, *consumers)
    recover(folder)
    assert open_parts(folder) == []
    with SqliteMessages(file) as queue:
        depth = queue.depth()
    return written(folder), depth


def check(found, depth, messages):
    assert (depth.ready, depth.in_flight, depth.dead) == (0, 0, 0)
    assert set(found) == {f"m{number}" for number in range(messages)}


@pytest.mark.slow
def test_consumers_killed_under_load_lose_no_message(tmp_path):
    found, depth = run(tmp_path, messages=6000, kills=6, seed=1)
    check(found, depth, 6000)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "turn"),
    [
        ("receive", 1),
        ("write", 1),
        ("write", 2),
        ("fsync", 7),
        ("fsync", 8),
        ("acknowledge", 1),
        ("rename", 1),
    ],
)
def test_a_consumer_killed_at_a_certain_step_loses_no_message(tmp_path, name, turn):
    with SqliteMessages(tmp_path / "queue.sqlite") as queue:
        queue.put(bodies(range(250)))
    order = {
        "url": f"sqlite:///{tmp_path / 'queue.sqlite'}", "root": str(tmp_path), "rotate_bytes": 30_000,
        "visibility_s": 1.0, "batch_s": 0.1,
    }  # fmt: skip
    victim = start("killed_at", name=name, turn=turn, **order)
    last = None
    try:
        assert victim.wait() == -signal.SIGKILL
        last = start("consume", drain=True, **order)
        answer(last)
    finally:
        end(*(each for each in (victim, last) if each is not None))
    with SqliteMessages(tmp_path / "queue.sqlite") as queue:
        check(written(tmp_path), queue.depth(), 250)
    assert open_parts(tmp_path) == []


@pytest.mark.deep
@pytest.mark.timeout(900)
def test_a_hundred_thousand_messages_survive_a_hundred_kills(tmp_path):
    found, depth = run(tmp_path, messages=100_000, kills=100, seed=2, pause_s=0.1)
    check(found, depth, 100_000)


@pytest.mark.slow
def test_a_consumer_for_which_files_cannot_grow_meets_outages_and_loses_nothing(tmp_path):
    order = {"url": f"sqlite:///{tmp_path / 'queue.sqlite'}", "root": str(tmp_path)}
    settings = {"batch_s": 0.2, "visibility_s": 2.0}
    # It leaves room for the consumer's look at the disk, but not for what the queue's file needs.
    limited = start("consume", drain=False, file_limit=1_048_576, **settings, **order)
    producer = start("produce", url=order["url"], first=0, count=6000, batch=100)
    last = None
    try:
        assert answer(producer)["done"] == 6000
        limited.terminate()
        assert answer(limited)["outages"] >= 1
        last = start("consume", drain=True, **settings, **order)
        answer(last)
    finally:
        end(*(each for each in (producer, limited, last) if each is not None))
    with SqliteMessages(tmp_path / "queue.sqlite") as queue:
        check(written(tmp_path), queue.depth(), 6000)
