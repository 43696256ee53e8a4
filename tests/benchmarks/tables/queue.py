"""The queue: jobs that do nothing, one by one and in batches, beside another queue in Postgres."""

from __future__ import annotations

import dataclasses
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.values import Bar, Job, Measurement, Section
from postgres_server import NoPostgres, PostgresServer

OURS = Job("telemparse", "telemparse_queue.py")
PEER = Job(
    "procrastinate", "procrastinate_queue.py", "procrastinate",
    ("procrastinate>=3,<4", "psycopg[binary]>=3.2"), "procrastinate",
)  # fmt: skip
_WARM = 40
_LEAST_BATCHED, _LEAST_SQLITE = 5_000, 1_500


@dataclasses.dataclass(frozen=True)
class Load:
    """Jobs for workers.

    Args:
        what: in the table.
        job: the program that does it.
        jobs, workers, limit: how many there are, who share them, and how many are claimed at once.
        in_file: an SQLite file, not Postgres.
    """

    what: str
    job: Job
    jobs: int
    workers: int = 1
    limit: int = 1
    in_file: bool = False


ONE, FOUR = (
    {
        job.label: Load(f"Postgres, {job.label}, {words}", job, jobs, workers)
        for job, jobs in ((PEER, 1_000), (OURS, 1_000))
    }
    for workers, words in ((1, "one worker"), (4, "four workers"))
)
BATCHED = Load("Postgres, telemparse, one worker, batches of 10", OURS, 10_000, limit=10)
FILE = Load("SQLite, telemparse, one worker", OURS, 3_000, in_file=True)
FILE_BATCHED = Load("SQLite, telemparse, one worker, batches of 10", OURS, 10_000, limit=10, in_file=True)
LOADS = (*ONE.values(), *FOUR.values(), BATCHED, FILE, FILE_BATCHED)


def sections(bench: Bench) -> list[Section]:
    """Measure the loads in turn, round after round, and return the table."""
    runs: dict[str, list[Measurement]] = {load.what: [] for load in LOADS}
    with _server() as database, tempfile.TemporaryDirectory() as folder:
        for load in LOADS * bench.rounds:
            place = Path(tempfile.mkdtemp(dir=folder))
            run = _measured(bench, load, place, database)
            runs[load.what].append(run)
            print(f"  {load.what}: {_said(run)}", file=sys.stderr, flush=True)
    best = {what: _best(of_one) for what, of_one in runs.items()}
    rows = tuple(
        (load.what, best[load.what].version, str(best[load.what].facts.get("sync", "")), f"{load.jobs:,}",
         _said(best[load.what]))
        for load in LOADS
    )  # fmt: skip
    note = (
        "Jobs that do nothing, claimed and completed one by one by each worker, a process of its own, until"
        " the queue is empty; from the first claim to the last completion, so that no start counts; the"
        f" best of {bench.rounds} rounds in turn, for whoever else uses the disk takes from all of them. One"
        " Postgres server with its default settings for both, by a Unix socket; the file is in WAL mode, in"
        " TMPDIR. procrastinate runs its own worker, concurrency 1."
    )
    return [Section("The queue", note, ("what", "version", "sync", "jobs", "jobs/s"), rows, _bars(best))]


@contextmanager
def _server() -> Iterator[PostgresServer | None]:
    try:
        server = PostgresServer()
    except NoPostgres as missing:
        print(f"  no Postgres: {missing}", file=sys.stderr, flush=True)
        yield None
    else:
        with server:
            yield server


def _measured(bench: Bench, load: Load, place: Path, server: PostgresServer | None) -> Measurement:
    """Run a load once, after a small one, each on a database of its own."""
    if server is None and not load.in_file:
        return Measurement(failure="no Postgres")
    paths = []
    for name, jobs in (("small", _WARM), ("whole", load.jobs)):
        url = f"sqlite:///{place / name}.sqlite" if server is None or load.in_file else server.database()
        order = {"url": url, "jobs": jobs, "workers": load.workers, "limit": load.limit}
        path = place / f"{name}.json"
        path.write_text(json.dumps(order), "utf-8")
        paths.append(path)
    return bench.on_files(load.job, *paths)


def _best(runs: Sequence[Measurement]) -> Measurement:
    failed = [run for run in runs if run.failure]
    return failed[0] if failed else max(runs, key=_speed)


def _speed(run: Measurement) -> float:
    return float(run.facts.get("jobs_per_s", 0.0))


def _said(run: Measurement) -> str:
    return run.failure or f"{_speed(run):,.0f}"


def _bars(best: Mapping[str, Measurement]) -> tuple[Bar, ...]:
    speed = {what: _speed(run) for what, run in best.items() if not run.failure}
    bars = [
        Bar(
            f"Postgres, {workers}: telemparse over procrastinate",
            speed[loads[OURS.label].what] / speed[loads[PEER.label].what], 1, "x", at_least=True,
        )
        for workers, loads in (("one worker", ONE), ("four workers", FOUR))
        if all(load.what in speed for load in loads.values())
    ]  # fmt: skip
    least = ((BATCHED, _LEAST_BATCHED), (FILE, _LEAST_SQLITE))
    bars += [
        Bar(load.what, speed[load.what], limit, "jobs/s", at_least=True)
        for load, limit in least
        if load.what in speed
    ]
    return tuple(bars)
