"""The interface: who may come in, how often, what every answer looks like, and what is only done once."""

from __future__ import annotations

import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pytest
import structlog

from service_servers import ANNA, BERT, PREFIX, client_at, serving
from telemparse.runner import Events, Pipeline
from telemparse.service.doorway import SECURITY_HEADERS
from telemparse.service.page_auth import COOKIE, csrf_token
from telemparse.service.series import Analyst, SeriesRefused

NOBODY = "tp_" + "a" * 43


def code_of(answer):
    document = answer.json()["error"]
    assert set(document) == {"code", "message", "details", "request_id"}
    assert document["request_id"] == answer.headers["X-Request-ID"]
    return document["code"]


def finalised(client, content, **fields):
    upload = client.post("/uploads", json={"file_name": "drive.csv"}).json()
    assert client.put(f"/uploads/{upload['id']}/bytes", content=content).status_code == 200
    return client.post(f"/uploads/{upload['id']}/finalise", json=fields).json()["session_id"]


def operations(running):
    """Return method and path of every operation of the interface, as its description lists them."""
    document = httpx.get(f"{running.url}/openapi.json").json()
    return [
        (method.upper(), path.removeprefix(PREFIX))
        for path, methods in document["paths"].items() for method in methods
        if path.startswith(PREFIX)
    ]  # fmt: skip


def asked(client, method, path, **ids):
    """Send a request to an operation, with a body where it takes one."""
    place = path.format(level="L0", stream="gnss_pvt", **ids)
    parameters = {"laps": "1,2"} if path.endswith("/comparison") else None
    if method == "PUT":
        return client.put(place, content=b"bytes")
    if method == "POST":
        body = {"file_name": "a"} if path == "/uploads" else {}
        return client.post(place, json=body)
    return client.request(method, place, params=parameters)


def test_nobody_comes_in_without_a_key(looked_at):
    running, _id = looked_at
    wanted = operations(running)
    assert len(wanted) >= 16
    with client_at(running.url) as client:
        for method, path in [*wanted, ("GET", "/nothing")]:
            answer = asked(client, method, path, session_id="x", upload_id="x")
            assert (answer.status_code, code_of(answer)) == (401, "KEY_MISSING"), (method, path)
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_what_another_owner_has_is_unknown_over_every_operation(server, fixtures_dir):
    content = (fixtures_dir / "sample_gnss_10hz.csv").read_bytes()
    with server.client(ANNA) as anna, server.client(BERT) as bert:
        session_id = finalised(anna, content)
        upload_id = anna.post("/uploads", json={"file_name": "a"}).json()["id"]
        nowhere = "00000000-0000-4000-8000-000000000000"
        seen = 0
        for method, path in operations(server):
            if "{" not in path:
                continue
            seen += 1
            foreign = asked(bert, method, path, session_id=session_id, upload_id=upload_id)
            unknown = asked(bert, method, path, session_id=nowhere, upload_id=nowhere)
            assert foreign.status_code == unknown.status_code == 404, (method, path, foreign.text)
            told, other = foreign.json()["error"], unknown.json()["error"]
            assert told["code"] == other["code"]
            hidden = json.dumps(told).replace(session_id, nowhere).replace(upload_id, nowhere)
            assert hidden.replace(told["request_id"], other["request_id"]) == json.dumps(other)
        assert seen >= 14
        assert bert.get("/sessions").json() == {"items": [], "next_cursor": None}
        assert anna.get(f"/sessions/{session_id}").json()["status"] == "PROCESSING"
        assert anna.get(f"/uploads/{upload_id}").json()["status"] == "AWAITING_BYTES"


def test_another_driver_of_the_same_tenant_is_another_owner(server):
    from telemparse.runner.submissions import Owner

    with server.client(ANNA) as anna, server.client(Owner(ANNA.tenant_id, "carl")) as carl:
        session_id = finalised(anna, b"t,x\n1,2\n")
        assert carl.get(f"/sessions/{session_id}").status_code == 404
        assert carl.delete(f"/sessions/{session_id}").status_code == 404
        assert carl.get("/sessions").json()["items"] == []


def test_a_revoked_key_opens_nothing(server):
    made = server.pipeline.api_keys.create(ANNA)
    with client_at(server.url, made.secret) as client:
        assert client.get("/sessions").status_code == 200
        server.pipeline.api_keys.revoke(made.id)
        time.sleep(1.1)  # for so long it may be remembered
        answer = client.get("/sessions")
        assert (answer.status_code, code_of(answer)) == (401, "KEY_UNKNOWN")


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Basic YTpi",
        "Bearer tp_short",
        "tp_" + "a" * 43,
        "Bearer " + "tp_" + "a" * 5000,
        "Bearer tp_' OR 1=1 --",
    ],
)
def test_what_is_no_key_is_refused(server, header):
    answer = httpx.get(f"{server.url}{PREFIX}/sessions", headers={"Authorization": header})
    assert (answer.status_code, code_of(answer)) == (401, "KEY_UNKNOWN")


def test_whoever_guesses_keys_has_to_wait(embedded):
    with (
        serving(embedded, failed_keys=3, failed_keys_s=1000) as running,
        client_at(running.url, NOBODY) as guess,
    ):
        assert [guess.get("/sessions").status_code for _try in range(5)] == [401, 401, 401, 429, 429]
        answer = guess.get("/sessions")
        assert code_of(answer) == "KEYS_TRIED"
        assert int(answer.headers["Retry-After"]) > 100
        with running.client() as right:
            # Others at the same address are not locked out.
            assert right.get("/sessions").status_code == 200


def test_a_key_has_a_rate(embedded):
    with serving(embedded, rate_per_s=0.001, rate_burst=3) as running, running.client() as client:
        assert [client.get("/sessions").status_code for _try in range(4)] == [200, 200, 200, 429]
        answer = client.get("/sessions")
        assert code_of(answer) == "RATE_LIMITED"
        assert int(answer.headers["Retry-After"]) >= 1
        with running.client(BERT) as other:
            assert other.get("/sessions").status_code == 200


def test_every_answer_has_the_security_headers(embedded, monkeypatch):
    with serving(embedded) as running, running.client() as client:

        def broken(*_args, **_named):
            raise RuntimeError("secret words")

        answers = {
            200: client.get("/sessions"),
            404: client.get("/nothing"),
            405: client.patch("/sessions"),
            401: httpx.get(f"{running.url}{PREFIX}/sessions"),
            422: client.get("/sessions", params={"limit": "x"}),
            413: client.post("/uploads", content=bytes(10**6), headers={"Content-Type": "application/json"}),
            415: client.post("/uploads", content=b"x", headers={"Content-Type": "text/plain"}),
        }
        monkeypatch.setattr(Pipeline, "sessions", broken)
        answers[500] = client.get("/sessions")
        monkeypatch.undo()
        answers[304] = client.get("/sessions", headers={"If-None-Match": answers[200].headers["ETag"]})
        for status, answer in answers.items():
            assert answer.status_code == status
            for name, value in SECURITY_HEADERS.items():
                assert answer.headers[name] == value, (status, name)
            assert answer.headers["X-Request-ID"]
            assert answer.headers["Cache-Control"]
            if status >= 400:
                assert code_of(answer)
        assert "secret words" not in answers[500].text
        assert httpx.get(f"{running.url}/nowhere").status_code == 404
        assert code_of(httpx.get(f"{running.url}/nowhere")) == "PATH_UNKNOWN"


@pytest.mark.parametrize(
    ("given", "kept"),
    [("abc-1.2_3", True), ("a" * 64, True), ("a" * 65, False), ("a b", False), ("<x>", False)],
)
def test_a_plain_request_id_is_kept(server, given, kept):
    answer = httpx.get(f"{server.url}/health", headers={"X-Request-ID": given})
    assert (answer.headers["X-Request-ID"] == given) is kept


def test_health_says_no_more_than_that_it_is_well(server):
    answer = httpx.get(f"{server.url}/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_metrics_are_served_only_where_the_settings_say_so(embedded, sandboxes):
    from telemparse.runner import Metrics

    with Pipeline(embedded.settings, events=Events(metrics=Metrics()), sandboxes=sandboxes) as counted:
        with serving(counted) as running:
            assert httpx.get(f"{running.url}/metrics").status_code == 404
        with serving(counted, metrics=True) as running, running.client() as client:
            finalised(client, b"t,x\n1,2\n")
            assert 'telemetry_upload_total{outcome="created"} 1.0' in httpx.get(f"{running.url}/metrics").text


def test_documents_have_tags(looked_at):
    running, session_id = looked_at
    with running.client() as client:
        for place in ("/sessions", f"/sessions/{session_id}", f"/sessions/{session_id}/laps",
                      f"/sessions/{session_id}/map", f"/sessions/{session_id}/timeseries"):  # fmt: skip
            first = client.get(place)
            assert first.status_code == 200, first.text
            tag = first.headers["ETag"]
            again = client.get(place, headers={"If-None-Match": f'"other", W/{tag}'})
            assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
            assert client.get(place, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_walk_with_cursors_meets_every_session_once(both):
    with both.client() as client:
        made = [finalised(client, f"t,x\n{number},2\n".encode()) for number in range(7)]
        found, cursor = [], None
        while True:
            answer = client.get(
                "/sessions", params={"limit": 3, **({"cursor": cursor} if cursor else {})}
            ).json()
            found += [each["id"] for each in answer["items"]]
            cursor = answer["next_cursor"]
            if cursor is None:
                break
        assert found == made[::-1]
        answer = client.get("/sessions", params={"cursor": "nonsense"})
        assert (answer.status_code, code_of(answer)) == (422, "REQUEST_INVALID")


def test_the_list_is_filtered(server):
    with server.client() as client:
        one = finalised(client, b"t,x\n1,2\n", name="Wet 100%", track="Monza")
        two = finalised(client, b"t,x\n2,2\n", name="Dry", track="Imola")

        def ids(**filters):
            answer = client.get("/sessions", params=filters)
            assert answer.status_code == 200, answer.text
            return [each["id"] for each in answer.json()["items"]]

        assert ids(search="wet") == ids(search="0%") == ids(track="Monza") == [one]
        assert ids(status=["PROCESSING", "FAILED"]) == [two, one]
        assert ids(status="READY") == ids(search="%%") == ids(to="2020-01-01T00:00:00Z") == []
        assert ids(**{"from": "2020-01-01T00:00:00"}) == [two, one]
        assert client.get("/sessions", params={"status": "DELETED"}).status_code == 422


def test_a_post_with_a_key_is_done_once(both):
    with both.client() as client, both.client(BERT) as bert:
        asked_for = {"json": {"file_name": "a"}, "headers": {"Idempotency-Key": "key-1"}}
        first = client.post("/uploads", **asked_for)
        again = client.post("/uploads", **asked_for)
        assert (again.status_code, again.json()) == (201, first.json())
        assert again.headers["Idempotency-Replayed"] == "true"
        assert bert.post("/uploads", **asked_for).json()["id"] != first.json()["id"]
        other = client.post("/uploads", json={"file_name": "b"}, headers={"Idempotency-Key": "key-1"})
        assert (other.status_code, code_of(other)) == (422, "IDEMPOTENCY_KEY_REUSED")
        bad = client.post("/uploads", json={"file_name": "b"}, headers={"Idempotency-Key": "a b"})
        assert (bad.status_code, code_of(bad)) == (422, "IDEMPOTENCY_KEY_INVALID")


def test_what_failed_may_come_again_with_its_key(server):
    with server.client() as client:
        upload = client.post("/uploads", json={"file_name": "a.csv"}).json()
        place, headers = f"/uploads/{upload['id']}/finalise", {"Idempotency-Key": "one"}
        assert client.post(place, json={}, headers=headers).status_code == 409
        assert client.put(f"/uploads/{upload['id']}/bytes", content=b"t,x\n1,2\n").status_code == 200
        assert client.post(place, json={}, headers=headers).status_code == 202
        assert client.post(place, json={}, headers=headers).status_code == 202


def test_many_posts_with_one_key_make_one_thing(both):
    secret = both.key()

    def post(_number):
        with client_at(both.url, secret) as client:
            return client.post("/uploads", json={"file_name": "a"}, headers={"Idempotency-Key": "k"})

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(post, range(16)))
    ids = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(ids) == 1
    others = [answer for answer in answers if answer.status_code != 201]
    assert all((each.status_code, code_of(each)) == (409, "IDEMPOTENCY_IN_PROGRESS") for each in others)


def test_the_cookie_opens_and_changes_need_its_token(server):
    key = server.pipeline.api_keys.create(ANNA)
    token = server.pipeline.page_sessions.open(key.key)
    with client_at(server.url) as client:
        client.headers["Cookie"] = f"other=1; {COOKIE}={token}"
        assert client.get("/sessions").status_code == 200
        for headers in ({}, {"X-CSRF-Token": "x"}, {"X-CSRF-Token": csrf_token("another")}):
            answer = client.post("/uploads", json={"file_name": "a"}, headers=headers)
            assert (answer.status_code, code_of(answer)) == (403, "CSRF_REFUSED")
        assert client.delete("/sessions/x").status_code == 403
        made = client.post("/uploads", json={"file_name": "a"}, headers={"X-CSRF-Token": csrf_token(token)})
        assert made.status_code == 201
        server.pipeline.page_sessions.close(token)
        assert client.get("/sessions").status_code == 401


def test_a_session_is_deleted_once(server):
    with server.client() as client:
        session_id = finalised(client, b"t,x\n1,2\n")
        assert client.delete(f"/sessions/{session_id}").status_code == 204
        for method, path in operations(server):
            if "{session_id}" in path:
                assert asked(client, method, path, session_id=session_id).status_code == 404, (method, path)
        assert client.get("/sessions").json()["items"] == []


def test_what_is_under_way_is_not_begun_again(server):
    with server.client() as client:
        session_id = finalised(client, b"t,x\n1,2\n")
        for verb in ("reprocess", "retry"):
            answer = client.post(f"/sessions/{session_id}/{verb}", json={})
            assert (answer.status_code, code_of(answer)) == (409, "REQUEST_CONFLICT"), verb
        answer = client.get(f"/sessions/{session_id}/timeseries")
        assert (answer.status_code, code_of(answer)) == (409, "SESSION_NOT_READY")


def test_the_log_names_requests_and_no_secrets(embedded, sandboxes):
    told = []
    events = Events(observers=(lambda event, facts: told.append((event, facts)),))
    with (
        Pipeline(embedded.settings, events=events, sandboxes=sandboxes) as watched,
        serving(watched) as running,
    ):
        secret = running.key()
        with client_at(running.url, secret) as client:
            client.get("/sessions", params={"search": "47.123456"}, headers={"X-Request-ID": "known"})
            client.post(
                "/uploads/x/finalise",
                json={"gate": {"lat1_deg": 47.123456, "lon1_deg": 1, "lat2_deg": 2, "lon2_deg": 99999}},
            )
    answered = [facts for event, facts in told if event == "request_answered"]
    assert [each["status"] for each in answered] == [200, 422]
    assert (answered[0]["request_id"], answered[0]["route"]) == ("known", "list_sessions")
    assert answered[1]["code"] == "REQUEST_INVALID"
    assert secret not in str(told)
    assert "47.123456" not in str(told)
    assert structlog.is_configured()


def test_files_come_whole_and_with_a_name(looked_at):
    import hashlib

    running, session_id = looked_at
    with running.client() as client:
        listed = client.get(f"/sessions/{session_id}/export").json()
        assert {"L0", "L1", "L2"} >= {each["level"] for each in listed["files"]} >= {"L0"}
        for each in listed["files"]:
            answer = client.get(each["url"].removeprefix(PREFIX))
            assert answer.status_code == 200
            assert hashlib.sha256(answer.content).hexdigest() == each["sha256"]
            assert answer.headers["Content-Disposition"].startswith('attachment; filename="')
        for path in ("L0/nothing", "L9/gnss_pvt", "L0/..%2f..%2fmanifest"):
            assert client.get(f"/sessions/{session_id}/export/{path}.parquet").status_code in (404, 422)


def test_series_come_as_json_and_arrow(looked_at):
    import pyarrow as pa

    running, session_id = looked_at
    with running.client() as client:
        place = f"/sessions/{session_id}/timeseries"
        found = client.get(place, params={"columns": "speed_mps", "max_points": 16}).json()
        assert [each["name"] for each in found["series"]] == ["speed_mps"]
        assert 2 <= len(found["series"][0]["values"]) <= 16
        arrow = client.get(place, params={"columns": "speed_mps", "format": "arrow"})
        assert "speed_mps" in pa.ipc.open_stream(arrow.content).read_all().column_names
        for parameters, status, code in (
            ({"stream": "nothing"}, 404, "STREAM_UNKNOWN"), ({"columns": "nothing"}, 422, "COLUMN_UNKNOWN"),
            ({"lap": 999}, 404, "LAP_UNKNOWN"), ({"max_points": 5}, 422, "REQUEST_INVALID"),
            ({"level": "L7"}, 422, "REQUEST_INVALID"), ({"from_s": "nan"}, 422, "REQUEST_INVALID"),
        ):  # fmt: skip
            answer = client.get(place, params=parameters)
            assert (answer.status_code, code_of(answer)) == (status, code), parameters


def test_a_body_in_chunks_that_grows_too_large_is_refused(server):
    def endless():
        for _number in range(100):
            yield b" " * 10_000

    with server.client(**{"Content-Type": "application/json"}) as client:
        answer = client.post("/uploads", content=endless())
        assert (answer.status_code, code_of(answer)) == (413, "BODY_TOO_LARGE")


def test_what_is_slow_to_come_is_not_waited_for(embedded):
    with serving(embedded, body_s=0.3, header_s=0.3) as running:
        place = urlsplit(running.url)
        head = (
            f"POST {PREFIX}/uploads HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {running.key()}\r\n"
            "Content-Type: application/json\r\nContent-Length: 50\r\n\r\n"
        )
        for words, expected in ((head + "{", b"408"), ("GET / HTTP/1.1\r\nHost:", b""), ("", b"")):
            with socket.create_connection((place.hostname, place.port), timeout=60) as connection:
                connection.sendall(words.encode())
                found = b""
                while piece := connection.recv(65536):
                    found += piece
            assert found[9:12] == expected, words


def test_a_head_that_never_ends_is_not_kept(server):
    place = urlsplit(server.url)
    with socket.create_connection((place.hostname, place.port), timeout=60) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        ended = False
        for number in range(100_000):
            try:
                connection.sendall(b"X-Header-%d: %s\r\n" % (number, b"x" * 1000))
            except OSError:
                ended = True
                break
        assert ended


def test_comparisons_that_take_long_keep_nobody_else_waiting(looked_at, monkeypatch):
    running, session_id = looked_at
    begun, free = threading.Event(), threading.Event()

    def ponder(_self, *_question):
        begun.set()
        free.wait(120)
        raise SeriesRefused("ANALYSIS_TIMEOUT")

    monkeypatch.setattr(Analyst, "answer", ponder)
    with ThreadPoolExecutor(40) as crew, running.client() as client:
        path = f"/sessions/{session_id}/comparison"
        asked = [crew.submit(client.get, path, params={"laps": str(lap)}) for lap in range(1, 41)]
        try:
            assert begun.wait(60)
            # All threads that answer other requests are fewer than these.
            assert client.get("/sessions", timeout=30).status_code == 200
        finally:
            free.set()
        assert {each.result().status_code for each in asked} == {503}
