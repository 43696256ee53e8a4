"""Serving: the application at an address, with workers beside it, until it is told to stop."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

from telemparse.doors.servers import Server, listening
from telemparse.service.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemparse.runner import Pipeline
    from telemparse.service.settings import ServiceSettings

__all__ = ["serve"]


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
        listener = held.enter_context(listening(settings.host, settings.port))
        if show_key is not None and not pipeline.api_keys.any():
            show_key(pipeline.api_keys.create(pipeline.owner(), "made by the first start").secret)
        analyst = held.enter_context(Analyst(pipeline.settings.max_memory_bytes))
        server = Server(
            create_app(pipeline, settings, analyst=analyst), header_s=settings.header_s,
            shutdown_s=settings.shutdown_s, proxies=settings.trusted_proxies, ready=ready, stop=stop,
        )  # fmt: skip
        crew = _Crew(pipeline, workers, server)
        held.callback(crew.leave)
        crew.start()
        server.run([listener])
        crew.leave()
    crew.raise_error()


class _Crew:
    """Embedded workers; when they end by an error, the server ends too."""

    def __init__(self, pipeline: Pipeline, workers: int, server: Server) -> None:
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
            self._server.leave()


def _never() -> bool:
    return False
