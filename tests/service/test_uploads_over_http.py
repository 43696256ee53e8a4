"""Uploads over HTTP: whole files, broken ones, and what nobody should send."""

from __future__ import annotations

import base64
import hashlib
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from service_servers import ANNA, BERT, PREFIX, serving
from telemparse.runner.states import SessionState

CONTENT = b"t,lat_deg\n" * 1000


def code_of(answer):
    document = answer.json()["error"]
    assert set(document) == {"code", "message", "details", "request_id"}
    assert document["request_id"] == answer.headers["X-Request-ID"]
    return document["code"]


def begun(client, **fields):
    answer = client.post("/uploads", json={"file_name": "drive.csv", **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()


def put(client, upload, content=CONTENT, **headers):
    return client.put(upload["bytes_url"].removeprefix(PREFIX), content=content, headers=headers)


def left_over(pipeline):
    """Return the files of bodies that are still on their way."""
    root = pipeline.storage.local_path("a/b").parents[1]
    return [place for place in root.rglob("room-*/*") if place.is_file()]


def await_empty(pipeline):
    deadline = time.monotonic() + 30
    while left_over(pipeline):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def raw_request(running, path, head, body=b"", method="PUT"):
    """Return a connection that has sent a request as it is written here."""
    place = urlsplit(running.url)
    connection = socket.create_connection((place.hostname, place.port), timeout=60)
    lines = [
        f"{method} {PREFIX}{path} HTTP/1.1",
        f"Host: {place.netloc}",
        f"Authorization: Bearer {running.key()}",
    ]
    connection.sendall("\r\n".join([*lines, *head, "", ""]).encode() + body)
    return connection


def heard(connection):
    """Return all that comes until the other side closes."""
    found = b""
    while piece := connection.recv(65536):
        found += piece
    connection.close()
    return found


@pytest.mark.slow
def test_a_recording_of_two_files_becomes_a_session(both, fixtures_dir):
    content = (fixtures_dir / "sample_gnss_10hz.csv").read_bytes()
    with both.client() as client:
        first = begun(client, byte_size=len(content), sha256=hashlib.sha256(content).hexdigest())
        assert (first["status"], first["presigned"]) == ("AWAITING_BYTES", None)
        received = put(client, first, content)
        assert (received.status_code, received.json()["status"]) == (200, "RECEIVED")
        assert client.get(f"/uploads/{first['id']}").json() == received.json()
        second = begun(client, file_name="readme.txt")
        assert put(client, second, b"words beside it\n").status_code == 200
        finalised = client.post(f"/uploads/{first['id']}/finalise", json={"artifact_ids": [second["id"]]})
        assert (finalised.status_code, finalised.json()["created"]) == (202, True)
        session_id = finalised.json()["session_id"]
        again = client.post(f"/uploads/{first['id']}/finalise", json={"artifact_ids": [second["id"]]})
        assert (again.status_code, again.json()) == (200, {"session_id": session_id, "created": False})
        both.pipeline.work()
        session = client.get(f"/sessions/{session_id}").json()
        assert session["status"] in ("READY", "PARTIAL"), session["failure"]
        assert {each["name"] for each in session["artifacts"]} == {"drive.csv", "readme.txt"}
        assert session["processing_run_id"]
    assert left_over(both.pipeline) == []


def test_the_same_bytes_again_are_fine_and_others_are_not(server):
    with server.client() as client:
        upload = begun(client)
        assert put(client, upload).status_code == 200
        assert put(client, upload).status_code == 200
        other = put(client, upload, b"other")
        assert (other.status_code, code_of(other)) == (409, "UPLOAD_ALREADY_RECEIVED")


@pytest.mark.parametrize(
    "fields",
    [
        {"file_name": ""},
        {"file_name": 7},
        {"byte_size": -1},
        {"byte_size": "9"},
        {"sha256": "abc"},
        {"path": "/etc/passwd"},
    ],
)
def test_an_upload_of_wrong_types_is_refused(server, fields):
    with server.client() as client:
        answer = client.post("/uploads", json={"file_name": "a", **fields})
        assert (answer.status_code, code_of(answer)) == (422, "REQUEST_INVALID")


@pytest.mark.parametrize(("further", "code"), [(499, "UPLOAD_UNKNOWN"), (500, "REQUEST_INVALID")])
def test_a_session_has_500_files_at_most(server, further, code):
    with server.client() as client:
        ids = [begun(client)["id"], *(f"upload {number}" for number in range(further))]
        answer = client.post(f"/uploads/{ids[0]}/finalise", json={"artifact_ids": ids[1:]})
        assert code_of(answer) == code


def test_an_upload_that_is_announced_as_empty_is_refused(server):
    with server.client() as client:
        answer = client.post("/uploads", json={"file_name": "a", "byte_size": 0})
        assert (answer.status_code, code_of(answer)) == (422, "ARTIFACT_EMPTY")


def test_an_upload_that_is_announced_as_too_large_is_refused(server):
    with server.client() as client:
        answer = client.post("/uploads", json={"file_name": "a", "byte_size": 4_000_001})
        assert (answer.status_code, code_of(answer)) == (413, "ARTIFACT_TOO_LARGE")


def test_a_body_that_says_it_is_too_large_is_refused_before_it_comes(server):
    with server.client() as client:
        upload = begun(client)
    connection = raw_request(server, f"/uploads/{upload['id']}/bytes", ["Content-Length: 4000001"])
    assert b" 413 " in heard(connection).partition(b"\r\n")[0]


def test_a_body_that_grows_too_large_is_cut_off(server):
    with server.client() as client:
        upload = begun(client)

        def endless():
            while True:
                yield bytes(65536)

        answer = None
        try:
            answer = put(client, upload, endless())
        except Exception as error:  # noqa: BLE001  (the server closes while the client still writes)
            assert type(error).__name__ in ("WriteError", "ReadError", "RemoteProtocolError")  # noqa: PT017  (either is right)
        if answer is not None:
            assert (answer.status_code, code_of(answer)) == (413, "ARTIFACT_TOO_LARGE")
        await_empty(server.pipeline)
        assert client.get(f"/uploads/{upload['id']}").json()["status"] == "AWAITING_BYTES"


def test_an_empty_body_is_refused(server):
    with server.client() as client:
        answer = put(client, begun(client), b"")
        assert (answer.status_code, code_of(answer)) == (422, "ARTIFACT_EMPTY")


def test_a_body_without_a_length_is_refused(server):
    with server.client() as client:
        upload = begun(client)
    connection = raw_request(server, f"/uploads/{upload['id']}/bytes", ["Connection: close"])
    assert b" 411 " in heard(connection).partition(b"\r\n")[0]


def test_bytes_of_another_size_than_announced_are_refused(server):
    with server.client() as client:
        upload = begun(client, byte_size=len(CONTENT) + 1)
        answer = put(client, upload)
        assert (answer.status_code, code_of(answer)) == (422, "UPLOAD_TRUNCATED")
        chunked = put(client, upload, iter([CONTENT]))
        assert (chunked.status_code, code_of(chunked)) == (422, "UPLOAD_TRUNCATED")
        assert left_over(server.pipeline) == []


def test_bytes_with_another_hash_are_refused_and_the_right_ones_are_taken(server):
    digest = base64.b64encode(hashlib.sha256(CONTENT).digest()).decode()
    with server.client() as client:
        upload = begun(client, sha256=hashlib.sha256(CONTENT).hexdigest())
        answer = put(client, upload, CONTENT[:-1])
        assert (answer.status_code, code_of(answer)) == (422, "INTEGRITY_HASH_MISMATCH")
        other = begun(client)
        answer = put(client, other, b"other", **{"Content-Digest": f"sha-256=:{digest}:"})
        assert (answer.status_code, code_of(answer)) == (422, "INTEGRITY_HASH_MISMATCH")
        for each in (upload, other):
            right = put(client, each, CONTENT, **{"Content-Digest": f"sha-512=:AA==:, sha-256=:{digest}:"})
            assert right.status_code == 200
        assert left_over(server.pipeline) == []


@pytest.mark.parametrize("digest", ["sha-256=abc", "sha-256=:AAAA:", "sha-256=:!!!!:", "sha-256=::"])
def test_a_digest_that_is_none_is_refused(server, digest):
    with server.client() as client:
        answer = put(client, begun(client), CONTENT, **{"Content-Digest": digest})
        assert (answer.status_code, code_of(answer)) == (422, "DIGEST_INVALID")


def test_a_client_that_goes_leaves_nothing(server):
    with server.client() as client:
        upload = begun(client)
        connection = raw_request(
            server, f"/uploads/{upload['id']}/bytes", ["Content-Length: 1000000"], bytes(300_000)
        )
        while not left_over(server.pipeline):
            time.sleep(0.02)
        connection.close()
        await_empty(server.pipeline)
        assert client.get(f"/uploads/{upload['id']}").json()["status"] == "AWAITING_BYTES"
        assert put(client, upload).status_code == 200


def test_a_body_that_pauses_for_too_long_is_ended(embedded):
    with serving(embedded, upload_stall_s=0.3) as running, running.client() as client:
        upload = begun(client)
        connection = raw_request(
            running, f"/uploads/{upload['id']}/bytes", ["Content-Length: 1000000"], bytes(1000)
        )
        found = heard(connection)
        assert b" 408 " in found.partition(b"\r\n")[0]
        assert b"UPLOAD_STALLED" in found
        await_empty(embedded)


def test_a_body_that_drips_is_ended(embedded):
    with serving(embedded, upload_stall_s=0.5, upload_min_rate=1e9) as running, running.client() as client:
        upload = begun(client)
        connection = raw_request(running, f"/uploads/{upload['id']}/bytes", ["Content-Length: 1000000"])
        over = threading.Event()

        def drip():
            while not over.wait(0.05):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

        dripping = threading.Thread(target=drip)
        dripping.start()
        try:
            assert b" 408 " in connection.recv(65536).partition(b"\r\n")[0]
        finally:
            over.set()
            dripping.join()
            connection.close()


def test_finalising_needs_bytes_and_known_uploads(server):
    with server.client() as client:
        upload = begun(client)
        answer = client.post(f"/uploads/{upload['id']}/finalise", json={})
        assert (answer.status_code, code_of(answer)) == (409, "UPLOAD_WITHOUT_BYTES")
        assert put(client, upload).status_code == 200
        for other in ("nothing", "00000000-0000-0000-0000-000000000000"):
            answer = client.post(f"/uploads/{upload['id']}/finalise", json={"artifact_ids": [other]})
            assert (answer.status_code, code_of(answer)) == (404, "UPLOAD_UNKNOWN")


@pytest.mark.parametrize(
    "body",
    [
        {"timezone": "Nowhere/Land"},
        {"gate": {"lat1_deg": 91, "lon1_deg": 0, "lat2_deg": 0, "lon2_deg": 0}},
        {"force": "yes"},
        {"name": ""},
        {"artifact_ids": "x"},
        {"gate": {"lat1_deg": 1, "lon1_deg": 1, "lat2_deg": 1, "lon2_deg": 1}},
    ],
)
def test_finalising_with_what_cannot_be_is_refused(server, body):
    with server.client() as client:
        upload = begun(client)
        assert put(client, upload).status_code == 200
        answer = client.post(f"/uploads/{upload['id']}/finalise", json=body)
        assert (answer.status_code, code_of(answer)) == (422, "REQUEST_INVALID")


def test_content_that_has_a_session_gets_that_session(server):
    with server.client() as client:
        ids = []
        for name in ("one.csv", "two.csv"):
            upload = begun(client, file_name=name)
            assert put(client, upload).status_code == 200
            ids.append(client.post(f"/uploads/{upload['id']}/finalise").json())
        assert ids[0]["session_id"] == ids[1]["session_id"]
        assert [each["created"] for each in ids] == [True, False]
    with server.client(BERT) as client:
        upload = begun(client)
        assert put(client, upload).status_code == 200
        assert client.post(f"/uploads/{upload['id']}/finalise").json()["session_id"] != ids[0]["session_id"]


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "a\\b\\..\\c.csv",
        "<script>alert(1)</script>",
        "a\r\nX-Evil: 1",
        "a\x00b",
        "\u202egpj.exe",
        "C:\\x\\y.vbo",
        "." * 200,
    ],
)
def test_names_are_only_names(server, name):
    with server.client() as client:
        upload = begun(client, file_name=name)
        assert put(client, upload).status_code == 200
        assert "/" not in upload["file_name"] or name.startswith("<")
        assert upload["file_name"].isprintable()
        answer = client.post(f"/uploads/{upload['id']}/finalise", json={"name": name})
        assert answer.status_code == 202
        session = client.get(f"/sessions/{answer.json()['session_id']}")
        assert session.headers["content-type"] == "application/json"
        assert session.json()["name"].isprintable()
    root = server.pipeline.storage.local_path("a/b").parents[1]
    assert all(place.resolve().is_relative_to(root) for place in root.rglob("*"))


@pytest.mark.slow
def test_a_zip_bomb_fails_its_session_and_nothing_else(embedded, tmp_path):
    import zipfile

    bomb = tmp_path / "bomb.zip"
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("drive.csv", "w") as member,
    ):
        for _piece in range(200):
            member.write(bytes(10**7))
    with serving(embedded) as running, running.client() as client:
        upload = begun(client, file_name="bomb.zip")
        assert put(client, upload, bomb.read_bytes()).status_code == 200
        session_id = client.post(f"/uploads/{upload['id']}/finalise").json()["session_id"]
        embedded.work()
        session = client.get(f"/sessions/{session_id}").json()
        assert session["status"] == SessionState.FAILED
        assert session["failure"]["code"]


@pytest.mark.slow
def test_two_hundred_uploads_at_a_time_all_arrive(server):
    size = 500_000
    with server.client() as client:
        uploads = [begun(client, byte_size=size) for _number in range(200)]
        together = threading.Barrier(200)

        def bring(number):
            content = number.to_bytes(4, "big") * (size // 4)

            def pieces():
                yield content[: size // 2]
                together.wait(60)
                yield content[size // 2 :]

            with server.client() as own:
                return put(own, uploads[number], pieces()).json()

        with ThreadPoolExecutor(200) as pool:
            found = list(pool.map(bring, range(200)))
        assert {each["status"] for each in found} == {"RECEIVED"}
        assert [each["sha256"] for each in found] == [
            hashlib.sha256(number.to_bytes(4, "big") * (size // 4)).hexdigest() for number in range(200)
        ]
        assert left_over(server.pipeline) == []


def test_more_bodies_than_there_are_places_are_sent_away(embedded):
    with serving(embedded, max_uploads=1) as running, running.client() as client:
        first, second = begun(client), begun(client)
        connection = raw_request(
            running, f"/uploads/{first['id']}/bytes", ["Content-Length: 1000000"], bytes(300_000)
        )
        while not left_over(embedded):
            time.sleep(0.02)
        answer = put(client, second)
        assert (answer.status_code, code_of(answer)) == (503, "SERVER_BUSY")
        assert answer.headers["Retry-After"]
        connection.close()
        await_empty(embedded)


def test_uploads_of_another_owner_are_unknown(server):
    with server.client(ANNA) as anna, server.client(BERT) as bert:
        upload = begun(anna)
        assert bert.get(f"/uploads/{upload['id']}").status_code == 404
        assert put(bert, upload).status_code == 404
        own = begun(bert)
        assert put(bert, own).status_code == 200
        assert put(anna, upload).status_code == 200
        mixed = bert.post(f"/uploads/{own['id']}/finalise", json={"artifact_ids": [upload["id"]]})
        assert (mixed.status_code, code_of(mixed)) == (404, "UPLOAD_UNKNOWN")
