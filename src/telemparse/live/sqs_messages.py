"""A queue of messages at SQS, or at another server that speaks its language."""

from __future__ import annotations

import json
import math
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from telemparse.live.faults import QueueUnavailable
from telemparse.live.queues import Delivery, Depth
from telemparse.live.sqs_calls import SqsCalls, sendable_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from telemparse.live.queue_addresses import QueueAddress

__all__ = ["SqsMessages"]

# What SQS takes in one call: so many entries, of so many bytes together, and longest waits.
_ENTRIES = 10
_BYTES = 262_144
_POLL_S = 20
_HOLD_S = 43_200
# Calls that are under way at the same time.
_CALLS = 10
_TRIES = 4
_WAIT_S = 0.1


class SqsMessages:
    """A queue at SQS; see `MessageQueue` for what its methods promise.

    Bodies come roughly in the order in which they were put.

    Args:
        address: of the queue.
        visibility_s: seconds for which a delivery is kept from others, at most 43 200.
        max_receives: see `MessageQueue`.
        dead_letters: queue for bodies that cannot be used; None means that of the queue's redrive policy.
    """

    def __init__(
        self,
        address: QueueAddress,
        *,
        visibility_s: float = 60.0,
        max_receives: int = 5,
        dead_letters: QueueAddress | None = None,
    ) -> None:
        self.max_receives = max_receives
        self._visibility_s = visibility_s
        self._url = str(address.url)
        self._dead_url = None if dead_letters is None else dead_letters.url
        self._closed = threading.Event()
        self._calls = SqsCalls(address, connections=2 * _CALLS)
        self._pool = ThreadPoolExecutor(_CALLS, thread_name_prefix="sqs")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of connections; calls that are under way end first."""
        self._closed.set()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._calls.close()

    def put(self, bodies: Sequence[bytes]) -> None:
        """Put bodies; raises QueueUnavailable, and then some may be in the queue."""
        self._send(self._url, [{"MessageBody": sendable_text(body)} for body in bodies])

    def receive(self, limit: int, wait_s: float) -> list[Delivery]:
        """Return deliveries as soon as there are some; raises QueueUnavailable."""
        # A call waits for whole seconds. By waiting at all it asks all servers of the queue, not a few.
        first = self._receive(min(limit, _ENTRIES), min(math.ceil(wait_s), _POLL_S))
        if len(first) < _ENTRIES or limit <= _ENTRIES:
            return first
        wanted = [min(_ENTRIES, limit - at) for at in range(_ENTRIES, limit, _ENTRIES)]
        # What came is in hand. Where the server has gone away meanwhile, the next call says so.
        found, _failed = self._all(partial(self._receive, count, 0) for count in wanted)
        return [*first, *(delivery for each in found for delivery in each)]

    def acknowledge(self, receipts: Sequence[str]) -> int:
        """Remove delivered bodies and return how many; raises QueueUnavailable."""
        return self._change("delete_message_batch", self._url, receipts)

    def extend(self, receipts: Sequence[str], seconds: float) -> int:
        """Keep deliveries from others for so long from now; raises QueueUnavailable."""
        return self._show_in(receipts, min(math.ceil(seconds), _HOLD_S))

    def release(self, receipts: Sequence[str]) -> int:
        """Let others have the bodies at once; raises QueueUnavailable."""
        return self._show_in(receipts, 0)

    def bury(self, deliveries: Sequence[Delivery], reason: str) -> int:
        """Send bodies to the dead letters, then remove them; raises QueueUnavailable.

        Also where the queue has no dead letters: then they stay where they are.
        """
        if not deliveries:
            return 0
        dead_url = self._dead_letters()
        if dead_url is None:
            raise QueueUnavailable(error="it has no queue for dead letters")
        why = {"reason": {"DataType": "String", "StringValue": sendable_text(reason.encode()) or "unknown"}}
        entries = [
            {"MessageBody": delivery.body.decode(), "MessageAttributes": why} for delivery in deliveries
        ]
        self._send(dead_url, entries)
        return self.acknowledge([delivery.receipt for delivery in deliveries])

    def depth(self) -> Depth:
        """Return how full the queue is, as far as SQS says it; raises QueueUnavailable."""
        ready, in_flight = self._counts(self._url)
        dead_url = self._dead_letters()
        dead = None if dead_url is None else self._counts(dead_url)[0]
        return Depth(ready=ready, in_flight=in_flight, dead=dead, oldest_s=None)

    def _receive(self, count: int, wait_s: int) -> list[Delivery]:
        answer = self._ask(
            "receive_message", QueueUrl=self._url, MaxNumberOfMessages=count, WaitTimeSeconds=wait_s,
            VisibilityTimeout=min(math.ceil(self._visibility_s), _HOLD_S),
            MessageSystemAttributeNames=["ApproximateReceiveCount", "SentTimestamp"],
        )  # fmt: skip
        return [_delivery(message) for message in answer.get("Messages", ())]

    def _send(self, url: str, entries: Sequence[dict[str, Any]]) -> None:
        _found, failed = self._all(partial(self._send_some, url, some) for some in _fitting(entries))
        if failed:
            raise failed[0]

    def _send_some(self, url: str, entries: list[dict[str, Any]]) -> None:
        _done, refused = self._each("send_message_batch", url, entries)
        if refused:
            # Which and how many entries SQS refused, but not what is in them.
            raise QueueUnavailable(error=", ".join(sorted(refused)))

    def _show_in(self, receipts: Sequence[str], seconds: int) -> int:
        return self._change("change_message_visibility_batch", self._url, receipts, VisibilityTimeout=seconds)

    def _change(self, operation: str, url: str, receipts: Sequence[str], **more: Any) -> int:
        entries = [{"ReceiptHandle": receipt, **more} for receipt in receipts]
        groups = [entries[at : at + _ENTRIES] for at in range(0, len(entries), _ENTRIES)]
        found, failed = self._all(partial(self._each, operation, url, some) for some in groups)
        if failed:
            raise failed[0]
        return sum(done for done, _refused in found)

    def _each(self, operation: str, url: str, entries: list[dict[str, Any]]) -> tuple[int, set[str]]:
        """Ask for each of some entries, again for those that failed by the server's own fault.

        Returns how many were done, and the codes of those that were not.
        """
        left = {str(place): entry for place, entry in enumerate(entries)}
        refused: list[str] = []
        again: list[str] = []
        for turn in range(_TRIES):
            if turn and self._closed.wait(_WAIT_S * 2**turn):
                break
            answer = self._ask(
                operation, QueueUrl=url, Entries=[{"Id": place, **entry} for place, entry in left.items()]
            )
            failed = answer.get("Failed", ())
            refused += [str(each["Code"]) for each in failed if each.get("SenderFault")]
            again = [str(each["Code"]) for each in failed if not each.get("SenderFault")]
            left = {str(each["Id"]): left[each["Id"]] for each in failed if not each.get("SenderFault")}
            if not left:
                break
        codes = refused + again
        return len(entries) - len(codes), set(codes)

    def _all(self, calls: Iterable[Callable[[], Any]]) -> tuple[list[Any], list[QueueUnavailable]]:
        """Make calls at the same time; return what came of those that did well, and the failures."""
        waiting = list(calls)
        if len(waiting) == 1:
            try:
                return [waiting[0]()], []
            except QueueUnavailable as failure:
                return [], [failure]
        try:
            futures = [self._pool.submit(call) for call in waiting]
        except RuntimeError:
            raise QueueUnavailable(error="the queue is closed") from None
        found, failed = [], []
        for future in futures:
            try:
                found.append(future.result())
            except QueueUnavailable as failure:
                failed.append(failure)
        return found, failed

    def _ask(self, operation: str, **wanted: Any) -> dict[str, Any]:
        if self._closed.is_set():
            raise QueueUnavailable(error="the queue is closed")
        return self._calls.ask(operation, **wanted)

    def _counts(self, url: str) -> tuple[int, int]:
        names = (
            "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed",
            "ApproximateNumberOfMessagesNotVisible",
        )  # fmt: skip
        found = self._ask("get_queue_attributes", QueueUrl=url, AttributeNames=list(names))["Attributes"]
        ready, delayed, in_flight = (int(found.get(name, 0)) for name in names)
        return ready + delayed, in_flight

    def _dead_letters(self) -> str | None:
        if self._dead_url is None:
            answer = self._ask("get_queue_attributes", QueueUrl=self._url, AttributeNames=["RedrivePolicy"])
            policy = answer.get("Attributes", {}).get("RedrivePolicy")
            if policy is None:
                return None
            *_rest, account, name = json.loads(policy)["deadLetterTargetArn"].split(":")
            found = self._ask("get_queue_url", QueueName=name, QueueOwnerAWSAccountId=account)
            self._dead_url = str(found["QueueUrl"])
        return self._dead_url


def _delivery(message: dict[str, Any]) -> Delivery:
    facts = message.get("Attributes", {})
    sent_ms = int(facts.get("SentTimestamp", 0)) or time.time_ns() // 1_000_000
    return Delivery(
        receipt=message["ReceiptHandle"],
        body=message["Body"].encode(),
        attempts=int(facts.get("ApproximateReceiveCount", 1)),
        put_ns=sent_ms * 1_000_000,
    )


def _fitting(entries: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Give entries in groups that SQS takes in one call."""
    group: list[dict[str, Any]] = []
    group_bytes = 0
    for entry in entries:
        size = _size(entry)
        if group and (len(group) == _ENTRIES or group_bytes + size > _BYTES):
            yield group
            group, group_bytes = [], 0
        group.append(entry)
        group_bytes += size
    if group:
        yield group


def _size(entry: dict[str, Any]) -> int:
    # Names, types and values of attributes count as well.
    attributes = entry.get("MessageAttributes", {})
    told = sum(
        len(name) + len(value["DataType"]) + len(value["StringValue"].encode())
        for name, value in attributes.items()
    )
    return len(entry["MessageBody"].encode()) + told
