"""Metrics of message ingest, in the form that Prometheus collects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import prometheus_client as prometheus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.live.queues import Depth

__all__ = ["LiveMetrics"]

_PUT_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2.0, 10.0)
_LATENCY_S = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 60.0, 600.0)
_SIZES = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)
_STATES = ("ready", "in_flight", "dead")
_OUTAGES = {"queue_unavailable": "queue", "raw_unavailable": "disk"}


class LiveMetrics:
    """Counters, durations and gauges of one process.

    Of the server `telemetry_live_requests_total{status,code}`, `telemetry_live_accepted_messages_total` and
    `telemetry_live_put_seconds`. Of a consumer `telemetry_live_persisted_messages_total`,
    `telemetry_live_repeated_messages_total`, `telemetry_live_buried_messages_total`,
    `telemetry_live_outages_total{part}`, `telemetry_live_batch_messages`,
    `telemetry_live_latency_seconds{quantile}` of the last batch, `telemetry_live_batch_p95_seconds` and
    `telemetry_live_messages_per_minute`. Of the queue `telemetry_live_queue_messages{state}` and
    `telemetry_live_backlog_age_seconds`.

    Args:
        registry: of prometheus_client; one of its own when absent.
    """

    def __init__(self, registry: Any = None) -> None:
        self.registry = prometheus.CollectorRegistry() if registry is None else registry
        own: dict[str, Any] = {"registry": self.registry}
        head = "telemetry_live_"
        self._requests = prometheus.Counter(
            f"{head}requests_total", "Requests by answer.", ["status", "code"], **own
        )
        self._accepted = prometheus.Counter(
            f"{head}accepted_messages_total", "Messages that are durable in the queue.", **own
        )
        self._put_s = prometheus.Histogram(
            f"{head}put_seconds", "Time of a put into the queue.", buckets=_PUT_S, **own
        )
        self._persisted = prometheus.Counter(
            f"{head}persisted_messages_total", "Messages written to files.", **own
        )
        self._repeated = prometheus.Counter(
            f"{head}repeated_messages_total", "Of those, messages that had been delivered before.", **own
        )
        self._outages = prometheus.Counter(
            f"{head}outages_total", "Times that the queue or the disk went away.", ["part"], **own
        )
        self._buried = prometheus.Counter(
            f"{head}buried_messages_total", "Messages given up, now among the dead letters.", **own
        )
        self._batch = prometheus.Histogram(
            f"{head}batch_messages", "Messages of a batch.", buckets=_SIZES, **own
        )
        self._latency_s = prometheus.Gauge(
            f"{head}latency_seconds", "From arrival to the file, in the last batch.", ["quantile"], **own
        )
        self._p95_s = prometheus.Histogram(
            f"{head}batch_p95_seconds",
            "From arrival to the file, p95 of each batch.",
            buckets=_LATENCY_S,
            **own,
        )
        self._per_minute = prometheus.Gauge(
            f"{head}messages_per_minute", "Messages written in the last minute.", **own
        )
        self._queue = prometheus.Gauge(f"{head}queue_messages", "Messages in the queue.", ["state"], **own)
        self._age_s = prometheus.Gauge(f"{head}backlog_age_seconds", "Wait of the oldest message.", **own)

    def answered(self, status: int, code: str) -> None:
        """Count an answer; `code` is empty for one that is no error."""
        self._requests.labels(status, code).inc()

    def accepted(self, count: int, seconds: float) -> None:
        """Count a put into the queue."""
        self._accepted.inc(count)
        self._put_s.observe(seconds)

    def hear(self, event: str, facts: Mapping[str, Any]) -> None:
        """Count an event of a consumer."""
        if event == "batch_persisted":
            self._persisted.inc(facts["size"])
            self._repeated.inc(facts["repeated"])
            self._batch.observe(facts["size"])
            self._latency_s.labels("0.5").set(facts["p50_s"])
            self._latency_s.labels("0.95").set(facts["p95_s"])
            self._p95_s.observe(facts["p95_s"])
            self._per_minute.set(facts["messages_per_min"])
        elif event == "message_buried":
            self._buried.inc()
        elif event in _OUTAGES:
            self._outages.labels(_OUTAGES[event]).inc()
        elif event == "backlog_measured":
            self._fill({state: facts.get(state) for state in _STATES}, facts["age_s"])

    def measure(self, depth: Depth) -> None:
        """Take over what is in the queue."""
        self._fill({state: getattr(depth, state) for state in _STATES}, depth.oldest_s or 0.0)

    def _fill(self, counts: Mapping[str, int | None], age_s: float) -> None:
        for state, count in counts.items():
            if count is not None:
                self._queue.labels(state).set(count)
        self._age_s.set(age_s)

    def text(self) -> bytes:
        """Return all of it as Prometheus reads it."""
        return prometheus.generate_latest(self.registry)

    def serve(self, port: int, address: str = "127.0.0.1") -> Any:
        """Serve the metrics over HTTP from a thread; returns the server, whose `shutdown` ends it.

        Raises OSError for a port that is taken.
        """
        server, _thread = prometheus.start_http_server(port, address, registry=self.registry)
        return server
