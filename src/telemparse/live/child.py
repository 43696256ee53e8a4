"""A server or a consumer in a process of its own: `python -m telemparse.live.child serve|consume`.

Its first line on standard input is a JSON document with the settings; when that input ends, it ends. It says
on standard output what the process that started it wants to know, a JSON document a line.
"""

from __future__ import annotations

import sys
import threading
from typing import Any

import orjson

from telemparse.errors import TelemparseError
from telemparse.live.settings import LiveSettings

__all__ = ["main"]

_lock = threading.Lock()


def main() -> None:
    """Do what the arguments say, until standard input ends."""
    settings = LiveSettings(**orjson.loads(sys.stdin.buffer.readline()))
    stop = threading.Event()
    # Also when the process that started it is killed: nobody is left behind.
    threading.Thread(target=_watch, args=(stop,), daemon=True).start()
    work = _serve if sys.argv[1] == "serve" else _consume
    try:
        work(settings, stop)
    except (TelemparseError, OSError) as error:
        _say({"failed": str(error)})
        raise SystemExit(1) from None


def _serve(settings: LiveSettings, stop: threading.Event) -> None:
    from telemparse.live.serving import serve

    serve(settings, ready=lambda url: _say({"url": url}), stop=stop)


def _consume(settings: LiveSettings, stop: threading.Event) -> None:
    from telemparse.live.consumer import Consumer
    from telemparse.live.queue_opening import open_queue
    from telemparse.runner.events import Events

    with open_queue(
        settings.queue, visibility_s=settings.visibility_s, max_receives=settings.max_receives,
        dead_letter_url=settings.dead_letter_url,
    ) as queue:  # fmt: skip
        _say({"ready": True})
        Consumer(queue, settings.path, settings, Events(observers=(_hear,))).run(stop=stop)


def _hear(event: str, facts: dict[str, Any]) -> None:
    _say({"event": event, **facts})


def _say(document: dict[str, Any]) -> None:
    with _lock:
        sys.stdout.buffer.write(orjson.dumps(document, default=str) + b"\n")
        sys.stdout.buffer.flush()


def _watch(stop: threading.Event) -> None:
    while sys.stdin.buffer.read(4096):
        pass
    stop.set()


if __name__ == "__main__":
    main()
