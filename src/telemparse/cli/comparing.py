"""`telemparse compare`: where laps of a recording gain and lose time against each other."""

from __future__ import annotations

from typing import Annotated

import typer

import telemparse
from telemparse.cli import arguments, lap_arguments
from telemparse.cli.exits import Exit, command, exit_for
from telemparse.cli.recordings import gather
from telemparse.cli.terminal import apart, console
from telemparse.errors import CallError

__all__ = ["compare"]

_Laps = Annotated[
    str | None,
    typer.Option(
        "--laps", metavar="NUMBERS", show_default=False,
        help="Laps to compare, as `telemparse laps` numbers them: 3,5. The two fastest when absent.",
    ),
]  # fmt: skip
_Reference = Annotated[
    str | None,
    typer.Option(
        "--reference", metavar="LAP", show_default=False,
        help="Lap that the others are measured against: its number, or best. The fastest of them else.",
    ),
]  # fmt: skip


@command
def compare(
    paths: arguments.Paths,
    *,
    laps: _Laps = None,
    reference: _Reference = None,
    gate: lap_arguments.GateLine = None,
    track: lap_arguments.TrackPlace = None,
    method: lap_arguments.TimingMethod = lap_arguments.Method.AUTO,
    as_json: arguments.Json = False,
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
    """Compare laps: time lost in each corner, speeds, sectors.

    Laps of one recording are laid beside each other by their progress along the way of the reference lap.
    A difference that is smaller than two of its standard deviations is called not distinguishable.
    """
    numbers = _checked(laps, reference)
    options = arguments.options_of(
        columns=columns, isolation=isolation, timezone=timezone, parser=parser, prefer=prefer or None,
        timeout_s=timeout, max_memory_bytes=max_memory, max_decompressed_bytes=max_decompressed,
    )  # fmt: skip
    arguments.check(options, arguments.Format.PARQUET, arguments.Compression.ZSTD)
    call = lap_arguments.LapCall.of(gate, track, method)
    recordings, gathered = gather(paths, together=together)
    if len(recordings) > 1:
        raise CallError(f"laps of one recording are compared, these are {len(recordings)}")
    for recording in recordings:
        from telemparse.cli.lap_comparisons import LapComparison

        with apart():
            result = telemparse.parse(recording.artifacts, options, on_error="return")
        found = call.laps_of(result)
        # Where there are no laps, that is the answer, whichever were asked for.
        compared = LapComparison.of(result, found, *(numbers if len(found) else ((), None)))
        if as_json:
            from telemparse.cli.comparison_documents import comparison_document
            from telemparse.cli.documents import emit

            emit(comparison_document(recording.paths, compared))
        else:
            from telemparse.cli.comparison_display import show_comparison

            show_comparison(console(), recording.label, compared)
        gathered = max(gathered, exit_for(issue.code for issue in result.errors))
    return gathered


def _checked(laps: str | None, reference: str | None) -> tuple[tuple[int, ...] | None, int | str | None]:
    from telemparse.cli.lap_choices import chosen_laps, chosen_reference

    return chosen_laps(laps), chosen_reference(reference)
