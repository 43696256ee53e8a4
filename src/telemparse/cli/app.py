"""The typer application: its commands and what stands before them."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Annotated

import typer

import telemparse
from telemparse.cli import (
    codes,
    comparing,
    conversion,
    detection,
    fusing,
    lap_timing,
    parsing,
    plugins,
    reporting,
    scaffolding,
    schemas,
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

\b
Exit codes:
  0  all well            3  not recognised, ambiguous or empty
  1  cannot read/write   4  parsed with errors
  2  wrong usage         of several recordings the highest
"""

app = typer.Typer(
    name="telemparse",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

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
    ("plugins", plugins.list_plugins, ("telemparse plugins", "telemparse plugins --probe")),
    ("codes", codes.explain_codes, ("telemparse codes", "telemparse codes GPX_MISSING_TIME")),
    ("schema", schemas.show_schema, ("telemparse schema", "telemparse schema gnss_pvt")),
    ("new-plugin", scaffolding.scaffold_plugin, (
        "telemparse new-plugin my-logger",
        "telemparse new-plugin my-logger --binary --into plugins",
    )),
)  # fmt: skip

for _name, _run, _examples in _COMMANDS:
    # The backspace keeps click from joining the lines that follow it.
    app.command(_name, epilog="\n".join(("\b", "Examples:", *(f"  {call}" for call in _examples))))(_run)


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
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def run() -> None:
    """Run the application on this process's arguments."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A name that the terminal's encoding lacks must not end in a traceback.
        sys.stdout.reconfigure(errors="backslashreplace")
    listen()
    app(prog_name="telemparse")
