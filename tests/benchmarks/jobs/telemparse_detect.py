"""Detection when everything is loaded: the median of many calls."""

import statistics
import time

import telemparse

CALLS = 25


def prepare(path: str) -> str:
    """Detect once, which loads what detection needs."""
    telemparse.detect(path)
    return path


def run(path: str) -> dict[str, object]:
    """Detect again and again and tell the median and who won."""
    taken = []
    for _call in range(CALLS):
        start = time.perf_counter()
        winner = telemparse.detect(path).winner
        taken.append(time.perf_counter() - start)
    return {"median_s": statistics.median(taken), "winner": winner.parser_id if winner else "none"}
