"""Inputs that break the promise: the smallest of each kind is kept, with words that say what is broken."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import attrs

from fuzz.invariant import broken
from fuzz.targets import Target, Way, target_of, way_of, ways

__all__ = ["DEADLINE_S", "Watch", "kind_of"]

DEADLINE_S = 1.0
"""CPU seconds for one input, of instrumented code: ten times what the slowest known one takes."""


def kind_of(problem: str) -> str:
    """Return the words without their numbers: what two inputs have in common that break in one place."""
    return re.sub(r"\d+", "#", problem)


@attrs.define
class Watch:
    """Parses inputs of one target and keeps those that break the promise.

    Args:
        target: what is fuzzed.
        folder: where inputs are kept, under the hash of their kind; the words lie beside them as `.txt`.
        choices: ways to parse; the bytes decide which one.
        clock: CPU seconds so far.
    """

    target: Target
    folder: Path
    choices: tuple[Way, ...]
    clock: Callable[[], float] = time.process_time

    @classmethod
    def of(cls, parser: str, folder: Path) -> Watch:
        """Return the watch over a parser by its id."""
        target = target_of(parser)
        return cls(target, folder, ways(target))

    def check(self, data: bytes) -> None:
        """Parse one input, and keep it if it breaks the promise."""
        way = way_of(data, self.choices)
        begin = self.clock()
        problems = broken(self._files(data), way.options, way.catalog)
        if self.clock() - begin > DEADLINE_S:
            problems.append(f"took longer than {DEADLINE_S} s of CPU")
        for problem in problems:
            self._keep(data, problem)

    def _files(self, data: bytes) -> Mapping[str, bytes]:
        return {self.target.file: data}

    def _keep(self, data: bytes, problem: str) -> None:
        place = self.folder / hashlib.sha256(kind_of(problem).encode("utf-8", "replace")).hexdigest()[:12]
        if not place.exists() or place.stat().st_size > len(data):
            place.write_bytes(data)
            place.with_suffix(".txt").write_text(f"{problem}\n", encoding="utf-8", errors="replace")
