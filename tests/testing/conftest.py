"""A parser made for one test: the honest one of the liars' gallery, but for what the test replaces."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from telemparse.extension import catalog as catalogs
from telemparse.extension.card import ParserCard
from telemparse.extension.catalog import Catalog
from telemparse.testing.liars import honest, honest_reading
from telemparse.testing.subject import Subject


class Workshop:
    """Makes subjects, and neighbours that are installed beside them."""

    def __init__(self, monkeypatch):
        self._monkeypatch = monkeypatch
        self._shared = Catalog()
        monkeypatch.setattr(catalogs, "_shared", self._shared)

    def __call__(self, *, samples=None, encoder=None, draws=8, timeout_s=20.0, **changes):
        """Return the subject of a parser; `changes` are facts of its card, or its functions themselves."""
        card = self._card("homemade", changes)
        return Subject.of(card, samples, encoder=encoder, examples=draws, timeout_s=timeout_s)

    def neighbour(self, parser_id, detect, **changes):
        """Install another parser."""
        self._shared.cards += (self._card(parser_id, {"examples": {}, "detect": detect, **changes}),)

    def _card(self, name, changes):
        parts = {"detect": honest.detect, "parse": honest_reading.parse, "examples": honest.EXAMPLES}
        module = ModuleType(name)
        for part, own in parts.items():
            setattr(module, part, changes.pop(part, own))
        examples = module.examples if isinstance(module.examples, str) else f"{name}:examples"
        facts = {
            "name": name, "version": "1.0", "detector": f"{name}:detect", "target": f"{name}:parse",
            "examples": None if module.examples is None else examples,
            "extensions": (".x",), "streams": ("gnss_pvt", "channels"),
        }  # fmt: skip
        module.card = ParserCard(id=name, **{**facts, **changes})
        self._monkeypatch.setitem(sys.modules, name, module)
        return module.card


@pytest.fixture
def homemade(monkeypatch):
    """Return the maker of subjects."""
    return Workshop(monkeypatch)
