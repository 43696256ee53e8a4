"""Senders, and servers and consumers as processes: what they do when something is not as it should be."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
from contextlib import closing

import attrs
import pytest

from live_servers import KEY, message, receiving
from telemparse.live import LiveSettings, Message
from telemparse.live.children import Child, ChildFailed
from telemparse.live.senders import Sender, SendingFailed
from telemparse.live.trial import Load, TrialReport, run_trial

REPORT = TrialReport(
    sent=4, accepted=4, persisted=4, duplicates=0, aggregated=4, vehicles={"a": (3, 3), "b": (1, 1)},
    send_s=0.5, persist_s=2.0,
)  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [{"accepted": 3}, {"persisted": 3}, {"aggregated": 5}, {"vehicles": {"a": (3, 2), "b": (1, 2)}}],
)
def test_one_message_too_few_or_too_many_is_not_all_well(change):
    assert REPORT.ok
    assert not attrs.evolve(REPORT, **change).ok


def test_copies_are_no_fault_when_each_counts_once():
    assert attrs.evolve(REPORT, duplicates=7).ok
    assert (REPORT.accepted_per_s, REPORT.persisted_per_s) == (8.0, 2.0)


def test_a_sender_repeats_what_the_server_cannot_take_now(tmp_path):
    with (
        receiving(tmp_path, put_s=0.2) as served,
        closing(
            sqlite3.connect(tmp_path / "queue.sqlite", isolation_level=None, check_same_thread=False)
        ) as other,
        Sender(served.url, KEY) as sender,
    ):
        other.execute("BEGIN IMMEDIATE")
        timer = threading.Timer(0.5, other.execute, ("ROLLBACK",))
        timer.start()
        assert sender.send([message(1), message(2)]) == ["m1", "m2"]
        timer.join()
        assert sender.repeated >= 1
        assert {Message.from_line(body).message_id for body in served.bodies()} == {"m1", "m2"}


def test_a_sender_does_not_repeat_what_is_refused(tmp_path):
    with receiving(tmp_path) as served, Sender(served.url, KEY) as sender:
        with pytest.raises(SendingFailed, match="422 MESSAGE_INVALID"):
            sender.send([message(vehicle_id="a b")])
        assert sender.repeated == 0


@pytest.mark.slow
def test_a_process_that_cannot_begin_says_why(tmp_path):
    with pytest.raises(ChildFailed, match="TELEMETRY_LIVE_API_KEY"):
        Child("serve", LiveSettings(path=tmp_path, port=0))
    (tmp_path / "queue.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(ChildFailed, match="QUEUE_UNAVAILABLE"):
        Child("consume", LiveSettings(path=tmp_path))


@pytest.mark.slow
def test_a_process_that_was_killed_is_noticed(tmp_path):
    with Child("consume", LiveSettings(path=tmp_path)) as child:
        child.check()
        os.kill(child.pid, signal.SIGKILL)
        assert child.close() == -signal.SIGKILL
        with pytest.raises(ChildFailed, match="ended with -9"):
            child.check()


@pytest.mark.slow
def test_a_trial_tells_what_became_of_every_message(tmp_path):
    report = run_trial(LiveSettings(path=tmp_path), Load(messages=250, vehicles=3, batch=40, rate=2000.0))
    assert report.ok
    assert (report.persisted, report.duplicates, report.aggregated) == (250, 0, 250)
    assert report.vehicles == {"veh-00001": (84, 84), "veh-00002": (83, 83), "veh-00003": (83, 83)}
    assert report.send_s >= 200 / 2000
    assert report.batches >= 1
    assert report.p50_s <= report.p95_s
