"""The page of the corpus says what a run over all real files gives today."""

from __future__ import annotations

import importlib.util

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture
def page(root):
    """Return the function that writes the page."""
    spec = importlib.util.spec_from_file_location("corpus_page", root / "docs" / "corpus.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.corpus_page


def test_the_page_of_the_corpus_is_current(page, corpus, root):
    written = (root / "docs" / "reference" / "corpus.md").read_text(encoding="utf-8")
    assert written.splitlines() == page(corpus).splitlines()


def test_a_file_that_is_nothing_and_one_that_is_a_track_have_a_row_each(page, root, tmp_path):
    (tmp_path / "loggers").mkdir()
    (tmp_path / "loggers" / "a.bin").write_bytes(b"\x00\x01\x02\x03" * 64)
    track = (root / "fixtures" / "sample_track.gpx").read_bytes()
    (tmp_path / "loggers" / "b.gpx").write_bytes(track)

    shown = page(tmp_path)

    assert "## loggers\n" in shown
    assert "| `a.bin` | none | none | none | **`FORMAT_NOT_RECOGNISED`** |\n" in shown
    (row,) = [line for line in shown.splitlines() if line.startswith("| `b.gpx`")]
    assert row.startswith("| `b.gpx` | gpx | `gnss_pvt` ")
