"""The habits of the project: `nox` runs tests, lint, types and docs; the other sessions are asked for."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.download_python = "never"
nox.options.error_on_missing_interpreters = False

# Nothing but the package index is ever asked: an interpreter that is not installed is skipped and said so.
os.environ["UV_PYTHON_DOWNLOADS"] = "never"

ROOT = Path(__file__).parent
PYPROJECT = nox.project.load_toml(ROOT / "pyproject.toml")
INTERPRETERS = ["3.11", "3.12", "3.13"]
# Coverage is measured once, on the interpreter that runs nox, because that one is always installed.
COVERED = f"{sys.version_info.major}.{sys.version_info.minor}"
# Of the others the one farthest from it is tried at once; `deep` tries all.
FARTHEST = INTERPRETERS[0] if INTERPRETERS[-1] == COVERED else INTERPRETERS[-1]
nox.options.sessions = [f"tests-{COVERED}", f"tests-{FARTHEST}", "lint", "types", "docs"]
_LESS_OF_THE_INTERPRETER = (
    "analysis", "benchmarks", "fuzz", "kernels", "mutation", "plot", "report", "testing",
)  # fmt: skip
# A slow proof may take an hour before it counts as hanging.
_UNHURRIED = "--timeout=3600"


def _show_pyenv_interpreters() -> None:
    """Put pyenv's real interpreters behind its shims, which exist even for versions not switched on."""
    home = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for version in INTERPRETERS:
        for folder in sorted(home.glob(f"versions/{version}.*/bin")):
            os.environ["PATH"] += os.pathsep + str(folder)


_show_pyenv_interpreters()


def _group(name: str) -> list[str]:
    return list(nox.project.dependency_groups(PYPROJECT, name))


def _plugins() -> list[Path]:
    return sorted(path.parent for path in ROOT.glob("plugins/*/pyproject.toml"))


def _install_project(session: nox.Session, *groups: str) -> None:
    extras = "cli,analysis,features,runner,postgres,service,live"
    editable = [
        word
        for path in [ROOT, *_plugins()]
        for word in ("-e", f"{path}[{extras}]" if path == ROOT else str(path))
    ]
    # One build environment for all our distributions, instead of one for each; what others are built with
    # is their own affair.
    others = [word for group in groups for word in _group(group)]
    session.install(*PYPROJECT["build-system"]["requires"], "editables", *others)
    session.install("--no-build-isolation", *editable)


@nox.session(python=INTERPRETERS)
def tests(session: nox.Session) -> None:
    """Run the tests; on one interpreter all of them, with the coverage of all processes as a floor.

    Coverage is that of the quick tests: tracing makes the slow ones several times slower and adds little.
    The others leave out what is marked slow, and what stands on numpy and on our tools more than on the
    interpreter, and draw fewer examples; `deep` runs all on each. They also lack numba, which the slow
    tests want.
    """
    _install_project(session, "test", *(["oracles"] if session.python == COVERED else []))
    arguments = ["-n", "auto", "--dist", "worksteal", "--ignore=tests/docs", *session.posargs]
    quick = ["-m", "not deep and not slow", *arguments]
    if session.python != COVERED:
        left_out = [f"--ignore=tests/{name}" for name in _LESS_OF_THE_INTERPRETER]
        session.run("pytest", *quick, *left_out, env={"HYPOTHESIS_PROFILE": "brief"})
        return
    data = Path(session.create_tmp()).resolve() / "coverage"
    environment = {"COVERAGE_FILE": str(data)}
    session.run("coverage", "erase", env=environment)
    # What is compiled is not traced, and tracing makes the compiler slow: the slow tests use it.
    session.run("coverage", "run", "-m", "pytest", *quick, env={**environment, "NUMBA_DISABLE_JIT": "1"})
    # Of the tests that somebody chose none may be slow, which pytest ends with 5.
    session.run(
        "pytest", "-m", "slow and not deep", *arguments,
        success_codes=[0, 5 if session.posargs else 0],
    )  # fmt: skip
    session.run("coverage", "combine", "--quiet", env=environment)
    session.run("coverage", "report", env=environment)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, format, the floors of the house and the changelog fragments."""
    session.install(*_group("lint"))
    session.install("--no-deps", "-e", ".")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("lint-imports", "--no-cache")
    session.run("towncrier", "build", "--draft", silent=True)
    if sys.platform == "linux" and platform.machine() == "x86_64":  # there is no linter for others
        session.run("hadolint", "Dockerfile")


@nox.session
def types(session: nox.Session) -> None:
    """Check types strictly over the library, the plugins and the typed use of the public names."""
    _install_project(session, "types")
    sources = [str(path / "src") for path in _plugins()]
    session.run("mypy", "src/telemparse", *sources, "tests/typing/api.py")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site strictly, run every snippet, and look for what nobody documented."""
    _install_project(session, "docs", "test")
    site = Path(session.create_tmp()).resolve() / "site"
    session.run(
        "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(site), env={"NO_MKDOCS_2_WARNING": "1"}
    )
    session.run("pytest", "tests/docs", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure against the peers and write docs/benchmarks.md (`nox -s bench -- --help` for choices)."""
    # With all the plugins, for detection is measured with all parsers there are; editable, for a wheel of
    # the same version may come out of an installer's cache.
    _install_project(session, "oracles")
    session.run("python", "-m", "benchmarks", *session.posargs, env={"PYTHONPATH": str(ROOT / "tests")})


@nox.session
def accuracy(session: nox.Session) -> None:
    """Simulate runs with known truth, write docs/accuracy.md and docs/fusion-accuracy.md (`-- --help`)."""
    _install_project(session, "test", "oracles")
    environment = {"PYTHONPATH": str(ROOT / "tests")}
    session.run("python", "-m", "benchmarks.accuracy", *session.posargs, env=environment)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Fuzz every parser for a time (`nox -s fuzz -- --seconds 600 csv gpx`); finds make it fail."""
    if sys.platform != "linux":
        session.skip("atheris has wheels for Linux only")
    _install_project(session, "fuzz")
    session.run("python", "-m", "fuzz", *session.posargs, env={"PYTHONPATH": str(ROOT / "tests")})


@nox.session
def wheels(session: nox.Session) -> None:
    """Build sdist and wheel, look inside, and run the installed wheel on a fixture."""
    _install_project(session, "test")
    session.run("pytest", "tests/wheels", "-m", "deep", _UNHURRIED, *session.posargs)


@nox.session
def mutation(session: nox.Session) -> None:
    """Change the code one place at a time: tests must notice 85 % (`nox -s mutation -- parsing.py`)."""
    _install_project(session, "test", "mutation")
    session.run("python", "-m", "mutation", *session.posargs, env={"PYTHONPATH": str(ROOT / "tests")})


@nox.session
def deep(session: nox.Session) -> None:
    """Run the slow proofs: more examples, what is marked deep, each interpreter whole, fuzzing, mutants."""
    session.notify("whole", posargs=[])
    session.notify("fuzz", posargs=[])
    session.notify("mutation", posargs=[])
    _install_project(session, "test", "oracles")
    arguments = ["-n", "auto", "-m", "deep or not deep", _UNHURRIED, *session.posargs]
    session.run("pytest", *arguments, env={"HYPOTHESIS_PROFILE": "deep"})


@nox.session(python=[version for version in INTERPRETERS if version != COVERED])
def whole(session: nox.Session) -> None:
    """Run all the tests of the default session on the interpreters that have not run all of them there."""
    _install_project(session, "test", "oracles")
    session.run("pytest", "-n", "auto", "--dist", "worksteal", "--ignore=tests/docs", *session.posargs)
