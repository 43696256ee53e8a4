"""Metrics of the runner, in the form that Prometheus collects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telemparse.errors import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.runner.jobs import Depth

__all__ = ["Metrics"]

_SECONDS = (0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0, 300.0, 1800.0)


class Metrics:
    """Counters, durations and gauges of one process.

    `telemetry_jobs_total{type,status,code}`, `telemetry_job_seconds{type}`,
    `telemetry_stage_seconds{stage,status}`, `telemetry_upload_total{outcome}`,
    `telemetry_rescues_total{outcome}`, `telemetry_queue_jobs{state}` and `telemetry_queue_age_seconds`.

    Args:
        registry: of prometheus_client; one of its own when absent.

    Raises MissingExtra without prometheus-client.
    """

    def __init__(self, registry: Any = None) -> None:
        try:
            import prometheus_client as prometheus
        except ModuleNotFoundError:
            raise MissingExtra("service", "prometheus-client") from None
        self.registry = prometheus.CollectorRegistry() if registry is None else registry
        own: dict[str, Any] = {"registry": self.registry}
        self._jobs = prometheus.Counter(
            "telemetry_jobs_total", "Jobs by how an attempt ended.", ["type", "status", "code"], **own
        )
        self._job_s = prometheus.Histogram(
            "telemetry_job_seconds", "Time that an attempt took.", ["type"], buckets=_SECONDS, **own
        )
        self._stage_s = prometheus.Histogram(
            "telemetry_stage_seconds", "Time that a stage took.", ["stage", "status"], buckets=_SECONDS, **own
        )
        self._uploads = prometheus.Counter(
            "telemetry_upload_total", "Recordings that were handed in.", ["outcome"], **own
        )
        self._rescues = prometheus.Counter(
            "telemetry_rescues_total", "Jobs taken from workers that fell silent.", ["outcome"], **own
        )
        self._queue = prometheus.Gauge("telemetry_queue_jobs", "Jobs in the queue.", ["state"], **own)
        self._age_s = prometheus.Gauge("telemetry_queue_age_seconds", "Wait of the oldest ready job.", **own)

    def hear(self, event: str, facts: Mapping[str, Any]) -> None:
        """Count an event of the runner."""
        if event in ("job_succeeded", "job_failed", "job_retried", "job_released", "lease_lost"):
            status = event.removeprefix("job_")
            self._jobs.labels(facts["job_type"], status, facts.get("code", "")).inc()
            if "elapsed_s" in facts:
                self._job_s.labels(facts["job_type"]).observe(facts["elapsed_s"])
        elif event in ("stage_done", "stage_skipped", "stage_failed"):
            self._stage_s.labels(facts["stage"], event.removeprefix("stage_")).observe(facts["elapsed_s"])
        elif event == "recording_submitted":
            self._uploads.labels(facts["outcome"]).inc()
        elif event == "job_rescued":
            self._rescues.labels(facts["outcome"]).inc()

    def measure(self, depth: Depth) -> None:
        """Take over what is in the queue."""
        for state in ("ready", "waiting", "running"):
            self._queue.labels(state).set(getattr(depth, state))
        self._age_s.set(depth.oldest_s or 0.0)

    def serve(self, port: int, address: str = "127.0.0.1") -> Any:
        """Serve the metrics over HTTP from a thread; returns the server, whose `shutdown` ends it.

        Raises OSError for a port that is taken.
        """
        import prometheus_client as prometheus

        server, _thread = prometheus.start_http_server(port, address, registry=self.registry)
        return server
