"""The path of a plugin's author, walked with a built wheel alone: scaffold, install, test, break, read."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]

NAMES: dict[str, tuple[str, ...]] = {"demo": (), "demo-records": ("--binary",)}

pytestmark = pytest.mark.deep


class Desk:
    """An author's virtual environment, and the folder that the author works in."""

    def __init__(self, room: Path, folder: Path) -> None:
        self.programs = room / "bin"
        self.folder = folder

    def run(self, program: str, *words: str, at: str = ".") -> subprocess.CompletedProcess[str]:
        """Run an installed program; nothing of this repository is on its path."""
        hidden = ("PYTHONPATH", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
        own = {name: value for name, value in os.environ.items() if name not in hidden}
        return subprocess.run(
            [self.programs / program, *words],
            cwd=self.folder / at,
            env=own,
            capture_output=True,
            text=True,
            check=False,
        )

    def do(self, program: str, *words: str, at: str = ".") -> str:
        """Run an installed program that must end well; return what it prints."""
        done = self.run(program, *words, at=at)
        assert done.returncode == 0, f"{program} {words}\n{done.stdout}{done.stderr}"
        return done.stdout


@pytest.fixture(scope="session")
def desk(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    room = tmp_path_factory.mktemp("room")
    subprocess.run([sys.executable, "-m", "virtualenv", "--quiet", str(room)], check=True)
    desk = Desk(room, tmp_path_factory.mktemp("desk"))
    desk.do("pip", "install", "--quiet", f"{wheel}[cli,testing]")
    return desk


@pytest.fixture(scope="session")
def plugins(desk: Desk) -> dict[str, str]:
    """Scaffold and install a plugin of each kind, as the printed commands say; return their folders."""
    folders = {}
    for name, options in NAMES.items():
        folders[name] = f"telemparse-{name}"
        printed = desk.do("telemparse", "new-plugin", name, *options)
        commands = [line.strip() for line in printed.splitlines()[-3:]]
        assert commands == [f"cd {folders[name]}", "pip install -e '.[test]'", "pytest"]
        desk.do("pip", "install", "--quiet", "-e", ".[test]", at=folders[name])
    return folders


@pytest.fixture(params=["demo", "demo-records"])
def plugin(plugins: dict[str, str], request: pytest.FixtureRequest) -> str:
    return plugins[request.param]


def failures(output: str) -> list[str]:
    return re.findall(r"^FAILED .*\[([a-z-]+)\]", output, re.MULTILINE)


def test_the_environment_holds_no_source_tree(desk: Desk) -> None:
    program = "import telemparse, telemparse.testing; print(telemparse.__file__, telemparse.testing.__file__)"
    places = desk.do("python", "-c", program).split()
    assert [place for place in places if str(ROOT) in place] == []
    assert all("site-packages" in place for place in places)


def test_a_new_plugin_is_green_at_once(desk: Desk, plugin: str) -> None:
    assert re.search(r"^\d\d passed in", desk.do("pytest", "-q", at=plugin), re.MULTILINE)


def test_a_new_plugin_has_strict_types(desk: Desk, plugin: str) -> None:
    assert "Success" in desk.do("mypy", "--strict", at=plugin)


def test_a_new_plugin_builds_a_wheel_with_its_types(desk: Desk, plugin: str, tmp_path: Path) -> None:
    desk.do("pip", "wheel", "--quiet", "--no-deps", "-w", str(tmp_path), ".", at=plugin)
    (built,) = tmp_path.glob("*.whl")
    assert built.name.startswith(plugin.replace("-", "_") + "-0.1.0")
    names = desk.do("python", "-m", "zipfile", "-l", str(built))
    assert "/py.typed" in names
    assert "/examples.py" in names


def test_a_new_plugin_reads_a_file_on_the_command_line(desk: Desk, plugin: str, tmp_path: Path) -> None:
    program = (
        "import sys, telemparse; from pathlib import Path;"
        "catalog = telemparse.Catalog.shared();"
        "card = catalog.card(sys.argv[1]);"
        "files = [f for each in catalog.examples(card).values() for f in each.items()];"
        "[(Path(sys.argv[2]) / name).write_bytes(data) for name, data in files]"
    )
    parser = plugin.removeprefix("telemparse-").replace("-", "_")
    desk.do("python", "-c", program, parser, str(tmp_path))
    (recording,) = tmp_path.iterdir()
    shown = desk.do("telemparse", "parse", str(recording))
    assert f"format  {parser} (score 1.0)" in shown
    assert re.search(r"gnss_pvt +150 ", shown)


class Mistake(NamedTuple):
    """What an author may get wrong, the check that says so, and words of its advice."""

    plugin: str
    file: str
    good: str
    bad: str
    check: str
    advice: str


_LOST = "skips.add(Locus(artifact.name, line=number))"
_COMPARED = "    sound = framed(kind[0], payload) == buffer[at : at + 8 + size[0]]"
_UNKNOWN = "None if kmh is None"
_STREAMS = '"gnss_pvt", "laps", "events"'
_NOTHING = "return Detection(Rung.NO)"

MISTAKES = {
    "a weak detector": Mistake(
        "demo", "detect.py", "Rung.SIGNATURE", "Rung.SHAPE",
        "knows-its-own", "what no other format has",
    ),
    "a greedy detector": Mistake(
        "demo", "detect.py", _NOTHING, "return Detection(Rung.SHAPE, 'text')",
        "refuses-strangers", "Ask for more than one weak sign",
    ),
    "a heavy detector": Mistake(
        "demo", "detect.py", "import re\n", "import re\n\nimport numpy\n",
        "detector-is-light", "works on bytes with the standard library",
    ),
    "NaN for what is not known": Mistake(
        "demo", "parser.py", _UNKNOWN, _UNKNOWN.replace("None", "float('nan')", 1),
        "schema-holds", "NaN becomes null there",
    ),
    "a stream that the card forgot": Mistake(
        "demo", "card.py", _STREAMS, '"gnss_pvt", "events"',
        "schema-holds", "every stream on the card",
    ),
    "the wrong unit": Mistake(
        "demo", "parser.py", "kmh / 3.6", "kmh",
        "units-are-plausible", "speed to m/s",
    ),
    "silence about lost rows": Mistake(
        "demo", "parser.py", _LOST, "pass",
        "damage-is-confessed", "Count what you skip",
    ),
    "an exception for a bad line": Mistake(
        "demo", "parser.py", _LOST, "raise ValueError(line)",
        "damage-becomes-issues", "yield an Issue",
    ),
    "a weak detector of records": Mistake(
        "demo-records", "detect.py", "Rung.SIGNATURE", "Rung.SHAPE",
        "knows-its-own", "what no other format has",
    ),
    "a position that cannot be": Mistake(
        "demo-records", "parser.py", "if abs(lat_deg) > 90", "lat_deg *= 1000\n        if abs(lat_deg) > 9e9",
        "schema-holds", "telemparse.schemas.build",
    ),
    "an exception for a bad checksum": Mistake(
        "demo-records", "frames.py", _COMPARED, f"{_COMPARED}\n    assert sound",
        "damage-becomes-issues", "consume at least a byte",
    ),
}  # fmt: skip


@pytest.mark.parametrize("words", MISTAKES)
def test_a_mistake_fails_the_one_check_that_names_it(desk: Desk, plugins: dict[str, str], words: str) -> None:
    mistake = MISTAKES[words]
    folder = plugins[mistake.plugin]
    place = desk.folder / folder / "src" / folder.replace("-", "_") / mistake.file
    sound = place.read_text(encoding="utf-8")
    assert mistake.good in sound
    place.write_text(sound.replace(mistake.good, mistake.bad), encoding="utf-8")
    try:
        done = desk.run("pytest", "-q", "tests/test_conformance.py", at=folder)
    finally:
        place.write_text(sound, encoding="utf-8")
    assert failures(done.stdout) == [mistake.check], done.stdout + done.stderr
    assert f"[{mistake.check}]" in done.stdout
    assert mistake.advice in " ".join(done.stdout.split())
