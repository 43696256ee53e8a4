"""Servers: uvicorn at an address, bounded, and stopped so that its neighbours can be told too."""

from __future__ import annotations

import signal
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

from telemparse.doors.protocol import bounded_protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from starlette.types import ASGIApp

__all__ = ["Server", "listening"]

_BACKLOG = 2048
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_KEEP_ALIVE_S = 30


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Give a socket that listens.

    Args:
        host: name or address to listen at.
        port: 0 takes a free one.

    Raises OSError for an address that cannot be taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family, backlog=_BACKLOG) as made:
        yield made


class Server(uvicorn.Server):
    """Uvicorn that returns when it was told to stop, by SIGTERM, Ctrl-C or an event.

    Args:
        app: to serve.
        header_s: time for the head of a request, seconds.
        shutdown_s: that requests have to end when it stops.
        proxies: addresses, with commas, whose X-Forwarded-For and X-Forwarded-Proto are believed.
        ready: called with the address, once it answers.
        stop: ends it when it is set, from any thread.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        header_s: float,
        shutdown_s: float,
        proxies: str = "",
        ready: Callable[[str], None] | None = None,
        stop: threading.Event | None = None,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app, http=bounded_protocol(header_s), ws="none", lifespan="on", log_config=None,
                access_log=False, server_header=False, date_header=True, proxy_headers=bool(proxies),
                forwarded_allow_ips=proxies or None, timeout_keep_alive=_KEEP_ALIVE_S,
                timeout_graceful_shutdown=max(1, round(shutdown_s)),
            )
        )  # fmt: skip
        self._ready, self._stop = ready, stop

    def leave(self) -> None:
        """Stop soon; from any thread."""
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say where."""
        await super().startup(sockets)
        if self.started and self._ready is not None and sockets:
            host, port = sockets[0].getsockname()[:2]
            self._ready(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}")

    async def on_tick(self, counter: int) -> bool:
        """Look whether it is told to stop."""
        if self._stop is not None and self._stop.is_set():
            self.leave()
        return await super().on_tick(counter)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Hear signals while it serves, where they can be heard: in the main thread."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._told) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _told(self, number: int, frame: FrameType | None) -> None:
        # Uvicorn would send itself the signal again in the end, and what works beside it would not be told.
        self.handle_exit(number, frame)
