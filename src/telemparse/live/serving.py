"""Serving: the door for messages at an address, with consumers beside it, until it is told to stop."""

from __future__ import annotations

import signal
import socket
import threading
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import uvicorn

from telemparse.doors.protocol import bounded_protocol
from telemparse.live.app import create_app
from telemparse.live.embedded import EmbeddedConsumers
from telemparse.live.metrics import LiveMetrics
from telemparse.live.queues import open_queue
from telemparse.runner.events import Events

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from fastapi import FastAPI

    from telemparse.live.settings import LiveSettings

__all__ = ["serve"]

_BACKLOG = 2048
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def serve(
    settings: LiveSettings,
    *,
    events: Events | None = None,
    ready: Callable[[str], None] | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Take messages until SIGTERM, Ctrl-C or `stop`: requests under way end, then the consumers do.

    What is in the queue by then stays there for the next start.

    Args:
        settings: with an `api_key`; `consumers` of them run in threads beside the server.
        events: that hear of refusals and batches; the log alone when absent.
        ready: called with the address, once it answers.
        stop: ends it when it is set, from any thread.

    Raises CallError for settings without a key, OSError for an address that cannot be taken, QueueUnavailable
    for a queue that cannot be opened, and what ended a consumer that did not end by itself.
    """
    metrics = LiveMetrics()
    told = Events() if events is None else events
    told = Events(told.metrics, (*told.observers, metrics.hear))
    with ExitStack() as held:
        listener = held.enter_context(_listener(settings))
        queue = held.enter_context(
            open_queue(
                settings.queue, visibility_s=settings.visibility_s, max_receives=settings.max_receives,
                dead_letter_url=settings.dead_letter_url,
            )
        )  # fmt: skip
        app = create_app(queue, settings, events=told, metrics=metrics)
        server = _Server(app, settings, ready, stop)
        crew = EmbeddedConsumers(queue, settings, told, fallen=server.leave)
        held.callback(crew.leave)
        crew.start()
        server.run([listener])
        crew.leave()
    crew.raise_error()


@contextmanager
def _listener(settings: LiveSettings) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.create_server((settings.host, settings.port), family=family, backlog=_BACKLOG) as made:
        yield made


class _Server(uvicorn.Server):
    """Uvicorn that returns when it was told to stop, so that the consumers can be told too."""

    def __init__(
        self,
        app: FastAPI,
        settings: LiveSettings,
        ready: Callable[[str], None] | None,
        stop: threading.Event | None,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app, http=bounded_protocol(settings.header_s), ws="none", lifespan="on", log_config=None,
                access_log=False, server_header=False, date_header=True, proxy_headers=False,
                timeout_keep_alive=30, timeout_graceful_shutdown=max(1, round(settings.shutdown_s)),
            )
        )  # fmt: skip
        self._ready, self._stop = ready, stop

    def leave(self) -> None:
        """Stop soon; from any thread."""
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self._ready is not None and sockets:
            host, port = sockets[0].getsockname()[:2]
            self._ready(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}")

    async def on_tick(self, counter: int) -> bool:
        if self._stop is not None and self._stop.is_set():
            self.should_exit = True
        return await super().on_tick(counter)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
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
        # Uvicorn would send itself the signal again in the end, and batches in hand would not be given back.
        self.handle_exit(number, frame)
