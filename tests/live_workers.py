"""Producers and consumers of live messages in processes of their own, for tests that race and kill them.

A child says `ready` when it is about to begin, and one line of JSON at its end.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import orjson

RECEIVED_NS = 1_760_000_000_000_000_000


def message(number, *, received_ns=RECEIVED_NS, vehicle="veh-1"):
    """Return a message whose id is its number."""
    from telemparse.live.messages import Message

    return Message(
        message_id=f"m{number}",
        vehicle_id=vehicle,
        t_ns=received_ns - 1_000_000,
        can_id="0x1F0",
        payload={"engine_rpm": 1000 + number % 5000},
        received_ns=received_ns,
    )


def bodies(numbers, **more):
    """Return what the server would put for messages of these numbers."""
    return [message(number, **more).line() for number in numbers]


def written(root, *, ending=".jsonl"):
    """Return the ids of all messages in parts below a folder, as often as they are there."""
    return [
        orjson.loads(line)["message_id"]
        for part in sorted(Path(root).glob(f"raw/*/*/*/*/part-*{ending}"))
        for line in part.read_bytes().splitlines()
    ]


def start(task, **order):
    """Start a process that does a task of this file, and return it when it is ready."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__)), json.dumps({"task": task, **order})],
        stdout=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    assert process.stdout.readline() == "ready\n"
    return process


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
        process.stdout.close()


def produce(*, url, first, count, batch, pause_s=0.0):
    """Put messages in batches, and say so when all of them are durable."""
    from telemparse.live.queue_opening import open_queue

    say("ready")
    with open_queue(url) as queue:
        for at in range(first, first + count, batch):
            queue.put(bodies(range(at, min(at + batch, first + count))))
            time.sleep(pause_s)
    return {"done": count}


def consume(*, url, root, drain, file_limit=None, **settings):
    """Run a consumer until it is told to stop by SIGTERM, or until the queue is empty."""
    import resource

    from telemparse.live.consumer import Consumer
    from telemparse.live.queue_opening import open_queue
    from telemparse.live.settings import LiveSettings
    from telemparse.runner.events import Events

    if file_limit is not None:
        # A write beyond it fails, as on a full disk, when the signal is ignored.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, resource.RLIM_INFINITY))
    stop, outages = threading.Event(), []

    def hear(event, _facts):
        if event in {"queue_unavailable", "raw_unavailable"}:
            outages.append(event)

    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    live = LiveSettings(path=root, **settings)
    with open_queue(url, visibility_s=live.visibility_s, max_receives=live.max_receives) as queue:
        say("ready")
        report = Consumer(queue, Path(root), live, Events(observers=(hear,))).run(stop=stop, drain=drain)
    return {"done": report.persisted, "outages": len(outages)}


def killed_at(name, turn, **order):
    """Run a consumer until it is empty that kills itself within a call of a function of `os` or the queue.

    Half of a text is written before the kill; all other functions have done their work.
    """
    from telemparse.live.sqlite_messages import SqliteMessages

    owner = SqliteMessages if hasattr(SqliteMessages, name) else os
    real, calls = getattr(owner, name), []

    def call(*given):
        calls.append(name)
        if len(calls) < turn:
            return real(*given)
        if name == "write":
            real(given[0], given[1][: len(given[1]) // 2])
        else:
            real(*given)
        os.kill(os.getpid(), signal.SIGKILL)
        return None

    setattr(owner, name, call)
    return consume(drain=True, **order)


def say(text):
    print(text, flush=True)  # noqa: T201  (the parent reads it)


if __name__ == "__main__":
    wanted = json.loads(sys.argv[1])
    say(json.dumps(globals()[wanted.pop("task")](**wanted)))
