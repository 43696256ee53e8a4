"""Serving: the door for messages at an address, with consumers beside it, until it is told to stop."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from telemparse.doors.servers import Server, listening
from telemparse.live.app import create_app
from telemparse.live.embedded import EmbeddedConsumers
from telemparse.live.metrics import LiveMetrics
from telemparse.live.queue_opening import open_queue
from telemparse.runner.events import Events

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from telemparse.live.settings import LiveSettings

__all__ = ["serve"]


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
        listener = held.enter_context(listening(settings.host, settings.port))
        queue = held.enter_context(
            open_queue(
                settings.queue, visibility_s=settings.visibility_s, max_receives=settings.max_receives,
                dead_letter_url=settings.dead_letter_url,
            )
        )  # fmt: skip
        app = create_app(queue, settings, events=told, metrics=metrics)
        server = Server(
            app, header_s=settings.header_s, shutdown_s=settings.shutdown_s, ready=ready, stop=stop
        )
        crew = EmbeddedConsumers(queue, settings, told, fallen=server.leave)
        held.callback(crew.leave)
        crew.start()
        server.run([listener])
        crew.leave()
    crew.raise_error()
