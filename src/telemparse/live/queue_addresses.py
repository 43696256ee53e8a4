"""URLs of queues: a file of SQLite, or a queue of a server that speaks SQS."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import attrs

from telemparse.errors import CallError

__all__ = ["QueueAddress"]

_SQLITE = "sqlite:///"
_AWS = re.compile(r"[a-z0-9.-]+\.(?:amazonaws\.com(?:\.cn)?|api\.aws)", re.ASCII)
_REGION = re.compile(r"(?:^|\.)([a-z]{2}(?:-[a-z]+)+-\d)(?=\.)", re.ASCII)
_PATH = re.compile(r"/[\w.-]+/[\w.-]+", re.ASCII)
_FORMS = "sqlite:///FILE, https://sqs.REGION.amazonaws.com/ACCOUNT/NAME or sqs+http://HOST:PORT/ACCOUNT/NAME"


@attrs.frozen
class QueueAddress:
    """Where a queue is: exactly one of a file and a URL.

    Args:
        file: of SQLite, else None.
        url: of the queue as its server knows it, else None.
        endpoint: the server that is asked.
        region: that the host names, None where it names none.
    """

    file: Path | None = None
    url: str | None = None
    endpoint: str | None = None
    region: str | None = None

    @classmethod
    def of(cls, text: str) -> Self:
        """Return the address that a text means; raises CallError for a text that means none."""
        if text.startswith(_SQLITE):
            name = text.removeprefix(_SQLITE)
            if not name or name == ":memory:" or any(sign in name for sign in "?#\0"):
                raise CallError("a queue of SQLite needs a file: sqlite:///FILE")
            return cls(file=Path(name))
        # The text may hold a password, so it is not repeated.
        try:
            parts = urlsplit(text)
            host, asked = parts.hostname or "", parts.port
        except ValueError:
            raise CallError(f"the queue URL is none: {_FORMS}") from None
        own = parts.scheme in ("sqs+http", "sqs+https")
        known = own or (parts.scheme == "https" and _AWS.fullmatch(host) is not None and asked in (None, 443))
        odd = "@" in parts.netloc or parts.query or parts.fragment or not _PATH.fullmatch(parts.path)
        if not host or not known or odd:
            raise CallError(f"the queue URL is none: {_FORMS}")
        endpoint = f"{parts.scheme.removeprefix('sqs+')}://{parts.netloc}"
        region = _REGION.search(host)
        return cls(url=endpoint + parts.path, endpoint=endpoint, region=region[1] if region else None)
