"""Running one harness for a time: its command, what it printed, and what it found."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import attrs

from fuzz.mutations.texts import NUMBERS
from fuzz.seeds import MAX_BYTES, write_seeds
from fuzz.targets import Target
from fuzz.vocabulary import dictionary

__all__ = ["Run", "figures_in", "fuzzed"]

# A hang is what takes this much longer than the slowest input; the harness counts CPU more sharply.
_TIMEOUT_S = 30
_MEMORY_MB = 2048
# Code that atheris instruments keeps some objects for good, 20 to 450 KB an input: a run has legs, each in a
# process of its own, that hand on what they found to be worth changing.
_LEG_EXECUTIONS = 3_000
# libFuzzer's names for what ended a run.
_ENDINGS = ("crash-", "leak-", "oom-", "timeout-")


@attrs.frozen
class Run:
    """One harness, from start to end.

    Args:
        parser: id.
        seconds: of wall time.
        executions: inputs that were parsed.
        edges: branches of the library's code that were taken at least once, as libFuzzer counts them.
        features: the same with how often they were taken.
        memory_mb: the most that the process held.
        findings: inputs that break the promise, in the folder where they are kept.
        complete: the harness ran until its time was over.
    """

    parser: str
    seconds: int
    executions: int
    edges: int
    features: int
    memory_mb: int
    findings: tuple[Path, ...] = ()
    complete: bool = True


def fuzzed(target: Target, seconds: int, kept: Path) -> Run:
    """Fuzz a parser; inputs that break the promise, and the log, are kept in a folder of its own."""
    folder = kept / target.parser
    folder.mkdir(parents=True, exist_ok=True)
    for old in _findings(folder):
        old.unlink()
        old.with_suffix(".txt").unlink(missing_ok=True)
    log = folder / "log.txt"
    begin, status = time.monotonic(), 0
    with tempfile.TemporaryDirectory(prefix="telemparse-fuzz-") as name, log.open("wb") as file:
        room = Path(name)
        write_seeds(target, room / "seeds")
        # libFuzzer takes no dictionary without a word.
        (room / "words").write_text(dictionary(target.words() or NUMBERS), "ascii")
        command = [
            sys.executable, "-m", "fuzz.harness", target.parser, str(room / "seeds"), str(folder),
            f"-runs={_LEG_EXECUTIONS}", f"-max_len={MAX_BYTES}", f"-timeout={_TIMEOUT_S}",
            f"-rss_limit_mb={_MEMORY_MB}", f"-dict={room / 'words'}", f"-artifact_prefix={folder}/",
            f"-report_slow_units={_TIMEOUT_S}", "-print_final_stats=1", "-mutate_depth=3",
        ]  # fmt: skip
        while not status and (left := round(begin + seconds - time.monotonic())) > 0:
            leg = [*command, f"-max_total_time={left}"]
            status = subprocess.run(
                leg, stdout=file, stderr=subprocess.STDOUT, env=_environment(), check=False
            ).returncode
    figures = figures_in(log.read_text("utf-8", "replace"))
    return Run(
        parser=target.parser,
        seconds=round(time.monotonic() - begin),
        findings=tuple(_findings(folder)),
        complete=status == 0,
        **figures,
    )


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join((str(Path(__file__).parents[1]), *sys.path[1:]))}


def _findings(folder: Path) -> list[Path]:
    """Return kept inputs: those that the harness describes in a text beside them, and libFuzzer's own."""
    described = (path.with_suffix("") for path in folder.glob("*.txt") if path.name != "log.txt")
    ended = (path for name in _ENDINGS for path in folder.glob(f"{name}*"))
    return sorted({*described, *ended})


def figures_in(log: str) -> dict[str, int]:
    """Return executions, edges, features and memory_mb from libFuzzer's log; 0 for what it does not say.

    Executions of all legs are counted; the last one begins with what all found, and covers the most.
    """
    edges = [int(number) for number in re.findall(r" cov: (\d+) ", log)]
    features = [int(number) for number in re.findall(r" ft: (\d+) ", log)]
    executions = [int(number) for number in re.findall(r"stat::number_of_executed_units:\s+(\d+)", log)]
    memory_mb = [int(number) for number in re.findall(r"stat::peak_rss_mb:\s+(\d+)", log)]
    return {
        "executions": sum(executions),
        "edges": max(edges, default=0),
        "features": max(features, default=0),
        "memory_mb": max(memory_mb, default=0),
    }
