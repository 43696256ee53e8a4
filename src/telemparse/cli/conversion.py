"""`telemparse convert`: many recordings in parallel, each in a child process of its own."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import attrs
import typer

import telemparse
from telemparse.cli import arguments, child
from telemparse.cli.documents import emit, recording_document
from telemparse.cli.exits import Exit, command, exit_after, exit_for
from telemparse.cli.recordings import gather
from telemparse.cli.terminal import complain, reason, visible
from telemparse.cli.workers import in_parallel
from telemparse.model.issues import Issue
from telemparse.model.provenance import Provenance
from telemparse.model.results import ParseResult

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator

    from telemparse.cli.recordings import Recording
    from telemparse.model.options import ParseOptions

__all__ = ["convert"]

_PROCESSORS = os.cpu_count() or 1
_Destination = Annotated[
    str,
    typer.Option(
        "--out", "-o", metavar="DIR", show_default=False, help="Folder to write to; made when absent."
    ),
]
_Jobs = Annotated[
    int,
    typer.Option(
        "--jobs", "-j", min=1, metavar="N", show_default="one a processor", help="Recordings at a time."
    ),
]


@command
def convert(
    paths: arguments.Paths,
    *,
    out: _Destination,
    jobs: _Jobs = _PROCESSORS,
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
    timeout: arguments.Timeout = None,
    max_memory: arguments.MaxMemory = None,
    max_decompressed: arguments.MaxDecompressed = None,
) -> Exit:
    """Convert many recordings, several at a time, in bounded memory.

    Each recording is read in a child process: one that crashes or hangs costs a line on standard error
    and never stops the others. Of several recordings each gets a folder below DIR, named after its
    first file; a single one is written to DIR itself.
    """
    options = arguments.options_of(
        columns=columns, timezone=timezone, parser=parser, prefer=prefer or None, strict=strict,
        streams=stream or None, channels=channel or None, timeout_s=timeout, max_memory_bytes=max_memory,
        max_decompressed_bytes=max_decompressed,
    )  # fmt: skip
    arguments.check(options, file_format, compression)
    recordings, gathered = gather(paths, together=together)
    place = Path(out)
    place.mkdir(parents=True, exist_ok=True)

    def work(recording: Recording, stop: threading.Event) -> Outcome:
        return _converted(recording, place, options, stop, file_format=file_format, compression=compression)

    tally = Tally()
    with (
        _progress(len(recordings), shown=not as_json) as advance,
        closing(in_parallel(work, recordings, jobs, advance)) as outcomes,
    ):
        for recording, outcome in outcomes:
            tally.take(recording, outcome)
            if as_json and outcome.document is not None:
                emit(outcome.document)
    if not as_json:
        tally.show(place)
    return max(gathered, tally.code)


@attrs.frozen
class Outcome:
    """What became of one recording: its document, or words on why its files cannot be used."""

    document: dict[str, Any] | None = None
    refused: str = ""
    code: Exit = Exit.UNREADABLE


def _converted(
    recording: Recording,
    place: Path,
    options: ParseOptions,
    stop: threading.Event,
    *,
    file_format: arguments.Format,
    compression: arguments.Compression,
) -> Outcome:
    from telemparse import isolation

    directory = place / recording.folder
    with tempfile.TemporaryDirectory(prefix="telemparse-") as name:
        folder = Path(name)
        try:
            request = child.request_for(
                recording, directory, options, folder,
                file_format=file_format.value, compression=compression.value,
            )  # fmt: skip
            with ExitStack() as stack:
                stack.callback(_tidy, directory)
                answer = isolation.run(
                    "telemparse.cli.child:serve", request, folder,
                    timeout_s=options.timeout_s, max_memory_bytes=options.max_memory_bytes, stop=stop,
                )  # fmt: skip
                stack.pop_all()
        except isolation.Stopped as stopped:  # nobody waits for this one any more
            return Outcome(refused=reason(stopped))
        except isolation.ChildFailed as failed:
            issue = Issue(failed.code, **{"parser": child.parser_in(folder), **failed.evidence})
            return Outcome(_failure_document(recording, issue))
        except Exception as error:  # noqa: BLE001  (a bug of ours costs one recording, never the others)
            return Outcome(refused=reason(error), code=exit_after(error))
    return Outcome(**answer)


def _tidy(directory: Path) -> None:
    """Take away what a killed child had not finished, and the folder with it when nothing else is there."""
    from telemparse.writers.staging import staged

    with suppress(OSError):
        with staged(directory):
            """On entering, what nobody works on any more is swept away."""
        directory.rmdir()


def _failure_document(recording: Recording, issue: Issue) -> dict[str, Any]:
    from telemparse.schemas.fields import SCHEMA_VERSION

    provenance = Provenance((), telemparse.__version__, SCHEMA_VERSION)
    return recording_document(recording.paths, ParseResult(errors=(issue,), provenance=provenance), {})


@attrs.define
class Tally:
    """What a conversion came to, and the line on standard error for each recording that failed."""

    code: Exit = Exit.OK
    converted: int = 0
    failed: int = 0
    with_warnings: int = 0
    streams: int = 0
    rows: int = 0

    def take(self, recording: Recording, outcome: Outcome) -> None:
        """Count one recording."""
        document = outcome.document
        if document is None:
            self.failed += 1
            self.code = max(self.code, outcome.code)
            complain(f"{recording.label}: {outcome.refused}")
            return
        errors = document["errors"]
        self.code = max(self.code, exit_for(error["code"] for error in errors))
        if errors:
            more = f" (and {len(errors) - 1} more errors)" if len(errors) > 1 else ""
            complain(f"{recording.label}: {errors[0]['code']}: {errors[0]['message']}{more}")
        if not document["streams"]:
            self.failed += 1
            return
        self.converted += 1
        self.with_warnings += bool(document["warnings"])
        self.streams += len(document["streams"])
        self.rows += sum(stream["rows"] for stream in document["streams"].values())

    def show(self, place: Path) -> None:
        """Print the summary."""
        words = f"{_count(self.converted, 'recording')} converted to {place}: "
        lines = [words + f"{_count(self.streams, 'stream')}, {_count(self.rows, 'row')}."]
        if self.with_warnings:
            lines.append(f"{self.with_warnings} with warnings: --json or each manifest.json lists them.")
        if self.failed:
            lines.append(f"{self.failed} failed.")
        sys.stdout.write("\n".join(map(visible, lines)) + "\n")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


@contextmanager
def _progress(total: int, *, shown: bool) -> Iterator[Callable[[], None]]:
    """Show a bar on standard error when that is a terminal; yield what advances it."""
    if not (shown and sys.stderr.isatty()):
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("converting"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False) as bar:
        task = bar.add_task("", total=total)
        yield lambda: bar.advance(task)
