"""Mutation testing as a program: `python -m mutation [--jobs 2] [parsing.py extension/card.py ...]`."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from mutation.mutants import mutants_of
from mutation.report import Outcome, page, reasons, score_percent, stale, told
from mutation.targets import TARGETS, Target
from mutation.trials import Limits, Verdict, prepare, try_out

ROOT = Path(__file__).parents[2]
FLOOR_PERCENT = 85.0


def main() -> int:
    """Change the chosen modules (default: all) one place at a time; fail when too few changes are noticed."""
    parser = argparse.ArgumentParser(prog="nox -s mutation --", description=main.__doc__)
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes (default: one a core)")
    parser.add_argument("modules", nargs="*", help="files below src/telemparse")
    chosen = parser.parse_args()
    unknown = set(chosen.modules) - {target.module for target in TARGETS}
    if unknown:
        parser.error(f"no row in targets.py: {', '.join(sorted(unknown))}")
    targets = [target for target in TARGETS if target.module in chosen.modules or not chosen.modules]
    known = reasons()
    started_s = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="telemparse-mutation-") as folder,
        ProcessPoolExecutor(
            chosen.jobs, get_context("fork"), initializer=prepare, initargs=(ROOT, Path(folder))
        ) as pool,
    ):
        outcomes = _outcomes(pool, targets)
    score = score_percent(outcomes)
    print(page(outcomes, known))
    print(
        f"\n{score:.1f} % noticed in {time.monotonic() - started_s:.0f} s; it has to be {FLOOR_PERCENT:.0f} %"
    )
    return 1 if score < FLOOR_PERCENT or stale(outcomes, known) else 0


def _outcomes(pool: ProcessPoolExecutor, targets: list[Target]) -> list[Outcome]:
    sources = [(ROOT / "src/telemparse" / target.module).read_text("utf-8") for target in targets]
    # The unchanged module first: its tests must pass, and tell how long they take.
    firsts = pool.map(try_out, targets, sources, [Limits()] * len(targets))
    mutants = pool.map(mutants_of, sources)
    waiting = {}
    for target, first, found in zip(targets, firsts, mutants, strict=True):
        if first.verdict is not Verdict.SURVIVED:
            sys.exit(
                f"the tests of {target.module} fail without any change ({first.verdict}):\n{first.words}"
            )
        limits = Limits(cpu_s=round(10 + 5 * first.cpu_s), wall_s=60 + 20 * first.wall_s)
        for mutant in found:
            waiting[pool.submit(try_out, target, mutant.source, limits)] = target, mutant
    outcomes = []
    for number, done in enumerate(as_completed(waiting), 1):
        target, mutant = waiting[done]
        outcome = Outcome(target.module, mutant, done.result().verdict)
        outcomes.append(outcome)
        # A long run tells what it has found so far, should somebody end it.
        if outcome.verdict is Verdict.SURVIVED:
            print(told(outcome), file=sys.stderr, flush=True)
        if number % 50 == 0:
            print(f"{number} of {len(waiting)} mutants tried", file=sys.stderr, flush=True)
    return outcomes


if __name__ == "__main__":
    sys.exit(main())
