"""Serving: the application at an address, with workers beside it, until it is told to stop."""

from __future__ import annotations

import signal
import socket
import threading
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import uvicorn

from telemparse.doors.protocol import bounded_protocol
from telemparse.service.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from fastapi import FastAPI

    from telemparse.runner import Pipeline
    from telemparse.service.settings import ServiceSettings

__all__ = ["serve"]

_BACKLOG = 2048
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def serve(
    pipeline: Pipeline,
    settings: ServiceSettings,
    *,
    workers: int = 1,
    show_key: Callable[[str], None] | None = None,
    ready: Callable[[str], None] | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Serve until SIGTERM, Ctrl-C or `stop`: no new requests then, those under way end, jobs are given back.

    Args:
        pipeline: that all is asked of; the caller closes it.
        settings: of the service.
        workers: embedded ones, 0 for none: others work on the queue then.
        show_key: called with the secret of a new API key, where the database has no key yet; None makes none.
        ready: called with the address, once it answers.
        stop: ends it when it is set, from any thread.

    Raises OSError for an address that cannot be taken, CallError for workers below 0, and what ended a
    worker that did not end by itself: SchemaMismatch when the database is migrated meanwhile.
    """
    if workers < 0:
        from telemparse.errors import CallError

        raise CallError(f"workers must be 0 or more, not {workers!r}")
    from telemparse.service.series import Analyst

    with ExitStack() as held:
        listener = held.enter_context(_listener(settings))
        if show_key is not None and not pipeline.api_keys.any():
            show_key(pipeline.api_keys.create(pipeline.owner(), "made by the first start").secret)
        analyst = held.enter_context(Analyst(pipeline.settings.max_memory_bytes))
        server = _Server(create_app(pipeline, settings, analyst=analyst), settings, ready, stop)
        crew = _Crew(pipeline, workers, server)
        held.callback(crew.leave)
        crew.start()
        server.run([listener])
        crew.leave()
    crew.raise_error()


@contextmanager
def _listener(settings: ServiceSettings) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.create_server((settings.host, settings.port), family=family, backlog=_BACKLOG) as made:
        yield made


class _Server(uvicorn.Server):
    """Uvicorn that returns when it was told to stop, so that the workers can be told too."""

    def __init__(
        self,
        app: FastAPI,
        settings: ServiceSettings,
        ready: Callable[[str], None] | None,
        stop: threading.Event | None,
    ) -> None:
        proxies = settings.trusted_proxies
        super().__init__(
            uvicorn.Config(
                app, http=bounded_protocol(settings.header_s), ws="none", lifespan="on", log_config=None,
                access_log=False, server_header=False, date_header=True, proxy_headers=bool(proxies),
                forwarded_allow_ips=proxies or None, timeout_keep_alive=30,
                timeout_graceful_shutdown=max(1, round(settings.shutdown_s)),
            )
        )  # fmt: skip
        self._ready, self._stop = ready, stop

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
        # Uvicorn would send itself the signal again in the end, and the jobs would not be given back.
        self.handle_exit(number, frame)


class _Crew:
    """Embedded workers; when they end by an error, the server ends too."""

    def __init__(self, pipeline: Pipeline, workers: int, server: uvicorn.Server) -> None:
        self._pipeline, self._workers, self._server = pipeline, workers, server
        self._stop = threading.Event()
        self._error: BaseException | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        if self._workers:
            self._thread = threading.Thread(target=self._work, name="workers")
            self._thread.start()

    def leave(self) -> None:
        """Tell the workers to stop, and wait: what they have in hand is given back."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def raise_error(self) -> None:
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        try:
            self._pipeline.work(self._workers, until=_never, stop=self._stop)
        except BaseException as error:  # noqa: BLE001  (the caller's thread raises it)
            self._error = error
            self._server.should_exit = True


def _never() -> bool:
    return False
