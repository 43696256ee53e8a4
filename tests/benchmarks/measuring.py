"""Fresh processes in turn: each job runs, the next one runs, and so on, round after round."""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.environments import Environments
from benchmarks.values import Job, Measurement

HERE = Path(__file__).parent
KIB = 1024

Files = tuple[Path, Path]
"""A small file to load everything with, and the file that counts."""


def in_turn(
    jobs: Sequence[Job], files: Files, rounds: int, environments: Environments
) -> dict[str, Measurement]:
    """Return the median measurement of each job by label; a job that fails once is out of the race."""
    runs: dict[str, list[Measurement]] = {job.label: [] for job in jobs}
    for _round in range(rounds):
        for job in jobs:
            if any(run.failure for run in runs[job.label]):
                continue
            run = once(job, files, environments)
            runs[job.label].append(run)
            said = run.failure or f"{run.cpu_s:.3f} s CPU, {run.peak_bytes / 1e6:.0f} MB"
            print(f"  {job.label}: {said}", file=sys.stderr, flush=True)
    return {label: median(measured) for label, measured in runs.items()}


def median(runs: Sequence[Measurement]) -> Measurement:
    """Return the run with the median CPU time, or the failed one."""
    failed = [run for run in runs if run.failure]
    if failed:
        return failed[0]
    middle = statistics.median_low(run.cpu_s for run in runs)
    return next(run for run in runs if run.cpu_s == middle)


def once(job: Job, files: Files, environments: Environments, timeout_s: float = 300.0) -> Measurement:
    """Run one job in a fresh process and return what it took."""
    python = environments.python(job)
    if python is None:
        return Measurement(failure="not installed")
    command = [
        str(python),
        str(HERE / "child.py"),
        str(HERE / "jobs" / job.script),
        job.version_of,
        *map(str, files),
        *job.arguments,
    ]
    return spawn(command, timeout_s)


def spawn(command: Sequence[str], timeout_s: float = 300.0) -> Measurement:
    """Run a command that prints one JSON line; without a peak in it, the kernel's account says one."""
    process = subprocess.Popen(
        command,
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    timer = threading.Timer(timeout_s, os.killpg, (process.pid, signal.SIGKILL))
    timer.start()
    assert process.stdout is not None
    assert process.stderr is not None
    errors: list[str] = []
    reader = threading.Thread(target=lambda pipe: errors.append(pipe.read()), args=(process.stderr,))
    reader.start()
    output = process.stdout.read()
    reader.join()
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    late = not timer.is_alive()
    timer.cancel()
    process.stdout.close()
    process.stderr.close()
    if process.returncode:
        reason = "".join(errors).strip().splitlines()[-1:] or [f"exit {process.returncode}"]
        return Measurement(failure=f"more than {timeout_s:.0f} s" if late else reason[0][:120])
    said = json.loads(output.splitlines()[-1])
    return Measurement(**{"peak_bytes": usage.ru_maxrss * KIB, **said})


def timed(command: Sequence[str]) -> float:
    """Run a whole process and return its wall seconds from start to end."""
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=_environment())
    return time.perf_counter() - start


def _environment() -> dict[str, str]:
    """Return ours without what leads a peer to our packages, or keeps byte code from being written."""
    strange = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE")
    return {key: value for key, value in os.environ.items() if key not in strange}
