"""The door for messages over HTTP: what is taken is durable, and what is not is said in one form."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import urlsplit

import httpx
import orjson
import pytest

from live_servers import KEY, message, process_receiving, receiving
from telemparse.errors import CallError
from telemparse.live import LiveMetrics, LiveSettings, pulse, serve
from telemparse.live.messages import Message
from telemparse.live.refusals import MESSAGES
from telemparse.runner.events import Events

SECURITY = {"content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy"}


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    """Serve for all tests that leave nothing behind."""
    with receiving(tmp_path_factory.mktemp("door")) as served:
        yield served


def error_of(answer):
    assert answer.headers["x-request-id"] == answer.json()["error"]["request_id"]
    assert answer.headers.keys() >= SECURITY
    return answer.status_code, answer.json()["error"]["code"]


def test_what_was_accepted_is_in_the_queue(tmp_path):
    with receiving(tmp_path) as served, served.client() as client:
        one = client.post("/ingest", json=message(1))
        many = client.post("/ingest", json=[message(2), {**message(3), "message_id": None}])
        assert (one.status_code, many.status_code) == (202, 202)
        found = [Message.from_line(body) for body in served.bodies()]
    assert [one.json()["accepted"], many.json()["accepted"]] == [1, 2]
    told = one.json()["message_ids"] + many.json()["message_ids"]
    assert [each.message_id for each in found] == told
    assert told[:2] == ["m1", "m2"]
    assert one.json()["ingest_received_at"].encode() in found[0].line()


def test_the_server_says_itself_when_a_message_came(tmp_path):
    begun_ns = time.time_ns()
    with receiving(tmp_path) as served, served.client() as client:
        assert client.post("/ingest", json=message(ingest_received_at="1999-01-01T00:00:00Z")).is_success
        (found,) = [Message.from_line(body) for body in served.bodies()]
    assert begun_ns <= found.received_ns <= time.time_ns()


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Authorization": f"Bearer {KEY}"}, 202),
        ({"Authorization": f"bearer  {KEY}"}, 202),
        ({"X-API-Key": KEY}, 202),
        ({}, "KEY_MISSING"),
        ({"X-API-Key": ""}, "KEY_UNKNOWN"),
        ({"X-API-Key": KEY[:-1]}, "KEY_UNKNOWN"),
        ({"Authorization": f"Basic {KEY}"}, "KEY_UNKNOWN"),
        ({"Authorization": "Bearer wrong", "X-API-Key": KEY}, "KEY_UNKNOWN"),
        ({"Authorization": b"Bearer \xff\xfe"}, "KEY_UNKNOWN"),
    ],
)
def test_a_right_key_opens_the_door_and_no_other(door, headers, expected):
    answer = httpx.post(f"{door.url}/ingest", json=message(), headers=headers)
    if expected == 202:
        assert answer.status_code == 202
    else:
        assert error_of(answer) == (401, expected)
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_several_keys_may_be_right_at_a_time(tmp_path):
    with receiving(tmp_path, api_key=f"{KEY}, another-key-of-tests") as served:
        for key, status in ((KEY, 202), ("another-key-of-tests", 202), (f"{KEY}, another-key-of-tests", 401)):
            answer = httpx.post(f"{served.url}/ingest", json=message(), headers={"X-API-Key": key})
            assert answer.status_code == status


def test_nothing_is_served_without_a_key(tmp_path):
    with pytest.raises(CallError, match="TELEMETRY_LIVE_API_KEY"):
        serve(LiveSettings(path=tmp_path, port=0))


def test_a_message_that_does_not_fit_is_named_and_nothing_of_its_request_is_taken(tmp_path):
    with receiving(tmp_path) as served, served.client() as client:
        answer = client.post("/ingest", json=[message(1), message(2, vehicle_id="a b"), message(3)])
        assert served.bodies() == []
    assert error_of(answer) == (422, "MESSAGE_INVALID")
    details = answer.json()["error"]["details"]
    assert [(each["index"], each["field"]) for each in details["problems"]] == [(1, "vehicle_id")]
    assert details["count"] == 1


@pytest.mark.parametrize(
    ("content", "headers", "expected"),
    [
        (b"{", {}, (400, "REQUEST_MALFORMED")),
        (b"", {}, (400, "REQUEST_MALFORMED")),
        (b"{}", {}, (422, "MESSAGE_INVALID")),
        (b"{}", {"content-type": "text/plain"}, (415, "MEDIA_TYPE_REFUSED")),
        (b"{}", {"content-encoding": "gzip"}, (415, "MEDIA_TYPE_REFUSED")),
    ],
)
def test_a_body_that_is_not_json_is_refused(door, content, headers, expected):
    with door.client() as client:
        sent = {"content-type": "application/json", **headers}
        assert error_of(client.post("/ingest", content=content, headers=sent)) == expected


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [("GET", "/ingest", (405, "METHOD_REFUSED")), ("POST", "/health", (405, "METHOD_REFUSED")),
     ("POST", "/ingest/", (404, "PATH_UNKNOWN")), ("GET", "/docs", (404, "PATH_UNKNOWN")),
     ("GET", "/metrics", (404, "PATH_UNKNOWN"))],
)  # fmt: skip
def test_what_the_door_does_not_have_is_refused_in_the_same_form(door, method, path, expected):
    with door.client() as client:
        assert error_of(client.request(method, path)) == expected


def test_a_body_that_is_too_large_is_refused_before_it_is_read_and_while_it_comes(tmp_path):
    large = orjson.dumps([message(number) for number in range(20)])

    def chunks():
        yield large[:1000]
        yield large[1000:]

    with receiving(tmp_path, max_body_bytes=1500) as served, served.client() as client:
        headers = {"content-type": "application/json"}
        declared = client.post("/ingest", content=large, headers=headers)
        chunked = client.post("/ingest", content=chunks(), headers=headers)
        assert error_of(declared) == error_of(chunked) == (413, "BODY_TOO_LARGE")
        assert declared.json()["error"]["details"] == {"limit": 1500}
        assert client.post("/ingest", json=message()).status_code == 202


def raw(url, head, body=b""):
    """Return a connection on which a request has begun."""
    place = urlsplit(url)
    connection = socket.create_connection((place.hostname, place.port), timeout=60)
    connection.sendall("\r\n".join(head).encode() + body)
    return connection


def everything(connection):
    pieces = []
    while piece := connection.recv(65_536):
        pieces.append(piece)
    return b"".join(pieces)


HEAD = ("POST /ingest HTTP/1.1", "Host: here", f"X-API-Key: {KEY}", "Content-Type: application/json")


def test_a_body_that_does_not_come_is_refused_in_the_end(tmp_path):
    with (
        receiving(tmp_path, body_s=0.2) as served,
        closing(raw(served.url, (*HEAD, "Content-Length: 100", "", ""), b"{")) as connection,
    ):
        answer = everything(connection)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"REQUEST_TIMEOUT"' in answer


def test_a_head_that_does_not_come_ends_the_connection(tmp_path):
    with receiving(tmp_path, header_s=0.2) as served, closing(raw(served.url, HEAD[:2])) as connection:
        assert everything(connection) == b""


def test_a_sender_that_goes_away_in_a_body_leaves_nothing_and_the_door_stays_open(tmp_path):
    with receiving(tmp_path) as served, served.client() as client:
        body = orjson.dumps(message(1))
        raw(served.url, (*HEAD, f"Content-Length: {len(body) + 1}", "", ""), body).close()
        assert client.post("/ingest", json=message(2)).status_code == 202
        assert [Message.from_line(body).message_id for body in served.bodies()] == ["m2"]


def test_more_requests_than_there_is_room_for_are_to_come_again(tmp_path):
    with (
        receiving(tmp_path, max_requests=1) as served,
        served.client() as client,
        closing(raw(served.url, (*HEAD, "Content-Length: 100", "", ""), b"{")),
    ):
        until = time.monotonic() + 60
        while (answer := client.get("/health")).status_code == 200 and time.monotonic() < until:
            time.sleep(0.01)
        assert error_of(answer) == (503, "SERVER_BUSY")
        assert answer.headers["retry-after"] == "1"


def test_a_locked_queue_is_said_and_nothing_is_lost(tmp_path):
    with receiving(tmp_path, put_s=0.3) as served, served.client() as client:
        assert client.post("/ingest", json=message(1)).status_code == 202
        with closing(sqlite3.connect(tmp_path / "queue.sqlite", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            answer = client.post("/ingest", json=message(2))
            assert error_of(answer) == (503, "QUEUE_UNAVAILABLE")
            assert int(answer.headers["retry-after"]) >= 1
            other.execute("ROLLBACK")
        until = time.monotonic() + 60
        while client.post("/ingest", json=message(3)).status_code != 202 and time.monotonic() < until:
            time.sleep(0.05)
        found = [Message.from_line(body).message_id for body in served.bodies()]
    assert {"m1", "m3"} <= set(found) <= {"m1", "m2", "m3"}


def test_health_says_what_waits_and_when_the_queue_is_gone(tmp_path, monkeypatch):
    monkeypatch.setattr(pulse, "_KEPT_S", 0.05)
    with receiving(tmp_path, backlog_s=1e-6) as served, served.client() as client:
        assert client.get("/health").json() == {
            "status": "ok", "ready": 0, "in_flight": 0, "dead": 0, "oldest_s": None
        }  # fmt: skip
        client.post("/ingest", json=message())
        until = time.monotonic() + 60
        while (health := client.get("/health").json())["ready"] != 1 and time.monotonic() < until:
            time.sleep(0.02)
        assert (health["status"], health["ready"]) == ("warning", 1)
        assert health["oldest_s"] > 0
        for name in ("queue.sqlite", "queue.sqlite-wal", "queue.sqlite-shm"):
            place = tmp_path / name
            place.write_bytes(b"no database" * (1 + place.stat().st_size // 11))
        while (answer := client.get("/health")).status_code == 200 and time.monotonic() < until:
            time.sleep(0.02)
        assert (answer.status_code, answer.json()["status"]) == (503, "down")
        assert error_of(client.post("/ingest", json=message())) == (503, "QUEUE_UNAVAILABLE")


def test_metrics_count_what_was_taken_and_what_was_not(tmp_path):
    with receiving(tmp_path, metrics=True, consumers=1, batch_s=0.05) as served, served.client() as client:
        client.post("/ingest", json=[message(number) for number in range(7)])
        client.post("/ingest", json={})
        until, text = time.monotonic() + 60, ""
        while "persisted_messages_total 7.0" not in text and time.monotonic() < until:
            text = client.get("/metrics").text
            time.sleep(0.05)
    assert "telemetry_live_accepted_messages_total 7.0" in text
    assert 'telemetry_live_requests_total{code="MESSAGE_INVALID",status="422"} 1.0' in text
    assert "telemetry_live_persisted_messages_total 7.0" in text
    assert 'telemetry_live_latency_seconds{quantile="0.95"}' in text
    assert "telemetry_live_backlog_age_seconds" in text


def test_a_consumer_that_falls_ends_the_server_and_says_why(tmp_path):
    fell = threading.Event()

    def fall(event, _facts):
        if event == "batch_persisted":
            fell.set()
            raise RuntimeError("the observer fell")

    def work():
        with (
            receiving(tmp_path, consumers=1, batch_s=0.05, events=Events(observers=(fall,))) as served,
            served.client() as client,
        ):
            assert client.post("/ingest", json=message()).status_code == 202
            assert fell.wait(60)

    with pytest.raises(RuntimeError, match="the observer fell"):
        work()


def test_refusals_are_heard_without_keys_or_payloads(tmp_path):
    heard = []
    events = Events(observers=(lambda event, facts: heard.append((event, facts)),))
    with receiving(tmp_path, events=events) as served, served.client() as client:
        client.post("/ingest", json=message(payload={"latitude": [48.2]}), headers={"X-Request-ID": "mine"})
        client.post("/ingest", json=message(), headers={"Authorization": "Bearer guessed-word"})
    refused = [facts for event, facts in heard if event == "request_refused"]
    assert [(each["code"], each["status"]) for each in refused] == [
        ("MESSAGE_INVALID", 422), ("KEY_UNKNOWN", 401)
    ]  # fmt: skip
    assert refused[0]["request_id"] == "mine"
    assert "48.2" not in str(heard)
    assert "guessed-word" not in str(heard)


@pytest.mark.slow
def test_a_killed_server_has_lost_nothing_that_it_acknowledged(tmp_path):
    acknowledged, gone = [], threading.Event()
    with process_receiving(tmp_path) as (child, served):

        def send(sender):
            with served.client() as client:
                for number in range(100_000):
                    batch = [
                        message(message_id=f"{sender}:{number}:{each}") for each in range(1 + number % 7)
                    ]
                    try:
                        answer = client.post("/ingest", json=batch)
                    except httpx.TransportError:
                        return
                    acknowledged.extend(answer.json()["message_ids"])
                    if len(acknowledged) > 500:
                        gone.set()

        with ThreadPoolExecutor(4) as threads:
            senders = [threads.submit(send, sender) for sender in range(4)]
            assert gone.wait(60)
            os.kill(child.pid, signal.SIGKILL)
            for sender in senders:
                sender.result()
        with served.queue() as queue:
            kept = {
                json.loads(delivery.body)["message_id"] for delivery in queue.receive(1_000_000, 0)
            }  # fmt: skip
    assert set(acknowledged) <= kept
    assert len(acknowledged) == len(set(acknowledged)) > 500


def test_every_metric_stands_in_the_guide(root):
    guide = (root / "docs" / "how-to" / "live.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(telemetry_live_\w+)", guide))
    families = list(LiveMetrics().registry.collect())
    assert named == {each.name + ("_total" if each.type == "counter" else "") for each in families}


def test_every_code_of_an_answer_stands_in_the_guide(root):
    guide = (root / "docs" / "how-to" / "live.md").read_text(encoding="utf-8")
    of_calls = set(MESSAGES) - {"PATH_UNKNOWN", "METHOD_REFUSED", "SERVER_FAILED"}
    assert {code for code in MESSAGES if f"`{code}`" in guide} == of_calls
