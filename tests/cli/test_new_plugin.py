"""`telemparse new-plugin`: it writes the teaching plugin under another name, whole and green at once."""

from __future__ import annotations

import ast
import os
import shlex
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from telemparse.cli.scaffold import Kind, PluginName, files_of
from telemparse.errors import CallError
from telemparse.extension.card import API_VERSION

pytestmark = pytest.mark.slow

LAPBOOK = Path(__file__).resolve().parents[2] / "plugins" / "telemparse-lapbook"
LONG = "a-name-of-forty-letters-for-a-new-format"
ROOMS = {"errors", "model", "schemas", "kernels", "extension", "testing"}
COMMON = {
    "README.md",
    "pyproject.toml",
    "src/telemparse_demo/__init__.py",
    "src/telemparse_demo/card.py",
    "src/telemparse_demo/detect.py",
    "src/telemparse_demo/examples.py",
    "src/telemparse_demo/parser.py",
    "src/telemparse_demo/py.typed",
    "tests/test_conformance.py",
    "tests/test_values.py",
}


def written(folder: Path) -> dict[PurePosixPath, str]:
    """Return the files of a plugin as its author wrote them."""
    made = ("__pycache__", ".egg-info", ".dist-info")
    return {
        PurePosixPath(path.relative_to(folder)): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
        and not any(part.startswith(".") or part.endswith(made) for part in path.relative_to(folder).parts)
    }


def modules(files: dict[PurePosixPath, str]) -> dict[PurePosixPath, ast.Module]:
    return {path: ast.parse(text) for path, text in files.items() if path.suffix == ".py"}


def test_the_teaching_plugin_is_what_the_template_writes():
    # When this fails: change src/telemparse/cli/templates, and write plugins/telemparse-lapbook anew.
    assert written(LAPBOOK) == files_of(PluginName("lapbook"), Kind.TEXT)


@pytest.mark.parametrize(
    ("options", "more"), [((), set()), (("--binary",), {"src/telemparse_demo/frames.py"})]
)
def test_a_tree_is_written_under_the_name_asked_for(call, tmp_path, options, more):
    result = call("new-plugin", "demo", *options, "--into", tmp_path)
    assert result.exit_code == 0, result.output
    files = written(tmp_path / "telemparse-demo")
    assert set(map(str, files)) == COMMON | more
    assert [str(path) for path, text in files.items() if "lapbook" in text.lower()] == []
    assert 'demo = "telemparse_demo"' in files[PurePosixPath("pyproject.toml")]


def test_the_next_three_commands_are_printed_and_the_first_leads_there(call, tmp_path):
    place = tmp_path / "my plugins"
    lines = call("new-plugin", "my-logger", "--into", place).stdout.splitlines()
    commands = [shlex.split(line) for line in lines if line.startswith("  ")]
    folder = place / "telemparse-my-logger"
    assert commands == [["cd", str(folder)], ["pip", "install", "-e", ".[test]"], ["pytest"]]
    assert (folder / "src" / "telemparse_my_logger" / "parser.py").is_file()


@pytest.mark.parametrize("words", ["my-logger", "my_logger"])
def test_a_name_is_spelt_as_each_place_wants_it(words):
    name = PluginName(words)
    assert (name.id, name.distribution, name.package) == (
        "my_logger", "telemparse-my-logger", "telemparse_my_logger",
    )  # fmt: skip
    assert name.put_into("lapbook Lapbook LAPBOOK telemparse-lapbook telemparse_lapbook") == (
        "my_logger My logger MY_LOGGER telemparse-my-logger telemparse_my_logger"
    )


@pytest.mark.parametrize(
    "words",
    [
        "",
        "Demo",
        "1st",
        "my logger",
        "a--b",
        "-a",
        "a_",
        "../demo",
        "demo\n",
        "dé",
        LONG + "s",
        "telemparse.x",
    ],
)
def test_a_name_that_cannot_be_spelt_everywhere_is_refused(words):
    with pytest.raises(CallError, match="such as my-logger"):
        PluginName(words)


def test_a_bad_name_is_a_usage_error_and_writes_nothing(call, tmp_path):
    result = call("new-plugin", "Demo", "--into", tmp_path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "no name for a plugin" in " ".join(result.stderr.split())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "owner"), [("gpx", "telemparse"), ("toy", "telemparse-toy"), ("old", "telemparse_old")]
)
def test_a_name_that_something_installed_has_is_refused(call, install, tmp_path, name, owner):
    install("telemparse_old", "raise RuntimeError('a plugin that is installed and does not load')")
    result = call("new-plugin", name, "--into", tmp_path)
    assert result.exit_code == 2
    assert owner in result.stderr
    assert "choose another name" in " ".join(result.stderr.split())
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_left_as_it_is(call, tmp_path):
    folder = tmp_path / "telemparse-demo"
    folder.mkdir()
    (folder / "parser.py").write_text("months of work")
    result = call("new-plugin", "demo", "--into", tmp_path)
    assert result.exit_code == 2
    assert "there already; nothing was written" in " ".join(result.stderr.split())
    assert [path.name for path in folder.iterdir()] == ["parser.py"]


def test_a_place_that_cannot_be_written_to_costs_one_line(call, tmp_path):
    (tmp_path / "file").write_text("no folder")
    result = call("new-plugin", "demo", "--into", tmp_path / "file")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Not a directory" in result.stderr


@pytest.mark.parametrize("kind", Kind)
def test_a_plugin_imports_only_what_is_promised_to_authors(kind):
    odd = [
        (str(path), node.module)
        for path, tree in modules(files_of(PluginName("demo"), kind)).items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("telemparse.")
        and (node.module or "").split(".")[1] not in ROOMS
    ]
    assert odd == []


@pytest.mark.parametrize("kind", Kind)
def test_modules_are_good_python_and_short_under_the_longest_name(kind):
    for path, tree in modules(files_of(PluginName(LONG), kind)).items():
        assert ast.get_docstring(tree), path
        assert len(ast.unparse(tree).splitlines()) < 120, path


@pytest.mark.parametrize("kind", Kind)
def test_a_card_names_the_contract_of_this_version(kind):
    card = files_of(PluginName("demo"), kind)[PurePosixPath("src/telemparse_demo/card.py")]
    assert f"    api={API_VERSION},\n" in card


@pytest.mark.parametrize("options", [(), ("--binary",)])
def test_the_tests_of_a_new_plugin_pass_at_once(call, tmp_path, options):
    assert call("new-plugin", "fresh", *options, "--into", tmp_path).exit_code == 0
    folder = tmp_path / "telemparse-fresh"
    source = folder / "src"
    info = source / "telemparse_fresh-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: telemparse-fresh\nVersion: 0.1.0\n")
    (info / "entry_points.txt").write_text("[telemparse]\nfresh = telemparse_fresh\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
