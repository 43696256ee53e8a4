"""`telemparse serve` as people start it: a key once, an address, work done in the same command, an end."""

from __future__ import annotations

import json
import re
import signal
import threading
import time
import urllib.request

import pytest

pytestmark = pytest.mark.slow

PATIENCE_S = 120.0


@pytest.fixture
def served(start, tmp_path):
    """Return a function that serves the folder `out`, and gives the process, its key and its address."""
    started = []

    def begin(*words):
        process = start("serve", "--out", str(tmp_path / "out"), "--port", "0", *words)
        # A server that says nothing must end, and so must one that a test has forgotten.
        alarm = threading.Timer(PATIENCE_S, process.kill)
        alarm.start()
        # Whoever writes a log that nobody reads stands still one day.
        threading.Thread(target=process.stderr.read, daemon=True).start()
        started.append((process, alarm))
        key = None
        for line in process.stdout:
            if found := re.fullmatch(r"API key, shown this once: (tp_\S+)\n", line):
                key = found[1]
            elif line.startswith("http://"):
                return process, key, line.strip()
        raise AssertionError("the server ended without an address")

    yield begin
    for process, alarm in started:
        alarm.cancel()
        alarm.join()
        with process:
            process.kill()


def ask(address, key, method, path, body=None, *, kind="application/json"):
    request = urllib.request.Request(  # noqa: S310  (the address is the test's own)
        f"{address}api/v1/telemetry{path}", body, method=method,
        headers={"Authorization": f"Bearer {key}", "Content-Type": kind},
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  (likewise)
        return json.load(answer)


def test_one_command_serves_and_works_and_a_second_start_keeps_the_key(served, fixtures_dir, monkeypatch):
    process, key, address = served()
    upload = ask(address, key, "POST", "/uploads", b'{"file_name": "ride.gpx"}')
    content = (fixtures_dir / "sample_track.gpx").read_bytes()
    ask(address, key, "PUT", f"/uploads/{upload['id']}/bytes", content, kind="application/octet-stream")
    session_id = ask(address, key, "POST", f"/uploads/{upload['id']}/finalise", b"{}")["session_id"]
    until = time.monotonic() + PATIENCE_S
    while (session := ask(address, key, "GET", f"/sessions/{session_id}"))["status"] == "PROCESSING":
        assert time.monotonic() < until
        time.sleep(0.2)
    assert (session["status"], session["name"]) == ("READY", "ride.gpx")
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_S) == 0

    monkeypatch.setenv("TELEMETRY_SERVICE_METRICS", "1")
    _process, none, address = served("--workers", "0")
    assert none is None
    assert ask(address, key, "GET", f"/sessions/{session_id}")["status"] == "READY"
    with urllib.request.urlopen(f"{address}metrics", timeout=60) as answer:  # noqa: S310  (likewise)
        assert b"telemetry_queue_jobs" in answer.read()


def test_an_address_that_is_taken_is_one_line_and_not_a_traceback(served, run, tmp_path):
    _process, _key, address = served("--workers", "0")
    port = address.rstrip("/").rpartition(":")[2]
    second = run("serve", "--out", tmp_path / "out", "--port", port, "--workers", "0")
    assert second.returncode == 1
    assert "Traceback" not in second.stderr
    assert "in use" in second.stderr
