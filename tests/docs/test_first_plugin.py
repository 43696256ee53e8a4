"""The first page for plugin authors shows the teaching plugin's files as they are."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = ROOT / "plugins" / "telemparse-lapbook"
SHOWN = re.compile(r"^### ([\w/.-]+)\n\n```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def test_the_files_of_the_teaching_plugin_are_shown_verbatim() -> None:
    page = (ROOT / "docs" / "plugins" / "first-plugin.md").read_text(encoding="utf-8")
    shown = dict(SHOWN.findall(page))
    written = {
        str(path.relative_to(PLUGIN)): path.read_text(encoding="utf-8")
        for kind in ("pyproject.toml", "src/*/*.py", "tests/*.py")
        for path in PLUGIN.glob(kind)
    }
    assert shown == written
