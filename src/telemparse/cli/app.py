"""The typer application: its commands and what stands before them."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

import telemparse
from telemparse.cli import (
    api_keys,
    codes,
    comparing,
    conversion,
    databases,
    detection,
    enqueueing,
    fusing,
    health,
    lap_timing,
    live_consuming,
    live_letters,
    live_serving,
    live_simulating,
    live_tables,
    parsing,
    plugins,
    queue_jobs,
    reporting,
    running,
    scaffolding,
    schemas,
    serving,
    session_changes,
    session_listing,
    working,
)
from telemparse.cli.exits import listen

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["app", "run"]

_WELCOME = """Turn motorsport, RC, drone and sports telemetry recordings into canonical tables.

\b
First steps:
  telemparse detect ride.gpx             what is this file?
  telemparse parse ride.gpx              what is in it?
  telemparse parse ride.gpx --out rides  ... and keep it as Parquet
  telemparse convert logs/ --out tables  many files at once
  telemparse laps session.vbo            how fast, and how sure is that?
  telemparse run logs/ --out sessions    the whole pipeline, all of it kept
  telemparse serve --out sessions        ... with pages and an HTTP interface

\b
Exit codes:
  0  all well            3  not recognised, ambiguous or empty
  1  cannot read/write   4  parsed with errors
  2  wrong usage         of several recordings the highest
"""

_STYLE: dict[str, Any] = {
    "add_completion": False,
    "rich_markup_mode": None,
    "pretty_exceptions_enable": False,
    "context_settings": {"help_option_names": ["-h", "--help"]},
}

app = typer.Typer(name="telemparse", **_STYLE)

# Commands that have commands of their own, and what these are about.
_GROUPS = {
    "live": "Take messages of vehicles over HTTP, and turn them into files and tables.",
    "keys": "Make, list and revoke the keys of the HTTP service.",
    "jobs": "Look at the queue, and retry or cancel what is in it.",
    "db": "Look at the schema of the database, and upgrade it.",
}

# Each command by its name, with calls that show what it is for.
_COMMANDS: tuple[tuple[str, Callable[..., None], tuple[str, ...]], ...] = (
    ("detect", detection.detect, (
        "telemparse detect ride.gpx",
        "telemparse detect unknown.bin --explain",
    )),
    ("parse", parsing.parse, (
        "telemparse parse ride.gpx",
        "telemparse parse log.csv --out tables --timezone Europe/Berlin",
        "telemparse parse bare.csv --columns t:s,lat_deg,lon_deg,speed:kmh",
        "telemparse parse *.csv --out tables --format csv --json > report.ndjson",
    )),
    ("convert", conversion.convert, (
        "telemparse convert logs/ --out tables",
        "telemparse convert a.gpx b.csv --out tables --format csv --jobs 4",
        "telemparse convert logs/ --out tables --timeout 60 --json > report.ndjson",
    )),
    ("laps", lap_timing.time_laps, (
        "telemparse laps session.vbo",
        "telemparse laps session.vbo --gate finish.geojson --method linear",
        "telemparse laps *.nmea --track tracks/ --json > laps.ndjson",
        "telemparse laps session.vbo --learn-track tracks/circuit.geojson",
    )),
    ("compare", comparing.compare, (
        "telemparse compare session.vbo",
        "telemparse compare session.vbo --laps 3,5",
        "telemparse compare session.vbo --laps 3,5 --reference best --json",
    )),
    ("fuse", fusing.fuse, (
        "telemparse fuse session.ubx --out fused",
        "telemparse fuse imu.csv gnss.csv --together --out fused",
        "telemparse fuse session.ubx --out fused --lever 0.4,0,0.9 --rate 50",
    )),
    ("report", reporting.report_on, (
        "telemparse report session.vbo -o report.html",
        "telemparse report *.nmea -o report.html --track tracks/ --title 'Test day'",
    )),
    ("run", running.run, (
        "telemparse run logs/ --out sessions",
        "telemparse run *.vbo --out sessions --jobs 2 --track tracks/ --json",
        "telemparse run logs/ --database-url postgresql://... --storage s3://bucket",
    )),
    ("worker", working.work, (
        "telemparse worker --out sessions",
        "telemparse worker --workers 4 --metrics-port 9100",
        "telemparse worker --out sessions --drain --log text",
    )),
    ("serve", serving.serve, (
        "telemparse serve --out sessions",
        "telemparse serve --port 8080 --workers 2 --out sessions",
        "telemparse serve --workers 0 --database-url postgresql://... --storage s3://bucket",
    )),
    ("live serve", live_serving.serve_live, (
        "telemparse live serve --out live",
        "telemparse live serve --out live --port 8080 --consumers 0",
        "telemparse live serve --out live --queue https://sqs.eu-central-1.amazonaws.com/...",
    )),
    ("live consume", live_consuming.consume, (
        "telemparse live consume --out live",
        "telemparse live consume --out live --drain --log text",
    )),
    ("live aggregate", live_tables.aggregate_hours, (
        "telemparse live aggregate --out live",
        "telemparse live aggregate --out live --since 2025-10-04T00:00:00Z --json",
    )),
    ("live compact", live_tables.compact_hours, ("telemparse live compact --out live",)),
    ("live expire", live_tables.expire_hours, (
        "telemparse live expire --out live --dry-run",
        "telemparse live expire --out live --days 30 --compacted-only",
    )),
    ("live dead-letters", live_letters.show_dead_letters, (
        "telemparse live dead-letters --out live",
        "telemparse live dead-letters --out live --again",
    )),
    ("live simulate", live_simulating.simulate, (
        "telemparse live simulate",
        "telemparse live simulate --messages 100000 --out live",
        "telemparse live simulate --url http://127.0.0.1:8766 --rate 100",
    )),
    ("keys create", api_keys.create_key, (
        "telemparse keys create --out sessions --label laptop",
        "telemparse keys create --owner team --driver anna",
    )),
    ("keys list", api_keys.list_keys, ("telemparse keys list --out sessions",)),
    ("keys revoke", api_keys.revoke_keys, ("telemparse keys revoke ID --out sessions",)),
    ("enqueue", enqueueing.enqueue, (
        "telemparse enqueue logs/ --out sessions",
        "telemparse enqueue imu.csv gnss.csv --together --owner team --driver anna",
    )),
    ("sessions", session_listing.list_sessions, (
        "telemparse sessions --out sessions",
        "telemparse sessions --status FAILED --status PARTIAL --json",
        "telemparse sessions SESSION --out sessions",
    )),
    ("jobs list", queue_jobs.list_jobs, (
        "telemparse jobs list --out sessions",
        "telemparse jobs list --status FAILED --json",
    )),
    ("jobs retry", queue_jobs.retry_jobs, (
        "telemparse jobs retry ID --out sessions",
    )),
    ("jobs cancel", queue_jobs.cancel_jobs, (
        "telemparse jobs cancel ID --out sessions",
    )),
    ("reprocess", session_changes.reprocess, (
        "telemparse reprocess SESSION --out sessions",
        "telemparse reprocess SESSION --gate finish.geojson",
    )),
    ("delete", session_changes.delete_sessions, (
        "telemparse delete SESSION --out sessions",
    )),
    ("health", health.show_health, ("telemparse health --out sessions", "telemparse health --json")),
    ("db upgrade", databases.upgrade_schema, (
        "telemparse db upgrade --out sessions",
        "telemparse db upgrade --database-url postgresql://...",
    )),
    ("db check", databases.check_schema, ("telemparse db check --out sessions",)),
    ("plugins", plugins.list_plugins, ("telemparse plugins", "telemparse plugins --probe")),
    ("codes", codes.explain_codes, ("telemparse codes", "telemparse codes GPX_MISSING_TIME")),
    ("schema", schemas.show_schema, ("telemparse schema", "telemparse schema gnss_pvt")),
    ("new-plugin", scaffolding.scaffold_plugin, (
        "telemparse new-plugin my-logger",
        "telemparse new-plugin my-logger --binary --into plugins",
    )),
)  # fmt: skip


def _show_help_alone(context: typer.Context) -> None:
    """Show the help when no command is named."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


_groups = {"": app} | {name: typer.Typer(**_STYLE) for name in _GROUPS}
for _name, _about in _GROUPS.items():
    _groups[_name].callback(help=_about, invoke_without_command=True)(_show_help_alone)
    app.add_typer(_groups[_name], name=_name)
for _name, _run, _examples in _COMMANDS:
    _group, _blank, _own = _name.rpartition(" ")
    # The backspace keeps click from joining the lines that follow it.
    _epilog = "\n".join(("\b", "Examples:", *(f"  {call}" for call in _examples)))
    _groups[_group].command(_own, epilog=_epilog)(_run)


def _print_version(asked: bool) -> None:  # noqa: FBT001  (typer calls back with the option's value)
    if asked:
        typer.echo(f"telemparse {telemparse.__version__}")
        raise typer.Exit


@app.callback(help=_WELCOME, invoke_without_command=True)
def welcome(
    context: typer.Context,
    *,
    version: Annotated[  # noqa: ARG001  (the callback has done its work)
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and leave."),
    ] = False,
) -> None:
    """Show the help when no command is named."""
    _show_help_alone(context)


def run() -> None:
    """Run the application on this process's arguments."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A name that the terminal's encoding lacks must not end in a traceback.
        sys.stdout.reconfigure(errors="backslashreplace")
    listen()
    app(prog_name="telemparse")
