"""`telemparse worker`: works on the queue until it is told to stop."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from telemparse.cli import runner_arguments
from telemparse.cli.exits import Exit, command, exit_after
from telemparse.cli.runner_logs import LogForm, service_log
from telemparse.cli.terminal import reason
from telemparse.errors import MissingExtra, TelemparseError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.runner import Metrics, Settings

__all__ = ["work"]

_Workers = Annotated[
    int, typer.Option("--workers", "-w", min=1, metavar="N", help="Jobs at a time, each in a process.")
]
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


@command
def work(
    *,
    out: runner_arguments.Out = None,
    database_url: runner_arguments.DatabaseUrl = None,
    storage: runner_arguments.StoragePlace = None,
    workers: _Workers = 1,
    drain: _Drain = False,
    metrics_port: _Port = None,
    metrics_address: _Address = "127.0.0.1",
    log: _Log = LogForm.JSON,
) -> Exit:
    """Work on the queue until SIGTERM or Ctrl-C.

    Any number of workers may, on any machine. One that is told to stop gives its jobs back at once and
    leaves with code 0. It waits for a database that goes away, and leaves with code 1 when another
    version migrates the schema.
    """
    settings = runner_arguments.settings_of(out, database_url, storage)
    runner_arguments.check_analysis()
    with service_log(log) as logger, _metrics(metrics_port, metrics_address, logger) as metrics:
        try:
            jobs = _work(settings, workers, metrics, drain=drain)
        except MissingExtra:
            raise
        except TelemparseError as error:
            logger.error("ended", code=getattr(error, "code", None), error=reason(error))  # noqa: TRY400  (a line, not a traceback)
            return exit_after(error)
        except KeyboardInterrupt:
            logger.info("ended", reason="it was told to stop")
            return Exit.OK
        logger.info("ended", reason="the queue is empty", jobs=jobs)
    return Exit.OK


def _work(settings: Settings, workers: int, metrics: Metrics | None, *, drain: bool) -> int:
    from telemparse.runner import Events, Pipeline

    with Pipeline(settings, events=Events(metrics=metrics)) as pipeline:
        return pipeline.work(workers, until=None if drain else _never)


def _never() -> bool:
    return False


@contextmanager
def _metrics(port: int | None, address: str, logger: Any) -> Iterator[Metrics | None]:
    """Serve metrics as long as the context lasts. Raises MissingExtra, OSError for a port that is taken."""
    if port is None:
        yield None
        return
    from telemparse.runner import Metrics

    metrics = Metrics()
    server = metrics.serve(port, address)
    try:
        logger.info("metrics_served", address=address, port=server.server_port)
        yield metrics
    finally:
        server.shutdown()
        server.server_close()
