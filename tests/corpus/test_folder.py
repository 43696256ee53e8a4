"""The folder of real recordings is there, and is the one that the tests were written for."""

from __future__ import annotations

from pathlib import Path


def test_the_named_folder_holds_the_list_of_its_sources(corpus: Path) -> None:
    listed = (corpus / "SOURCES.tsv").read_text(encoding="utf-8").splitlines()[1:]
    paths = [line.split("\t")[0] for line in listed]
    assert paths
    assert [path for path in paths if not (corpus / path).is_file()] == []
