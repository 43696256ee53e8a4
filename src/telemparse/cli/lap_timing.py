"""`telemparse laps`: lap times with their uncertainty, and why some of them do not count."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import telemparse
from telemparse.cli import arguments, lap_arguments
from telemparse.cli.exits import Exit, command, exit_for
from telemparse.cli.recordings import each, gather
from telemparse.cli.terminal import apart, complain, console
from telemparse.errors import CallError

if TYPE_CHECKING:
    from telemparse.cli.lap_findings import LapFindings
    from telemparse.cli.recordings import Recording

__all__ = ["time_laps"]

_Learn = Annotated[
    str | None,
    typer.Option(
        "--learn-track", metavar="FILE", show_default=False,
        help="Write the track of the recording as GeoJSON, for --track.",
    ),
]  # fmt: skip


@command
def time_laps(
    paths: arguments.Paths,
    *,
    gate: lap_arguments.GateLine = None,
    track: lap_arguments.TrackPlace = None,
    method: lap_arguments.TimingMethod = lap_arguments.Method.AUTO,
    learn_track: _Learn = None,
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
    """Show lap times, their uncertainty, and reasons for doubt.

    Laps run from crossing to crossing of the start/finish line: that of --gate, else of --track, else of
    the file, else of a track that a plugin knows, else one that is found in the trace. Laps that the
    device timed stand beside them. Without laps the words say why; that is no error.
    """
    options = arguments.options_of(
        columns=columns, isolation=isolation, timezone=timezone, parser=parser, prefer=prefer or None,
        timeout_s=timeout, max_memory_bytes=max_memory, max_decompressed_bytes=max_decompressed,
    )  # fmt: skip
    arguments.check(options, arguments.Format.PARQUET, arguments.Compression.ZSTD)
    call = lap_arguments.LapCall.of(gate, track, method)
    recordings, gathered = gather(paths, together=together)
    if learn_track is not None and len(recordings) > 1:
        raise CallError(f"--learn-track takes one recording, these are {len(recordings)}")

    def handle(recording: Recording) -> Exit:
        from telemparse.cli.lap_findings import LapFindings

        with apart():
            result = telemparse.parse(recording.artifacts, options, on_error="return")
        found = LapFindings.of(result, call.laps_of(result))
        if as_json:
            from telemparse.cli.documents import emit
            from telemparse.cli.lap_documents import laps_document

            emit(laps_document(recording.paths, found))
        else:
            from telemparse.cli.lap_display import show_laps

            show_laps(console(), recording.label, found)
        code = exit_for(issue.code for issue in result.errors)
        return code if learn_track is None else max(code, _learn(found, Path(learn_track)))

    return max(gathered, each(recordings, handle))


def _learn(found: LapFindings, place: Path) -> Exit:
    """Write the track of a recording; one without laps has none."""
    from telemparse.analysis.catalogue import write_track
    from telemparse.analysis.learnt_tracks import learn_track

    try:
        track = learn_track(found.result, gate=found.laps.gate, name=place.stem)
    except CallError as error:
        complain(f"{place}: {error}")
        return Exit.ERRORS
    complain(f"the track was written to {write_track(track, place)}")
    return Exit.OK
