"""Arguments and options that several commands share, and the `ParseOptions` that they make."""

from __future__ import annotations

import csv
import enum
import re
from typing import Annotated, Any

import typer

from telemparse.cli.loading import installed
from telemparse.errors import CallError
from telemparse.model.options import Isolation, ParseOptions

__all__ = ["Compression", "Format", "Isolation", "check", "columns_of", "options_of", "size_of"]


class Format(enum.StrEnum):
    """The files that tables are written to."""

    PARQUET = "parquet"
    ARROW = "arrow"
    CSV = "csv"
    GEOJSON = "geojson"


class Compression(enum.StrEnum):
    """How files are compressed."""

    ZSTD = "zstd"
    SNAPPY = "snappy"
    LZ4 = "lz4"
    NONE = "none"


_UNITS = {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3, "T": 1024**4}
_SIZE = re.compile(r"(\d+)\s*([KMGT]?)(?:i?B)?", re.IGNORECASE)


def size_of(text: str) -> int:
    """Return the bytes that a text means: `512M`, `2 GiB`. Raises BadParameter for a text that is no size."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise typer.BadParameter(f"{text!r} is no size; write bytes, or for instance 512M or 2G.")
    return int(match[1]) * _UNITS[match[2].upper()]


Paths = Annotated[
    list[str],
    typer.Argument(metavar="PATH", show_default=False, help="Files, folders or zip archives."),
]
Out = Annotated[
    str | None,
    typer.Option(
        "--out", "-o", metavar="DIR", show_default=False, help="Folder to write to; made when absent."
    ),
]
OutFormat = Annotated[Format, typer.Option("--format", "-f", help="Files to write.")]
OutCompression = Annotated[
    Compression,
    typer.Option("--compression", help="Parquet takes zstd, snappy, none; Arrow zstd, lz4, none."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON: one object a line.")]
Together = Annotated[bool, typer.Option("--together", help="Take all files as ONE recording.")]
Timezone = Annotated[
    str | None,
    typer.Option(metavar="ZONE", show_default=False, help="Zone of local times without one: Europe/Berlin."),
]
Columns = Annotated[
    str | None,
    typer.Option(
        metavar="NAMES", show_default=False,
        help="What the columns of a CSV are: t,lat_deg,lon_deg in order, or Zeit=t:ms,Breite=lat_deg.",
    ),
]  # fmt: skip
Parser = Annotated[
    str | None,
    typer.Option(metavar="ID", show_default=False, help="Use this parser whatever detection says."),
]
Prefer = Annotated[
    list[str] | None,
    typer.Option(metavar="ID", show_default=False, help="This parser wins a tie. May come several times."),
]
Strict = Annotated[bool, typer.Option("--strict", help="Warnings that lose data become errors.")]
Stream = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME", show_default=False, help="Only this stream (gnss_pvt). May come several times."
    ),
]
Channel = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME", show_default=False, help="Only this vehicle channel. May come several times."
    ),
]
Where = Annotated[
    Isolation | None,
    typer.Option(
        "--isolation", show_default=False,
        help="process: run the parser in a child process. Implied by --timeout and --max-memory.",
    ),
]  # fmt: skip
Timeout = Annotated[
    float | None,
    typer.Option(metavar="SECONDS", show_default=False, help="End a parser that takes longer."),
]
MaxMemory = Annotated[
    int | None,
    typer.Option(
        metavar="BYTES", parser=size_of, show_default=False, help="End a parser that takes more: 2G, 512M."
    ),
]
MaxDecompressed = Annotated[
    int | None,
    typer.Option(
        metavar="BYTES", parser=size_of, show_default=False, help="What an archive may unpack to (8G)."
    ),
]


def columns_of(text: str) -> str | dict[str | int, str]:
    """Return what `--columns` says: names in order as they are, or a mapping of source to canonical.

    A source that is a number counts columns from 0; one that holds a comma stands in double quotes.
    Raises CallError when the two ways are mixed or a name is missing.
    """
    items = next(csv.reader([text]), [])
    named = [item for item in items if "=" in item]
    if not named:
        return text
    if len(named) != len([item for item in items if item.strip()]):
        raise CallError("--columns takes names in order, or SOURCE=NAME for each column, not both")
    mapping: dict[str | int, str] = {}
    for item in named:
        source, _equals, name = item.rpartition("=")
        source, name = source.strip(), name.strip()
        if not source or not name:
            raise CallError(f"--columns needs a name on both sides of '=' in {item!r}")
        mapping[int(source) if source.isdecimal() else source] = name
    return mapping


def options_of(
    *, columns: str | None = None, isolation: Isolation | None = None, **given: Any
) -> ParseOptions:
    """Return the options of a call; what was not given (None) keeps its default.

    Raises CallError for a value that cannot be right.
    """
    options = {name: value for name, value in given.items() if value is not None}
    if columns is not None:
        options["columns"] = columns_of(columns)
    limited = "timeout_s" in options or "max_memory_bytes" in options
    if limited and isolation is Isolation.NONE:
        raise CallError("--timeout and --max-memory need --isolation process")
    if limited or isolation is not None:
        options["isolation"] = isolation or Isolation.PROCESS
    return ParseOptions(**options)


def check(options: ParseOptions, file_format: Format, compression: Compression) -> None:
    """Raise CallError for names that nobody knows, before any file is touched."""
    from telemparse.schemas import SCHEMAS, is_stream
    from telemparse.writers.filing import format_named

    format_named(file_format.value, compression.value)
    catalog = installed()
    for parser_id in (*options.prefer, *([options.parser] if options.parser is not None else [])):
        catalog.card(parser_id)
    for name in options.streams or ():
        if name not in SCHEMAS and not is_stream(name):
            raise CallError(f"there is no stream {name!r}; there are {', '.join(SCHEMAS)}")
