"""The fixtures are what their generator writes, and readers make of each what index.toml demands."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import telemparse
from telemparse import ParseOptions

FOLDER = Path(__file__).resolve().parent.parent / "fixtures"
ENTRIES = tomllib.loads((FOLDER / "index.toml").read_text(encoding="utf-8"))["fixture"]
SMALL_BYTES = 100 * 1024


def named(entry: dict[str, object]) -> str:
    return f"{entry['file']}{'+options' if entry['options'] else ''}"


@pytest.fixture(params=ENTRIES, ids=named)
def entry(request: pytest.FixtureRequest) -> dict:
    return request.param


def test_the_generator_writes_every_file_again_byte_for_byte(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, str(FOLDER / "generate.py"), str(tmp_path)], check=True, capture_output=True
    )
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    kept = {
        path.name: path.read_bytes() for path in FOLDER.iterdir() if path.is_file() and path.suffix != ".py"
    }
    assert written.keys() == kept.keys()
    assert [name for name, content in written.items() if content != kept[name]] == []


def test_the_index_tells_size_and_hash(entry: dict) -> None:
    content = (FOLDER / entry["file"]).read_bytes()
    assert len(content) == entry["bytes"] <= SMALL_BYTES
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]


def test_detection_finds_the_expected_winner(entry: dict) -> None:
    winner = telemparse.detect(FOLDER / entry["file"]).winner
    assert (winner.parser_id if winner else "none") == entry["winner"]


def test_parsing_gives_the_expected_streams_and_issues(entry: dict) -> None:
    result = telemparse.parse(FOLDER / entry["file"], ParseOptions(**entry["options"]), on_error="return")
    main = result.main_stream
    base = result.streams[main].schema.metadata[b"time_base"].decode() if main else ""
    seen = {
        "ok": result.ok,
        "streams": {name: table.num_rows for name, table in result.streams.items()},
        "issues": sorted({issue.code for issue in (*result.errors, *result.warnings)}),
        "time_base": base,
        "dialect": result.metadata.get("dialect", ""),
    }
    assert seen == {key: entry[key] for key in seen}
