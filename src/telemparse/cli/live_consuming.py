"""`telemparse live consume`: writes what is in the queue to files, until it is told to stop."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from telemparse.cli import live_arguments
from telemparse.cli.exits import Exit, command, exit_after
from telemparse.cli.runner_logs import LogForm, service_log
from telemparse.cli.terminal import reason
from telemparse.errors import CallError, MissingExtra, TelemparseError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.live import ConsumerReport, LiveSettings
    from telemparse.runner.events import Observer

__all__ = ["consume"]

_Port = Annotated[
    int | None,
    typer.Option(
        "--metrics-port", min=0, max=65535, metavar="PORT", show_default=False,
        help="Serve metrics for Prometheus there; 0 takes a free port, and the log names it.",
    ),
]  # fmt: skip
_Address = Annotated[
    str, typer.Option("--metrics-address", metavar="ADDRESS", help="Address to serve metrics at.")
]
_Log = Annotated[LogForm, typer.Option("--log", help="Form of the log on standard error.")]
_Drain = Annotated[
    bool, typer.Option("--drain", help="Leave when the queue is empty, and do not wait for more.")
]
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@command
def consume(
    *,
    out: live_arguments.Out = None,
    queue: live_arguments.QueueUrl = None,
    drain: _Drain = False,
    metrics_port: _Port = None,
    metrics_address: _Address = "127.0.0.1",
    log: _Log = LogForm.JSON,
) -> Exit:
    """Write the messages of the queue to files until SIGTERM or Ctrl-C.

    Any number of them may run, on any machine that sees queue and folder. One that is told to stop writes
    what it has in hand, and leaves with code 0. It waits for a queue or a disk that goes away.
    """
    settings = live_arguments.live_settings_of(out, queue)
    with (
        service_log(log) as logger,
        _metrics(metrics_port, metrics_address, logger) as observers,
        _stopped_by_signals() as stop,
    ):
        try:
            report = _consume(settings, observers, stop, drain=drain)
        except (MissingExtra, CallError):
            raise
        except TelemparseError as error:
            logger.error("ended", code=getattr(error, "code", None), error=reason(error))  # noqa: TRY400  (a line, not a traceback)
            return exit_after(error)
        logger.info(
            "ended", reason="it was told to stop" if stop.is_set() else "the queue is empty",
            persisted=report.persisted, batches=report.batches, buried=report.buried,
        )  # fmt: skip
    return Exit.OK


def _consume(
    settings: LiveSettings, observers: tuple[Observer, ...], stop: threading.Event, *, drain: bool
) -> ConsumerReport:
    from telemparse.live import Consumer, open_queue
    from telemparse.runner.events import Events

    with open_queue(
        settings.queue, visibility_s=settings.visibility_s, max_receives=settings.max_receives,
        dead_letter_url=settings.dead_letter_url,
    ) as messages:  # fmt: skip
        consumer = Consumer(messages, settings.path, settings, Events(observers=observers))
        return consumer.run(stop=stop, drain=drain)


@contextmanager
def _stopped_by_signals() -> Iterator[threading.Event]:
    """Give an event that signals set: an exception out of nowhere would end a write in the middle."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.signal(number, lambda *_told: stop.set()) for number in _SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _metrics(port: int | None, address: str, logger: Any) -> Iterator[tuple[Observer, ...]]:
    """Serve metrics as long as the context lasts. Raises MissingExtra, OSError for a port that is taken."""
    if port is None:
        yield ()
        return
    from telemparse.live import LiveMetrics

    metrics = LiveMetrics()
    server = metrics.serve(port, address)
    try:
        logger.info("metrics_served", address=address, port=server.server_port)
        yield (metrics.hear,)
    finally:
        server.shutdown()
        server.server_close()
