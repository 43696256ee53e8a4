"""Calls to SQS through boto3: bounded in time, with one kind of failure, and texts that it takes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from telemparse.errors import CallError, MissingExtra
from telemparse.live.faults import QueueUnavailable

if TYPE_CHECKING:
    from telemparse.live.queue_addresses import QueueAddress

__all__ = ["SqsCalls", "sendable_text"]

_CONNECT_S = 5
# Longer than the longest poll.
_READ_S = 30
_ATTEMPTS = 3
# A server of one's own asks for none, but boto3 does.
_SOME_REGION = "us-east-1"

# Characters of the texts that SQS takes are those of XML 1.0.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NONCHARACTERS = {0xFFFE: "\\ufffe", 0xFFFF: "\\uffff"}


def sendable_text(body: bytes) -> str:
    """Return a JSON text with the same meaning in characters that SQS takes.

    Raises CallError for bytes that are no JSON text.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise CallError("a body for a queue is UTF-8") from None
    if _CONTROL.search(text):
        raise CallError("a body for a queue has no control characters, which JSON escapes")
    # Outside of strings JSON has none of them, so an escape means the same.
    return text.translate(_NONCHARACTERS)


class SqsCalls:
    """A client of the server of a queue.

    Args:
        address: of a queue at that server.
        connections: that are kept open, at most.
    """

    def __init__(self, address: QueueAddress, *, connections: int) -> None:
        try:
            import boto3
            import botocore.exceptions
            from botocore.config import Config
        except ModuleNotFoundError:
            raise MissingExtra("live", "boto3") from None
        session = boto3.session.Session()
        # In time everything ends: a server that is away must not hold up the consumer or the sender.
        config = Config(
            connect_timeout=_CONNECT_S, read_timeout=_READ_S, max_pool_connections=connections,
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
        )  # fmt: skip
        self._client = session.client(
            "sqs",
            region_name=address.region or session.region_name or _SOME_REGION,
            endpoint_url=address.endpoint,
            config=config,
        )
        self._failures = (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError)

    def ask(self, operation: str, **wanted: Any) -> dict[str, Any]:
        """Return the answer of an operation; raises QueueUnavailable."""
        try:
            answer: dict[str, Any] = getattr(self._client, operation)(**wanted)
        except self._failures as error:
            # Words of the server may repeat what was sent, so only the kind of failure is told.
            told = getattr(error, "response", {}).get("Error", {}).get("Code") or type(error).__name__
            raise QueueUnavailable(error=told) from error
        return answer

    def close(self) -> None:
        """Close the connections."""
        self._client.close()
