"""The HTTP service: memory of a long upload, time series under load, and a page of many sessions."""

from __future__ import annotations

import datetime as dt
import json
import logging
import math
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from threading import Thread

import sqlalchemy as sa
import structlog

from benchmarks.bench import Bench
from benchmarks.values import MB, Bar, Section
from servers import free_port
from telemparse.runner import Pipeline, Settings
from telemparse.runner.jobs import new_id
from telemparse.runner.submissions import Owner

_UPLOAD_BYTES = 1024**3
_SESSIONS, _HOURS_ROWS, _RATE_HZ = 100, 90_000, 25
_ROUNDS_S, _POINTS = 20, 2_000
_LISTED, _PAGES = 10_000, 200
_MOST_GROWTH_MB, _MOST_SERIES_MS, _MOST_LIST_MS = 32.0, 100.0, 50.0
_OWNER = Owner("default", "default")
_API = "/api/v1/telemetry"
_COMMAND = "from telemparse.cli import main; main()"


def sections(_bench: Bench) -> list[Section]:
    """Measure all three on servers of their own."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    grown_mb, uploaded_s = _upload()
    series = _series_s()
    listed = _list_s()
    rows = (
        ("1 GiB uploaded", "1", f"{uploaded_s:.1f} s", "", f"{grown_mb:.1f} MB"),
        *(
            (words, f"{len(taken):,}", f"{median(taken) * 1000:.1f} ms", f"{_p95(taken) * 1000:.1f} ms", "")
            for words, taken in (
                (f"timeseries, {_POINTS:,} points, {_SESSIONS} requests/s", series),
                (f"page of 50 of {_LISTED:,} sessions", listed),
            )
        ),
    )
    bars = (
        Bar("growth of the server's memory for 1 GiB", grown_mb, _MOST_GROWTH_MB, "MB"),
        Bar(f"timeseries of {_SESSIONS} sessions, p95", _p95(series) * 1000, _MOST_SERIES_MS, "ms"),
        Bar(f"list of {_LISTED:,} sessions, p95", _p95(listed) * 1000, _MOST_LIST_MS, "ms"),
    )
    note = (
        "`telemparse serve --workers 0` in a process of its own on an SQLite file and a local folder, asked"
        " over loopback by another process on the same machine. The growth is the highest resident set during"
        " the upload less the one before it. The sessions are of one hour at 25 Hz; each is asked once a"
        f" second for another window of it, for {_ROUNDS_S} seconds, and what waits for the answer before it"
        " counts as late."
    )
    return [Section("The service", note, ("what", "requests", "median", "p95", "memory"), rows, bars)]


def _p95(taken: Sequence[float]) -> float:
    return sorted(taken)[math.ceil(0.95 * len(taken)) - 1]


@contextmanager
def _served(folder: Path, key: str) -> Iterator[tuple[int, int]]:
    """Give port and process id of a server on a folder that has its key."""
    port = free_port()
    words = ["serve", "--out", str(folder), "--port", str(port), "--workers", "0"]
    process = subprocess.Popen(
        [sys.executable, "-c", _COMMAND, *words],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "TELEMETRY_SERVICE_RATE": "100000", "TELEMETRY_SERVICE_BURST": "100000"},
    )  # fmt: skip
    try:
        for _try in range(600):
            if process.poll() is not None:
                raise RuntimeError(f"the server ended with {process.returncode}")
            try:
                if _asked(port, "GET", f"{_API}/sessions", key)[0] == 200:
                    break
            except OSError:
                time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(60)


def _asked(port: int, method: str, path: str, key: str, document: object = None) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    body = None if document is None else json.dumps(document)
    connection.request(
        method, path, body, {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    )
    answer = connection.getresponse()
    found = answer.status, answer.read()
    connection.close()
    return found


def _key(pipeline: Pipeline) -> str:
    return pipeline.api_keys.create(_OWNER, label="bench").secret


def _upload() -> tuple[float, float]:
    """Return growth in MB and seconds of one upload of 1 GiB."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Pipeline(Settings.embedded(folder)) as pipeline:
            key = _key(pipeline)
        with _served(folder, key) as (port, pid):
            # What is loaded on first use is no growth of an upload.
            _put(port, key, 1 << 20)
            idle = _resident(pid)
            highest, done = [idle], False

            def watch() -> None:
                while not done:
                    highest.append(_resident(pid))
                    time.sleep(0.02)

            watcher = Thread(target=watch)
            watcher.start()
            begun = time.perf_counter()
            _put(port, key, _UPLOAD_BYTES)
            taken = time.perf_counter() - begun
            done = True
            watcher.join()
            return (max(highest) - idle) / MB, taken


def _put(port: int, key: str, byte_size: int) -> None:
    status, answer = _asked(
        port, "POST", f"{_API}/uploads", key, {"file_name": "long.bin", "byte_size": byte_size}
    )
    assert status == 201, answer
    path = f"{_API}/uploads/{json.loads(answer)['id']}/bytes"
    piece = random.Random(1).randbytes(1 << 20)
    connection = HTTPConnection("127.0.0.1", port, timeout=600)
    connection.putrequest("PUT", path)
    for header in (("Authorization", f"Bearer {key}"), ("Content-Length", str(byte_size)),
                   ("Content-Type", "application/octet-stream")):  # fmt: skip
        connection.putheader(*header)
    connection.endheaders()
    for _piece in range(byte_size // len(piece)):
        connection.send(piece)
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 200, body
    connection.close()


def _resident(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found[1]) * 1024


def _series_s() -> list[float]:
    """Return the seconds of each request for a time series."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Pipeline(Settings.embedded(folder)) as pipeline:
            hour = _hour_csv(folder / "hour.csv")
            ids = [pipeline.submit(hour, force=True) for _session in range(_SESSIONS)]
            pipeline.work(2)
            assert {each.status for each in pipeline.sessions_by_id(ids).values()} == {"READY"}
            key = _key(pipeline)
        drawn = random.Random(2)
        paths = []
        for session_id in ids:
            of_one = []
            for _request in range(_ROUNDS_S):
                length = drawn.choice((30, 120, 600, 3000))
                begin = drawn.uniform(0, _HOURS_ROWS / _RATE_HZ - length)
                of_one.append(
                    f"{_API}/sessions/{session_id}/timeseries?columns=speed_mps&from_s={begin:.3f}"
                    f"&to_s={begin + length:.3f}&max_points={_POINTS}"
                )
            paths.append(of_one)
        with _served(folder, key) as (port, _pid):
            return _answers(port, key, paths, 1.0)


def _hour_csv(place: Path) -> Path:
    drawn, start = random.Random(3), dt.datetime(2025, 5, 17, 9, 30, tzinfo=dt.UTC)
    with place.open("w", encoding="utf-8") as file:
        file.write("time,latitude,longitude,speed_kmh\n")
        for row in range(_HOURS_ROWS):
            angle = row * 0.0026
            moment = start + dt.timedelta(milliseconds=row * 1000 / _RATE_HZ)
            lat = 12.03 + (0.0099 + 0.002 * math.cos(2 * angle)) * math.cos(angle) + drawn.gauss(0, 3e-7)
            lon = -34.05 + (0.0099 + 0.002 * math.cos(2 * angle)) * math.sin(angle) + drawn.gauss(0, 3e-7)
            speed = 250 + 60 * math.sin(2 * angle) + drawn.gauss(0, 0.2)
            stamp = f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
            file.write(f"{stamp},{lat:.8f},{lon:.8f},{speed:.2f}\n")
    return place


def _list_s() -> list[float]:
    """Return the seconds of each page of the list."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Pipeline(Settings.embedded(folder)) as pipeline:
            short = folder / "short.csv"
            short.write_text(
                "".join(_hour_csv(folder / "hour.csv").open(encoding="utf-8").readlines()[:9000])
            )
            pipeline.submit(short)
            pipeline.work()
            _multiply(pipeline, _LISTED - 1)
            key = _key(pipeline)
        with _served(folder, key) as (port, _pid):
            paths, cursor = [], None
            for _page in range(_PAGES):
                path = f"{_API}/sessions?limit=50" + ("" if cursor is None else f"&cursor={cursor}")
                paths.append(path)
                status, answer = _asked(port, "GET", path, key)
                assert status == 200, answer
                cursor = json.loads(answer)["next_cursor"]
            return _answers(port, key, [paths], 0.0)


def _multiply(pipeline: Pipeline, times: int) -> None:
    """Copy all rows of the only session under new keys: handing 10 000 recordings in would take its time."""
    tables = pipeline.database.tables
    with pipeline.database.transaction() as connection:
        session = dict(connection.execute(sa.select(tables.sessions)).mappings().one())
        run = dict(connection.execute(sa.select(tables.runs)).mappings().one())
        of_session = [(table, [dict(row) for row in connection.execute(sa.select(table)).mappings()])
                      for table in (tables.artifacts, tables.datasets, tables.laps)]  # fmt: skip
        for number in range(times):
            keys = {"session_id": new_id(), "run_id": new_id()}
            at = session["created_at"] + dt.timedelta(seconds=number + 1)
            connection.execute(tables.sessions.insert(), {
                **session, "id": keys["session_id"], "current_run_id": keys["run_id"], "content_key": None,
                "name": f"session {number}", "created_at": at,
            })  # fmt: skip
            connection.execute(
                tables.runs.insert(), {**run, "id": keys["run_id"], "session_id": keys["session_id"]}
            )
            for table, rows in of_session:
                mine = [
                    {**row, **{name: keys[name] for name in keys if name in row},
                     **({"id": new_id()} if "id" in row else {})}
                    for row in rows
                ]  # fmt: skip
                if mine:
                    connection.execute(table.insert(), mine)


def _answers(port: int, key: str, paths: Sequence[Sequence[str]], pause_s: float) -> list[float]:
    order = json.dumps({"port": port, "key": key, "paths": paths, "pause_s": pause_s})
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.requests"],
        input=order,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: list[float] = json.loads(done.stdout)
    return found
