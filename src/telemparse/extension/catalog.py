"""The catalog of installed plugins: each is loaded by itself under a guard, and faults are kept."""

from __future__ import annotations

import importlib
import threading
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
import pluggy

from telemparse.errors import CallError
from telemparse.extension import hookspecs
from telemparse.extension.card import SUPPORTED_API, ParserCard
from telemparse.extension.csv_dialect import CsvDialect
from telemparse.extension.faults import Fault, is_fault
from telemparse.extension.installation import distribution_of, installed, rank
from telemparse.extension.samples import recordings
from telemparse.model.wording import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from importlib.metadata import EntryPoint

    from telemparse.extension.protocol import Detector, Parser
    from telemparse.model.gates import Track

__all__ = ["Catalog"]

_Declared = TypeVar("_Declared")
_Result = TypeVar("_Result")


@attrs.define
class Catalog:
    """Parsers, dialects and tracks that are installed, with the faults of those that could not load.

    Args:
        cards: of the parsers, ours first, then in the order of entry points, as everything else.
        dialects: of CSV.
        tracks: with their gates.
        faults: of what could not load.
        origins: distributions by parser id.
        dialect_origins: distributions by name of a CSV dialect.
    """

    cards: tuple[ParserCard, ...] = ()
    dialects: tuple[CsvDialect, ...] = ()
    tracks: tuple[Track, ...] = ()
    faults: tuple[Fault, ...] = ()
    origins: dict[str, str] = attrs.field(factory=dict, repr=False)
    dialect_origins: dict[str, str] = attrs.field(factory=dict, repr=False)
    _targets: dict[str, Any] = attrs.field(factory=dict, init=False, repr=False)

    @classmethod
    def load(cls, points: Iterable[EntryPoint] | None = None) -> Catalog:
        """Return a catalog of the given entry points, or of all installed ones."""
        found, faults = installed() if points is None else (sorted(points, key=rank), ())
        loader = _Loader(faults=list(faults))
        for point in found:
            loader.take(point)
        return cls(
            tuple(loader.cards),
            tuple(loader.dialects),
            tuple(loader.tracks),
            tuple(loader.faults),
            loader.origins,
            loader.dialect_origins,
        )

    @classmethod
    def shared(cls) -> Catalog:
        """Return the catalog of this process, loaded once."""
        global _shared  # noqa: PLW0603  (one per process by design)
        with _lock:
            if _shared is None:
                _shared = cls.load()
            return _shared

    def card(self, parser_id: str) -> ParserCard:
        """Return the card with this id; raises CallError naming the installed ones."""
        for card in self.cards:
            if card.id == parser_id:
                return card
        raise CallError(f"no parser {parser_id!r}; installed: {', '.join(c.id for c in self.cards)}")

    def detector(self, card: ParserCard) -> Detector:
        """Return the card's detector, imported now."""
        detector: Detector = self._resolve(card.detector)
        return detector

    def parser(self, card: ParserCard) -> Parser:
        """Return the card's parse generator, imported now."""
        parser: Parser = self._resolve(card.target)
        return parser

    def examples(self, card: ParserCard) -> dict[str, dict[str, bytes]]:
        """Return the card's examples, imported now: files by name for each recording.

        A single file is a recording of its own name. Empty for a card without examples; raises CallError
        for what is no mapping of names to bytes (or to mappings of them), and what the import raises.
        """
        return {} if card.examples is None else recordings(self._resolve(card.examples))

    def _resolve(self, target: str) -> Any:
        if target not in self._targets:
            module, _colon, name = target.partition(":")
            self._targets[target] = getattr(importlib.import_module(module), name)
        return self._targets[target]


_shared: Catalog | None = None
_lock = threading.Lock()


@attrs.define
class _Loader:
    """Takes entry points in one by one; what fails becomes a fault and the rest goes on."""

    cards: list[ParserCard] = attrs.field(factory=list)
    dialects: list[CsvDialect] = attrs.field(factory=list)
    tracks: list[Track] = attrs.field(factory=list)
    faults: list[Fault] = attrs.field(factory=list)
    origins: dict[str, str] = attrs.field(factory=dict)
    dialect_origins: dict[str, str] = attrs.field(factory=dict)
    _distribution: str | None = None  # of the entry point in hand

    def take(self, point: EntryPoint) -> None:
        """Load one entry point and keep what it declares."""
        # Asked once, for importlib reads all of METADATA, with the whole README in it, to tell a name.
        self._distribution = distribution_of(point)
        # One manager per plugin: an unknown hook condemns its own plugin and no other.
        manager = pluggy.PluginManager(hookspecs.GROUP)
        manager.add_hookspecs(hookspecs)
        loaded: list[object] = []
        self._guarded(point, "import", lambda: loaded.append(point.load()))
        if not loaded or not self._guarded(point, "hooks", lambda: _register(manager, loaded[0])):
            return
        hooks = manager.hook
        for card in self._declarations(point, hooks.telemparse_parsers, ParserCard):
            self._guarded(point, "card", partial(self._keep_card, point, card))
        for dialect in self._declarations(point, hooks.telemparse_csv_dialects, CsvDialect):
            self._guarded(point, "declare", partial(self._keep_dialect, point, dialect))
        if hooks.telemparse_tracks.get_hookimpls():
            # Few have tracks, and their classes take a while to make.
            from telemparse.model.gates import Track

            self.tracks += self._declarations(point, hooks.telemparse_tracks, Track)

    def _declarations(
        self, point: EntryPoint, hook: Callable[[], list[Iterable[_Declared]]], kind: type[_Declared]
    ) -> list[_Declared]:
        return self._guarded(point, "declare", lambda: _declared(hook, kind)) or []

    def _guarded(self, point: EntryPoint, stage: str, call: Callable[[], _Result]) -> _Result | None:
        try:
            return call()
        except BaseException as error:
            if not is_fault(error):
                raise
            self._fault(point, stage, words_of(error))
            return None

    def _fault(self, point: EntryPoint, stage: str, error: str) -> None:
        self.faults.append(Fault(point.name, stage, error, self._distribution))

    def _keep_card(self, point: EntryPoint, card: ParserCard) -> None:
        if card.api not in SUPPORTED_API:
            supported = ", ".join(map(str, SUPPORTED_API))
            self._fault(point, "card", f"{card.id} speaks api {card.api}; supported: {supported}")
        elif any(known.id == card.id for known in self.cards):
            self._fault(point, "card", f"parser id {card.id!r} is taken by {self.origins[card.id]}")
        else:
            self.cards.append(card)
            self.origins[card.id] = self._distribution or point.name

    def _keep_dialect(self, point: EntryPoint, dialect: CsvDialect) -> None:
        if type(dialect) is not CsvDialect:  # what a subclass does while it is compared is anybody's guess
            raise TypeError(f"expected CsvDialect itself, got {type(dialect).__name__}")
        if not dialect.has_fingerprint:
            raise CallError(f"CSV dialect {dialect.name!r} has no fingerprint and would never be recognised")
        origin = self.dialect_origins.setdefault(dialect.name, self._distribution or point.name)
        if any(known.name == dialect.name for known in self.dialects):
            raise CallError(f"CSV dialect {dialect.name!r} is taken by {origin}")
        self.dialects.append(dialect)


def _register(manager: pluggy.PluginManager, plugin: object) -> bool:
    manager.register(plugin)
    manager.check_pending()
    if not manager.get_hookcallers(plugin):
        raise TypeError(f"{type(plugin).__name__} implements no hook of telemparse")
    return True


def _declared(hook: Callable[[], list[Iterable[_Declared]]], kind: type[_Declared]) -> list[_Declared]:
    items = [item for group in hook() for item in group]
    odd = dict.fromkeys(type(item).__name__ for item in items if not isinstance(item, kind))
    if odd:
        raise TypeError(f"expected {kind.__name__}, got {', '.join(odd)}")
    return items
