"""Events of the runner: what happens is said once, and the log, the metrics and observers hear it."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any, Protocol

import attrs
import structlog

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemparse.runner.metrics import Metrics

__all__ = ["Events", "Observer"]

_LOUD = {
    "job_started": "debug", "stage_started": "debug", "outputs_promoted": "debug",
    "job_failed": "error", "job_retried": "warning", "lease_lost": "warning", "job_rescued": "warning",
    "stage_failed": "warning", "database_unavailable": "warning", "upkeep_failed": "warning",
    "request_failed": "error",
    "queue_unavailable": "warning", "raw_unavailable": "error", "message_retried": "warning",
    "message_buried": "error", "burial_failed": "error", "dead_letters_absent": "warning",
    "parts_recovered": "warning", "parts_closed": "debug", "backlog_old": "warning",
    "backlog_measured": "debug",
}  # fmt: skip


def _logger() -> Any:
    if structlog.is_configured():
        # Bound once: a logger that is not settles its configuration anew with every word.
        return structlog.get_logger("telemparse.runner").bind()
    # By itself structlog says everything on standard output, which belongs to the caller.
    quiet = structlog.make_filtering_bound_logger(logging.WARNING)
    return structlog.wrap_logger(structlog.PrintLogger(sys.stderr), wrapper_class=quiet).bind()


class Observer(Protocol):
    """Hears events; what it raises is not caught."""

    def __call__(self, event: str, facts: dict[str, Any]) -> None:
        """Hear that something happened."""
        ...


@attrs.frozen
class Events:
    """Where events go.

    Facts are ids, codes, counts, names of stages and seconds: never a position, a file's content or a
    secret.

    Args:
        metrics: counters and durations, None for none.
        observers: called with each event.
    """

    metrics: Metrics | None = None
    observers: tuple[Observer, ...] = ()
    _log: Any = attrs.field(factory=_logger, repr=False)

    def emit(self, event: str, **facts: Any) -> None:
        """Say that something happened."""
        told = {name: value for name, value in facts.items() if value is not None}
        speak: Callable[..., Any] = getattr(self._log, _LOUD.get(event, "info"))
        speak(event, **told)
        if self.metrics is not None:
            self.metrics.hear(event, told)
        for observe in self.observers:
            observe(event, told)
