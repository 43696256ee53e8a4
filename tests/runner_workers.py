"""A worker process for tests of faults: `python runner_workers.py ORDER`, where ORDER is a JSON document.

`settings` are those of the pipeline; `kill_at` is a list of words, an event's name and facts of it, at which
the process kills itself without a word; `stop_at` likewise, where it stops itself until it is continued.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

import structlog

from telemparse.runner import Events, Pipeline, Settings
from telemparse.runner.sandboxes import Sandboxes


class Ambush:
    """Sends this process a signal at an event."""

    def __init__(self, words: list[str], number: signal.Signals) -> None:
        self.words, self.number = words, number

    def __call__(self, event: str, facts: dict[str, Any]) -> None:
        if self.words and self.words[0] == event and set(self.words[1:]) <= set(map(str, facts.values())):
            self.words = []
            os.kill(os.getpid(), self.number)


def say(event: str, facts: dict[str, Any]) -> None:
    """Tell the test what happens, a line an event."""
    print(event, *(facts[name] for name in ("stage", "job_type", "code") if name in facts), flush=True)  # noqa: T201  (the test reads it)


def main() -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    order = json.loads(sys.argv[1])
    observers = (
        say,
        Ambush(order.get("kill_at", []), signal.SIGKILL),
        Ambush(order.get("stop_at", []), signal.SIGSTOP),
    )
    settings = Settings(**order["settings"])
    # Most of these workers do not live long enough to be worth the start of a full one.
    with (
        Sandboxes(settings.max_memory_bytes, preload=None) as sandboxes,
        Pipeline(settings, events=Events(observers=observers), sandboxes=sandboxes) as pipeline,
    ):
        pipeline.work(order.get("workers", 1))


if __name__ == "__main__":
    main()
