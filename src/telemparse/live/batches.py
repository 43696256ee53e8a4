"""Deliveries that a consumer has in hand: gathered to a batch, and kept from others while it takes."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

import attrs

from telemparse.live.faults import MessageInvalid, QueueUnavailable
from telemparse.live.messages import Message

if TYPE_CHECKING:
    import threading

    from telemparse.live.queues import Delivery, MessageQueue

__all__ = ["Batch", "Undeliverable", "gather"]

# A stop is heard as often, at least.
_SLICE_S = 0.5
# A body that cannot be read is given to another consumer once, who may be a newer one.
_READS = 2


@attrs.frozen
class Undeliverable:
    """A delivery that cannot be written, and why, in words without its content."""

    delivery: Delivery
    reason: str


@attrs.define
class Batch:
    """Deliveries in hand.

    Args:
        queue: that they are from.
        visibility_s: for which the queue keeps them from others, in seconds.
        leased_s: when the queue was asked last to do so, by `time.monotonic`.
        deliveries: in the order in which they came.
    """

    queue: MessageQueue
    visibility_s: float
    leased_s: float = attrs.field(factory=time.monotonic)
    deliveries: list[Delivery] = attrs.field(factory=list)

    @property
    def oldest_s(self) -> float | None:
        """Age in seconds of the delivery that waited longest, None without deliveries."""
        if not self.deliveries:
            return None
        return max(0.0, (time.time_ns() - min(each.put_ns for each in self.deliveries)) / 1e9)

    @property
    def repeated(self) -> int:
        """How many were delivered before."""
        return sum(each.attempts > 1 for each in self.deliveries)

    def keep(self) -> None:
        """Ask the queue to keep the deliveries from others for longer, where it is time to."""
        now_s = time.monotonic()
        if not self.deliveries or now_s - self.leased_s < self.visibility_s / 3:
            return
        self.leased_s = now_s
        # Without an answer others may get the messages too. Both write them, and they are counted once.
        with suppress(QueueUnavailable):
            self.queue.extend([each.receipt for each in self.deliveries], self.visibility_s)

    def sort(self) -> tuple[list[tuple[Delivery, Message]], list[Delivery], list[Undeliverable]]:
        """Return messages to write, deliveries for another try, and those that are given up."""
        good: list[tuple[Delivery, Message]] = []
        again: list[Delivery] = []
        lost: list[Undeliverable] = []
        for delivery in self.deliveries:
            if delivery.attempts > self.queue.max_receives:
                # It is not even looked at: it may be what ended those who had it.
                lost.append(Undeliverable(delivery, "no consumer acknowledged it"))
                continue
            try:
                good.append((delivery, Message.from_line(delivery.body)))
            except MessageInvalid as invalid:
                if delivery.attempts < _READS:
                    again.append(delivery)
                else:
                    lost.append(Undeliverable(delivery, str(invalid)))
        return good, again, lost


def gather(
    queue: MessageQueue,
    *,
    limit: int,
    batch_s: float,
    visibility_s: float,
    stop: threading.Event,
    patient: bool = True,
) -> Batch:
    """Return a batch: full, or as it is when its time is over.

    Args:
        queue: to receive from.
        limit: deliveries in a batch.
        batch_s: how long to wait for the first delivery, and from then on for more, in seconds.
        visibility_s: of the queue.
        stop: ends the waiting.
        patient: False to wait for no more deliveries when there are none left for the moment.

    Raises QueueUnavailable where nothing is in hand.
    """
    batch = Batch(queue, visibility_s)
    until_s = time.monotonic() + batch_s
    while not stop.is_set() and len(batch.deliveries) < limit:
        left_s = until_s - time.monotonic()
        if left_s <= 0:
            break
        asked_s = time.monotonic()
        wait_s = min(left_s, _SLICE_S) if patient or not batch.deliveries else 0.0
        try:
            found = queue.receive(limit - len(batch.deliveries), wait_s)
        except QueueUnavailable:
            if not batch.deliveries:
                raise
            break
        if found and not batch.deliveries:
            batch.leased_s = asked_s
            until_s = time.monotonic() + batch_s
        if not found and not patient:
            break
        batch.deliveries += found
        batch.keep()
    return batch
