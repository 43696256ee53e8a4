"""A plugin that takes long to load: people are told where to look."""

from __future__ import annotations

import threading

from telemparse.cli import loading
from telemparse.extension.catalog import Catalog


def test_when_loading_takes_long_people_are_told_how_to_find_the_plugin(monkeypatch, capsys):
    told = threading.Event()
    monkeypatch.setattr(loading, "_PATIENCE_S", 0.0)
    plainly = loading.complain
    monkeypatch.setattr(loading, "complain", lambda words: (plainly(words), told.set()))
    monkeypatch.setattr(Catalog, "shared", lambda: Catalog() if told.wait(60) else None)

    assert loading.installed() == Catalog()
    assert "telemparse plugins --probe" in capsys.readouterr().err


def test_a_quick_start_says_nothing_and_leaves_no_timer(monkeypatch, capsys):
    before = set(threading.enumerate())
    monkeypatch.setattr(loading, "_PATIENCE_S", 3600.0)
    monkeypatch.setattr(Catalog, "shared", Catalog)
    catalog = loading.installed()
    started = set(threading.enumerate()) - before
    for thread in started:
        thread.join(60)

    assert catalog == Catalog()
    assert not any(thread.is_alive() for thread in started)
    assert capsys.readouterr().err == ""
