"""`telemparse live serve`: takes messages over HTTP, with a consumer in the same command."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from telemparse.cli import live_arguments
from telemparse.cli.exits import Exit, command, exit_after
from telemparse.cli.runner_logs import LogForm, service_log
from telemparse.cli.terminal import reason
from telemparse.errors import CallError, MissingExtra, TelemparseError

__all__ = ["serve_live"]

_Host = Annotated[
    str | None,
    typer.Option("--host", metavar="ADDRESS", show_default=False, help="Address to listen at: 127.0.0.1."),
]
_Port = Annotated[
    int | None,
    typer.Option(
        "--port", "-p", min=0, max=65535, metavar="PORT", show_default=False,
        help="Port to listen at: 8766; 0 takes a free one.",
    ),
]  # fmt: skip
_Consumers = Annotated[
    int | None,
    typer.Option(
        "--consumers", "-c", min=0, metavar="N", show_default=False,
        help="Consumers beside the server: 1; 0 where `telemparse live consume` does it.",
    ),
]  # fmt: skip
_Log = Annotated[LogForm, typer.Option("--log", help="Form of the log on standard error.")]


@command
def serve_live(
    *,
    out: live_arguments.Out = None,
    queue: live_arguments.QueueUrl = None,
    host: _Host = None,
    port: _Port = None,
    consumers: _Consumers = None,
    log: _Log = LogForm.TEXT,
) -> Exit:
    """Take messages at POST /ingest until SIGTERM or Ctrl-C.

    Senders need the key in TELEMETRY_LIVE_API_KEY; without one, a key for this run is made and printed. It
    listens to this machine only, unless told otherwise: then put a proxy with TLS before it.
    """
    settings = live_arguments.live_settings_of(out, queue, host=host, port=port, consumers=consumers)
    from telemparse.live import new_key, serve

    if not settings.api_key:
        import attrs

        settings = attrs.evolve(settings, api_key=new_key())
        _say(f"API key of this run: {settings.api_key}")
    with service_log(log) as logger:
        try:
            serve(settings, ready=_say)
        except (MissingExtra, CallError):
            raise
        except TelemparseError as error:
            logger.error("ended", code=getattr(error, "code", None), error=reason(error))  # noqa: TRY400  (a line, not a traceback)
            return exit_after(error)
        logger.info("ended", reason="it was told to stop")
    return Exit.OK


def _say(line: str) -> None:
    # Whoever reads it through a pipe waits for it.
    typer.echo(line)
    sys.stdout.flush()
