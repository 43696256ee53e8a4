"""One parser under libFuzzer: `python -m fuzz.harness PARSER SEEDS FINDS [libFuzzer's arguments]`.

A broken promise does not end the run: the smallest input of each kind is kept in FINDS, with the words
that say what is broken. A hang or too much memory ends it, and libFuzzer keeps the input.
"""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
import re
import sys
import time
import warnings
from pathlib import Path
from random import Random
from typing import Any

import atheris

__all__ = ["main"]

# CPU seconds, of instrumented code: ten times what the slowest input that is known takes.
DEADLINE_S = 1.0
_OUTSIDE = ("telemparse.cli", "telemparse.testing", "telemparse.writers")
_SHAPED = 0.6  # share of mutations that know the shape of the format


def main() -> None:
    """Fuzz until libFuzzer's limit is reached."""
    parser, seeds, kept = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    # What pytest does too: a RuntimeWarning of numpy tells of a value that nobody looked at.
    warnings.simplefilter("error")
    libraries = ["telemparse", f"telemparse_{parser}"]
    with atheris.instrument_imports(include=libraries, enable_loader_override=False):
        _import_all()
    import pyarrow as pa  # after what is instrumented

    pa.set_cpu_count(1)  # handing small pieces to threads costs more than reading them
    harness = _Harness(parser, seeds, kept)
    atheris.Setup([sys.argv[0], *sys.argv[4:], str(seeds)], harness.check, custom_mutator=harness.mutated)
    atheris.Fuzz()


def _import_all() -> None:
    """Import what a parse may import, so that all of it is instrumented and the first input pays nothing."""
    import telemparse

    for module in pkgutil.walk_packages(telemparse.__path__, "telemparse."):
        if not module.name.startswith(_OUTSIDE) and not module.name.endswith("__main__"):
            importlib.import_module(module.name)


class _Harness:
    def __init__(self, parser: str, seeds: Path, kept: Path) -> None:
        # Not before the imports above: these import the library.
        from fuzz.invariant import broken
        from fuzz.targets import target_of, way_of, ways

        self._target: Any = target_of(parser)
        self._ways, self._way_of, self._broken = ways(self._target), way_of, broken
        self._words: tuple[str, ...] = self._target.words()
        self._others = [path.read_bytes() for path in sorted(seeds.iterdir())]
        self._kept = kept

    def check(self, data: bytes) -> None:
        """Parse one input and keep it if it breaks the promise."""
        way = self._way_of(data, self._ways)
        begin = time.process_time()
        problems = self._broken({self._target.file: data}, way.options, way.catalog)
        spent_s = time.process_time() - begin
        if spent_s > DEADLINE_S:
            problems.append(f"took longer than {DEADLINE_S} s of CPU")
        for problem in problems:
            self._keep(data, problem)

    def _keep(self, data: bytes, problem: str) -> None:
        kind = hashlib.sha256(re.sub(r"\d+", "#", problem).encode()).hexdigest()[:12]
        place = self._kept / kind
        if not place.exists() or place.stat().st_size > len(data):
            place.write_bytes(data)
            place.with_suffix(".txt").write_text(problem + "\n", encoding="utf-8", errors="replace")

    def mutated(self, data: bytes, max_size: int, seed: int) -> bytes:
        """Return a changed input: by the shape of the format, or by libFuzzer's own ways and dictionary."""
        dice = Random(seed)
        if self._target.mutation is not None and dice.random() < _SHAPED:
            return bytes(self._target.mutation(data, self._words, self._others, dice)[:max_size])
        return bytes(atheris.Mutate(data, max_size))


if __name__ == "__main__":
    main()
