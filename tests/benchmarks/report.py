"""Pages of benchmarks: machine, bars, then every table."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from pathlib import Path

from benchmarks.values import Bar, Section

LIBRARY = """# Benchmarks

This page is written by `nox -s bench`. Every figure comes from one run of it on one machine; ratios carry
over to other machines, seconds do not. Files are synthetic and seeded, so anyone can make the same ones.
Each job runs in a fresh process, telemparse and its peers in turn, each peer in an environment of its own.
CPU seconds are user and system time of the process after its imports and a first read of a small file, which
loads what is loaded on first use; they are the median of {rounds} runs. Nothing here is asserted by a test: a
bar that is not met is shown as such.
"""
RUNNER = """# Benchmarks of the runner

This page is written by `nox -s bench -- --only queue,runner`. Every figure comes from one run of it on one
machine; ratios carry over to other machines, seconds do not. Nothing here is asserted by a test: a bar that
is not met is shown as such.
"""
SERVICE = """# Benchmarks of the service

This page is written by `nox -s bench -- --only service`. Every figure comes from one run of it on one
machine; ratios carry over to other machines, seconds do not. Nothing here is asserted by a test: a bar that
is not met is shown as such.
"""
SESSIONS = """# Benchmarks of the session store and of lap features

This page is written by `nox -s bench -- --only store,features`. Every figure comes from one run of it on one
machine; ratios carry over to other machines, seconds do not. Nothing here is asserted by a test: a bar that
is not met is shown as such.
"""
LIVE = """# Benchmarks of messages

This page is written by `nox -s bench -- --only live`. Every figure comes from one run of it on one machine;
ratios carry over to other machines, seconds do not. Nothing here is asserted by a test: a bar that is not
met is shown as such.
"""


def page(sections: Sequence[Section], rounds: int, head: str = LIBRARY) -> str:
    """Return the whole page as Markdown."""
    bars = [bar for section in sections for bar in section.bars]
    parts = [head.format(rounds=rounds), f"Machine: {machine()}\n", _bars(bars)]
    parts += [section_text(section) for section in sections]
    return "\n".join(parts)


def machine() -> str:
    """Return processor, cores, memory, system and Python in one line."""
    model = next(
        (line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor() or platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return (
        f"{model}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()},"
        f" {platform.python_implementation()} {platform.python_version()}."
    )


def _lines(path: str) -> list[str]:
    place = Path(path)
    return place.read_text(encoding="utf-8").splitlines() if place.exists() else []


def _bars(bars: Sequence[Bar]) -> str:
    rows = [
        (bar.what, f"{bar.measured:.2f} {bar.unit}", _limit(bar), "met" if bar.met else "**not met**")
        for bar in bars
    ]
    return "## Bars\n\n" + _table(("bar", "measured", "limit", ""), rows)


def _limit(bar: Bar) -> str:
    return f"{'≥' if bar.at_least else '≤'} {bar.limit:.4g} {bar.unit}"


def section_text(section: Section) -> str:
    """Return one titled part of the page."""
    return f"## {section.title}\n\n{section.note}\n\n{_table(section.header, section.rows)}"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---", *(["---:"] * (len(header) - 1))], *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)
