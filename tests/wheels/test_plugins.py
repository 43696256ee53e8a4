"""Each of our plugins installs by itself beside the library, registers, and reads its own examples."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = sorted(path for path in (ROOT / "plugins").iterdir() if (path / "pyproject.toml").is_file())

pytestmark = pytest.mark.deep


class Room:
    """A virtual environment with the wheel and its command line, and nothing else of ours."""

    def __init__(self, folder: Path, wheel: Path) -> None:
        subprocess.run([sys.executable, "-m", "virtualenv", "--quiet", str(folder)], check=True)
        self._programs = folder / "bin"
        self.pip("install", f"{wheel}[cli]")

    def pip(self, *words: str | Path) -> None:
        """Run pip, which must end well."""
        subprocess.run([self._programs / "python", "-m", "pip", "--quiet", *words], check=True)

    def probed(self) -> dict[str, bool]:
        """Return the distributions with plugins, and whether theirs read their examples."""
        command = [self._programs / "telemparse", "plugins", "--probe", "--timeout", "60", "--json"]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return {plugin["distribution"]: plugin["ok"] for plugin in json.loads(done.stdout)["plugins"]}


@pytest.fixture(scope="module")
def room(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Room:
    return Room(tmp_path_factory.mktemp("room"), wheel)


@pytest.mark.parametrize("folder", PLUGINS, ids=lambda folder: folder.name)
def test_a_plugin_installs_alone_and_registers(room: Room, folder: Path) -> None:
    room.pip("install", folder)
    try:
        found = room.probed()
    finally:
        room.pip("uninstall", "--yes", folder.name)
    assert found == {"telemparse": True, folder.name: True}


def test_the_extra_of_formats_names_all_plugins_but_the_one_to_learn_from(
    wheel: Path, tmp_path: Path
) -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    names = {folder.name for folder in PLUGINS} - {"telemparse-lapbook"}
    assert set(extras["formats"]) == names
    room = Room(tmp_path / "room", wheel)
    room.pip("install", f"{wheel}[formats]", *(folder for folder in PLUGINS if folder.name in names))
    assert room.probed() == dict.fromkeys(("telemparse", *names), True)
