"""procrastinate: its own workers, one job at a time each, with tasks that do nothing."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import procrastinate
from team import Team, begin, report


def prepare(path: str) -> Team:
    """Fill the queue of an empty database and get workers ready.

    Args:
        path: of a JSON file with url, jobs and workers.
    """
    order = json.loads(Path(path).read_text("utf-8"))
    asyncio.run(fill(order["url"], order["jobs"]))
    return Team(__file__, order, order["workers"])


def run(team: Team) -> dict[str, object]:
    """Empty the queue."""
    return team.run()


def made(url: str, stamps: list[float]) -> tuple[procrastinate.App, procrastinate.tasks.Task]:
    """Return an application and its task, which does nothing but look at the clock."""
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url))

    @app.task(name="nothing")
    async def nothing() -> None:
        stamps.append(time.perf_counter())

    return app, nothing


async def fill(url: str, jobs: int) -> None:
    """Make the tables and put so many jobs."""
    app, nothing = made(url, [])
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        await nothing.batch_defer_async(*[{} for _number in range(jobs)])


async def work(url: str) -> None:
    """Do jobs until there are none."""
    stamps: list[float] = []
    app, _nothing = made(url, stamps)
    async with app.open_async():
        begin()
        await app.run_worker_async(concurrency=1, wait=False, install_signal_handlers=False)
        report(stamps, len(stamps))


if __name__ == "__main__":
    asyncio.run(work(json.loads(sys.argv[1])["url"]))
