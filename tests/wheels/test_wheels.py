"""What is shipped: sdist and wheel hold what they must and nothing else, and the wheel works by itself."""

from __future__ import annotations

import configparser
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.deep


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel with its command line in an environment of its own; return the folder of programs."""
    room = tmp_path_factory.mktemp("room")
    subprocess.run([sys.executable, "-m", "virtualenv", "--quiet", str(room)], check=True)
    programs = room / "bin"
    subprocess.run([programs / "python", "-m", "pip", "install", "--quiet", f"{wheel}[cli]"], check=True)
    return programs


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    sources = {
        str(path.relative_to(ROOT / "src"))
        for kind in ("*.py", "*.tmpl", "*.html", "*.css", "*.js")
        for path in (ROOT / "src/telemparse").rglob(kind)
    }
    packaged = {name for name in names if ".dist-info/" not in name}
    assert packaged == sources | {"telemparse/py.typed"}
    assert {
        "telemparse/testing/__init__.py",
        "telemparse/cli/templates/common/pyproject.toml.tmpl",
        "telemparse/report/templates/report.html",
    } <= packaged
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_wheel_declares_its_parsers_and_its_program(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("entry_points.txt"))
        points = configparser.ConfigParser()
        points.read_string(archive.read(name).decode())
    assert dict(points["telemparse"]) == {"builtin": "telemparse.formats"}
    assert dict(points["console_scripts"]) == {"telemparse": "telemparse.cli:main"}


def test_the_sdist_holds_sources_fixtures_and_words(dist: Path) -> None:
    (path,) = dist.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "src/telemparse/py.typed",
        "fixtures/index.toml",
    } <= names
    assert not [name for name in names if name.startswith((".", "tests/")) and name != ".gitignore"]


def test_the_installed_wheel_does_the_main_job(installed: Path, tmp_path: Path) -> None:
    fixture = ROOT / "fixtures" / "sample_gnss_10hz.csv"
    out = tmp_path / "out"
    subprocess.run([installed / "telemparse", "parse", fixture, "--out", out], check=True, cwd=tmp_path)
    program = (
        "import telemparse, sys;"
        "result = telemparse.writers.read(sys.argv[1]);"
        "print(telemparse.detect(sys.argv[2]).winner.parser_id, result.streams['gnss_pvt'].num_rows)"
    )
    command = [installed / "python", "-c", program, out, fixture]
    done = subprocess.run(command, check=True, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.split() == ["csv", "300"]


def test_the_library_without_extras_imports_no_program_parts(wheel: Path, tmp_path: Path) -> None:
    room = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "virtualenv", "--quiet", str(room)], check=True)
    subprocess.run([room / "bin" / "pip", "install", "--quiet", str(wheel)], check=True)
    fixture = ROOT / "fixtures" / "sample_track.gpx"
    program = "import telemparse, sys; print(telemparse.parse(sys.argv[1]).streams['gnss_pvt'].num_rows)"
    done = subprocess.run(
        [room / "bin" / "python", "-c", program, fixture],
        check=True,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == ["300"]
    refused = subprocess.run(
        [room / "bin" / "telemparse", "plugins"], check=False, capture_output=True, text=True
    )
    assert refused.returncode == 2
    assert "telemparse[cli]" in refused.stderr
