"""The nouns of the bench: inputs, jobs, measurements, bars and the tables that they fill."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

OURS = "telemparse"
MB = 1_000_000


@dataclasses.dataclass(frozen=True)
class Input:
    """A seeded file of the cache, or a folder of them.

    Args:
        name: carries all that decides the bytes; it ends in the key of its layout.
        write: makes it at a path.
    """

    name: str
    write: Callable[[Path], None]


@dataclasses.dataclass(frozen=True)
class Job:
    """What one fresh process does.

    Args:
        label: in the table.
        script: file below jobs/ whose `run(path, *arguments)` is measured after its imports.
        environment: name of the virtual environment: `telemparse`, or a peer's.
        requirements: what pip installs there; empty for telemparse's own.
        version_of: distribution whose version the table shows.
        arguments: further words for `run`.
    """

    label: str
    script: str
    environment: str = OURS
    requirements: tuple[str, ...] = ()
    version_of: str = OURS
    arguments: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Measurement:
    """One process: CPU seconds (user + system) and wall seconds of the job, peak memory of the process.

    `failure` is empty, or says in a few words why there are no figures. `facts` are the job's own.
    """

    cpu_s: float = 0.0
    wall_s: float = 0.0
    peak_bytes: int = 0
    base_bytes: int = 0
    version: str = ""
    facts: dict[str, Any] = dataclasses.field(default_factory=dict)
    failure: str = ""


@dataclasses.dataclass(frozen=True)
class Bar:
    """A promise: what was measured against its limit."""

    what: str
    measured: float
    limit: float
    unit: str
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Tell whether the promise holds in this run."""
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit


@dataclasses.dataclass(frozen=True)
class Section:
    """A titled part of the page: a table of text cells, bars, and a note on how it was made."""

    title: str
    note: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    bars: tuple[Bar, ...] = ()


Runs = Iterable[Measurement]
