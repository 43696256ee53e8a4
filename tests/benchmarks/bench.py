"""One run of the bench: where files lie, how many rounds, which environments."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.environments import Environments
from benchmarks.inputs import made
from benchmarks.measuring import in_turn, once
from benchmarks.values import Input, Job, Measurement


class Bench:
    """What the tables ask for files and measurements.

    Args:
        folder: the cache.
        rounds: runs of each job; the median counts.
    """

    def __init__(self, folder: Path, rounds: int) -> None:
        self._files = folder / "inputs"
        self._rounds = rounds
        self._environments = Environments(folder / "environments")

    def file(self, entry: Input) -> Path:
        """Return the path of an input, written if need be."""
        return made(entry, self._files)

    def forget(self, entry: Input) -> None:
        """Delete an input that no other table wants."""
        self.file(entry).unlink()

    def in_turn(self, jobs: Sequence[Job], entry: Input) -> dict[str, Measurement]:
        """Run the jobs in turn on one file and return each one's median."""
        return in_turn(jobs, self.file(entry), self._rounds, self._environments)

    def quickest(self, job: Job, entry: Input, rounds: int = 2) -> Measurement:
        """Return the run with the least CPU of a few: for curves, where noise only ever adds."""
        runs = [once(job, self.file(entry), self._environments, timeout_s=120) for _round in range(rounds)]
        return min(runs, key=lambda run: (bool(run.failure), run.cpu_s))
