"""One virtual environment a peer, in the cache: no peer ever meets another, or telemparse."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.values import OURS, Job


class Environments:
    """Makes and remembers the interpreters that jobs run with.

    Args:
        folder: where the peers' environments are kept from one bench to the next.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pythons: dict[str, Path | None] = {OURS: Path(sys.executable)}

    def python(self, job: Job) -> Path | None:
        """Return the interpreter of a job's environment, made now if need be, or None without it."""
        if job.environment not in self._pythons:
            self._pythons[job.environment] = self._make(job)
        return self._pythons[job.environment]

    def _make(self, job: Job) -> Path | None:
        place = self._folder / "-".join(
            (job.environment, f"{sys.version_info.major}{sys.version_info.minor}")
        )
        python = place / "bin" / "python"
        if not (place / "complete").exists():
            print(f"installing {job.environment} into the cache", file=sys.stderr, flush=True)
            shutil.rmtree(place, ignore_errors=True)
            made = subprocess.run([sys.executable, "-m", "venv", str(place)], check=False)
            install = [str(python), "-m", "pip", "install", "--quiet", *job.requirements]
            if made.returncode or subprocess.run(install, check=False).returncode:
                return None
            (place / "complete").touch()
        return python
