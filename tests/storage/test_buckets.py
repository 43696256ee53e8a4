"""Buckets: servers that are gone, slow, refuse, are full, or do not keep what S3 promises."""

from __future__ import annotations

import socket
import threading
import traceback
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from servers import free_port
from telemparse.errors import CallError
from telemparse.storage import Storage, StorageFailed, buckets

SECRETS = ("AKIAKNOWN", "hidden-words", "StringToSign", "quoted")


def failure(action):
    with pytest.raises(StorageFailed) as caught:
        action()
    return caught.value


def storage_at(endpoint):
    access_key, secret_key = SECRETS[:2]
    return Storage.s3("bucket", endpoint=endpoint, access_key=access_key, secret_key=secret_key)


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch):
    pauses = {**buckets._RETRIES["backoff"], "init_backoff": timedelta(milliseconds=1)}
    monkeypatch.setattr(buckets, "_RETRIES", {**buckets._RETRIES, "backoff": pauses})


def actions(storage, tmp_path):
    return {
        "put": lambda: storage.put(b"1", "a"),
        "put large": lambda: storage.put(bytes(9 << 20), "a"),
        "replace": lambda: storage.replace(b"1", "a"),
        "fetch": lambda: storage.fetch("a", tmp_path / "file"),
        "read": lambda: storage.read("a"),
        "digest": lambda: storage.digest("a"),
        "byte_size": lambda: storage.byte_size("a"),
        "keys": lambda: list(storage.keys()),
        "delete": lambda: storage.delete(["a"]),
        "delete_below": lambda: storage.delete_below("a"),
        "sweep": storage.sweep,
        "check": storage.check,
    }


class Server(ThreadingHTTPServer):
    """Answers with one status and body, or those of the method (a list is one after the other)."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, status, body=b"", **by_method):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = {"any": (status, body), **by_method}
        self.seen = []

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.seen.append((self.command, headers))
        answer = self.server.answers.get(self.command, self.server.answers["any"])
        status, body = answer.pop(0) if isinstance(answer, list) else answer
        self.send_response(status)
        for name, value in (("Content-Length", str(len(body))), ("ETag", '"1"'), ("Connection", "close")):
            self.send_header(name, value)
        self.send_header("Last-Modified", "Wed, 21 Oct 2015 07:28:00 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_PUT = do_POST = answer  # noqa: N815  (so are they called)

    def log_message(self, *_words):
        pass


@contextmanager
def serving(*args, **by_method):
    with Server(*args, **by_method) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def answered(code):
    return (
        f"<Error><Code>{code}</Code><Message>quoted</Message><X>AKIAKNOWN StringToSign</X></Error>".encode()
    )


@pytest.mark.timeout(120)
def test_a_server_that_is_gone_is_told_by_every_method(tmp_path):
    storage = storage_at(f"http://127.0.0.1:{free_port()}")
    for name, action in actions(storage, tmp_path).items():
        failed = failure(action)
        assert (failed.code, failed.retryable) == ("STORAGE_UNAVAILABLE", True), name
        assert "Connection refused" in failed.evidence["error"], name


@pytest.mark.timeout(60)
def test_a_server_that_never_answers_is_given_up(monkeypatch):
    monkeypatch.setattr(buckets, "_REQUEST_TIMEOUT", timedelta(seconds=0.5))
    with socket.create_server(("127.0.0.1", 0)) as server:
        storage = storage_at(f"http://127.0.0.1:{server.getsockname()[1]}")
        failed = failure(lambda: storage.put(b"1", "a"))
    assert (failed.code, failed.retryable) == ("STORAGE_UNAVAILABLE", True)
    assert "Timeout" in failed.evidence["error"]


@pytest.mark.parametrize(
    ("status", "word", "code"),
    [
        (500, "", "STORAGE_UNAVAILABLE"),
        (503, "SlowDown", "STORAGE_UNAVAILABLE"),
        (409, "OperationAborted", "STORAGE_UNAVAILABLE"),
        (429, "TooManyRequests", "STORAGE_UNAVAILABLE"),
        (507, "XMinioStorageFull", "STORAGE_FULL"),
        (403, "QuotaExceeded", "STORAGE_FULL"),
        (401, "", "STORAGE_REFUSED"),
        (403, "SignatureDoesNotMatch", "STORAGE_REFUSED"),
        (403, "InvalidAccessKeyId", "STORAGE_REFUSED"),
        (400, "ExpiredToken", "STORAGE_REFUSED"),
        (405, "MethodNotAllowed", "STORAGE_REFUSED"),
        (501, "NotImplemented", "STORAGE_REFUSED"),
        (301, "PermanentRedirect", "STORAGE_REFUSED"),
        (404, "NoSuchBucket", "STORAGE_REFUSED"),
    ],
)
def test_what_a_server_answers_has_a_code_and_quotes_nothing(tmp_path, status, word, code):
    with serving(status, answered(word), HEAD=(404, b"")) as server:
        storage = storage_at(server.endpoint)
        for name in ("put", "put large", "replace", "read", "keys", "delete"):
            failed = failure(actions(storage, tmp_path)[name])
            assert (failed.code, failed.retryable) == (code, True), name
            told = "".join(traceback.format_exception(failed)) + repr(failed.evidence)
            assert not [word for word in (*SECRETS, server.endpoint) if word in told], name


def test_a_bucket_that_is_not_there_is_no_missing_object(s3_endpoint, tmp_path):
    storage = storage_at(s3_endpoint)
    for name in ("put", "put large", "replace", "read", "keys", "delete", "check"):
        failed = failure(actions(storage, tmp_path)[name])
        assert (failed.code, failed.retryable) == ("STORAGE_REFUSED", True), name
        assert "NoSuchBucket" in failed.evidence["error"], name


DELETED = b"<DeleteResult><Deleted><Key>any</Key></Deleted></DeleteResult>"


def test_a_server_that_ignores_the_condition_of_a_put_does_not_pass():
    with serving(200, b"telemparse", POST=(200, DELETED)) as server:
        failed = failure(storage_at(server.endpoint).check)
    assert (failed.code, failed.evidence["error"]) == ("STORAGE_REFUSED", "the store ignores If-None-Match")
    assert [method for method, _headers in server.seen] == ["PUT", "PUT", "GET", "POST"]


def test_a_server_that_gives_back_other_content_does_not_pass():
    with serving(200, b"other", POST=(200, DELETED)) as server:
        server.answers["PUT"] = [(200, b""), (412, b"")]
        failed = failure(storage_at(server.endpoint).check)
    assert failed.code == "INTEGRITY_HASH_MISMATCH"


def test_a_key_that_is_taken_by_nothing_to_be_seen_may_be_tried_again():
    with serving(409, answered("ConditionalRequestConflict"), HEAD=(404, b"")) as server:
        failed = failure(lambda: storage_at(server.endpoint).put(b"1", "a"))
    assert (failed.code, failed.retryable) == ("STORAGE_UNAVAILABLE", True)
    assert [method for method, _headers in server.seen].count("PUT") > 1


def test_given_keys_are_not_mixed_with_a_session_of_the_environment(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "another")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of another key")
    with serving(200) as server:
        storage_at(server.endpoint).put(b"1", "a")
    ((method, headers),) = server.seen
    assert method == "PUT"
    assert headers["if-none-match"] == "*"
    assert "Credential=AKIAKNOWN/" in headers["authorization"]
    assert "x-amz-security-token" not in headers


def test_without_keys_those_of_the_environment_are_used(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "environments")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    with serving(200) as server:
        Storage.s3("bucket", endpoint=server.endpoint).put(b"1", "a")
    ((_method, headers),) = server.seen
    assert (
        "Credential=environments/"
        in {name.lower(): value for name, value in headers.items()}["authorization"]
    )


def test_only_an_endpoint_that_says_http_is_spoken_to_without_encryption():
    with serving(200) as server:
        storage = storage_at(server.endpoint.replace("http://", "https://"))
        assert failure(lambda: storage.read("a")).code == "STORAGE_UNAVAILABLE"
    assert server.seen == []


def test_a_bucket_of_aws_needs_no_endpoint():
    assert Storage.s3("bucket", prefix="a/b/").where == "s3://bucket/a/b"


@pytest.mark.parametrize("prefix", ["..", "a//b", ".hidden", "a b"])
def test_a_prefix_is_made_of_plain_parts(prefix):
    with pytest.raises(CallError):
        Storage.s3("bucket", prefix=prefix)
