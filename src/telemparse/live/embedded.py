"""Embedded consumers: threads beside the server that write what comes in."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from telemparse.live.consumer import Consumer

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemparse.live.queues import MessageQueue
    from telemparse.live.settings import LiveSettings
    from telemparse.runner.events import Events

__all__ = ["EmbeddedConsumers"]


class EmbeddedConsumers:
    """Consumers in threads of this process.

    Args:
        queue: to receive from; the caller closes it after `leave`.
        settings: of message ingest; `consumers` of them.
        events: that hear of batches.
        fallen: called when one of them ended by an error.
    """

    def __init__(
        self, queue: MessageQueue, settings: LiveSettings, events: Events, *, fallen: Callable[[], None]
    ) -> None:
        self._queue, self._settings, self._events, self._fallen = queue, settings, events, fallen
        self._stop = threading.Event()
        self._error: BaseException | None = None
        self._threads = [
            threading.Thread(target=self._work, name=f"consumer-{number}")
            for number in range(settings.consumers)
        ]

    def start(self) -> None:
        """Let them begin."""
        for thread in self._threads:
            thread.start()

    def leave(self) -> None:
        """Tell them to stop, and wait: what they have in hand is written or given back."""
        self._stop.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()

    def raise_error(self) -> None:
        """Raise what ended one of them, if anything did."""
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        try:
            consumer = Consumer(self._queue, self._settings.path, self._settings, self._events)
            consumer.run(stop=self._stop)
        except BaseException as error:  # noqa: BLE001  (the caller's thread raises it)
            self._error = error
            self._fallen()
