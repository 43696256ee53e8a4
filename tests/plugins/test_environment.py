"""Plugins built by a real backend and installed by pip, all at once, beside the wheel of telemparse."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import attrs
import pytest

from rogues import (
    ALIEN,
    BAD,
    BROKEN_DETECTORS,
    DETECT,
    ENDLESS_IMPORT,
    PARSE,
    RECORDING,
    TWINS,
    cards,
)
from telemparse.cli.terminal import visible

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.deep

PROJECT = """
    [build-system]
    requires = ["hatchling"]
    build-backend = "hatchling.build"

    [project]
    name = "telemparse-{name}"
    version = "1.0"
    dependencies = ["telemparse"]

    [project.entry-points.telemparse]
    {name} = "{value}"

    [tool.hatch.build.targets.wheel]
    only-include = {files}
"""

# Installed last, for in a process that loads plugins nothing comes after them.
FATAL = {
    "alien": (ALIEN, "import", "Alien: from afar"),
    "endless": (ENDLESS_IMPORT, "import", "did not finish within 20 s"),
    "leaves": ("import os\nos._exit(3)", "import", "the process ended with exit code 3 and no answer"),
    "crashes": ("import ctypes\nctypes.string_at(0)", "import", "the process was ended by SIGSEGV"),
}


def project(folder: Path, name: str, source: str, value: str | None = None, **modules: str) -> Path:
    """Lay out the source tree of a plugin with its modules, the way an author has it."""
    place = folder / name
    place.mkdir(parents=True)
    sources = {f"{module}.py": dedent(text) for module, text in {name: source, **modules}.items()}
    for file, text in sources.items():
        (place / file).write_text(text)
    facts = {"name": name, "value": value or name, "files": json.dumps(list(sources))}
    (place / "pyproject.toml").write_text(dedent(PROJECT).format(**facts))
    return place


@attrs.frozen
class Room:
    """A virtual environment, and a folder for what is built."""

    programs: Path
    folder: Path

    def pip(self, *words: object) -> None:
        command = [self.programs / "python", "-m", "pip", *words, "--quiet", "--disable-pip-version-check"]
        subprocess.run(command, check=True)

    def install(self, *projects: Path) -> None:
        self.pip("install", "--no-build-isolation", *projects)

    def run(self, *words: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.programs / words[0], *map(str, words[1:])],
            cwd=self.folder, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """Return an environment with telemparse, a good plugin, and every bad one that can be loaded."""
    folder = tmp_path_factory.mktemp("room")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    subprocess.run([sys.executable, "-m", "virtualenv", "--quiet", folder / "venv"], check=True)
    made = Room(folder / "venv" / "bin", folder)
    (wheel,) = folder.glob("*.whl")
    made.pip("install", f"{wheel}[cli]", "hatchling")
    sources = folder / "sources"
    good = cards('[card("good", streams=("gnss_pvt",), extensions=(".lap",))]')
    projects = [project(sources, "good", good, good_detect=DETECT, good_parse=PARSE)]
    projects += [project(sources, name, source, value) for name, (source, value, *_fault) in BAD.items()]
    projects += [project(sources, name, source) for name, source in TWINS.items()]
    for name, (source, _error) in BROKEN_DETECTORS.items():
        modules = {f"{name}_detect": source} if source else {}
        projects.append(project(sources, f"{name}_d", cards(f'[card("{name}")]'), **modules))
    made.install(*projects)
    (folder / "run.lap").write_bytes(RECORDING)
    (folder / "stranger").write_bytes(b"something else entirely")
    return made


def test_every_bad_plugin_is_listed_with_its_fault_and_the_good_ones_with_their_parsers(room):
    done = room.run("telemparse", "plugins", "--json")
    document = json.loads(done.stdout)
    faults = {fault["plugin"]: fault for fault in document["faults"]}

    assert done.returncode == 0
    assert {"csv", "gpx", "good", "twin"} <= {parser["id"] for parser in document["parsers"]}
    assert set(faults) == {*BAD, "twin_b"}
    for name, (_source, _value, stage, error) in BAD.items():
        assert (faults[name]["stage"], faults[name]["distribution"]) == (stage, f"telemparse-{name}")
        assert faults[name]["error"].startswith(error)
    assert faults["twin_b"]["error"] == "parser id 'twin' is taken by telemparse-twin_a"


def test_the_built_in_formats_and_the_good_plugin_work_beside_them(room):
    gpx = ROOT / "fixtures" / "sample_track.gpx"
    done = room.run("telemparse", "parse", "run.lap", gpx, "--json")
    documents = [json.loads(line) for line in done.stdout.splitlines()]

    assert done.returncode == 0
    assert [document["parser"] for document in documents] == ["good", "gpx"]
    assert [document["streams"]["gnss_pvt"]["rows"] for document in documents] == [2, 300]
    assert {warning["code"] for document in documents for warning in document["warnings"]} == {
        "PLUGIN_LOAD_FAILED"
    }


def test_faults_of_loading_and_of_asking_are_explained_and_steer_no_terminal(room):
    done = room.run("telemparse", "detect", "stranger", "--explain")
    flat = " ".join(done.stdout.split())

    assert done.returncode == 3
    for name, (_source, error) in BROKEN_DETECTORS.items():
        assert f"Fault: {name} at detect: {visible(error)}" in flat
    for name, (_source, _value, stage, _error) in BAD.items():
        assert f"Fault: {name} at {stage}: " in flat
    assert not set(done.stdout + done.stderr) & set("\x1b\x07\r\u202e")


def test_plugins_that_end_or_hang_the_process_that_loads_them_are_found_by_probing(room):
    sources = room.folder / "fatal"
    room.install(*(project(sources, name, source) for name, (source, *_fault) in FATAL.items()))
    done = room.run("telemparse", "plugins", "--probe", "--timeout", "20", "--json")
    found = {plugin["plugin"]: plugin for plugin in json.loads(done.stdout)["plugins"]}
    ended = room.run(
        "python", "-c",
        "import sys, telemparse\n"
        "options = telemparse.ParseOptions(isolation='process', timeout_s=20)\n"
        "result = telemparse.parse(sys.argv[1], options, on_error='return')\n"
        "print([issue.code for issue in result.errors])",
        "run.lap",
    )  # fmt: skip
    room.pip("uninstall", "--yes", *(f"telemparse-{name}" for name in FATAL))

    assert done.returncode == 4
    unwell = {f"{name}_d" for name in BROKEN_DETECTORS}
    bad = {*BAD, *FATAL, "twin_b"}
    assert {name for name, plugin in found.items() if plugin["ok"]} == {"builtin", "good"}
    assert set(found) == {"builtin", "good", "twin_a", *bad, *unwell}
    for name, (_source, stage, words) in FATAL.items():
        (fault,) = found[name]["faults"]
        assert fault["stage"] == stage
        assert fault["error"].startswith(words)
    assert ended.stdout.strip() == "['PARSER_CRASHED']"
    assert room.run("telemparse", "detect", "run.lap").returncode == 0
