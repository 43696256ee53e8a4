"""One mutant against its tests, in a fork of a warm process that has a copy of the tree for itself."""

from __future__ import annotations

import compileall
import ctypes
import enum
import importlib
import os
import resource
import select
import shutil
import signal
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import attrs
import pytest

if TYPE_CHECKING:
    from mutation.targets import Target

__all__ = ["Limits", "Trial", "Verdict", "prepare", "try_out"]

_COPIED = ("src", "tests", "fixtures", "pyproject.toml", "README.md")
# Arrow imports pandas for some conversions, where it is installed.
_WARM = ("numpy", "pandas", "pyarrow.compute", "lxml.etree", "pluggy", "hypothesis.strategies")
# A warm process has imported hypothesis before its plugin for pytest asks for that.
_OPTIONS = ["-qx", "--timeout=0", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
_OPTIONS += [word for plugin in ("cacheprovider", "faulthandler", "xdist") for word in ("-p", f"no:{plugin}")]
_MEMORY_BYTES = 8 << 30
_PR_SET_CHILD_SUBREAPER = 36


class Verdict(enum.StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    TIMED_OUT = "timed out"


_VERDICTS = {int(pytest.ExitCode.OK): Verdict.SURVIVED, -signal.SIGXCPU: Verdict.TIMED_OUT}


@attrs.frozen
class Limits:
    """How long a trial may take: on the processor (loops without end), and in all (waits without end)."""

    cpu_s: int = 600
    wall_s: float = 900.0


@attrs.frozen
class Trial:
    """A verdict, what it took, and what pytest said."""

    verdict: Verdict
    cpu_s: float
    wall_s: float
    words: str


class _Tree:
    """The copy of the tree that belongs to this process."""

    place: Path
    trials = 0


def prepare(root: Path, folder: Path) -> None:
    """Give this process a copy of the tree at `root`, and import what every trial needs."""
    place = folder / str(os.getpid())
    for name in _COPIED:
        if (root / name).is_dir():
            shutil.copytree(root / name, place / name)
        else:
            shutil.copy2(root / name, place / name)
    compileall.compile_dir(place / "src", quiet=2)
    sources = str(place / "src")
    sys.path.insert(0, sources)
    os.environ.update(PYTHONPATH=sources, HYPOTHESIS_PROFILE="mutation")
    for module in _WARM:
        importlib.import_module(module)
    # Orphans come to this process, so that nothing outlives its trial.
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    _Tree.place = place


def try_out(target: Target, source: str, limits: Limits) -> Trial:
    """Run the tests of a module whose text is `source`."""
    place = _Tree.place / "src/telemparse" / target.module
    original = place.read_text("utf-8")
    _write(place, source)
    try:
        return _tried(target, limits)
    finally:
        _write(place, original)


def _write(place: Path, source: str) -> None:
    place.write_text(source, "utf-8")
    # Every text has a time of its own, so that no compiled file passes for that of another.
    _Tree.trials += 1
    os.utime(place, (_Tree.trials, _Tree.trials))


def _tried(target: Target, limits: Limits) -> Trial:
    started_s = time.monotonic()
    output = _Tree.place / "output.txt"
    pid = os.fork()
    if pid == 0:
        _run(target, limits, output)
    descriptor = os.pidfd_open(pid)
    try:
        in_time, _, _ = select.select([descriptor], [], [], limits.wall_s)
        if not in_time:
            os.kill(pid, signal.SIGKILL)
    finally:
        os.close(descriptor)
    _, status, usage = os.wait4(pid, 0)
    _sweep()
    wall_s = time.monotonic() - started_s
    cpu_s = usage.ru_utime + usage.ru_stime
    words = output.read_text("utf-8", "replace")
    code = os.waitstatus_to_exitcode(status)
    verdict = _VERDICTS.get(code, Verdict.KILLED) if in_time else Verdict.TIMED_OUT
    return Trial(verdict, cpu_s, wall_s, words)


def _run(target: Target, limits: Limits, output: Path) -> NoReturn:
    """Be the forked process: run the tests and end, whatever happens."""
    code = 70
    try:
        os.chdir(_Tree.place)
        file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for descriptor in (1, 2):
            os.dup2(file, descriptor)
        resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_s, resource.RLIM_INFINITY))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        code = pytest.main([
            *_OPTIONS, f"--basetemp={_Tree.place / 'tmp'}",
            "-k", f"not ({target.without})" if target.without else "",
            *(f"tests/{test}" for test in target.tests),
        ])  # fmt: skip
    except BaseException:  # noqa: BLE001  (nobody above would say it)
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _sweep() -> None:
    """End the processes that a trial left behind."""
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    while left := children.read_text("ascii").split():
        for pid in map(int, left):
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
