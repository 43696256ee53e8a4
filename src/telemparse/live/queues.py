"""The queue between the server and the consumers: what every kind of queue promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

import attrs

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Delivery", "Depth", "MessageQueue"]


@attrs.frozen(kw_only=True, slots=True)
class Delivery:
    """A message body handed to one consumer for a while.

    Args:
        receipt: names this delivery; another delivery of the same body has another receipt.
        body: the bytes that were put.
        attempts: how often the body was delivered, this time included; 1 or more.
        put_ns: when it was put, in ns since 1970 UTC by the clock of the queue.
    """

    receipt: str
    body: bytes
    attempts: int
    put_ns: int


@attrs.frozen(kw_only=True, slots=True)
class Depth:
    """How full a queue is; a queue that others change is already different.

    Args:
        ready: bodies that a consumer would get now.
        in_flight: bodies that consumers have in hand.
        dead: bodies among the dead letters, None where the queue cannot say.
        oldest_s: age in seconds of the oldest body that is not acknowledged, None where there is none or
            the queue cannot say.
    """

    ready: int
    in_flight: int
    dead: int | None
    oldest_s: float | None


class MessageQueue(Protocol):
    """Bodies that wait for a consumer: each is delivered at least once, and may be delivered again.

    Safe to use from several threads. Every method but `close` raises QueueUnavailable where the queue
    does not answer.
    """

    @property
    def max_receives(self) -> int:
        """How often a body is delivered; one that comes yet again is to be buried by whoever gets it."""
        ...

    def put(self, bodies: Sequence[bytes]) -> None:
        """Put bodies at the end; when it returns, they outlive a crash.

        After QueueUnavailable some of them may be in the queue.

        Args:
            bodies: UTF-8 texts, any number.
        """
        ...

    def receive(self, limit: int, wait_s: float) -> list[Delivery]:
        """Return deliveries as soon as there are some; nobody else gets their bodies for a while.

        Args:
            limit: at most so many, 1 or more.
            wait_s: how long to wait where there is none, in seconds; 0 asks once.
        """
        ...

    def acknowledge(self, receipts: Sequence[str]) -> int:
        """Remove delivered bodies for good and return how many were removed.

        A receipt whose time is over and whose body was delivered again does nothing.
        """
        ...

    def extend(self, receipts: Sequence[str], seconds: float) -> int:
        """Keep deliveries from others for so many seconds from now; return how many are still held."""
        ...

    def release(self, receipts: Sequence[str]) -> int:
        """Let others have the bodies at once; return how many were given back."""
        ...

    def bury(self, deliveries: Sequence[Delivery], reason: str) -> int:
        """Move bodies to the dead letters and return how many were moved.

        They are durable there before they leave the queue.

        Args:
            deliveries: that cannot be used.
            reason: for people, without contents of the body.
        """
        ...

    def depth(self) -> Depth:
        """Return how full the queue is."""
        ...

    def close(self) -> None:
        """Let go of connections; a receive that waits returns."""
        ...

    def __enter__(self) -> Self:
        """Use the queue until the block ends."""
        ...

    def __exit__(self, *error: object) -> None:
        """Close the queue."""
        ...
