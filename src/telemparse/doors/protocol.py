"""The protocol of a connection: uvicorn's, with bounds for the head of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    import asyncio

__all__ = ["bounded_protocol"]

_HEAD_BYTES = 64 * 1024


class _Bounded(HttpToolsProtocol):
    """Ends connections whose head of a request is too long or too slow; uvicorn waits for ever."""

    header_s = 15.0
    _timer: asyncio.TimerHandle | None = None
    _head_bytes = 0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        self._wait_for_head()
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._count(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(name + value)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        super().on_headers_complete()

    def _wait_for_head(self) -> None:
        self._stop_waiting()
        self._head_bytes = 0
        self._timer = self.loop.call_later(self.header_s, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _count(self, part: bytes) -> None:
        self._head_bytes += len(part)
        if self._head_bytes > _HEAD_BYTES:
            # The parser reports it as a request that cannot be read.
            raise ValueError("the head of the request is too long")


def bounded_protocol(header_s: float) -> type[HttpToolsProtocol]:
    """Return the protocol with a time for the head of a request, seconds."""
    return type("BoundedProtocol", (_Bounded,), {"header_s": header_s})
