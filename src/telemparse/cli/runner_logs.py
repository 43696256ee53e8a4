"""Logs of the runner: structlog speaks as a command wants it to, and as before when the command has ended."""

from __future__ import annotations

import enum
import logging
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from telemparse.cli.terminal import complain, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, MutableMapping

__all__ = ["LogForm", "brief_log", "service_log"]


class LogForm(enum.StrEnum):
    """How a worker writes its log."""

    JSON = "json"
    TEXT = "text"


# What becomes of a session is told with its name; these would say it a second time.
_TOLD = frozenset({"job_failed", "stage_failed"})


@contextmanager
def brief_log() -> Iterator[None]:
    """Let warnings come as short lines on standard error, a word that repeats itself only once."""
    from structlog import DropEvent

    last = ""

    def tell(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> str:
        nonlocal last
        line = _brief(event)
        if event["event"] not in _TOLD and line != last:
            complain(line)
            last = line
        raise DropEvent

    with _configured([tell], logging.WARNING):
        yield


def _brief(event: MutableMapping[str, Any]) -> str:
    if event["event"] == "job_retried":
        return (
            f"{event['job_type']}: attempt {event['attempt']} ended with {event['code']},"
            f" the next one begins in {event['retry_after_s']:.0f} s"
        )
    # Without what differs each time, so that a database that is away is one line and not hundreds.
    facts = [f"{name} {value}" for name, value in event.items() if name in ("error", "code", "outcome")]
    words: str = event["event"].replace("_", " ")
    return f"{words}: {', '.join(facts)}" if facts else words


@contextmanager
def service_log(form: LogForm) -> Iterator[Any]:
    """Let all that happens come on standard error, a line each with its UTC instant; gives a logger."""
    import structlog

    render = structlog.processors.JSONRenderer() if form is LogForm.JSON else _text
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
    with _configured([structlog.processors.add_log_level, stamp, render], logging.INFO):
        yield structlog.get_logger("telemparse.worker")


def _text(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> str:
    head = f"{event.pop('timestamp')} {event.pop('level'):<7} {event.pop('event')}"
    return visible(" ".join([head, *(f"{name}={value}" for name, value in event.items())]))


@contextmanager
def _configured(processors: list[Callable[..., Any]], level: int) -> Iterator[None]:
    import structlog

    before = structlog.get_config() if structlog.is_configured() else None
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    try:
        yield
    finally:
        if before is None:
            structlog.reset_defaults()
        else:
            structlog.configure(**before)
