"""`telemparse serve`: the HTTP interface and the pages, with workers in the same command."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from telemparse.cli import runner_arguments
from telemparse.cli.exits import Exit, command, exit_after
from telemparse.cli.runner_logs import LogForm, service_log
from telemparse.cli.terminal import reason
from telemparse.errors import MissingExtra, TelemparseError

__all__ = ["serve"]

_Host = Annotated[
    str | None,
    typer.Option("--host", metavar="ADDRESS", show_default=False, help="Address to listen at: 127.0.0.1."),
]
_Port = Annotated[
    int | None,
    typer.Option(
        "--port", "-p", min=0, max=65535, metavar="PORT", show_default=False,
        help="Port to listen at: 8765; 0 takes a free one.",
    ),
]  # fmt: skip
_Workers = Annotated[
    int,
    typer.Option(
        "--workers", "-w", min=0, metavar="N",
        help="Jobs at a time, each in a process; 0 where `telemparse worker` does them.",
    ),
]  # fmt: skip
_Log = Annotated[LogForm, typer.Option("--log", help="Form of the log on standard error.")]


@command
def serve(
    *,
    out: runner_arguments.Out = None,
    database_url: runner_arguments.DatabaseUrl = None,
    storage: runner_arguments.StoragePlace = None,
    host: _Host = None,
    port: _Port = None,
    workers: _Workers = 1,
    log: _Log = LogForm.TEXT,
) -> Exit:
    """Serve the HTTP interface and the pages until SIGTERM or Ctrl-C.

    The first start makes an API key and prints it, once; `telemparse keys` makes more. Whoever has a key
    sees the sessions of its owner and no others. It listens to this machine only, unless told otherwise:
    then put a proxy with TLS before it.
    """
    settings = runner_arguments.settings_of(out, database_url, storage)
    runner_arguments.check_analysis()
    from telemparse.runner import Events, Metrics, Pipeline
    from telemparse.service import ServiceSettings
    from telemparse.service import serve as serve_http

    wanted = ServiceSettings.from_env(host=host, port=port)
    with service_log(log) as logger:
        try:
            events = Events(metrics=Metrics() if wanted.metrics else None)
            with Pipeline(settings, events=events) as pipeline:
                serve_http(pipeline, wanted, workers=workers, show_key=_show_key, ready=_say_where)
        except MissingExtra:
            raise
        except TelemparseError as error:
            logger.error("ended", code=getattr(error, "code", None), error=reason(error))  # noqa: TRY400  (a line, not a traceback)
            return exit_after(error)
        logger.info("ended", reason="it was told to stop")
    return Exit.OK


def _show_key(secret: str) -> None:
    _say(f"API key, shown this once: {secret}")


def _say_where(address: str) -> None:
    _say(f"{address}/")


def _say(line: str) -> None:
    # Whoever reads it through a pipe waits for it.
    typer.echo(line)
    sys.stdout.flush()
