"""Servers that tests start as real processes, and that end with the test session."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

_START_S = 60.0
_TRIES = 5
# S3 decides about the condition of a write and writes in one go. Moto looks first and writes then, in many
# threads, so one request has to end before the next one begins.
_MOTO = """
import threading
from moto import server

app, turn = server.DomainDispatcherApplication, threading.Lock()

def in_turn(self, environ, respond, call=app.__call__):
    with turn:
        return call(self, environ, respond)

app.__call__ = in_turn
server.main()
"""


def free_port():
    """Return a port on loopback that nobody listens at; by the time it is used somebody may."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@contextmanager
def moto_server():
    """Run an S3 server on loopback (it keeps everything in its memory) and give its URL."""
    with tempfile.TemporaryFile() as words:
        process, endpoint = _started(words)
        try:
            yield endpoint
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def make_bucket(endpoint, name):
    """Make a bucket at a server that asks for no signature."""
    status = _asked(urlsplit(endpoint).port, "PUT", f"/{name}")
    if status != HTTPStatus.OK:
        raise RuntimeError(f"the server made no bucket: {status}")


def _started(words):
    for _try in range(_TRIES):
        port = free_port()
        process = subprocess.Popen(
            [sys.executable, "-c", _MOTO, "-H", "127.0.0.1", "-p", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
        )
        up = False
        try:
            up = _answers(process, port)
        finally:
            if not up:
                process.kill()
                process.wait()
        if up:
            return process, f"http://127.0.0.1:{port}"
    words.seek(0)
    raise RuntimeError(f"no moto server came up: {words.read()[-4096:].decode('utf-8', 'replace')}")


def _answers(process, port):
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            _asked(port, "GET", "/moto-api/")
        except (OSError, HTTPException):
            time.sleep(0.05)
        else:
            # Another process may have taken the port in between, and be the one that answers.
            return process.poll() is None
    return False


def _asked(port, method, path):
    """Return the status of what a server on loopback answers."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request(method, path)
        with connection.getresponse() as response:
            response.read()
            return response.status
