"""The command line as a process: exit codes, clean streams, signals, and what is imported."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from telemparse.cli import main

pytestmark = pytest.mark.slow

COMMANDS = (
    "detect", "parse", "convert", "plugins", "codes", "schema", "run", "worker", "enqueue", "sessions",
    "jobs list", "jobs retry", "jobs cancel", "reprocess", "delete", "health", "db upgrade", "db check",
)  # fmt: skip
GROUPS = ("jobs", "db")


@pytest.mark.parametrize(
    "words",
    [[], ["--help"], *([*name.split(), flag] for name in (*COMMANDS, *GROUPS) for flag in ("--help", "-h"))],
)
def test_help_explains_every_command_within_80_columns(run, words):
    process = run(*words)
    assert (process.returncode, process.stderr) == (0, "")
    assert process.stdout.startswith("Usage: telemparse")
    assert max(map(len, process.stdout.splitlines())) <= 80
    name = " ".join(words[:-1])
    if name in COMMANDS:
        assert f"  Examples:\n    telemparse {name}" in process.stdout


def test_version_is_one_line(run):
    process = run("--version")
    assert process.returncode == 0
    assert process.stdout.startswith("telemparse ")
    assert process.stdout.count("\n") == 1


def test_an_unknown_command_is_a_usage_error(run):
    process = run("frobnicate")
    assert (process.returncode, process.stdout) == (2, "")


PROBE = """
import sys
from telemparse.cli import main
try:
    main()
except SystemExit as ended:
    heavy = {"numpy", "pyarrow", "lxml", "pandas", "scipy"} & set(sys.modules)
    runner = {"sqlalchemy", "alembic", "obstore", "structlog", "psycopg"} & set(sys.modules)
    print(ended.code, *sorted(heavy) if HEAVY_TOO else (), *sorted(runner), sep=",", file=sys.stderr)
"""


def imported(environment, words, *, heavy_too):
    """Return the exit code of a call, and what it should not have imported."""
    process = subprocess.run(
        [sys.executable, "-c", PROBE.replace("HEAVY_TOO", str(heavy_too)), *words],
        check=False,
        capture_output=True,
        text=True,
        env=environment(PYTHONPATH=""),
    )
    return process.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["--version"],
        ["plugins"],
        ["codes"],
        ["codes", "NO_STREAMS"],
        ["detect", "FILE", "--explain"],
    ],
)
def test_light_commands_import_neither_numpy_nor_pyarrow(environment, fixtures_dir, words):
    words = [str(fixtures_dir / "sample_track.gpx") if word == "FILE" else word for word in words]
    assert imported(environment, words, heavy_too=True) == "0"


@pytest.mark.parametrize("words", [["parse"], ["laps"], ["convert", "--out", "OUT"]])
def test_commands_that_keep_nothing_import_nothing_of_the_runner(environment, fixtures_dir, tmp_path, words):
    words = [str(tmp_path) if word == "OUT" else word for word in words]
    words = [*words, str(fixtures_dir / "sample_track.gpx")]
    assert imported(environment, words, heavy_too=False) == "0"


RUNNER_CALLS = (
    "run a.gpx", "worker", "enqueue a.gpx", "sessions", "jobs list", "jobs retry x", "jobs cancel x",
    "reprocess x", "delete x --yes", "health", "db upgrade", "db check",
)  # fmt: skip


WORKING_CALLS = ("run a.gpx", "worker")


@pytest.mark.parametrize(
    ("module", "extra", "calls"),
    [
        ("sqlalchemy", "runner", RUNNER_CALLS),
        ("structlog", "runner", RUNNER_CALLS),
        ("obstore", "runner", RUNNER_CALLS),
        ("scipy", "analysis", WORKING_CALLS),
        ("prometheus_client", "service", ("worker --metrics-port 0",)),
    ],
)
def test_every_command_of_the_runner_names_the_extra_that_it_lacks(
    *, environment, tmp_path, module, extra, calls
):
    script = (
        f"import sys; sys.modules[{module!r}] = None\n"
        "from telemparse.cli import main\n"
        "for words in sys.argv[1:]:\n"
        "    sys.argv[1:] = [*words.split(), '--out', 'out']\n"
        "    try:\n"
        "        main()\n"
        "    except SystemExit as ended:\n"
        "        print(ended.code)\n"
    )
    process = subprocess.run(
        [sys.executable, "-c", script, *calls],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment(PYTHONPATH=""),
    )
    assert process.stdout.split() == ["2"] * len(calls)
    line = f"telemparse: {module.replace('_', '-')} is not installed: pip install 'telemparse[{extra}]'"
    assert process.stderr.splitlines() == [line] * len(calls)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("module", ["typer", "rich"])
def test_a_missing_extra_is_named_with_the_command_that_installs_it(environment, module):
    script = f"import sys; sys.modules[{module!r}] = None; from telemparse.cli import main; main()"
    process = subprocess.run(
        [sys.executable, "-c", script, "--help"],
        check=False,
        capture_output=True,
        text=True,
        env=environment(),
    )
    assert (process.returncode, process.stdout) == (2, "")
    assert process.stderr == f"telemparse: {module} is not installed: pip install 'telemparse[cli]'\n"


def test_what_plugins_print_never_reaches_standard_output(run, toy, gnss, tmp_path):
    path = toy("a.toy", gnss())
    for words in (
        ["detect", path],
        ["parse", path],
        ["plugins"],
        ["codes"],
        ["convert", path, "-o", tmp_path / "o"],
    ):
        process = run(*words, "--json")
        assert process.returncode == 0
        assert all(json.loads(line)["v"] == 1 for line in process.stdout.splitlines())
        assert "the toy plugin talks" in process.stderr


def test_standard_error_is_silent_for_good_recordings(run, environment, fixtures_dir, tmp_path):
    path = fixtures_dir / "sample_gnss_10hz.csv"
    for words in (["detect"], ["parse"], ["parse", "--json"], ["convert", "--out", tmp_path / "o"]):
        process = run(*words, path, env=environment(PYTHONPATH=""))
        assert (process.returncode, process.stderr) == (0, "")


def test_output_without_a_terminal_has_no_colours_and_fits_80_columns(run, toy, gnss, may):
    path = toy("a.toy", gnss(), ["channels", {"t": [may, may + 10**15]}], ["raise", "words " * 40])
    # By its name, for the folder of a test may be longer than a line.
    process = run("parse", path.name, cwd=path.parent)
    assert process.returncode == 4
    assert "\x1b" not in process.stdout
    assert max(map(len, process.stdout.splitlines())) <= 80


@pytest.mark.parametrize(
    "name", ["[red]x.toy", "two\nlines.toy", "\x1b[2Jclear.toy", "--option.toy", "näme.toy"]
)
def test_odd_file_names_are_printed_literally_and_cannot_control_the_terminal(run, toy, gnss, name, tmp_path):
    toy(name, gnss())
    shown = name.replace("\n", "\\n").replace("\x1b", "\\x1b")
    process = run("parse", f"./{name}", "--out", "out", cwd=tmp_path)
    assert process.returncode == 0
    assert process.stdout.splitlines()[0] == shown
    assert "\x1b" not in process.stdout
    (document,) = map(json.loads, run("parse", f"./{name}", "--json", cwd=tmp_path).stdout.splitlines())
    assert document["artifacts"][0]["name"] == name


def test_a_file_name_that_is_no_text_is_shown_by_its_bytes(run, toy, gnss, tmp_path):
    toy("plain.toy", gnss()).rename(os.fsdecode(os.fsencode(tmp_path) + b"/b\xffyte.toy"))
    process = run("parse", b"b\xffyte.toy", "--json", cwd=tmp_path)
    assert process.returncode == 0
    assert json.loads(process.stdout)["artifacts"][0]["name"] == "b\\xffyte.toy"
    assert run("parse", b"b\xffyte.toy", cwd=tmp_path).stdout.splitlines()[0] == "b\\xffyte.toy"


def test_a_terminal_that_lacks_a_letter_gets_its_number(run, environment, toy, gnss, tmp_path):
    toy("näme.toy", gnss())
    process = run(
        "parse", "näme.toy", cwd=tmp_path, env=environment(PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    )
    assert process.returncode == 0
    assert process.stdout.splitlines()[0] == "n\\xe4me.toy"


def test_an_unreadable_file_is_one_line_and_the_others_go_on(run, toy, gnss, tmp_path):
    good = toy("a.toy", gnss())
    process = run("parse", tmp_path / "gone.csv", good, "--json")
    assert process.returncode == 1
    assert json.loads(process.stdout)["paths"] == [str(good)]
    lines = [line for line in process.stderr.splitlines() if line.startswith("telemparse: ")]
    assert lines == [f"telemparse: {tmp_path / 'gone.csv'}: No such file or directory"]


@pytest.mark.parametrize("words", [["--json"], []])
def test_a_reader_that_goes_away_ends_the_command_silently(start, toy, gnss, tmp_path, words):
    for number in range(20):
        toy(f"{number}.toy", gnss(), *([["wait", str(tmp_path / "gone-away")]] if number else []))
    process = start("parse", *words, *(f"{number}.toy" for number in range(20)))
    assert process.stdout.readline()
    process.stdout.close()
    (tmp_path / "gone-away").touch()
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 141
    assert {line for line in said.splitlines() if not line.startswith("the toy ")} == set()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    "words", ["parse a.toy", "parse a.toy --isolation process", "convert a.toy b.toy --out out --jobs 1"]
)
def test_a_signal_ends_the_command_and_its_children(start, toy, tmp_path, words, number):
    os.mkfifo(tmp_path / "signs")
    toy("a.toy", ["pid", str(tmp_path / "signs")], ["hang", 0])
    toy("b.toy")
    process = start(*words.split())
    parser_pid = int((tmp_path / "signs").read_text())
    process.send_signal(number)
    said, complained = process.communicate()
    assert (process.returncode, said) == (128 + number, "")
    assert "Traceback" not in complained
    with pytest.raises(ProcessLookupError):
        os.kill(parser_pid, 0)
    assert not list(tmp_path.glob("out/**/.telemparse-*"))


def test_a_terminal_gets_colours_and_no_color_takes_them_away(start_on_terminal, toy, gnss):
    toy("a.toy", gnss(), ["raise", "oh no"])
    coloured, code = start_on_terminal("parse", "a.toy")
    assert code == 4
    assert "\x1b[1;31mError: " in coloured
    plain, _code = start_on_terminal("parse", "a.toy", NO_COLOR="1")
    assert "Error: " in plain
    assert "\x1b[1;31m" not in plain
    assert "\x1b[31m" not in plain


def test_ctrl_c_before_the_first_command_is_code_130(monkeypatch):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr("telemparse.cli.app.run", interrupted)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130
