"""Senders: messages posted over HTTP, the same ones again until they are taken."""

from __future__ import annotations

import time
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

import orjson

from telemparse.errors import CallError, TelemparseError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Sender", "SendingFailed"]

_TIMEOUT_S = 60.0
_PATIENCE_S = 120.0  # one request is repeated for so long
_LONGEST_PAUSE_S = 10.0
_PORTS = {"http": 80, "https": 443}
_CODE_BYTES = 1 << 20


class SendingFailed(TelemparseError):  # noqa: N818  (what happened)
    """A server does not take messages.

    Args:
        words: what it answers.
    """


class Sender:
    """Sends messages to one server over one connection, again while it is busy, down or away.

    Args:
        url: of the server, without a path of its own: `http://HOST:PORT`.
        key: that it wants.

    Raises CallError for a URL that is none.
    """

    def __init__(self, url: str, key: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise CallError("the URL of a server is http://HOST:PORT or https://HOST")
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._connection = kind(parts.hostname, parts.port or _PORTS[parts.scheme], timeout=_TIMEOUT_S)
        self._path = f"{parts.path.rstrip('/')}/ingest"
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self.repeated = 0

    def send(self, messages: Sequence[Mapping[str, Any]]) -> list[str]:
        """Return the ids of messages when the server has taken them all.

        Args:
            messages: with ids of their own, so that a repetition does no harm.

        Raises SendingFailed when it refuses them, or takes none for too long.
        """
        body = orjson.dumps(messages[0] if len(messages) == 1 else list(messages))
        deadline = time.monotonic() + _PATIENCE_S
        pause_s, wait_s = 0.1, 0.0
        while True:
            words = "it does not answer"
            try:
                status, answer, wait_s = self._post(body)
            except (OSError, HTTPException):
                # Nobody knows whether they were taken: the same ids make it the same messages.
                self._connection.close()
            else:
                if status == HTTPStatus.ACCEPTED:
                    ids: list[str] = orjson.loads(answer)["message_ids"]
                    return ids
                words = f"{status} {_code_of(answer)}".strip()
                if status != HTTPStatus.SERVICE_UNAVAILABLE:
                    raise SendingFailed(f"the server takes no messages: {words}")
            if time.monotonic() > deadline:
                raise SendingFailed(f"the server takes no messages: {words}")
            self.repeated += 1
            time.sleep(max(pause_s, min(wait_s, _LONGEST_PAUSE_S)))
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _post(self, body: bytes) -> tuple[int, bytes, float]:
        self._connection.request("POST", self._path, body, self._headers)
        with self._connection.getresponse() as response:
            wait = response.getheader("Retry-After") or ""
            return response.status, response.read(_CODE_BYTES), float(wait) if wait.isdigit() else 0.0


def _code_of(answer: bytes) -> str:
    try:
        return str(orjson.loads(answer)["error"]["code"])
    except (ValueError, KeyError, TypeError):
        return ""
