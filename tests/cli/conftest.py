"""A made-up format whose files say what its parser does, installed as a real distribution."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from telemparse.cli.app import app
from telemparse.extension import catalog

TOY = '''
"""The toy format: a line `TOY1`, then one JSON order a line for the parser to carry out."""
import json, os, sys, time
from telemparse.extension.card import ParserCard
from telemparse.extension.hookspecs import hookimpl
from telemparse.model.codes import Code, Severity

print("the toy plugin talks while it is imported")

CARD = ParserCard(
    id="toy", name="Toy [red]format", version="7.1", detector="toy:detect", target="toy:parse",
    extensions=(".toy",), companions=(("{stem}.toy", "{stem}.toyx"),), streams=("gnss_pvt", "channels"),
    codes=(Code("TOY_BROKEN", Severity.WARNING, "toy part {part} is broken", "A part broke.", "Glue it."),),
)

@hookimpl
def telemparse_parsers():
    return (CARD,)

def detect(sniffs):
    from telemparse.model.detection import Detection, Rung
    print("the toy detector talks")
    if sniffs[0].head.startswith(b"TOYFATAL"):
        os._exit(5)
    if not sniffs[0].head.startswith(b"TOY"):
        return Detection(Rung.NO)
    return Detection(Rung.SIGNATURE, ("starts with TOY",))

def parse(artifacts, options):
    import pyarrow as pa
    from telemparse.model.issues import Issue, Locus
    from telemparse.model.messages import Batch, Meta
    from telemparse.schemas import build, channel_field
    print("the toy parser talks")
    for artifact in artifacts:
        orders = b"".join(artifact.chunks()).decode().splitlines()[1:]
        for number, line in enumerate(orders):
            order, value = json.loads(line)
            if order == "gnss":
                yield Batch("gnss_pvt", build("gnss_pvt", {
                    "t": pa.array(value["t"], pa.int64()).cast(pa.timestamp("ns", "UTC")),
                    "lat_deg": pa.array(value["lat"], pa.float64()),
                    "lon_deg": pa.array(value["lon"], pa.float64()),
                }, time_base=value.get("base", "utc")))
            elif order == "channels":
                t = pa.array(value["t"], pa.int64()).cast(pa.timestamp("ns", "UTC"))
                yield Batch("channels.main", build(
                    "channels.main", {"t": t, "rpm": pa.array([1.0] * len(t), pa.float32())},
                    time_base=value.get("base", "utc"), fields={"rpm": channel_field("rpm", pa.float32())}))
            elif order == "laps":
                word = pa.dictionary(pa.int8(), pa.string())
                validity, confidence, source = (
                    pa.array([each] * value).cast(word) for each in ("VALID", "HIGH", "device")
                )
                numbers = pa.array(range(1, value + 1), pa.int32())
                yield Batch("laps", build("laps", {
                    "lap_number": numbers, "stint_index": numbers, "duration_ns": numbers.cast(pa.int64()),
                    "validity": validity, "confidence": confidence, "source": source, "reasons": [[]] * value,
                }))
            elif order == "issue":
                code, evidence = value
                yield Issue(code, Locus(artifact.name, line=number + 2), **evidence)
            elif order == "meta":
                yield Meta(*value)
            elif order == "raise":
                raise RuntimeError(value)
            elif order == "hang":
                while True:
                    time.sleep(0.05)
            elif order == "wait":
                while not os.path.exists(value):
                    time.sleep(0.01)
            elif order == "die":
                os._exit(value)
            elif order == "pid":
                with open(value, "w") as signs:
                    signs.write(str(os.getpid()))
'''
MAY = 1_714_557_600 * 10**9  # 2024-05-01T10:00:00Z


@pytest.fixture
def may() -> int:
    """Return the ns of 2024-05-01T10:00:00Z."""
    return MAY


@pytest.fixture
def gnss():
    """Return a function that makes the order for positions one second apart on the equator."""

    def order(rows: int = 3, base: str = "utc", start: int = MAY) -> list[object]:
        t = [start + row * 10**9 for row in range(rows)]
        return [
            "gnss",
            {"t": t, "lat": [0.0] * rows, "lon": [row / 1000 for row in range(rows)], "base": base},
        ]

    return order


@pytest.fixture
def toy(tmp_path):
    """Return a function that writes a recording of the toy format."""

    def write(name: str, *orders: list[object]) -> Path:
        place = tmp_path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("\n".join(["TOY1", *map(json.dumps, orders)]) + "\n")
        return place

    return write


def install(folder: Path, name: str, source: str) -> Path:
    """Install a distribution of one module with one entry point, the way a wheel lies in site-packages."""
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.py").write_text(source)
    info = folder / f"telemparse_{name}-7.1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: telemparse-{name}\nVersion: 7.1\n")
    (info / "entry_points.txt").write_text(f"[telemparse]\n{name} = {name}\n")
    return folder


@pytest.fixture
def site(tmp_path_factory) -> Path:
    """Return a folder for PYTHONPATH with the toy format installed in it."""
    return install(tmp_path_factory.mktemp("site"), "toy", TOY)


@pytest.fixture
def call(site, monkeypatch):
    """Return a function that calls the command line in this process, with the toy format installed."""
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setattr(catalog, "_shared", None)
    monkeypatch.delenv("COLUMNS", raising=False)
    yield lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])
    sys.modules.pop("toy", None)


@pytest.fixture(name="install")
def _install(site):
    """Return a function that installs one more distribution beside the toy format."""
    return lambda name, source: install(site, name, source)


@pytest.fixture(name="environment")
def _environment(site):
    """Return the function that makes a process's environment, with the toy format installed."""
    return lambda **more: environment(site, **more)


def environment(site: Path, **more: str) -> dict[str, str]:
    """Return the environment of a process that has a folder of distributions installed."""
    own = {
        name: value
        for name, value in os.environ.items()
        if name not in ("COLUMNS", "NO_COLOR", "FORCE_COLOR")
    }
    return {**own, "PYTHONPATH": str(site), **more}


COMMAND = [sys.executable, "-c", "from telemparse.cli import main; main()"]


@pytest.fixture
def start(site, tmp_path):
    """Return a function that starts the command line as a process in the test's folder."""

    def process(*words: str) -> subprocess.Popen[str]:
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen([*COMMAND, *words], cwd=tmp_path, env=environment(site), **pipes)

    return process


@pytest.fixture
def run(site):
    """Return a function that runs the command line as a process."""

    def process(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
        words = [argument if isinstance(argument, bytes) else str(argument) for argument in arguments]
        settings = {"env": environment(site), "capture_output": True, "text": True, "timeout": 120, **options}
        return subprocess.run([*COMMAND, *words], check=False, **settings)

    return process


@pytest.fixture
def start_on_terminal(site, tmp_path):
    """Return a function that runs the command line on a terminal: what it shows, and the exit code.

    `answer` is typed ahead, `watch` is called with all that is shown so far whenever more comes; other
    keywords go into the environment.
    """

    def process(*words: str, answer: str = "", watch=None, **more: str) -> tuple[str, int]:
        ours, theirs = pty.openpty()
        settings = environment(site, TERM="xterm", COLUMNS="80", **more)
        with subprocess.Popen(
            [*COMMAND, *words], cwd=tmp_path, env=settings, stdin=theirs, stdout=theirs, stderr=theirs
        ) as child:
            os.close(theirs)
            os.write(ours, answer.encode())
            shown = b""
            for piece in _pieces(ours):
                shown += piece
                if watch is not None:
                    watch(shown.decode(errors="replace"))
        os.close(ours)
        return shown.decode(), child.returncode

    return process


def _pieces(terminal: int):
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # how Linux says that nobody writes any more
            return
        if not piece:
            return
        yield piece
