"""One run of the bench: where files lie, how many rounds, which environments."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from benchmarks.environments import Environments
from benchmarks.inputs import bench_input, made
from benchmarks.layouts import LAYOUTS
from benchmarks.logs import log_input
from benchmarks.measuring import in_turn, once
from benchmarks.recordings import drives, positions, samples
from benchmarks.values import Input, Job, Measurement

# Before its clocks start, a job reads the small file of the same kind: see child.py.
SMALL = {
    **{form: bench_input(form, 200) for form in LAYOUTS}, "ld": log_input(200),
    "fixes": positions(4), "inertial": samples(1000), "drive": drives(3),
}  # fmt: skip


class Bench:
    """What the tables ask for files and measurements.

    Args:
        folder: the cache.
        rounds: runs of each job; the median counts.
    """

    def __init__(self, folder: Path, rounds: int) -> None:
        self._files = folder / "inputs"
        self.rounds = rounds
        self._environments = Environments(folder / "environments")

    def file(self, entry: Input) -> Path:
        """Return the path of an input, written if need be."""
        return made(entry, self._files)

    def forget(self, entry: Input) -> None:
        """Delete an input that no other table wants."""
        path = self.file(entry)
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()

    def _files_of(self, entry: Input) -> tuple[Path, Path]:
        return self.file(SMALL[entry.name.rpartition(".")[2]]), self.file(entry)

    def in_turn(self, jobs: Sequence[Job], entry: Input) -> dict[str, Measurement]:
        """Run the jobs in turn on one file and return each one's median."""
        return in_turn(jobs, self._files_of(entry), self.rounds, self._environments)

    def once(self, job: Job, form: str, path: Path, timeout_s: float) -> Measurement:
        """Run one job once on a file or folder of a format."""
        return once(job, (self.file(SMALL[form]), path), self._environments, timeout_s)

    def on_files(self, job: Job, small: Path, path: Path) -> Measurement:
        """Run one job once on files that a table wrote by itself."""
        return once(job, (small, path), self._environments)
