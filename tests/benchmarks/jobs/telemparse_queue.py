"""telemparse: workers that claim jobs which do nothing, and complete them."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from team import Team, begin, report

from telemparse.runner import migration
from telemparse.runner.database import Database
from telemparse.runner.jobs import NewJob, new_worker_id
from telemparse.runner.queues import open_queue
from telemparse.runner.settings import Settings


def prepare(path: str) -> tuple[Team, str]:
    """Fill the queue of an empty database and get workers ready.

    Args:
        path: of a JSON file with url, jobs, workers, and how many of the jobs are claimed at once.
    """
    order = json.loads(Path(path).read_text("utf-8"))
    settings = Settings(database_url=order["url"])
    with Database.open(settings) as database, contextlib.closing(open_queue(database, settings)) as queue:
        migration.upgrade(database)
        with database.transaction() as connection:
            queue.put(connection, [NewJob(job_type="nothing") for _number in range(order["jobs"])])
        words = ("fsync", "synchronous_commit") if settings.is_postgres else ("journal_mode", "synchronous")
        ask = "SHOW" if settings.is_postgres else "PRAGMA"
        with database.reading() as connection:
            sync = [f"{word}={connection.exec_driver_sql(f'{ask} {word}').scalar_one()}" for word in words]
    return Team(__file__, order, order["workers"]), ", ".join(sync)


def run(ready: tuple[Team, str]) -> dict[str, object]:
    """Empty the queue."""
    team, sync = ready
    return {**team.run(), "sync": sync}


def work(order: dict[str, object]) -> None:
    """Do jobs until there are none."""
    settings = Settings(database_url=str(order["url"]))
    limit = int(str(order["limit"]))
    with Database.open(settings) as database, contextlib.closing(open_queue(database, settings)) as queue:
        worker = new_worker_id()
        queue.renew(worker, [])
        begin()
        stamps, done = [time.perf_counter()], 0
        while jobs := queue.claim(worker, limit):
            done += len(queue.complete(jobs))
            stamps.append(time.perf_counter())
        report(stamps, done)


if __name__ == "__main__":
    work(json.loads(sys.argv[1]))
