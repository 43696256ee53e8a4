"""Probing: each installed plugin by itself in a child process, before any of them is imported here."""

from __future__ import annotations

import math
import os
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from telemparse import isolation
from telemparse.cli.trial import place_in
from telemparse.cli.workers import in_parallel
from telemparse.extension.faults import Fault
from telemparse.extension.installation import distribution_of, installed
from telemparse.model.wording import words_of

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator
    from importlib.metadata import EntryPoint

__all__ = ["DEADLINE_S", "Probe", "probe"]

DEADLINE_S = 5.0
_MEMORY_GIB = 4
_NAME_CHARACTERS = 200


@attrs.frozen
class Probe:
    """What became of one plugin.

    Args:
        plugin: name of the entry point, or of a distribution that cannot be read.
        distribution: installed distribution that brought it, when known.
        parsers: ids of the cards that it declares.
        dialects: names of its CSV dialects.
        tracks: names of its tracks.
        import_s: seconds that the entry point took to load; None when it never answered.
        peak_rss_bytes: peak resident memory of the child that loaded card, detector, parser and examples;
            None when it never answered or the system does not tell.
        faults: what is wrong with it; empty when all is well.
    """

    plugin: str
    distribution: str | None = None
    parsers: tuple[str, ...] = ()
    dialects: tuple[str, ...] = ()
    tracks: tuple[str, ...] = ()
    import_s: float | None = None
    peak_rss_bytes: int | None = None
    faults: tuple[Fault, ...] = ()


def probe(timeout_s: float = DEADLINE_S) -> Iterator[Probe]:
    """Yield what became of each installed plugin, in the order in which they are loaded.

    Each has `timeout_s` seconds and 4 GiB of address space in a child of its own; as many run at a time
    as there are processors. What two plugins both declare is a fault of the later one.
    """
    points, damaged = installed()
    taken: dict[tuple[str, str], str] = {}

    def work(point: EntryPoint, stop: threading.Event) -> Probe:
        return _tried(point, timeout_s, stop)

    with closing(in_parallel(work, points, os.cpu_count() or 1, lambda: None)) as probes:
        for _point, found in probes:
            yield _beside(found, taken)
    for fault in damaged:
        yield Probe(fault.plugin, fault.distribution, faults=(fault,))


def _tried(point: EntryPoint, timeout_s: float, stop: threading.Event) -> Probe:
    distribution = distribution_of(point)

    def failed(stage: str, words: str) -> Probe:
        return Probe(point.name, distribution, faults=(Fault(point.name, stage, words, distribution),))

    with tempfile.TemporaryDirectory(prefix="telemparse-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        try:
            answer = isolation.run(
                "telemparse.cli.trial:serve", {"name": point.name, "value": point.value}, folder,
                timeout_s=timeout_s, max_memory_bytes=_MEMORY_GIB << 30, stop=stop,
            )  # fmt: skip
            return _from(answer, point.name, distribution)
        except isolation.ChildFailed as failure:
            return failed(place_in(folder), _words(failure, timeout_s))
        except Exception as error:  # noqa: BLE001  (stopped, no room on the disk, an answer meddled with)
            return failed("probe", words_of(error))


def _from(answer: dict[str, Any], plugin: str, distribution: str | None) -> Probe:
    import_s = float(answer["import_s"])
    if not math.isfinite(import_s):
        raise ValueError("import_s is no number")
    return Probe(
        plugin=plugin,
        distribution=distribution,
        parsers=_names(answer["parsers"]),
        dialects=_names(answer["dialects"]),
        tracks=_names(answer["tracks"]),
        import_s=import_s,
        peak_rss_bytes=None if answer["peak_rss_bytes"] is None else int(answer["peak_rss_bytes"]),
        faults=tuple(Fault(plugin, stage, words, distribution) for stage, words in answer["problems"]),
    )


def _names(several: list[Any]) -> tuple[str, ...]:
    return tuple(str(name)[:_NAME_CHARACTERS] for name in several)


def _words(failure: isolation.ChildFailed, timeout_s: float) -> str:
    match failure.code:
        case "PARSER_TIMEOUT":
            return f"did not finish within {timeout_s:g} s"
        case "PARSER_MEMORY_EXCEEDED":
            return f"needs more than {_MEMORY_GIB} GiB of memory"
    return str(failure.evidence.get("error", failure.code))


def _beside(found: Probe, taken: dict[tuple[str, str], str]) -> Probe:
    """Return the probe with a fault for each id and name that an earlier plugin has taken."""
    own = found.distribution or found.plugin
    faults = list(found.faults)
    for stage, kind, names in (
        ("card", "parser id", found.parsers),
        ("declare", "CSV dialect", found.dialects),
    ):
        for name in names:
            if (kind, name) in taken:
                words = f"{kind} {name!r} is taken by {taken[kind, name]}"
                faults.append(Fault(found.plugin, stage, words, found.distribution))
            taken.setdefault((kind, name), own)
    return attrs.evolve(found, faults=tuple(faults))
