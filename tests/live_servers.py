"""A real server of messages for tests: in a thread, or in a process of its own."""

from __future__ import annotations

import threading
from contextlib import contextmanager

import attrs
import httpx

from telemparse.live import LiveSettings, open_queue, serve
from telemparse.live.children import Child

__all__ = ["KEY", "Receiving", "message", "process_receiving", "receiving"]

KEY = "a-key-of-the-tests"
_START_S = 60.0


def message(number=0, **changes):
    """Return a message as a sender writes it."""
    return {
        "message_id": f"m{number}", "timestamp": "2025-10-04T12:34:56.123Z", "vehicle_id": "veh-00123",
        "can_id": "0x1F0", "payload": {"engine_rpm": 2150 + number}, **changes,
    }  # fmt: skip


@attrs.frozen
class Receiving:
    """A server that answers: its address, and its settings."""

    url: str
    settings: LiveSettings

    def client(self, **headers):
        """Return a client with the key."""
        return httpx.Client(
            base_url=self.url, headers={"Authorization": f"Bearer {KEY}", **headers}, timeout=60
        )

    def queue(self):
        """Return the queue of the server, opened once more."""
        return open_queue(self.settings.queue)

    def bodies(self):
        """Return what is in the queue."""
        with self.queue() as queue:
            return [delivery.body for delivery in queue.receive(10_000, 0)]


def _settings(path, changes):
    return LiveSettings(**{"path": path, "port": 0, "consumers": 0, "api_key": KEY, **changes})


@contextmanager
def receiving(path, *, events=None, **changes):
    """Serve from a thread, without a consumer unless one is asked for."""
    settings = _settings(path, changes)
    ready, stop, places, errors = threading.Event(), threading.Event(), [], []

    def run():
        try:
            serve(settings, events=events, stop=stop, ready=lambda url: (places.append(url), ready.set()))
        except BaseException as error:  # noqa: BLE001  (the test's thread raises it)
            errors.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=run, name="door")
    thread.start()
    try:
        assert ready.wait(_START_S)
        if places:
            yield Receiving(places[0], settings)
    finally:
        stop.set()
        thread.join()
    if errors:
        raise errors[0]


@contextmanager
def process_receiving(path, **changes):
    """Serve from a process of its own; yields it and the server."""
    settings = _settings(path, changes)
    with Child("serve", settings) as child:
        yield child, Receiving(child.said[0]["url"], settings)
