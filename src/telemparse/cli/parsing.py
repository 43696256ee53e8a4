"""`telemparse parse`: recordings into canonical tables, shown and written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

import telemparse
from telemparse.cli import arguments
from telemparse.cli.exits import Exit, command, exit_for
from telemparse.cli.recordings import each, gather
from telemparse.cli.terminal import apart, console

if TYPE_CHECKING:
    from telemparse.cli.recordings import Recording
    from telemparse.model.results import ParseResult

__all__ = ["parse"]


@command
def parse(
    paths: arguments.Paths,
    *,
    out: arguments.Out = None,
    file_format: arguments.OutFormat = arguments.Format.PARQUET,
    compression: arguments.OutCompression = arguments.Compression.ZSTD,
    as_json: arguments.Json = False,
    timezone: arguments.Timezone = None,
    columns: arguments.Columns = None,
    together: arguments.Together = False,
    parser: arguments.Parser = None,
    prefer: arguments.Prefer = None,
    strict: arguments.Strict = False,
    stream: arguments.Stream = None,
    channel: arguments.Channel = None,
    isolation: arguments.Where = None,
    timeout: arguments.Timeout = None,
    max_memory: arguments.MaxMemory = None,
    max_decompressed: arguments.MaxDecompressed = None,
) -> Exit:
    """Show what is in recordings; write their tables with --out.

    One recording is written to DIR itself; of several each gets a folder below it, named after its
    first file.
    """
    options = arguments.options_of(
        columns=columns, isolation=isolation, timezone=timezone, parser=parser, prefer=prefer or None,
        strict=strict, streams=stream or None, channels=channel or None, timeout_s=timeout,
        max_memory_bytes=max_memory, max_decompressed_bytes=max_decompressed,
    )  # fmt: skip
    arguments.check(options, file_format, compression)
    recordings, gathered = gather(paths, together=together)
    tables = 0

    def handle(recording: Recording) -> Exit:
        nonlocal tables
        with apart():
            result = telemparse.parse(recording.artifacts, options, on_error="return")
            folder = None if out is None else Path(out) / recording.folder
            files = {} if folder is None else _write(result, folder, file_format, compression)
        _show(recording, result, folder, files, as_json=as_json)
        tables += len(result.streams)
        return exit_for(issue.code for issue in result.errors)

    code = max(gathered, each(recordings, handle))
    if tables and out is None and not as_json:
        typer.echo("Nothing was written; --out DIR keeps the tables.")
    return code


def _write(
    result: ParseResult, folder: Path, file_format: arguments.Format, compression: arguments.Compression
) -> dict[str, Path]:
    """Write a result and return the file of each stream."""
    from telemparse import writers

    manifest = writers.write(result, folder, format=file_format.value, compression=compression.value)
    return {record.name: folder / record.file for record in manifest.streams}


def _show(
    recording: Recording, result: ParseResult, folder: Path | None, files: dict[str, Path], *, as_json: bool
) -> None:
    from telemparse.schemas.measure import Measure

    measures = {name: Measure.of(table) for name, table in result.streams.items()}
    if as_json:
        from telemparse.cli.documents import emit, recording_document, stream_document

        streams = {name: stream_document(measure, files.get(name)) for name, measure in measures.items()}
        emit(recording_document(recording.paths, result, streams))
        return
    from telemparse.cli.display import show_result
    from telemparse.cli.figures import distance_m

    distances = {
        name: distance_m(table)
        for name, table in result.streams.items()
        if name.partition(".")[0] == "gnss_pvt"
    }
    show_result(console(), recording.label, result, measures, distances=distances, written=folder)
