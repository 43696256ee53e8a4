"""One run of the bench: where files lie, how many rounds, which environments."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.environments import Environments
from benchmarks.inputs import csv_input, gpx_input, made, nmea_input, tcx_input, vbo_input
from benchmarks.measuring import in_turn, once
from benchmarks.values import Input, Job, Measurement

# Before its clocks start, a job reads the small file of the same kind: see child.py.
SMALL = {
    "csv": csv_input(200), "gpx": gpx_input(200), "nmea": nmea_input(200), "tcx": tcx_input(200),
    "vbo": vbo_input(200),
}  # fmt: skip


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

    def _files_of(self, entry: Input) -> tuple[Path, Path]:
        return self.file(SMALL[entry.name.rpartition(".")[2]]), self.file(entry)

    def in_turn(self, jobs: Sequence[Job], entry: Input) -> dict[str, Measurement]:
        """Run the jobs in turn on one file and return each one's median."""
        return in_turn(jobs, self._files_of(entry), self._rounds, self._environments)

    def quickest(self, job: Job, entry: Input, rounds: int = 2) -> Measurement:
        """Return the run with the least CPU of a few: for curves, where noise only ever adds."""
        runs = [
            once(job, self._files_of(entry), self._environments, timeout_s=120) for _round in range(rounds)
        ]
        return min(runs, key=lambda run: (bool(run.failure), run.cpu_s))
