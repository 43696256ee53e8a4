"""Files that make a parser hang, crash or flood: that job ends with a code, and the others go on."""

from __future__ import annotations

from textwrap import dedent

import attrs
import pytest

from rogues import DETECT, cards
from telemparse.runner import Pipeline
from telemparse.runner.sandboxes import Sandboxes
from telemparse.runner.states import SessionState

pytestmark = pytest.mark.slow

GIB = 1024**3
# What the second line of a recording asks the parser to do.
PARSER = """
    import ctypes
    import os
    import time

    import numpy as np
    from telemparse.model.messages import Batch
    from telemparse.schemas import build

    def parse(artifacts, options):
        for artifact in artifacts:
            words = artifact.read_at(0, artifact.size).split()
            stamps = np.arange(100, dtype=np.int64) * 10**9
            place = np.full(100, 48.5)
            yield Batch("gnss_pvt", build("gnss_pvt", {"t": stamps, "lat_deg": place, "lon_deg": place},
                                          time_base="utc"))
            DEEDS[words[2].decode()]()

    def hang():
        while True:
            time.sleep(1)

    def flood():
        kept = []
        while True:
            kept.append(np.ones(10_000_000))

    def connect():
        import socket
        socket.create_connection(("127.0.0.1", 9))

    def write_elsewhere():
        open("/var/telemparse-should-not-be-here", "w").close()

    DEEDS = {
        "hang": hang, "flood": flood, "crash": lambda: ctypes.string_at(1), "leave": lambda: os._exit(0),
        "connect": connect, "write": write_elsewhere, "nothing": lambda: None,
        "raise": lambda: (_ for _ in ()).throw(ValueError("at 48.1234567, 11.7654321")),
    }
"""


@pytest.fixture
def rogue(tmp_path, monkeypatch):
    """Install a parser that does what its file asks for."""
    site = tmp_path / "site"
    info = site / "telemparse_rogue-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: telemparse-rogue\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[telemparse]\nrogue = rogue\n")
    card = cards('[card("rogue", streams=("gnss_pvt",), extensions=(".lap",))]')
    for name, text in (("rogue", card), ("rogue_detect", DETECT), ("rogue_parse", PARSER)):
        (site / f"{name}.py").write_text(dedent(text))
    monkeypatch.syspath_prepend(str(site))


@pytest.fixture
def pipeline(settings, rogue):  # noqa: ARG001  (installed before a sandbox starts)
    strict = attrs.evolve(settings, parser_timeout_s=5.0, max_memory_bytes=2 * GIB)
    with Sandboxes(strict.max_memory_bytes) as kept, Pipeline(strict, sandboxes=kept) as opened:
        yield opened


CODES = {
    "hang": "PARSER_TIMEOUT", "crash": "PARSER_CRASHED", "leave": "PARSER_CRASHED",
}  # fmt: skip
# What a parser raises after its first rows costs only what it had not yielded by then.
RAISED = {
    "flood": "PARSER_MEMORY_EXCEEDED", "connect": "PARSER_CRASHED", "write": "PARSER_CRASHED",
    "raise": "PARSER_CRASHED",
}  # fmt: skip


def test_a_hostile_file_ends_its_own_job_and_nothing_else(pipeline, fixtures_dir):
    deeds = {deed: pipeline.submit({f"{deed}.lap": f"LAPBOOK 1\n{deed}\n".encode()})
             for deed in (*CODES, *RAISED, "nothing")}  # fmt: skip
    good = pipeline.submit(fixtures_dir / "sample_gnss_10hz.csv")
    pipeline.work()
    sessions = {deed: pipeline.session(session_id) for deed, session_id in deeds.items()}
    ended = {deed: (session.status, session.failure and session.failure.code)
             for deed, session in sessions.items()}  # fmt: skip
    failed = {deed: (SessionState.FAILED, code) for deed, code in CODES.items()}
    partial = {deed: (SessionState.PARTIAL, code) for deed, code in RAISED.items()}
    assert ended == {**failed, **partial, "nothing": (SessionState.READY, None)}
    assert pipeline.session(good).status is SessionState.READY
    assert "48.1234567" not in sessions["raise"].failure.message
    assert pipeline.session(deeds["connect"]).failure.message
