"""A folder of real installed distributions, and fresh interpreters that see it."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from textwrap import dedent
from typing import TYPE_CHECKING

import attrs
import pytest

from rogues import DETECT, PARSE, cards

if TYPE_CHECKING:
    from pathlib import Path

_PRELUDE = """
import json, sys
import telemparse
from telemparse import Catalog


def answer(**facts):
    json.dump(facts, sys.stdout)


def faults(found):
    return [[each.plugin, each.stage, each.error, each.distribution] for each in found]

"""


def wheel(name: str, files: dict[str, str], entry_points: str) -> bytes:
    """Return a wheel of pure Python modules, with metadata and hashes as installers want them."""
    info = f"{name.replace('-', '_')}-1.0.dist-info"
    contents = {
        **{place: dedent(source) for place, source in files.items()},
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": entry_points,
    }
    record = io.StringIO()
    rows = csv.writer(record, lineterminator="\n")
    for place, text in contents.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        rows.writerow([place, f"sha256={digest}", len(text.encode())])
    rows.writerow([f"{info}/RECORD", "", ""])
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for place, text in {**contents, f"{info}/RECORD": record.getvalue()}.items():
            archive.writestr(place, text)
    return target.getvalue()


@attrs.frozen
class Site:
    """A site-packages folder."""

    folder: Path

    def install(self, name: str, source: str, value: str | None = None, **modules: str) -> None:
        """Install a distribution `telemparse-<name>` whose module `<name>` is our entry point's value."""
        files = {f"{module}.py": text for module, text in {name: source, **modules}.items()}
        self.install_raw(f"telemparse-{name}", files, f"[telemparse]\n{name} = {value or name}\n")

    def install_raw(self, name: str, files: dict[str, str], entry_points: str) -> None:
        """Install any distribution."""
        with zipfile.ZipFile(io.BytesIO(wheel(name, files, entry_points))) as archive:
            archive.extractall(self.folder)

    def install_good(self, parse: str = PARSE) -> None:
        """Install a plugin that does what it should, or one whose parser is another."""
        source = cards('[card("good", streams=("gnss_pvt",), extensions=(".lap",))]')
        self.install("good", source, good_detect=DETECT, good_parse=parse)

    def run(self, script: str) -> dict[str, object]:
        """Return what a fresh interpreter that sees this folder hands to `answer` in the script."""
        done = self._interpreter(_PRELUDE + dedent(script))
        assert (done.returncode, done.stderr) == (0, "")
        facts: dict[str, object] = json.loads(done.stdout)
        return facts

    def command(self, *words: object) -> subprocess.CompletedProcess[str]:
        """Run the command line in a fresh interpreter that sees this folder."""
        return self._interpreter("from telemparse.cli import main; main()", *map(str, words))

    def _interpreter(self, *words: str) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join([str(self.folder), *filter(None, [os.environ.get("PYTHONPATH")])])
        return subprocess.run(
            [sys.executable, "-c", *words],
            env={**os.environ, "PYTHONPATH": path},
            cwd=self.folder.parent,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )


@pytest.fixture
def site(tmp_path):
    place = tmp_path / "site"
    place.mkdir()
    return Site(place)
