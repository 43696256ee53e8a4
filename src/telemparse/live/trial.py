"""The trial: simulated messages all the way, and whether each was taken, kept and counted exactly once."""

from __future__ import annotations

import math
import secrets
import time
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.errors import TelemparseError
from telemparse.live.aggregation import aggregate
from telemparse.live.authentication import new_key
from telemparse.live.children import Child
from telemparse.live.parts import PartReader
from telemparse.live.queue_opening import open_queue
from telemparse.live.raw_layout import HOUR_NS, raw_hours
from telemparse.live.senders import Sender
from telemparse.live.simulation import Fleet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from telemparse.live.settings import LiveSettings

__all__ = ["Load", "TrialReport", "post", "run_trial"]

_PATIENCE_S = 120.0
_LOOK_S = 0.05


@attrs.frozen(kw_only=True)
class Load:
    """What simulated vehicles send.

    Args:
        messages: in all.
        vehicles: that send them in turn.
        batch: messages of a request.
        rate: messages a second at most, None for as fast as they are taken.
        seed: of the drives.
    """

    messages: int = 10_000
    vehicles: int = 20
    batch: int = 100
    rate: float | None = None
    seed: int = 1


@attrs.frozen(kw_only=True)
class TrialReport:
    """What has become of simulated messages.

    Args:
        sent: how many there were.
        accepted: that the server said are durable.
        persisted: of those, that lie in raw files.
        duplicates: further copies of them in these files.
        aggregated: of those, that the aggregates count; None where nobody looked.
        vehicles: messages that each vehicle sent, and that the aggregates count for it.
        repeated: requests that had to be sent again.
        send_s: from the first request to the last answer, seconds.
        persist_s: from the first request until the queue was empty.
        p50_s, p95_s: from arrival to the file: the median of the batches' medians, and the highest p95 of
            any batch.
        batches: that the consumer wrote.
    """

    sent: int
    accepted: int
    persisted: int | None = None
    duplicates: int | None = None
    aggregated: int | None = None
    vehicles: Mapping[str, tuple[int, int]] = attrs.field(factory=dict)
    repeated: int = 0
    send_s: float
    persist_s: float | None = None
    p50_s: float | None = None
    p95_s: float | None = None
    batches: int | None = None

    @property
    def ok(self) -> bool:
        """True when every message was accepted and, where somebody looked, kept and counted once."""
        if self.persisted is None:
            return self.accepted == self.sent
        counted = all(sent == found for sent, found in self.vehicles.values())
        return self.sent == self.accepted == self.persisted == self.aggregated and counted

    @property
    def accepted_per_s(self) -> float:
        """Messages accepted a second."""
        return self.accepted / self.send_s if self.send_s else math.nan

    @property
    def persisted_per_s(self) -> float | None:
        """Messages persisted a second, from the first request until the queue was empty."""
        if self.persisted is None or not self.persist_s:
            return None
        return self.persisted / self.persist_s


def post(url: str, key: str, load: Load) -> TrialReport:
    """Send simulated messages to a server, and return how many it took.

    Args:
        url: of the server.
        key: that it wants.
        load: what to send.

    Raises SendingFailed when it takes them no more.
    """
    return _post(url, key, load, _new_prefix())


def run_trial(settings: LiveSettings, load: Load) -> TrialReport:
    """Start a server and a consumer as processes, send simulated messages, and look what became of them.

    The messages go over HTTP into the queue, from it into raw files, and into the aggregates of the hours.

    Args:
        settings: of message ingest; host, port, key and the consumers beside the server are the trial's own.
        load: what to send.

    Raises ChildFailed, SendingFailed, and TelemparseError when the queue is not emptied.
    """
    key, prefix = new_key(), _new_prefix()
    begun_ns = time.time_ns()
    since_ns = begun_ns - begun_ns % HOUR_NS
    before = aggregate(settings.path, since_ns=since_ns)
    own = attrs.evolve(
        settings, path=settings.path.resolve(), api_key=key, host="127.0.0.1", port=0, consumers=0
    )
    with Child("consume", own) as consumer, Child("serve", own) as server:
        begun = time.perf_counter()
        report = _post(server.said[0]["url"], key, load, prefix)
        _wait_until_empty(own, consumer)
        persist_s = time.perf_counter() - begun
    events = [said for said in consumer.said if said.get("event") == "batch_persisted"]
    copies = _copies(settings, prefix, load.messages, since_ns)
    after = aggregate(settings.path, since_ns=since_ns)
    vehicles = {
        name: (sent, after.vehicles.get(name, 0) - before.vehicles.get(name, 0))
        for name, (sent, _none) in report.vehicles.items()
    }  # fmt: skip
    return attrs.evolve(
        report, persist_s=persist_s, persisted=sum(each > 0 for each in copies),
        duplicates=sum(each - 1 for each in copies if each > 1), aggregated=after.messages - before.messages,
        vehicles=vehicles,
        p50_s=_median([(said["p50_s"], said["size"]) for said in events]),
        p95_s=max((said["p95_s"] for said in events), default=None), batches=len(events),
    )  # fmt: skip


def _new_prefix() -> str:
    # Two trials with one seed in one folder must not be taken for repetitions.
    return f"sim-{secrets.token_hex(6)}"


def _post(url: str, key: str, load: Load, prefix: str) -> TrialReport:
    fleet = Fleet(load.vehicles, seed=load.seed, start_ns=time.time_ns())
    counts = dict.fromkeys(fleet.vehicle_ids, 0)
    accepted, batch = 0, []
    with Sender(url, key) as sender:
        begun = time.perf_counter()
        for number, message in enumerate(fleet.messages(load.messages, prefix), start=1):
            batch.append(message)
            counts[message["vehicle_id"]] += 1
            if len(batch) == load.batch or number == load.messages:
                accepted += len(sender.send(batch))
                batch = []
                if load.rate is not None:
                    time.sleep(max(0.0, begun + number / load.rate - time.perf_counter()))
        send_s = time.perf_counter() - begun
    return TrialReport(
        sent=load.messages, accepted=accepted, repeated=sender.repeated, send_s=send_s,
        vehicles={name: (count, 0) for name, count in counts.items()},
    )  # fmt: skip


def _wait_until_empty(settings: LiveSettings, consumer: Child) -> None:
    """Wait for the consumer: as long as it gets on, it has time."""
    with open_queue(settings.queue, visibility_s=settings.visibility_s) as queue:
        last, deadline = math.inf, time.monotonic() + _PATIENCE_S
        while True:
            depth = queue.depth()
            left = depth.ready + depth.in_flight
            if not left:
                return
            consumer.check()
            if left < last:
                last, deadline = left, time.monotonic() + _PATIENCE_S
            if time.monotonic() > deadline:
                raise TelemparseError(f"{left} messages are still in the queue, and nothing moves")
            time.sleep(_LOOK_S)


def _copies(settings: LiveSettings, prefix: str, count: int, since_ns: int) -> list[int]:
    """Return how often each message lies in the raw files, by its number."""
    copies, reader, head = [0] * count, PartReader(), f"{prefix}."
    for hour in raw_hours(settings.path, since_ns):
        for part in hour.parts():
            for _line, message in reader.read(part):
                if message.message_id.startswith(head):
                    copies[int(message.message_id.removeprefix(head))] += 1
    return copies


def _median(weighted: Sequence[tuple[float, Any]]) -> float | None:
    """Return the value that half of the weight is not above."""
    half = sum(weight for _value, weight in weighted) / 2
    for value, weight in sorted(weighted):
        half -= weight
        if half <= 0:
            return value
    return None
