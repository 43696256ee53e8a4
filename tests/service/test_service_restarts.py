"""Restarts: a server that is killed in the middle of uploads and jobs loses nothing."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from postgres_server import wanted
from servers import make_bucket, moto_server
from service_servers import ANNA, client_at, process_serving
from telemparse.runner import Pipeline, Settings
from telemparse.runner.migration import VERSION_TABLE, SchemaMismatch
from telemparse.runner.states import JobState

pytestmark = pytest.mark.slow
_PATIENCE_S = 90


def settings_in(folder, **changes):
    return {
        "database_url": f"sqlite:///{folder}/telemparse.sqlite",
        "parquet_path": folder,
        "lease_s": 2.0,
        **changes,
    }


def key_for(settings):
    with Pipeline(Settings(**settings), upgrade=True) as pipeline:
        return pipeline.api_keys.create(ANNA).secret


def awaited(ask, wanted_word):
    deadline = time.monotonic() + _PATIENCE_S
    while (found := ask()) != wanted_word:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)


def status_of(client, session_id):
    return client.get(f"/sessions/{session_id}").json()["status"]


def handed_in(client, content):
    upload = client.post("/uploads", json={"file_name": "drive.csv"}).json()
    assert client.put(f"/uploads/{upload['id']}/bytes", content=content).status_code == 200
    return client.post(f"/uploads/{upload['id']}/finalise").json()["session_id"]


def half_sent(url, secret, upload_id, content):
    """Return a client that has sent half of an upload, and what is left of it."""
    import socket
    from urllib.parse import urlsplit

    place = urlsplit(url)
    connection = socket.create_connection((place.hostname, place.port))
    head = (
        f"PUT /api/v1/telemetry/uploads/{upload_id}/bytes HTTP/1.1\r\nHost: {place.netloc}\r\n"
        f"Authorization: Bearer {secret}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    connection.sendall(head.encode() + content[: len(content) // 2])
    return connection


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_killed_server_loses_neither_uploads_nor_jobs(tmp_path, fixtures_dir, kind):
    content = (fixtures_dir / "sample_gnss_10hz.csv").read_bytes()
    if kind == "sqlite":
        _kill_and_go_on(settings_in(tmp_path), content)
        return
    with wanted() as server:
        _kill_and_go_on(settings_in(tmp_path, database_url=server.database()), content)


def _kill_and_go_on(settings, content):
    secret = key_for(settings)
    with process_serving(settings, workers=1) as (process, url), client_at(url, secret) as client:
        begun = client.post("/uploads", json={"file_name": "two.csv"}).json()["id"]
        complete = client.post("/uploads", json={"file_name": "three.csv"}).json()["id"]
        assert client.put(f"/uploads/{complete}/bytes", content=content + b"\n\n").status_code == 200
        session_id = handed_in(client, content)
        connection = half_sent(url, secret, begun, content + b"\n")
        with Pipeline(Settings(**settings)) as beside:
            awaited(
                lambda: (
                    beside.jobs(status=[JobState.RUNNING]) != () or status_of(client, session_id) == "READY"
                ),
                wanted_word=True,
            )
        process.send_signal(signal.SIGKILL)
        process.wait()
        connection.close()
    with process_serving(settings, workers=1) as (process, url), client_at(url, secret) as client:
        awaited(lambda: status_of(client, session_id), "READY")
        assert client.get(f"/uploads/{begun}").json()["status"] == "AWAITING_BYTES"
        assert client.put(f"/uploads/{begun}/bytes", content=content + b"\n").status_code == 200
        sessions = [
            client.post(f"/uploads/{each}/finalise").json()["session_id"] for each in (begun, complete)
        ]
        for each in sessions:
            awaited(lambda each=each: status_of(client, each), "READY")
        assert len({session_id, *sessions}) == 3
        process.terminate()
        assert process.wait(30) == 0


def test_a_server_that_is_told_to_stop_gives_its_jobs_back(tmp_path, fixtures_dir):
    settings = settings_in(tmp_path, lease_s=60.0)
    secret = key_for(settings)
    content = (fixtures_dir / "sample_gnss_10hz.csv").read_bytes()
    with process_serving(settings, workers=2) as (process, url), client_at(url, secret) as client:
        for number in range(8):
            handed_in(client, content + b"\n" * number)
        process.terminate()
        assert process.wait(60) == 0
    with Pipeline(Settings(**settings)) as pipeline:
        assert pipeline.jobs(status=[JobState.RUNNING]) == ()
        assert len(pipeline.sessions().sessions) == 8


def test_a_worker_that_ends_with_an_error_ends_the_server(embedded):
    from service_servers import serving

    with pytest.raises(SchemaMismatch), serving(embedded, workers=1) as running:  # noqa: PT012  (the server ends by itself)
        with embedded.database.transaction() as connection:
            connection.execute(
                sa.table(VERSION_TABLE, sa.column("version_num")).update().values(version_num="9999")
            )
        deadline = time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline:
            try:
                with client_at(running.url) as client:
                    client.get("/sessions")
            except OSError:
                break
            except Exception as error:  # noqa: BLE001  (httpx has its own for a refused connection)
                assert "Connect" in type(error).__name__ or "Read" in type(error).__name__  # noqa: PT017  (as above)
                break
            time.sleep(0.05)


def test_a_large_upload_does_not_make_the_server_grow(tmp_path):
    settings = settings_in(tmp_path)
    secret = key_for(settings)
    piece = b"0123456789abcdef" * 65536

    def pieces():
        for _number in range(192):
            yield piece

    with process_serving(settings) as (process, url), client_at(url, secret) as client:
        warm = client.post("/uploads", json={"file_name": "warm"}).json()["id"]
        assert client.put(f"/uploads/{warm}/bytes", content=piece).status_code == 200
        before = peak_kib(process.pid)
        upload = client.post("/uploads", json={"file_name": "large"}).json()["id"]
        assert client.put(f"/uploads/{upload}/bytes", content=pieces()).json()["byte_size"] == 192 * len(
            piece
        )
        assert peak_kib(process.pid) - before <= 32 * 1024


def peak_kib(pid):
    """Return the most memory that a process has held so far."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    raise AssertionError(pid)


def test_with_s3_bytes_may_go_past_the_service(tmp_path, fixtures_dir):
    import hashlib

    import httpx

    content = (fixtures_dir / "sample_gnss_10hz.csv").read_bytes()
    with moto_server() as endpoint:
        make_bucket(endpoint, "recordings")
        settings = {
            "database_url": f"sqlite:///{tmp_path}/telemparse.sqlite", "object_storage_bucket": "recordings",
            "object_storage_endpoint": endpoint, "object_storage_access_key": "key",
            "object_storage_secret_key": "word",
        }  # fmt: skip
        secret = key_for(settings)
        with process_serving(settings, workers=1) as (_process, url), client_at(url, secret) as client:
            asked = {
                "file_name": "drive.csv",
                "byte_size": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
            upload = client.post("/uploads", json=asked).json()
            assert httpx.put(upload["presigned"]["url"], content=content).status_code == 200
            session_id = client.post(f"/uploads/{upload['id']}/finalise").json()["session_id"]
            awaited(lambda: status_of(client, session_id), "READY")
            streamed = handed_in(client, content + b"\n")
            awaited(lambda: status_of(client, streamed), "READY")
            listed = client.get(f"/sessions/{session_id}/export").json()["files"][0]
            answer = client.get(listed["url"].removeprefix("/api/v1/telemetry"))
            assert answer.status_code == 307
            assert (
                hashlib.sha256(httpx.get(answer.headers["Location"]).content).hexdigest() == listed["sha256"]
            )
