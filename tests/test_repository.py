"""The house in order: what the README opens with, first lines of modules, changelog fragments, no places."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import telemparse

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(
    path
    for folder in ("src", "plugins", "tests", "fixtures", "docs")
    for path in (ROOT / folder).rglob("*.py")
    if "site-packages" not in path.parts
)
TEXTS = {".py", ".md", ".toml", ".yml", ".cfg", ""}
FRAGMENT = re.compile(r"(\d+|\+[\w-]+)\.(feature|bugfix|doc|removal|misc)(\.\d+)?\.md")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tracked() -> list[Path]:
    """Return the files of the project: what git knows, or everything where this is no clone."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        return [
            path for path in ROOT.rglob("*") if path.is_file() and "." not in path.relative_to(ROOT).parts[0]
        ]
    return [path for line in listed.stdout.splitlines() if (path := ROOT / line).is_file()]


def test_the_readme_opens_with_the_two_commands() -> None:
    blocks = re.findall(
        r"^```sh\n(.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    assert (
        blocks[0].strip()
        == "pip install '.[cli]' && telemparse parse fixtures/sample_gnss_10hz.csv --out out"
    )
    assert blocks[1].strip() == "pip install nox && nox"


def test_the_gate_runs_what_the_readme_says() -> None:
    gate = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "README.md" in gate
    assert "pip install nox && nox" in gate


def test_a_module_says_in_its_first_line_what_it_is_for() -> None:
    words = {named(path): ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) for path in MODULES}
    assert [
        name for name, text in words.items() if not text or len(text.splitlines()[0]) < len("A module.")
    ] == []


def test_source_modules_name_what_they_offer() -> None:
    silent = [named(path) for path in MODULES if "src" in path.parts and not _offers(path)]
    assert silent == []


def _offers(path: Path) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if not any(
        isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Assign | ast.ImportFrom) for node in tree.body
    ):
        return True  # a folder's docstring and nothing else
    targets = [
        t.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for t in node.targets
        if isinstance(t, ast.Name)
    ]
    return "__all__" in targets


def test_changelog_fragments_are_well_formed() -> None:
    fragments = [path for path in (ROOT / "changelog.d").iterdir() if path.name != "README.md"]
    odd = [path.name for path in fragments if not FRAGMENT.fullmatch(path.name)]
    assert odd == []
    assert [
        path.name for path in fragments if not path.read_text(encoding="utf-8").strip().endswith(".")
    ] == []


def test_no_text_names_a_place_on_somebodys_machine() -> None:
    places = re.compile(r"(?<![\w.])/(home|root|Users|work|tmp)/\w")
    own = Path(__file__).resolve()
    found = [
        named(path)
        for path in tracked()
        if path.suffix in TEXTS
        and path != own
        and places.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []


# A machine without Postgres may leave its tests out, CI may not; a full disk is also tried without a mount.
MAY_SKIP = {"tests/postgres_server.py", "tests/storage/test_folders.py"}


def test_no_test_skips() -> None:
    pattern = re.compile(r"pytest\.skip\(|mark\.skip")
    tests = [path for path in MODULES if "tests" in path.parts and path != Path(__file__).resolve()]
    found = {named(path) for path in tests if pattern.search(path.read_text(encoding="utf-8"))}
    assert found == MAY_SKIP


def test_what_leaves_postgres_out_fails_in_ci() -> None:
    lines = (ROOT / "tests/postgres_server.py").read_text(encoding="utf-8").splitlines()
    (skip,) = [number for number, line in enumerate(lines) if "pytest.skip(" in line]
    assert 'os.environ.get("CI")' in lines[skip - 2]
    assert "pytest.fail(" in lines[skip - 1]


# What plugins build on (docs/plugins): the face, and these rooms of the library.
SDK = ("errors", "model", "schemas", "kernels", "extension", "testing")


def _imported(path: Path) -> set[str]:
    """Return the modules of telemparse that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            # `from telemparse import x` is a room where x is one, else the face.
            face = node.module == "telemparse"
            found |= {f"telemparse.{alias.name}" for alias in node.names} if face else {node.module}
    return {name for name in found if name.split(".")[0] == "telemparse"}


def test_plugins_use_nothing_but_the_sdk() -> None:
    faces = {f"telemparse.{name}" for name in telemparse.__all__} | {"telemparse"}
    sources = [path for path in MODULES if "plugins" in path.parts and "src" in path.parts]
    private = {
        named(path): sorted(name for name in _imported(path) - faces if name.split(".")[1] not in SDK)
        for path in sources
    }
    assert sources
    assert {name: modules for name, modules in private.items() if modules} == {}
