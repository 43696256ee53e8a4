"""Every snippet of the documentation runs as it stands, and prints what the page says it prints."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

ROOT = Path(__file__).resolve().parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Snippet:
    """A fenced block: language, text, first line, and what the `text` block behind it says it prints."""

    language: str
    text: str
    line: int
    prints: str | None


def snippets(page: Path) -> list[Snippet]:
    source = page.read_text(encoding="utf-8")
    found = list(FENCE.finditer(source))
    blocks = []
    for index, match in enumerate(found):
        after = found[index + 1] if index + 1 < len(found) else None
        behind = after is not None and not source[match.end() : after.start()].strip() and after[1] == "text"
        line = source.count("\n", 0, match.start()) + 2
        blocks.append(Snippet(match[1], match[2], line, after[2] if after is not None and behind else None))
    return blocks


def pages(language: str) -> list[Path]:
    return [page for page in PAGES if any(block.language == language for block in snippets(page))]


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Go to an empty folder in which the fixtures lie as the pages name them."""
    (tmp_path / "fixtures").symlink_to(ROOT / "fixtures")
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    structlog.reset_defaults()  # a page says what it wants to hear of the pipeline


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("page", pages("python"), ids=named)
def test_the_python_of_a_page_runs_and_prints_what_it_says(page: Path) -> None:
    names: dict[str, object] = {"__name__": "snippet"}
    for block in snippets(page):
        if block.language != "python":
            continue
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(block.text, f"{named(page)}:{block.line}", "exec"), names)  # noqa: S102  (our own pages)
        if block.prints is not None:
            assert printed.getvalue() == block.prints, f"{named(page)}, line {block.line}"


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("page", pages("sh"), ids=named)
def test_the_commands_of_a_page_end_well(page: Path) -> None:
    commands = [
        line
        for block in snippets(page)
        if block.language == "sh"
        for line in block.text.splitlines()
        if line.startswith("telemparse ")
    ]
    assert commands
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    for command in commands:
        done = subprocess.run(
            ["bash", "-c", command],
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
