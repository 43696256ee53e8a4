"""Messages: from the door to the file, batches and single ones, a consumer alone, and the tables of hours."""

from __future__ import annotations

import itertools
import logging
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import structlog

from benchmarks.bench import Bench
from benchmarks.values import Bar, Section
from telemparse.live import Consumer, LiveSettings, Message, aggregate, compact, new_key, open_queue
from telemparse.live.children import Child
from telemparse.live.instants import instant
from telemparse.live.senders import Sender
from telemparse.live.simulation import Fleet
from telemparse.live.trial import Load, run_trial
from telemparse.runner.events import Events

_MESSAGES, _VEHICLES, _BATCH = 200_000, 100, 100
_STEADY_PER_S, _STEADY_S = 2_000, 20
_SINGLES, _SENDERS = 5_000, 16
_LEAST_PER_S, _MOST_P95_S = 2_000.0, 5.0


def sections(_bench: Bench) -> list[Section]:
    """Measure each on folders of its own, with two cores."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with _two_cores():
        fast = _tried(Load(messages=_MESSAGES, vehicles=_VEHICLES, batch=_BATCH))
        steady = _tried(
            Load(messages=_STEADY_PER_S * _STEADY_S, vehicles=_VEHICLES, batch=_BATCH, rate=_STEADY_PER_S)
        )
        one = _tried(Load(messages=_SINGLES, vehicles=_VEHICLES, batch=1))
        many_per_s, many_s = _singles()
        with tempfile.TemporaryDirectory() as name:
            root = Path(name)
            consumed_s = _consume(root)
            aggregated_s = _timed(lambda: aggregate(root))
            compacted_s = _timed(lambda: compact(root))
    rows = (
        _end_to_end(f"batches of {_BATCH}, as fast as they are taken", fast),
        _end_to_end(f"batches of {_BATCH}, {_STEADY_PER_S:,} messages/s", steady),
        _end_to_end("single messages, one sender", one),
        (f"single messages, {_SENDERS} senders", f"{_SINGLES:,}", f"{many_per_s:,.0f}",
         f"{many_s * 1000:.1f} ms until the answer", ""),
        *(
            (what, f"{_MESSAGES:,}", f"{_MESSAGES / taken_s:,.0f}", "", "")
            for what, taken_s in (
                ("consumer alone", consumed_s), ("aggregate", aggregated_s), ("compact", compacted_s)
            )
        ),
    )  # fmt: skip
    bars = (
        Bar(
            f"messages persisted a second, batches of {_BATCH}", fast.persisted_per_s or 0.0, _LEAST_PER_S,
            "/s", at_least=True,
        ),
        Bar("ingest to file as fast as they are taken, p95", fast.p95_s or 0.0, _MOST_P95_S, "s"),
    )  # fmt: skip
    note = (
        "Two cores for all: `telemparse live simulate` with a server, a consumer and a sender, each in a"
        " process of its own, over loopback and one connection, with the queue in an SQLite file. Every"
        " message is durable before its answer and on the disk before it leaves the queue; all were kept and"
        " counted exactly once. The p95 is that of the slowest batch of the consumer. Messages have one to"
        " four signals. The last three rows are one process on files, without HTTP."
    )
    return [Section("Messages", note, ("what", "messages", "a second", "p50", "p95"), rows, bars)]


@contextmanager
def _two_cores() -> Iterator[None]:
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:2])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _tried(load: Load):
    with tempfile.TemporaryDirectory() as name:
        report = run_trial(LiveSettings(path=Path(name)), load)
    assert report.ok, report
    return report


def _end_to_end(what: str, report) -> tuple[str, ...]:
    return (
        what, f"{report.persisted:,}", f"{report.persisted_per_s:,.0f}", f"{report.p50_s * 1000:.0f} ms",
        f"{report.p95_s * 1000:.0f} ms",
    )  # fmt: skip


def _singles() -> tuple[float, float]:
    """Return messages a second of many senders of single messages, and the median time until an answer."""
    with tempfile.TemporaryDirectory() as name:
        settings = LiveSettings(path=Path(name), port=0, api_key=new_key())
        with Child("serve", settings) as child, ThreadPoolExecutor(_SENDERS) as threads:
            url, taken_s = child.said[0]["url"], []

            def send(number: int) -> None:
                fleet = Fleet(_VEHICLES, seed=number, start_ns=time.time_ns())
                with Sender(url, settings.api_key) as sender:
                    for message in fleet.messages(_SINGLES // _SENDERS, f"s{number}"):
                        begun = time.perf_counter()
                        sender.send([message])
                        taken_s.append(time.perf_counter() - begun)

            begun = time.perf_counter()
            list(threads.map(send, range(_SENDERS)))
            return len(taken_s) / (time.perf_counter() - begun), statistics.median(taken_s)


def _consume(root: Path) -> float:
    """Return the seconds that a consumer takes for a full queue."""
    settings = LiveSettings(path=root)
    fleet = Fleet(_VEHICLES, seed=1, start_ns=time.time_ns())
    bodies = (_body(message) for message in fleet.messages(_MESSAGES, "b"))
    with open_queue(settings.queue) as queue:
        while batch := list(itertools.islice(bodies, 1000)):
            queue.put(batch)
        consumer = Consumer(queue, root, settings, Events())
        return _timed(lambda: consumer.run(stop=threading.Event(), drain=True))


def _body(content) -> bytes:
    message = Message(
        message_id=content["message_id"], vehicle_id=content["vehicle_id"], payload=content["payload"],
        can_id=content.get("can_id"), t_ns=instant(content["timestamp"]), received_ns=time.time_ns(),
    )  # fmt: skip
    return message.line()


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
