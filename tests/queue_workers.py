"""Workers of the queue in processes of their own, for tests that race, kill and confuse them.

A child says `ready`, waits for `go`, and says one line of JSON at its end.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

DONE = "done_jobs"
_PAUSE_S = 0.02


def start(task, settings, **order):
    """Start a process that does a task, and return it before it is ready.

    Args:
        task: name of a function of this file.
        settings: where the queue is.
        order: what the task wants to know; `shift_s` moves the clock of its Python.
    """
    order |= {"task": task, "url": settings.database_url, "table": settings.job_queue_table}
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    return subprocess.Popen(
        [sys.executable, str(Path(__file__)), json.dumps(order)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip


def go(*processes):
    """Let processes begin, when all of them are ready."""
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()


def answer(process):
    """Wait for the end of a process and return what it says."""
    output, _nothing = process.communicate()
    assert process.returncode == 0
    return json.loads(output.splitlines()[-1])


def end(*processes):
    """Kill processes that may still run, and close their pipes."""
    for process in processes:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def drain(site):
    """Do jobs until none is left, each with a row that says so in the same transaction; rescue meanwhile."""
    from telemparse.runner.database import DatabaseUnavailable

    database, queue, order = site.database, site.queue, site.order
    facts = {"done": 0, "lost": 0, "rescued": 0, "unavailable": 0}
    rescue_at = 0.0
    while True:
        try:
            if time.monotonic() > rescue_at:
                with database.transaction() as connection:
                    facts["rescued"] += len(queue.rescue(connection, order["lease_s"]).requeued)
                rescue_at = time.monotonic() + order["lease_s"] / 4
            jobs = queue.claim(site.worker, order["limit"])
            if not jobs:
                depth = queue.depth()
                if not (depth.ready or depth.waiting or depth.running):
                    return facts
                time.sleep(_PAUSE_S)
        except DatabaseUnavailable:
            facts["unavailable"] += 1
            time.sleep(_PAUSE_S)
            continue
        for job in jobs:
            _do(site, job, facts)


def _do(site, job, facts):
    from telemparse.runner.database import DatabaseUnavailable
    from telemparse.runner.jobs import LeaseLost

    while True:
        try:
            with site.database.transaction() as connection:
                site.queue.succeed(connection, job)
                connection.exec_driver_sql(f"INSERT INTO {DONE} VALUES ('{job.id}', {job.attempt})")  # noqa: S608  (ours)
        except LeaseLost:
            facts["lost"] += 1
            return
        except DatabaseUnavailable:
            facts["unavailable"] += 1
            time.sleep(_PAUSE_S)
        else:
            facts["done"] += 1
            return


def race(site):
    """Claim and complete in batches until nothing is ready; returns what was completed, in order."""
    done, limit = [], site.order["limit"]
    while jobs := site.queue.claim(site.worker, limit):
        assert len(jobs) <= limit
        done += site.queue.complete(jobs)
    return done


def hold(site):
    """Claim jobs, say which, and keep them until somebody kills this process."""
    _say(json.dumps([job.id for job in site.queue.claim(site.worker, site.order["limit"])]))
    while True:
        time.sleep(60)


def put(site):
    """Put jobs with numbers in their payload."""
    from telemparse.runner.jobs import NewJob

    jobs = [NewJob(job_type="test", payload={"n": number}) for number in site.order["numbers"]]
    with site.database.transaction() as connection:
        site.queue.put(connection, jobs)


def rescue(site):
    """Rescue jobs; returns the ids."""
    with site.database.transaction() as connection:
        found = site.queue.rescue(connection, site.order["lease_s"])
    return [job.id for job in (*found.requeued, *found.exhausted)]


def claim(site):
    """Claim jobs; returns the numbers in their payloads."""
    return [job.payload["n"] for job in site.queue.claim(site.worker, site.order["limit"])]


def _say(words):
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def _shift_clock(shift_s):
    real, real_ns = time.time, time.time_ns
    time.time = lambda: real() + shift_s
    time.time_ns = lambda: real_ns() + int(shift_s * 1e9)


def main():
    """Do what the order says."""
    order = json.loads(sys.argv[1])
    if "shift_s" in order:
        _shift_clock(order["shift_s"])
    from telemparse.runner.database import Database
    from telemparse.runner.jobs import new_worker_id
    from telemparse.runner.queues import open_queue
    from telemparse.runner.settings import Settings

    settings = Settings(database_url=order["url"], job_queue_table=order["table"])
    with Database.open(settings) as database, contextlib.closing(open_queue(database, settings)) as queue:
        queue.depth()  # so that all of them have imported everything and are connected
        _say("ready")
        sys.stdin.readline()
        site = SimpleNamespace(database=database, queue=queue, worker=new_worker_id(), order=order)
        _say(json.dumps(globals()[order["task"]](site)))


if __name__ == "__main__":
    main()
