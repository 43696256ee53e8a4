"""`telemparse report`: recordings as one page of HTML that is whole by itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import telemparse
from telemparse.cli import arguments, lap_arguments
from telemparse.cli.exits import Exit, command, exit_for
from telemparse.cli.recordings import each, gather
from telemparse.cli.terminal import apart, visible
from telemparse.errors import CallError

if TYPE_CHECKING:
    from telemparse.cli.recordings import Recording
    from telemparse.report import Chapter

__all__ = ["report_on"]

_Page = Annotated[
    str,
    typer.Option(
        "--out", "-o", metavar="FILE", show_default=False, help="The page to write: report.html."
    ),
]  # fmt: skip
_Title = Annotated[
    str | None,
    typer.Option(metavar="WORDS", show_default=False, help="Title of the page; else the recording's name."),
]


@command
def report_on(
    paths: arguments.Paths,
    *,
    out: _Page,
    title: _Title = None,
    gate: lap_arguments.GateLine = None,
    track: lap_arguments.TrackPlace = None,
    method: lap_arguments.TimingMethod = lap_arguments.Method.AUTO,
    timezone: arguments.Timezone = None,
    columns: arguments.Columns = None,
    together: arguments.Together = False,
    parser: arguments.Parser = None,
    prefer: arguments.Prefer = None,
    isolation: arguments.Where = None,
    timeout: arguments.Timeout = None,
    max_memory: arguments.MaxMemory = None,
    max_decompressed: arguments.MaxDecompressed = None,
) -> Exit:
    """Write one page about recordings: map, traces, laps, sectors, quality, and what was read.

    The page is one file of HTML that loads nothing from anywhere. It holds no coordinates, but its map
    shows the shape of the place. Laps are found as `telemparse laps` finds them; what a recording lacks
    is told with the reason.
    """
    options = arguments.options_of(
        columns=columns, isolation=isolation, timezone=timezone, parser=parser, prefer=prefer or None,
        timeout_s=timeout, max_memory_bytes=max_memory, max_decompressed_bytes=max_decompressed,
    )  # fmt: skip
    arguments.check(options, arguments.Format.PARQUET, arguments.Compression.ZSTD)
    if Path(out).is_dir():
        raise CallError(f"--out takes the name of a file, and {out} is a folder")
    from telemparse.report import describe, load_template, write_report

    load_template()
    call = lap_arguments.LapCall.of(gate, track, method)
    recordings, gathered = gather(paths, together=together)
    chapters: list[Chapter] = []

    def handle(recording: Recording) -> Exit:
        with apart():
            result = telemparse.parse(recording.artifacts, options, on_error="return")
        # The page names files, not the folders of whoever made it.
        chapters.append(describe(result, call.laps_of(result)))
        return exit_for(issue.code for issue in result.errors)

    code = max(gathered, each(recordings, handle))
    if chapters:
        place = write_report(chapters, out, title=title)
        count = len(chapters)
        typer.echo(visible(f"{place}: {count} recording{'s' * (count > 1)}"))
    return code
