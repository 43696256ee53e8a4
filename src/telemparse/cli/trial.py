"""What runs in the child process of `telemparse plugins --probe`: one plugin, loaded and looked through."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from functools import partial
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.extension.catalog import Catalog
from telemparse.extension.faults import is_fault
from telemparse.extension.hookspecs import GROUP
from telemparse.model.wording import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from telemparse.extension.card import ParserCard

__all__ = ["place_in", "serve"]

_PLACE = "place"
_PLACE_CHARACTERS = 200
_LOADING = "import"
_HEAVY = ("numpy", "pyarrow")
# Why each of these must do without what is heavy; parsers and examples may import what they like.
_LIGHT = {
    _LOADING: "every start of telemparse pays for it",
    "detector": "every detection pays for it",
}


def serve(request: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Load the entry point `name = value` and resolve what its cards name.

    Where the work is stands in `folder` all the time, for a plugin that hangs cannot tell any more. The
    answer has `parsers`, `dialects` and `tracks` (ids and names), `import_s` of the entry point,
    `peak_rss_bytes` of the whole trial, and `problems` as pairs of stage and words.
    """
    trial = _Trial(folder)
    point = EntryPoint(request["name"], request["value"], GROUP)
    started = time.perf_counter()
    catalog = trial.attempt(_LOADING, _LOADING, lambda: Catalog.load([point])) or Catalog()
    import_s = time.perf_counter() - started
    trial.problems += [(fault.stage, fault.error) for fault in catalog.faults]
    # All detectors come first, for a parser may import what they must not.
    for what, resolve in _resolvers(catalog).items():
        for card in catalog.cards:
            trial.attempt(what, f"{what} of {card.id}", partial(resolve, card))
    return {
        "parsers": [card.id for card in catalog.cards],
        "dialects": [dialect.name for dialect in catalog.dialects],
        "tracks": [track.name for track in catalog.tracks],
        "import_s": round(import_s, 4),
        "peak_rss_bytes": _peak_rss_bytes(),
        "problems": trial.problems,
    }


def place_in(folder: Path) -> str:
    """Return what a child was about when it ended."""
    with suppress(OSError), (folder / _PLACE).open(encoding="utf-8", errors="replace") as file:
        return file.read(_PLACE_CHARACTERS) or _LOADING
    return _LOADING


def _resolvers(catalog: Catalog) -> dict[str, Callable[[ParserCard], object]]:
    return {
        "detector": lambda card: _function(card.detector, catalog.detector(card)),
        "parser": lambda card: _function(card.target, catalog.parser(card)),
        "examples": catalog.examples,
    }


def _function(name: str, found: object) -> object:
    if not callable(found):
        raise TypeError(f"{name} is {type(found).__name__}, not a function")
    return found


@attrs.define
class _Trial:
    """What went wrong so far, and what was heavy already."""

    folder: Path
    problems: list[tuple[str, str]] = attrs.field(factory=list)
    _known: set[str] = attrs.field(factory=set)

    def attempt(self, kind: str, stage: str, call: Callable[[], Any]) -> Any:
        """Return what the call returns, None when it raises; `kind` says how light it has to be."""
        (self.folder / _PLACE).write_text(stage, "utf-8")
        try:
            return call()
        except BaseException as error:  # noqa: BLE001  (nobody interrupts this process but the plugin)
            more = "" if is_fault(error) else " (no Exception: it passes every guard)"
            self.problems.append((stage, words_of(error) + more))
            return None
        finally:
            heavy = [name for name in self._fresh() if kind in _LIGHT]
            if heavy:
                self.problems.append((stage, f"imports {' and '.join(heavy)}; {_LIGHT[kind]}"))

    def _fresh(self) -> Iterator[str]:
        for name in _HEAVY:
            if name in sys.modules and name not in self._known:
                self._known.add(name)
                yield name


def _peak_rss_bytes() -> int | None:
    """Return the peak resident memory of this process; None where the system does not tell.

    `getrusage` would count from the size of the process that started this one.
    """
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text("ascii", "replace").splitlines():
            name, _colon, value = line.partition(":")
            if name == "VmHWM":
                return int(value.split()[0]) * 1024
    return None
