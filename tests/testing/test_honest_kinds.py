"""Honest parsers of formats of all kinds, whom no check may catch."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from telemparse.testing import run

pytestmark = pytest.mark.slow

KINDS = Path(__file__).with_name("kinds")


@pytest.fixture(autouse=True)
def _on_the_path(monkeypatch):
    monkeypatch.syspath_prepend(KINDS)


@pytest.mark.parametrize(
    ("room", "card"),
    [*((path.stem, "CARD") for path in sorted(KINDS.glob("kind_*.py"))), ("kind_plain", "GZIPPED")],
)
def test_an_honest_parser_of_any_kind_is_caught_by_no_check(room, card):
    report = run(getattr(importlib.import_module(room), card), examples=40)

    assert report.failed == {}, str(report)
