"""`telemparse jobs`: what is in the queue, and what people do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from telemparse.cli import arguments, runner_arguments
from telemparse.cli.exits import Exit, command
from telemparse.cli.terminal import complain, console
from telemparse.errors import CallError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from telemparse.runner import Pipeline
    from telemparse.runner.job_lists import JobFacts

__all__ = ["cancel_jobs", "list_jobs", "retry_jobs"]

_Ids = Annotated[
    list[str], typer.Argument(metavar="ID", show_default=False, help="Ids of jobs or of sessions.")
]
_Status = Annotated[
    list[str] | None,
    typer.Option(
        "--status", metavar="WORD", show_default=False,
        help="Only those: QUEUED, RUNNING, SUCCEEDED, FAILED, CANCELLED. May come several times. All but"
        " SUCCEEDED when absent.",
    ),
]  # fmt: skip
_Limit = Annotated[int, typer.Option("--limit", min=1, max=1000, metavar="N", help="Most jobs, the newest.")]


@command
def list_jobs(
    *,
    out: runner_arguments.Out = None,
    database_url: runner_arguments.DatabaseUrl = None,
    storage: runner_arguments.StoragePlace = None,
    status: _Status = None,
    limit: _Limit = 100,
    as_json: arguments.Json = False,
) -> Exit:
    """List jobs that are not done, the newest first.

    They wait, run, have failed or were cancelled; --status chooses among all.
    """
    settings = runner_arguments.settings_of(out, database_url, storage)
    with runner_arguments.opened(settings) as pipeline:
        found = pipeline.jobs(status=[word.upper() for word in status or ()], limit=limit)
    if as_json:
        from telemparse.cli.documents import emit

        for job in found:
            emit(job.to_dict())
    elif found:
        _show(found)
    else:
        typer.echo("No job has this status." if status else "No job waits, runs or has failed.")
    return Exit.OK


def _show(jobs: Sequence[JobFacts]) -> None:
    from telemparse.cli.aligned import print_aligned
    from telemparse.cli.session_display import STYLES, moment

    rows = [
        (
            job.id, str(job.status), job.job_type, f"{job.attempts}/{job.max_attempts}", job.session_id or "",
            moment(job.next_retry_at), job.worker or "", f"{job.code}: {job.message}" if job.code else "",
        )
        for job in jobs
    ]  # fmt: skip
    heads = ("job", "status", "type", "attempts", "session", "next attempt (UTC)", "worker", "code")
    print_aligned(console(), heads, rows, styles=STYLES)


@command
def retry_jobs(
    ids: _Ids,
    *,
    out: runner_arguments.Out = None,
    database_url: runner_arguments.DatabaseUrl = None,
    storage: runner_arguments.StoragePlace = None,
) -> Exit:
    """Try again what waits, has failed or was cancelled.

    What waits for its next attempt is ready at once; a session that has failed, is partial or was
    cancelled is processed again. Workers do the rest. A job of a run that has ended never changes: its
    session gets a new run.
    """

    def retry(pipeline: Pipeline, text: str) -> str:
        found = pipeline.retry(text)
        if found.run_id is not None:
            return f"session {found.session_id}: new run {found.run_id}"
        return f"ready now: {', '.join(f'job {key}' for key in found.hurried)}"

    return _each(ids, retry, runner_arguments.settings_of(out, database_url, storage))


@command
def cancel_jobs(
    ids: _Ids,
    *,
    out: runner_arguments.Out = None,
    database_url: runner_arguments.DatabaseUrl = None,
    storage: runner_arguments.StoragePlace = None,
) -> Exit:
    """Cancel what is still to be done for sessions.

    What a worker is doing at this moment ends, too; the session is FAILED with RUN_CANCELLED.
    """

    def cancel(pipeline: Pipeline, text: str) -> str:
        count = pipeline.cancel(text)
        if not count:
            raise CallError(f"{text}: nothing of it waits or runs")
        return f"{text}: {count} job{'s' * (count > 1)} cancelled"

    return _each(ids, cancel, runner_arguments.settings_of(out, database_url, storage))


def _each(ids: Sequence[str], act: Callable[[Pipeline, str], str], settings: Any) -> Exit:
    """Act on each id; what cannot be done gets a line on standard error, and the others go on."""
    code = Exit.OK
    with runner_arguments.opened(settings) as pipeline:
        for text in dict.fromkeys(ids):
            try:
                typer.echo(act(pipeline, text))
            except CallError as error:
                complain(str(error))
                code = Exit.UNREADABLE
    return code
