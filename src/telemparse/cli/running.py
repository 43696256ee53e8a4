"""`telemparse run`: recordings through the whole pipeline, in one command."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Annotated

import typer

from telemparse.cli import arguments, handing_in, lap_arguments, runner_arguments
from telemparse.cli.exits import Exit, command, exit_for
from telemparse.cli.terminal import complain, console

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from telemparse.cli.handing_in import HandedIn
    from telemparse.cli.run_display import Bar
    from telemparse.runner import Pipeline, Session

__all__ = ["exit_of", "run"]

_Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, metavar="N", help="Recordings at a time.")]
_KeepRaw = Annotated[
    bool, typer.Option("--keep-raw", help="Keep the uploaded files when their content is Parquet.")
]
_MaxMemory = Annotated[
    int | None,
    typer.Option(
        "--max-memory", metavar="BYTES", parser=arguments.size_of, show_default=False,
        help="End a parser that takes more: 2G. At least 1G.",
    ),
]  # fmt: skip


@command
def run(
    paths: arguments.Paths,
    *,
    out: runner_arguments.Out = None,
    database_url: runner_arguments.DatabaseUrl = None,
    storage: runner_arguments.StoragePlace = None,
    jobs: _Jobs = 1,
    owner: handing_in.Owner = None,
    driver: handing_in.Driver = None,
    force: handing_in.Force = False,
    keep_raw: _KeepRaw = False,
    gate: lap_arguments.GateLine = None,
    track: lap_arguments.TrackPlace = None,
    timezone: arguments.Timezone = None,
    together: arguments.Together = False,
    timeout: arguments.Timeout = None,
    max_memory: _MaxMemory = None,
    as_json: arguments.Json = False,
) -> Exit:
    """Take recordings through the whole pipeline, and keep all of it.

    Each recording becomes a session with Parquet, laps and quality. A second run over the same files
    adds nothing, and one that was interrupted goes on where it was. Files are read in a child process:
    one that hangs, crashes or floods it costs its own session and no other.
    """
    order = handing_in.Order.of(timezone=timezone, gate=gate, force=force)
    settings = runner_arguments.settings_of(
        out, database_url, storage, tenant_id=owner, driver_id=driver, keep_raw=keep_raw or None,
        tracks=_checked(track), parser_timeout_s=timeout, max_memory_bytes=max_memory,
    )  # fmt: skip
    runner_arguments.check_analysis()
    recordings, gathered = handing_in.gather_for(settings, paths, together=together)
    if not recordings:
        return gathered
    from telemparse.cli import run_display

    with runner_arguments.opened(settings, new=True) as pipeline:
        with run_display.bar(shown=not as_json) as bar:
            bar.begin("handing in", len(recordings))
            handed, refused = handing_in.hand_in(pipeline, recordings, order, bar.advance)
            _work(pipeline, handed, jobs, bar)
        sessions = pipeline.sessions_by_id([each.session_id for each in handed])
        if as_json:
            _emit(handed, sessions)
        elif handed:
            run_display.show_table(console(), handed, sessions)
            run_display.show_sums(console(), handed, sessions, pipeline)
            if order.is_special and any(each.known for each in handed):
                complain("known sessions stay as they were made; --force makes new ones with these options")
    return max([gathered, refused, *map(exit_of, sessions.values())])


def _checked(track: str | None) -> str | None:
    """Return the place of tracks when there are some. Raises CallError for one without."""
    if track is not None:
        from telemparse.analysis.catalogue import read_tracks

        read_tracks(track)
    return track


def _work(pipeline: Pipeline, handed: Sequence[HandedIn], jobs: int, bar: Bar) -> None:
    """Work until the sessions are settled, whoever settles them."""
    labels = {each.session_id: each.label for each in handed if not each.known}
    if not labels:
        return
    from telemparse.cli.run_watch import Watch

    stop = threading.Event()
    bar.begin("working", len(labels))
    with Watch(pipeline, labels, advance=bar.advance, tell=bar.tell, stop=stop) as watch:
        try:
            pipeline.work(min(jobs, len(labels)), until=watch.look, stop=stop)
        except KeyboardInterrupt:
            complain(
                f"stopped: {watch.unsettled} of {len(labels)} are not done;"
                " the same command goes on with them, and so does `telemparse worker`"
            )
            raise


def _emit(handed: Sequence[HandedIn], sessions: Mapping[str, Session]) -> None:
    from telemparse.cli.documents import emit

    for each in handed:
        if each.session_id in sessions:
            outcome = "known" if each.known else "processed"
            emit({"paths": list(each.paths), "outcome": outcome, **sessions[each.session_id].to_dict()})


def exit_of(session: Session) -> Exit:
    """Return the exit code that a session stands for."""
    from telemparse.runner.states import SessionState

    if session.status not in (SessionState.FAILED, SessionState.PARTIAL):
        return Exit.OK
    return exit_for(_codes(session)) or Exit.ERRORS


def _codes(session: Session) -> Iterator[str]:
    """Yield the codes of what went wrong: of the run, of stages, and of errors that the parse has found."""
    if session.failure is not None:
        yield session.failure.code
    for outcome in session.stages.values():
        if outcome.code:
            yield outcome.code
        yield from (issue["code"] for issue in outcome.issues if issue["severity"] == "error")
