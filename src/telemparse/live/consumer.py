"""The consumer: takes messages from the queue, writes them to files, and only then acknowledges them."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

import attrs

from telemparse.live.backlogs import BacklogWatch
from telemparse.live.batches import gather
from telemparse.live.faults import QueueUnavailable, RawUnavailable
from telemparse.live.latencies import MinuteCount, percentile
from telemparse.live.outages import Outage
from telemparse.live.raw_parts import RawParts
from telemparse.live.raw_recovery import Recovery, recover

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence
    from pathlib import Path

    from telemparse.live.batches import Batch, Undeliverable
    from telemparse.live.messages import Message
    from telemparse.live.queues import Delivery, MessageQueue
    from telemparse.live.settings import LiveSettings
    from telemparse.runner.events import Events

__all__ = ["Consumer", "ConsumerReport"]

# A queue of a cloud may say that it is empty before it knows better.
_EMPTY_TWICE = 2


@attrs.frozen(kw_only=True)
class ConsumerReport:
    """What a consumer did.

    Args:
        persisted: messages that it wrote; one that was delivered twice counts twice.
        batches: writes.
        repeated: deliveries of messages that had been delivered before.
        retried: bodies that could not be read and were given back for another try.
        buried: bodies that went to the dead letters.
    """

    persisted: int = 0
    batches: int = 0
    repeated: int = 0
    retried: int = 0
    buried: int = 0


class Consumer:
    """Moves messages from a queue to part files: each at least once, and none is lost.

    A message is acknowledged when it is on the disk. Where the disk is full or the queue is away, the
    consumer waits and goes on by itself. Use one consumer in one thread; several share a queue and a
    folder.

    Args:
        queue: stays open.
        root: folder of the live messages.
        settings: sizes and times of batches and parts.
        events: that hear what happens.
    """

    def __init__(self, queue: MessageQueue, root: Path, settings: LiveSettings, events: Events) -> None:
        self._queue = queue
        self._root = root
        self._settings = settings
        self._events = events
        self._queue_outage = Outage("queue", events)
        self._raw_outage = Outage("raw", events)
        self._watch = BacklogWatch(queue, events, backlog_s=settings.backlog_s)
        self._minute = MinuteCount()
        self._report = ConsumerReport()

    def run(self, *, stop: threading.Event, drain: bool = False) -> ConsumerReport:
        """Work until told to stop, and return what was done.

        Args:
            stop: what is in hand is written, or given back, and parts are closed.
            drain: end when the queue is empty and nobody else has messages in hand.
        """
        self._report = ConsumerReport()
        self._events.emit("consumer_started")
        settings = self._settings
        with RawParts(self._root, rotate_bytes=settings.rotate_bytes, part_s=settings.part_s) as parts:
            # A disk that is full costs no message an attempt: without room none is received.
            if self._settle(parts, stop):
                self._tell_dead_letters()
                self._work(parts, stop, drain=drain)
        self._events.emit("consumer_stopped", **attrs.asdict(self._report))
        return self._report

    def _work(self, parts: RawParts, stop: threading.Event, *, drain: bool) -> None:
        settings = self._settings
        empty = 0
        while not stop.is_set() and empty < _EMPTY_TWICE:
            try:
                batch = gather(
                    self._queue, limit=settings.batch_messages, batch_s=settings.batch_s,
                    visibility_s=settings.visibility_s, stop=stop, patient=not drain,
                )  # fmt: skip
                if drain:
                    empty = empty + 1 if not batch.deliveries and self._is_empty() else 0
            except QueueUnavailable as fault:
                stop.wait(self._queue_outage.wait_s(fault))
            else:
                self._queue_outage.end()
                self._watch.look(time.monotonic(), batch.oldest_s)
                self._move(batch, parts, stop)
            closed = parts.close_old(time.monotonic())
            if closed:
                self._events.emit("parts_closed", count=closed)

    def _move(self, batch: Batch, parts: RawParts, stop: threading.Event) -> None:
        good, again, lost = batch.sort()
        # Not kept from others for longer: what is not written here.
        batch.deliveries = [delivery for delivery, _message in good]
        self._give_back(again)
        self._bury(lost)
        if not good:
            return
        messages = [message for _delivery, message in good]
        if not self._write(batch, messages, parts, stop):
            with suppress(QueueUnavailable):
                self._queue.release([delivery.receipt for delivery in batch.deliveries])
            return
        self._tell_batch(messages, batch.repeated)
        self._acknowledge([delivery.receipt for delivery in batch.deliveries], stop)

    def _write(
        self, batch: Batch, messages: Sequence[Message], parts: RawParts, stop: threading.Event
    ) -> bool:
        """Write messages, as long as it takes; False where the consumer was told to stop first."""
        while True:
            try:
                parts.write(messages)
            except RawUnavailable as fault:
                if stop.wait(self._raw_outage.wait_s(fault)):
                    return False
                batch.keep()
                self._watch.look(time.monotonic(), batch.oldest_s)
            else:
                if self._raw_outage.end():
                    # What could not be closed while the disk was full.
                    with suppress(RawUnavailable):
                        self._tell_recovery(recover(self._root))
                return True

    def _acknowledge(self, receipts: list[str], stop: threading.Event) -> None:
        """Acknowledge what is on the disk, for as long as the queue keeps it from others."""
        until_s = time.monotonic() + self._settings.visibility_s
        while True:
            try:
                self._queue.acknowledge(receipts)
            except QueueUnavailable as fault:
                wait_s = self._queue_outage.wait_s(fault)
                if stop.is_set() or time.monotonic() + wait_s > until_s:
                    # The messages come again, are written again and counted once.
                    return
                stop.wait(wait_s)
            else:
                self._queue_outage.end()
                return

    def _give_back(self, again: Sequence[Delivery]) -> None:
        if not again:
            return
        with suppress(QueueUnavailable):
            self._queue.release([delivery.receipt for delivery in again])
        self._events.emit("message_retried", count=len(again))
        self._count(retried=len(again))

    def _bury(self, lost: Sequence[Undeliverable]) -> None:
        for each in lost:
            try:
                buried = self._queue.bury([each.delivery], each.reason)
            except QueueUnavailable as fault:
                # It stays in the queue, comes again and is buried then.
                self._events.emit("burial_failed", code=fault.code, **fault.evidence)
                return
            if buried:
                self._events.emit(
                    "message_buried", code="MESSAGE_UNDELIVERABLE", attempts=each.delivery.attempts,
                    reason=each.reason,
                )  # fmt: skip
                self._count(buried=buried)

    def _settle(self, parts: RawParts, stop: threading.Event) -> bool:
        """Wait until files can be written, and close what killed consumers left; False to stop first."""
        while True:
            try:
                parts.probe()
                self._tell_recovery(recover(self._root))
            except RawUnavailable as fault:
                if stop.wait(self._raw_outage.wait_s(fault)):
                    return False
                self._watch.look(time.monotonic(), None)
            else:
                self._raw_outage.end()
                return True

    def _is_empty(self) -> bool:
        depth = self._queue.depth()
        return depth.ready == 0 and depth.in_flight == 0

    def _tell_dead_letters(self) -> None:
        with suppress(QueueUnavailable):
            if self._queue.depth().dead is None:
                self._events.emit("dead_letters_absent")

    def _tell_recovery(self, found: Recovery) -> None:
        if found != Recovery():
            self._events.emit("parts_recovered", **attrs.asdict(found))

    def _tell_batch(self, messages: Sequence[Message], repeated: int) -> None:
        now_ns = time.time_ns()
        ages_s = [max(0.0, (now_ns - message.received_ns) / 1e9) for message in messages]
        self._count(persisted=len(messages), batches=1, repeated=repeated)
        self._events.emit(
            "batch_persisted", size=len(messages), repeated=repeated,
            p50_s=round(percentile(ages_s, 0.50), 6), p95_s=round(percentile(ages_s, 0.95), 6),
            messages_per_min=self._minute.add(len(messages), time.monotonic()),
        )  # fmt: skip

    def _count(self, **more: int) -> None:
        report = self._report
        self._report = attrs.evolve(report, **{name: getattr(report, name) + n for name, n in more.items()})
