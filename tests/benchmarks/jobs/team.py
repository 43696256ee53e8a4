"""A team of processes that empty one queue: they get ready, begin at a word, and say when they did what."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any


class Team:
    """Processes of a script, ready to begin.

    Args:
        script: takes the order as JSON, says `ready`, waits for a line, and says `[first, last, count]`:
            when it began its first job and ended its last one, by the clock that all processes share.
        order: for each of them.
        size: how many.
    """

    def __init__(self, script: str, order: Any, size: int) -> None:
        self._processes = [
            subprocess.Popen(
                [sys.executable, script, json.dumps(order)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )
            for _number in range(size)
        ]  # fmt: skip
        for process in self._processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"

    def run(self) -> dict[str, Any]:
        """Let them begin, wait for all, and return the number of jobs and the jobs a second."""
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        told = [process.communicate()[0].splitlines()[-1] for process in self._processes]
        assert not any(process.returncode for process in self._processes)
        spans = [span for span in map(json.loads, told) if span[2]]
        jobs = sum(count for _first, _last, count in spans)
        seconds = max(last for _first, last, _count in spans) - min(first for first, _last, _count in spans)
        return {"rows": jobs, "jobs_per_s": jobs / seconds}


def say(words: str) -> None:
    """Tell the team's leader something."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def begin() -> None:
    """Say that this process is ready, and wait for the word."""
    say("ready")
    sys.stdin.readline()


def report(stamps: Sequence[float], jobs: int) -> None:
    """Say when the first job began and the last one ended."""
    say(json.dumps([stamps[0], stamps[-1], jobs] if jobs else [0.0, 0.0, 0]))
