"""The image: what its file says holds for this repository, and its steps work outside of an engine too."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import typer.main

import telemparse
from telemparse.cli.app import app

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "how-to" / "containers.md").read_text(encoding="utf-8")
PINNED = re.compile(r"[a-z./-]+:[\w.-]*\d[\w.-]*")


def instructions():
    """Return the instructions as pairs of name and words, with arguments of the build filled in, by stage."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    arguments = dict(re.findall(r"^ARG (\w+)=(\S+)$", text, re.MULTILINE))
    text = re.sub(r"\$\{(\w+)\}", lambda found: arguments[found[1]], text.replace("\\\n", " "))
    stages: list[list[tuple[str, str]]] = [[]]
    for line in filter(None, map(str.strip, text.splitlines())):
        name, _space, words = line.partition(" ")
        if name == "FROM":
            stages.append([])
        stages[-1].append((name, " ".join(words.split())))
    return stages


STAGES = instructions()
FINAL = STAGES[-1]


def all_of(name, stage=None):
    return [words for each in STAGES if stage in (None, each) for found, words in each if found == name]


def check_command(words):
    """Fail unless our command line takes these words."""
    command = typer.main.get_command(app)
    while hasattr(command, "commands"):
        command, words = command.commands[words[0]], words[1:]
    command.make_context("telemparse", list(words))


def extras():
    stated = {words.partition("=")[2] for words in all_of("ARG") if words.startswith("EXTRAS=")}
    asked = {match for text in all_of("RUN") for match in re.findall(r"\[([\w,]+)\]", text)}
    assert stated == asked, "what is built is what is installed"
    (found,) = asked
    return found.split(",")


def test_every_image_is_pinned_to_a_version():
    names = [words.partition(" AS ")[0] for words in all_of("FROM")]
    images = [*names, *re.findall(r"^ +image: (\S+)$", PAGE, re.MULTILINE)]
    assert f"telemparse:{telemparse.__version__}" in images
    assert [image for image in images if not PINNED.fullmatch(image)] == []
    assert len(set(names)) == 1, "wheels are built for the interpreter that they are installed into"


def test_the_image_runs_as_an_ordinary_account_by_number():
    (made,) = re.findall(r"useradd --uid (\d+) ", " ".join(all_of("RUN", FINAL)))
    assert int(made) >= 1000
    assert all_of("USER", FINAL) == [f"{made}:{made}"]
    after = [name for name, _words in FINAL[FINAL.index(("USER", f"{made}:{made}")) :]]
    assert "RUN" not in after


def test_what_is_copied_is_there_and_let_in():
    sources = [source for words in all_of("COPY") for source in words.split()[:-1]]
    let_in = [
        line[1:]
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line[:1] == "!"
    ]
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert sorted(sources) == sorted(let_in)
    assert all_of("COPY", FINAL) == []


def test_the_final_stage_compiles_nothing_and_asks_no_index():
    text = " ".join(all_of("RUN", FINAL))
    assert "--no-index --find-links /wheels" in text
    assert [word for word in ("apt", "gcc", "build-essential", "curl", "wget") if word in text] == []


def test_the_extras_are_those_of_the_project_and_enough_for_workers():
    with (ROOT / "pyproject.toml").open("rb") as file:
        known = tomllib.load(file)["project"]["optional-dependencies"]
    assert set(extras()) <= set(known)
    assert {"cli", "runner", "analysis", "postgres", "service", "formats"} <= set(extras())


def test_the_commands_of_the_image_are_ours():
    (entry,), (default,), (health,) = (all_of(name, FINAL) for name in ("ENTRYPOINT", "CMD", "HEALTHCHECK"))
    assert json.loads(entry) == ["telemparse"]
    check_command(json.loads(default))
    program, *words = json.loads(health.partition(" CMD ")[2])
    assert program == "telemparse"
    check_command(words)


def test_the_commands_of_the_composed_services_are_ours():
    block = re.search(r"^```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert block is not None
    ours = [
        service
        for service in re.split(r"^  (?=\w)", block[1], flags=re.MULTILINE)
        if "*telemparse" in service
    ]
    commands = [
        json.loads(words)
        for service in ours
        for words in re.findall(r"^    command: (.*)$", service, re.MULTILINE)
    ]
    assert len(commands) == len(ours)
    assert ["db", "upgrade"] in commands
    for words in commands:
        check_command(words)


@pytest.mark.deep
def test_the_steps_of_the_image_work_in_a_plain_environment(tmp_path):
    context, wheels = tmp_path / "context", tmp_path / "wheels"
    for words in all_of("COPY"):
        *sources, _target = words.split()
        for source in sources:
            place = ROOT / source
            if place.is_dir():
                shutil.copytree(
                    place, context / source, ignore=shutil.ignore_patterns("__pycache__", "tests")
                )
            else:
                context.mkdir(exist_ok=True)
                shutil.copy(place, context / source)
    steps = [step for step in all_of("RUN") if "pip " in step]
    environments = []
    for number, step in enumerate(steps):
        environment = tmp_path / f"environment-{number}"
        subprocess.run([sys.executable, "-m", "virtualenv", "--quiet", str(environment)], check=True)
        words = re.sub(r"--mount=\S+ ", "", step).replace("/wheels", shlex.quote(str(wheels)))
        path = f"{environment / 'bin'}{os.pathsep}{os.environ['PATH']}"
        subprocess.run(["bash", "-ec", words], cwd=context, env={**os.environ, "PATH": path}, check=True)
        environments.append(environment)
    program = environments[-1] / "bin" / "telemparse"
    hidden = ("COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START", "PYTHONPATH")
    own = {name: value for name, value in os.environ.items() if name not in hidden}
    own |= {
        "TELEMETRY_DATABASE_URL": f"sqlite:///{tmp_path}/data/telemparse.sqlite",
        "TELEMETRY_PARQUET_PATH": f"{tmp_path}/data",
    }

    def run(*words):
        done = subprocess.run(
            [program, *words], cwd=tmp_path, env=own, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{words}\n{done.stdout}{done.stderr}"
        return done.stdout

    (tmp_path / "data").mkdir()
    run("worker", "--help")
    run("enqueue", str(ROOT / "fixtures" / "sample_track.gpx"))
    run("worker", "--drain")
    run("health")
    assert "READY" in run("sessions")
    assert "telemparse-fit" in run("plugins", "--json")
