"""The runner around the library: what it adds to a file, and what a second worker brings."""

from __future__ import annotations

import logging
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import median

import structlog

import telemparse
from benchmarks.bench import Bench
from benchmarks.inputs import bench_input
from benchmarks.values import Bar, Section
from telemparse.model.artifacts import ArtifactSet
from telemparse.runner import Pipeline, Settings

FILES = 60
POINTS = 2000
_TIMES = 5
_MOST_OVERHEAD_MS, _LEAST_GAIN = 15.0, 1.5


def sections(bench: Bench) -> list[Section]:
    """Measure both; the corpus is read where it is named, else small files."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    small = [ArtifactSet.of(bench.file(bench_input("csv", POINTS)))] * FILES
    overheads = sorted(_overhead_ms(small) for _round in range(3))
    place = os.environ.get("TELEMPARSE_CORPUS")
    many = small * _TIMES if place is None else list(telemparse.group([place])) * _TIMES
    # In turn, for machines that are shared have good and bad minutes.
    pairs = [(_wall_s(many, 1), _wall_s(many, 2)) for _round in range(3)]
    gain = median(one_s / two_s for one_s, two_s in pairs)
    what = "recordings of the corpus, five times each" if place else f"files of {POINTS:,} points"
    rows = (
        ("overhead a file, one worker", f"{FILES}", f"{overheads[1]:.1f} ms"),
        *(
            (words, f"{len(many)}", f"{wall_s:.1f} s")
            for pair in pairs
            for words, wall_s in zip(("one worker", "two workers"), pair, strict=True)
        ),
    )
    bars = (
        Bar("overhead a file", overheads[1], _MOST_OVERHEAD_MS, "ms"),
        Bar("two workers over one", gain, _LEAST_GAIN, "x", at_least=True),
    )
    note = (
        "Wall clock with warm sandboxes, an SQLite file (WAL, synchronous=FULL) and a local folder."
        f" The overhead is that of handing in and working on {FILES} CSV files of {POINTS:,} points, less the"
        f" library's own calls within, a file, the median of three. The workers go through {what},"
        " Arrow with one thread in each, three times in turn; the median of the three ratios counts."
    )
    return [Section("The runner", note, ("what", "files", "wall"), rows, bars)]


@contextmanager
def _ready(workers: int) -> Iterator[Pipeline]:
    """Give a pipeline whose workers have each been through a recording."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.embedded(folder)
        with Pipeline(settings) as pipeline:
            for _worker in range(2 * workers):
                pipeline.submit({"warm.csv": _FIXES}, force=True)
            pipeline.work(workers)
            yield pipeline


_FIXES = b"time,latitude,longitude\n" + b"".join(
    b"2024-05-01T10:00:%02dZ,48.%04d,11.0\n" % (second, second) for second in range(60)
)


def _overhead_ms(recordings: Sequence[ArtifactSet]) -> float:
    with _ready(1) as pipeline:
        begun = time.perf_counter()
        ids = [pipeline.submit(each, force=True) for each in recordings]
        pipeline.work()
        wall_s = time.perf_counter() - begun
        sessions = pipeline.sessions_by_id(ids).values()
        assert {session.status for session in sessions} == {"READY"}
        calls_s = sum(outcome.calls_s for session in sessions for outcome in session.stages.values())
    return (wall_s - calls_s) / len(recordings) * 1000


def _wall_s(recordings: Sequence[ArtifactSet], workers: int) -> float:
    with _ready(workers) as pipeline:
        for each in recordings:
            pipeline.submit(each, force=True)
        begun = time.perf_counter()
        pipeline.work(workers)
        return time.perf_counter() - begun
